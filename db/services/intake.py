"""Take in the orders that others wrote: the shop, the API, a file. Completed, checked, and their people told.

An order that does not hold together is put in error with a sentence, and nobody is told anything. Once it is mended
and an administrator has taken it out of error, it is taken in like any other.
"""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.documents import DocumentKind
from db.domain.incoming import NEW_WITHIN
from db.domain.mail import EmailTemplate
from db.domain.order_facts import OrderFacts
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus
from db.models import Order, OrderHistory, OrderLine, Product
from db.queries.statuses import status_settings
from db.services.accounts import reconcile
from db.services.consistency import what_to_mend
from db.services.derived import complete_customers, complete_orders
from db.services.documents.due import Owed, owe
from db.services.error_state import put_in_error
from db.services.history import Entry, record_all
from db.services.lost import DATABASE_LOST
from db.services.order_facts import load_facts
from db.services.outbox import Letter, address_book, letters_for, queue
from db.services.stock import sell

#: What an e-mail about a new order was caused by; with it in the unique key, taking in twice mails once.
EVENT = "intake"
_AT_ONCE = 500
_NEW_STATUSES = frozenset({OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID})
_SHOP = Actor(ActorKind.SHOP, "Boutique")


_log = logging.getLogger(__name__)

UNREADABLE = (
    "Cette commande est illisible\u00a0: une de ses valeurs n’a pas la forme attendue. Signalez-la à un "
    "administrateur, qui trouvera laquelle dans le journal."
)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of some orders."""

    taken: int
    #: Order id → what to mend.
    faulty: Mapping[int, str]


# In error, an order waits for a repair and not for us.
_IS_NEW = (Order.intake_at.is_(None), Order.status != OrderStatus.ERROR)


def has_new_orders(session: Session) -> bool:
    """Tell whether ``take_in_new_orders`` would find something to do; a look into a small index."""
    return session.scalar(sa.select(Order.id).where(*_IS_NEW).limit(1)) is not None


def take_in_new_orders(session: Session, now: dt.datetime, limit: int) -> int:
    """Take in the orders that were written since; return how many were looked at."""
    new = sa.select(Order.id).where(*_IS_NEW).order_by(Order.id).limit(limit).with_for_update(skip_locked=True)
    order_ids = session.scalars(new).all()
    _take_in_all(session, order_ids, now)
    return len(order_ids)


def _take_in_all(session: Session, order_ids: Sequence[int], now: dt.datetime) -> None:
    """Take some orders in together; if that fails, each by itself, so that one never keeps the others back."""
    try:
        with session.begin_nested():
            take_in(session, order_ids, now)
    except DATABASE_LOST:
        raise
    except Exception:  # noqa: BLE001  whatever one order raises, the others go on
        if len(order_ids) > 1:
            for order_id in order_ids:
                _take_in_all(session, [order_id], now)
            return
        _log.exception("order %d cannot be taken in", order_ids[0])
        put_in_error(session, SYSTEM, order_ids[0], UNREADABLE, now)


def take_in(session: Session, order_ids: Sequence[int], now: dt.datetime, *, tells: bool = True) -> TakenIn:
    """Complete and check some new orders, in the caller's transaction, and tell their sellers and customers.

    Args:
        session: The caller's.
        order_ids: Orders that were not taken in yet.
        now: The instant of the intake.
        tells: Whether people are told at all: another platform has told its customers itself.
    """
    if not order_ids:
        return TakenIn(0, {})
    _complete(session, order_ids)
    _write_first_entries(session, order_ids, now)
    faulty = what_to_mend(session, order_ids)
    for order_id, sentence in faulty.items():
        put_in_error(session, SYSTEM, order_id, sentence, now)
    sound = [order_id for order_id in order_ids if order_id not in faulty]
    for some in (sound[start : start + _AT_ONCE] for start in range(0, len(sound), _AT_ONCE)):
        paid_since = sa.case((Order.status == OrderStatus.PAID, sa.func.coalesce(Order.paid_at, Order.placed_at)))
        taken = sa.update(Order).where(Order.id.in_(some)).values(intake_at=now, paid_at=paid_since)
        session.execute(taken.execution_options(synchronize_session=False))
    sell(session, SYSTEM, sound, now)
    owe(session, SYSTEM, _invoices(session, sound, now), now)
    paid = _paid_lately(session, sound, now)
    reconcile(session, SYSTEM, paid, now, selling=paid)
    if tells:
        queue(session, SYSTEM, _letters(session, sound, now), now)
    return TakenIn(len(sound), faulty)


def _complete(session: Session, order_ids: Sequence[int]) -> None:
    """Fill in what the writer may leave out: the products that references name, search texts, summaries."""
    named = session.execute(
        sa.select(OrderLine.id, Product.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, sa.and_(Product.seller_id == Order.seller_id, Product.sku == OrderLine.sku))
        .where(OrderLine.order_id.in_(order_ids), OrderLine.product_id.is_(None), OrderLine.sku != "")
    ).all()
    if named:
        session.execute(sa.update(OrderLine), [{"id": line_id, "product_id": key} for line_id, key in named])
    _hand_over(session, order_ids)
    complete_orders(session, order_ids)
    customers = sa.select(Order.customer_id).where(Order.id.in_(order_ids), Order.customer_id.is_not(None)).distinct()
    complete_customers(session, sorted(key for key in session.scalars(customers) if key is not None))


def _hand_over(session: Session, order_ids: Sequence[int]) -> None:
    """Note that the customer has what an order that is over sold, where its writer left out what was shipped."""
    over = sa.select(Order.id).where(
        Order.id.in_(order_ids), Order.status.in_([OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.COMPLETED])
    )
    handed = sa.update(OrderLine).where(OrderLine.order_id.in_(over), OrderLine.quantity_shipped == 0)
    values = {"quantity_shipped": OrderLine.quantity - OrderLine.quantity_cancelled}
    session.execute(handed.values(values).execution_options(synchronize_session=False))


def _write_first_entries(session: Session, order_ids: Sequence[int], now: dt.datetime) -> None:
    """Begin the history of each order that has none, at the moment it was placed."""
    has_history = sa.exists().where(
        OrderHistory.order_id == Order.id,
        OrderHistory.event.in_([HistoryEvent.CREATED, HistoryEvent.IMPORTED]),
    )
    new = session.execute(
        sa.select(Order.id, Order.placed_at, Order.status, Order.source).where(Order.id.in_(order_ids), ~has_history)
    ).all()
    entries = [
        Entry(
            row.id,
            HistoryEvent.CREATED,
            after={"status": row.status.value, "source": row.source},
            at=row.placed_at,
        )
        for row in new
    ]
    record_all(session, _SHOP, entries, now)


def _invoices(session: Session, order_ids: Sequence[int], now: dt.datetime) -> list[Owed]:
    """Return the invoices of new orders that are paid; those of long ago have theirs from whoever sold then."""
    paid = sa.select(Order.id).where(
        Order.id.in_(order_ids),
        Order.placed_at > now - NEW_WITHIN,
        Order.status.not_in([OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.ERROR]),
        Order.total_cents > 0,
        Order.invoice_number.is_(None),
    )
    return [Owed(order_id, DocumentKind.INVOICE) for order_id in session.scalars(paid.order_by(Order.id))]


def _paid_lately(session: Session, order_ids: Sequence[int], now: dt.datetime) -> dict[int, int]:
    """Return new orders that are paid, with the last row of their history; those of long ago were settled elsewhere."""
    paid = (
        sa.select(Order.id, sa.func.max(OrderHistory.id))
        .join(OrderHistory, OrderHistory.order_id == Order.id)
        .where(Order.id.in_(order_ids), Order.placed_at > now - NEW_WITHIN, Order.paid_cents > 0)
        .group_by(Order.id)
    )
    return {row[0]: row[1] for row in session.execute(paid)}


def _letters(session: Session, order_ids: Sequence[int], now: dt.datetime) -> list[Letter]:
    """Return what is written about new orders: to the seller, and to the customer as the statuses' settings say."""
    recent = sa.select(Order.id).where(Order.id.in_(order_ids), Order.placed_at > now - NEW_WITHIN)
    facts = load_facts(session, SYSTEM, session.scalars(recent).all())
    orders = [order for order in facts.values() if order.status in _NEW_STATUSES]
    book = address_book(session, (order.seller_id for order in orders))
    looks = status_settings(session)

    def templates(order: OrderFacts) -> list[EmailTemplate]:
        reached = [OrderStatus.AWAITING_PAYMENT] + [OrderStatus.PAID] * (order.status is OrderStatus.PAID)
        told = (looks[status] for status in reached)
        ours = [look.template for look in told if look.sends_email and look.template is not None]
        return [EmailTemplate.SELLER_NEW_ORDER, *ours]

    letters = [
        letter
        for order in orders
        for template in templates(order)
        for letter in letters_for(order, template, book, {"status": order.status.value})
    ]
    return [replace(letter, event=EVENT) for letter in letters]
