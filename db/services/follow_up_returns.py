"""What a customer does about returns by their link: ask for one, add photos, write. A printed link only reads."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import OrderNotFoundError
from db.domain.returns import ReturnNotFoundError, ReturnRequest
from db.emails.links import FollowUpToken
from db.models import Order, Return
from db.services.follow_up import PrintedLinkError, customer_of
from db.services.return_slips import ask_for_slip
from db.services.returns.photos import Keep, add_photo
from db.services.returns.requests import request_return
from db.services.returns.thread import write_message

#: What whoever holds a paper of the order is told.
ASK_BY_EMAIL = "Pour demander un retour, ouvrez le lien reçu par e-mail."
ONLY_BY_EMAIL = "Pour lire vos échanges et compléter ce retour, ouvrez le lien reçu par e-mail."


def request_by_link(session: Session, link: FollowUpToken, wanted: ReturnRequest, key: str, now: dt.datetime) -> int:
    """Ask for a return; return its id, the same one for the same ``key``.

    Raises:
        PrintedLinkError: The link is not one that was sent to the customer alone.
        ReturnRefusedError: It cannot be asked for like that; the sentence says why.
    """
    if link.on_paper:
        raise PrintedLinkError(ASK_BY_EMAIL)
    return request_return(session, _customer(session, link), link.order_id, wanted, now, key=key)


def write_by_link(session: Session, link: FollowUpToken, return_id: int, text: str, key: str, now: dt.datetime) -> None:
    """Write a message to staff about a return; the same ``key`` writes it once.

    Raises:
        PrintedLinkError: The link is not one that was sent to the customer alone.
        ReturnNotFoundError: The return is not of this order.
        InvalidInputError: The message is empty, too long or unreadable.
    """
    write_message(session, _of_return(session, link, return_id), return_id, text, now, key=key)


def add_photo_by_link(
    session: Session, link: FollowUpToken, return_id: int, picture: bytes, now: dt.datetime, keep: Keep
) -> None:
    """Add a photo to a return, as ``clean_photo`` drew it.

    Raises:
        PrintedLinkError: The link is not one that was sent to the customer alone.
        ReturnNotFoundError: The return is not of this order.
        NoMorePhotosError: It has as many as it may have, or is over.
        StorageError: The place of stored files does not take it.
    """
    add_photo(session, _of_return(session, link, return_id), return_id, picture, now, keep)


def ask_for_slip_by_link(session: Session, link: FollowUpToken, return_id: int, now: dt.datetime) -> None:
    """Have the slip of a return made; also for whoever reads the paper in the parcel: it changes nothing.

    Raises:
        ReturnNotFoundError: The return is not of this order.
        NoSlipError: No parcel is expected of it.
    """
    _check_own(session, link, return_id)
    # The list of files names nobody who could ask to be forgotten.
    ask_for_slip(session, customer_of(""), return_id, now)


def _of_return(session: Session, link: FollowUpToken, return_id: int) -> Actor:
    if link.on_paper:
        raise PrintedLinkError(ONLY_BY_EMAIL)
    _check_own(session, link, return_id)
    return _customer(session, link)


def _check_own(session: Session, link: FollowUpToken, return_id: int) -> None:
    if session.scalar(sa.select(Return.order_id).where(Return.id == return_id)) != link.order_id:
        raise ReturnNotFoundError


def _customer(session: Session, link: FollowUpToken) -> Actor:
    name = session.scalar(sa.select(Order.customer_name).where(Order.id == link.order_id))
    if name is None:
        raise OrderNotFoundError(str(link.order_id))
    return customer_of(name)
