"""Photos of what is sent back, as ``db/pictures.py`` drew them anew: each is stored once."""

import datetime as dt
import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.formats import plural
from db.domain.orders import OPEN_RETURN_STATUSES
from db.domain.permissions import Permission
from db.models import Return, ReturnPhoto
from db.queries.return_settings import return_rules
from db.services.returns.facts import locked_return

#: Puts a file under a ref: ``Storage.put``.
Keep = Callable[[str, BinaryIO], object]

_MEDIA_TYPE = "image/jpeg"


class NoMorePhotosError(MarketplaceError):
    """The return has as many photos as it may have, or is over."""

    @classmethod
    def beyond(cls, most: int) -> "NoMorePhotosError":
        """Return the refusal of what is beyond ``most``."""
        return cls(
            f"{plural(most, 'photo')} au plus par demande." if most else "Les demandes de retour se font sans photo."
        )


def add_photo(session: Session, actor: Actor, return_id: int, picture: bytes, now: dt.datetime, keep: Keep) -> int:
    """Add a photo to a return that is under way; return its id. The very same photo is added once.

    Args:
        session: The caller's transaction.
        actor: The customer, or staff.
        return_id: The return; that it is the customer's is the caller's to know.
        picture: As ``clean_photo`` drew it, before the transaction began.
        now: The instant of the upload.
        keep: Stores it, once nothing else is against it.

    Raises:
        NotAllowedError: The person does not handle returns.
        ReturnNotFoundError: There is no such return for this actor.
        NoMorePhotosError: It has as many as it may have, or is over.
        StorageError: The place of stored files does not take it.
    """
    actor.require(Permission.HANDLE_RETURNS)
    _, row = locked_return(session, actor, return_id)
    digest = hashlib.sha256(picture).hexdigest()
    there = {
        sha256: photo_id
        for photo_id, sha256 in session.execute(
            sa.select(ReturnPhoto.id, ReturnPhoto.sha256).where(ReturnPhoto.return_id == return_id)
        )
    }
    if digest in there:
        return there[digest]
    _check_room(row, len(there), return_rules(session).max_photos)
    # The ref follows from the picture: what a broken transaction leaves behind is what the next try stores.
    ref = f"returns/{return_id}/{digest}.jpg"
    keep(ref, BytesIO(picture))
    photo = ReturnPhoto(
        return_id=return_id,
        ref=ref,
        sha256=digest,
        media_type=_MEDIA_TYPE,
        size_bytes=len(picture),
        added_by=actor.kind,
        added_at=now,
    )
    session.add(photo)
    session.flush()
    return photo.id


def _check_room(row: Return, there: int, most: int) -> None:
    if row.status not in OPEN_RETURN_STATUSES:
        raise NoMorePhotosError("Ce retour est clos\u00a0: il ne prend plus de photo.")
    if there >= most:
        raise NoMorePhotosError.beyond(most)
