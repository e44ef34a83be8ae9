"""What an administrator does to one person: each a button's callback, done in one transaction, then said."""

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.one_time_link import keep_link
from dashboard.people.fields import typed_fields
from db.domain import formats
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.access import PersonRow
from db.services.people import change_person, deactivate, end_sessions_of, reactivate, renew_link


@telling_refusals()
def save(viewer: Viewer, person: PersonRow, key: str) -> None:
    """Keep the name, role and seller typed in the fields under ``key``."""
    with transaction() as session:
        change_person(session, viewer, person.id, **typed_fields(key))
    flash("Modifications enregistrées.")


@telling_refusals()
def give_link(viewer: Viewer, person: PersonRow) -> None:
    """Make a new link and show it, to hand over."""
    with transaction() as session:
        link = renew_link(session, viewer, person.id, utc_now())
    keep_link(person.name, link)


@telling_refusals()
def sign_out_everywhere(viewer: Viewer, person: PersonRow) -> None:
    """End every session of the person."""
    with transaction() as session:
        ended = end_sessions_of(session, viewer, person.id, utc_now())
    flash(f"{formats.plural(ended, 'session fermée', 'sessions fermées')}.")


@telling_refusals()
def shut_out(viewer: Viewer, person: PersonRow) -> None:
    """Deactivate the person's account."""
    with transaction() as session:
        deactivate(session, viewer, person.id, utc_now())
    flash(f"Le compte de {escape_markdown(person.name)} est désactivé.")


@telling_refusals()
def let_in_again(viewer: Viewer, person: PersonRow) -> None:
    """Reactivate the person's account."""
    with transaction() as session:
        reactivate(session, viewer, person.id)
    flash(f"Le compte de {escape_markdown(person.name)} est réactivé.")
