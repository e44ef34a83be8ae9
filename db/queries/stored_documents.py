"""The stored files of numbered documents, to be handed out as they were made."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.files import FileState
from db.domain.viewer import Viewer
from db.models import Document, Order, StoredFile


@dataclass(frozen=True, slots=True)
class Original:
    """A document and its file; None where its file is gone."""

    document_id: int
    number: str
    order_number: str
    customer_name: str
    file_id: int | None
    state: FileState | None
    ref: str
    sha256: str
    is_flagged: bool


def originals(session: Session, viewer: Viewer, document_ids: Sequence[int]) -> list[Original]:
    """Return documents with their files, in the order of the ids; only those the viewer may see."""
    found = (
        sa.select(
            Document.id.label("document_id"),
            Document.number,
            Order.number.label("order_number"),
            Document.customer_name,
            StoredFile.id.label("file_id"),
            StoredFile.state,
            sa.func.coalesce(StoredFile.ref, "").label("ref"),
            sa.func.coalesce(StoredFile.sha256, "").label("sha256"),
            sa.func.coalesce(StoredFile.is_flagged, sa.false()).label("is_flagged"),
        )
        .join(Order, Order.id == Document.order_id)
        .outerjoin(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.id.in_(document_ids))
    )
    if viewer.seller_id is not None:
        found = found.where(Document.seller_id == viewer.seller_id)
    rows = {row.document_id: Original(**row._asdict()) for row in session.execute(found)}
    return [rows[each] for each in document_ids if each in rows]
