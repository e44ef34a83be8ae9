"""What a person decides about one e-mail: each a button's callback, done in one transaction, then said."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.mail.words import due_words
from db.domain.actor import Actor
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services import delivery
from db.services.outbox import undo_window
from db.services.resend import resend


@telling_refusals()
def send_same_again(viewer: Viewer, outbox_id: int) -> None:
    """Have an e-mail in trouble leave after all, to the address it had."""
    with transaction() as session:
        delivery.send_again(session, Actor.person(viewer), outbox_id, utc_now())
    flash("L’e-mail repart dès que possible.", icon=":material/outgoing_mail:")


@telling_refusals()
def send_once_more(viewer: Viewer, outbox_id: int, address_key: str | None = None) -> None:
    """Send a past e-mail once more, to the address typed under the key where there is one."""
    now = utc_now()
    typed = str(st.session_state.get(address_key, "")) if address_key else ""
    with transaction() as session:
        resend(session, Actor.person(viewer), outbox_id, now, to=typed)
        due_at = now + undo_window(session)
    flash(f"L’e-mail part une nouvelle fois {due_words(due_at, now)}.", icon=":material/outgoing_mail:")


@telling_refusals()
def consider_sent(viewer: Viewer, outbox_id: int) -> None:
    """Take an uncertain e-mail for sent."""
    with transaction() as session:
        delivery.consider_sent(session, Actor.person(viewer), outbox_id, utc_now())
    flash("L’e-mail est considéré comme envoyé.")


@telling_refusals()
def give_up(viewer: Viewer, outbox_id: int) -> None:
    """Keep an e-mail from leaving, or ask nobody about it any more."""
    with transaction() as session:
        delivery.drop(session, Actor.person(viewer), outbox_id, utc_now())
    flash("L’e-mail est abandonné\u00a0: il ne part pas.", icon=":material/block:")
