"""What an order's follow-up links open: staff hands one out or makes all useless; their customer confirms receipt."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.moves import Move, MoveRefusedError
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus
from db.domain.permissions import Permission
from db.emails.links import FollowUpToken, follow_up_url
from db.models import Order, Shipment
from db.services.history import Entry, record
from db.services.moves import move_order
from db.services.order_facts import load_facts, locked_order
from db.services.parcels import ParcelNotFoundError, confirm_receipt

_NAMELESS = "Client"


class PrintedLinkError(MarketplaceError):
    """The link was printed: whoever holds the paper, the seller too, is not known to be the customer."""

    def __init__(self, sentence: str = "Pour confirmer la réception, ouvrez le lien reçu par e-mail.") -> None:
        super().__init__(sentence)


def new_link(session: Session, actor: Actor, order_id: int) -> str:
    """Return a follow-up link of an order, as its next e-mail would carry it.

    Raises:
        NotAllowedError: The actor may not write to customers: whoever has the link acts as one.
        OrderNotFoundError: There is no such order for this actor.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    if order_id not in load_facts(session, actor, [order_id]):
        raise OrderNotFoundError(str(order_id))
    generation = session.scalars(sa.select(Order.link_generation).where(Order.id == order_id)).one()
    return follow_up_url(order_id, generation)


def revoke_links(session: Session, actor: Actor, order_id: int, version: int, now: dt.datetime) -> int:
    """Make every follow-up link made so far open nothing any more; return the history row.

    E-mails that still wait take the new link: it is written in when they leave.

    Raises:
        NotAllowedError: The actor may not write to customers.
        ChangedMeanwhileError: The order is not at ``version`` any more.
        OrderNotFoundError: There is no such order for this actor.
    """
    actor.require(Permission.MESSAGE_CUSTOMERS)
    order = locked_order(session, actor, order_id, version)
    revoked = sa.update(Order).where(Order.id == order.id)
    revoked = revoked.values(
        link_generation=Order.link_generation + 1, version=Order.version + 1, updated_at=now
    ).execution_options(synchronize_session=False)
    session.execute(revoked)
    return record(session, actor, Entry(order.id, HistoryEvent.LINKS_REVOKED), now)


def confirm_by_link(
    session: Session, link: FollowUpToken, shipment_id: int | None, address: str, now: dt.datetime
) -> bool:
    """Note that the customer received a parcel, or their whole order; return whether that was news.

    Args:
        session: The caller's transaction.
        link: What the link says.
        shipment_id: The parcel; None for an order that was delivered without any.
        address: The network address that the confirmation came from, kept as its proof.
        now: The instant of the confirmation.

    Raises:
        PrintedLinkError: The link is not one that was sent to the customer alone.
    """
    if link.on_paper:
        raise PrintedLinkError
    order_id = link.order_id
    order = load_facts(session, customer_of(_NAMELESS), [order_id], locked=True).get(order_id)
    if order is None:
        return False
    customer = customer_of(order.customer_name)
    try:
        if shipment_id is not None:
            return confirm_receipt(session, customer, order_id, shipment_id, address, now)
        if order.status is not OrderStatus.DELIVERED or _has_parcels(session, order_id):
            return False
        proof = f"Confirmé depuis l’adresse {address}" if address else ""
        move_order(session, customer, order_id, Move(OrderStatus.RECEIVED, note=proof), now)
    except (ParcelNotFoundError, MoveRefusedError):
        return False  # Called back, or settled meanwhile: the page says where the order is now.
    return True


def customer_of(name: str) -> Actor:
    """Return the customer of an order, as the one who acts."""
    return Actor(ActorKind.CUSTOMER, name.strip() or _NAMELESS)


def _has_parcels(session: Session, order_id: int) -> bool:
    parcels = sa.exists().where(Shipment.order_id == order_id, Shipment.cancelled_at.is_(None))
    return bool(session.scalar(sa.select(parcels)))
