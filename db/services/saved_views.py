"""Keep, share and delete the views of the grid."""

from urllib.parse import parse_qsl

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import SavedView
from db.services.audit import Act, note_act

MAX_NAME = 40
MAX_VIEWS = 30


def save_view(session: Session, viewer: Viewer, name: str, query: str, *, is_shared: bool) -> int:
    """Save the query string under a name; a view of that name that the person already has is replaced.

    Raises:
        InvalidInputError: The name is empty or too long, or the person has too many views.
        NotAllowedError: The person may not share views.
    """
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not name or len(name) > MAX_NAME:
        raise InvalidInputError(f"Donnez à la vue un nom de 1 à {MAX_NAME} caractères.")
    if is_shared:
        viewer.require(Permission.SHARE_VIEWS)
    own = session.scalars(sa.select(SavedView).where(SavedView.owner_id == viewer.person_id)).all()
    view = next((view for view in own if view.name == name), None)
    if view is None:
        if len(own) >= MAX_VIEWS:
            raise InvalidInputError(f"Vous avez déjà {MAX_VIEWS} vues. Supprimez-en une avant d’en ajouter.")
        view = SavedView(owner_id=viewer.person_id, name=name)
        session.add(view)
    view.query, view.is_shared = query, is_shared
    session.flush()
    # Which filters, not what is typed in them: a search may hold a customer's name, and the log outlives its erasure.
    said = {"filters": sorted({key for key, _ in parse_qsl(query.lstrip("?"))}), "is_shared": is_shared}
    note_act(session, Actor.person(viewer), Act(AuditArea.SETTINGS, "view_saved", "view", view.id, name, after=said))
    return view.id


def delete_view(session: Session, viewer: Viewer, view_id: int) -> None:
    """Delete one of the person's own views; an administrator may delete a shared one.

    Raises:
        NotFoundError: There is no such view that this person may delete.
    """
    view = session.get(SavedView, view_id)
    mine = view is not None and view.owner_id == viewer.person_id
    moderated = view is not None and view.is_shared and viewer.may(Permission.MANAGE_SETTINGS)
    if view is None or not (mine or moderated):
        raise NotFoundError("Cette vue n’existe plus, ou n’est pas à vous.")
    session.delete(view)
    session.flush()
    note_act(session, Actor.person(viewer), Act(AuditArea.SETTINGS, "view_deleted", "view", view_id, view.name))
