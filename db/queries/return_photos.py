"""Where the photos of returns are stored, for who works here; customers find theirs in ``follow_up_returns``."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Order, Return, ReturnPhoto
from db.queries.columns import columns


class PhotoNotFoundError(NotFoundError):
    """No such photo, or not for this person: the answer is the same."""

    def __init__(self) -> None:
        super().__init__("Cette photo n’existe pas ou ne vous est pas accessible.")


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A photo: where it is stored and what it must be."""

    id: int
    return_id: int
    ref: str
    sha256: str
    size_bytes: int
    media_type: str


def photo_to_show(session: Session, viewer: Viewer, photo_id: int) -> StoredPhoto:
    """Return where a photo is stored; a seller has those of their own orders.

    Raises:
        NotAllowedError: The person may not read orders.
        PhotoNotFoundError: There is none for this person.
    """
    viewer.require(Permission.READ_ORDERS)
    own = [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]
    row = session.execute(
        sa.select(*columns(ReturnPhoto, StoredPhoto))
        .join(Return, Return.id == ReturnPhoto.return_id)
        .join(Order, Order.id == Return.order_id)
        .where(ReturnPhoto.id == photo_id, *own)
    ).one_or_none()
    if row is None:
        raise PhotoNotFoundError
    return StoredPhoto(**row._asdict())
