"""The views a person sees above the grid: their own and those shared with everybody."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.viewer import Viewer
from db.models import SavedView


@dataclass(frozen=True, slots=True)
class View:
    """A named list: the grid's query string under a name."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_mine: bool


def views_of(session: Session, viewer: Viewer) -> list[View]:
    """Return the viewer's own views and the shared ones, by name."""
    rows = session.execute(
        sa.select(SavedView.id, SavedView.name, SavedView.query, SavedView.is_shared, SavedView.owner_id)
        .where(sa.or_(SavedView.owner_id == viewer.person_id, SavedView.is_shared))
        .order_by(SavedView.name, SavedView.id)
    )
    return [View(row.id, row.name, row.query, row.is_shared, row.owner_id == viewer.person_id) for row in rows]
