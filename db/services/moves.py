"""The one door through which an order changes its status: a person's click, a bulk action, a job, an import.

``plan_moves`` computes what would happen and writes nothing (the dry run); ``move_orders`` locks the orders,
computes the very same plan and writes it. One order that refuses never stops the others.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.carriers import Carrier
from db.domain.documents import DocumentKind
from db.domain.errors import MarketplaceError, OrderNotFoundError
from db.domain.move_words import check_day, check_words
from db.domain.moves import Effects, Move, Rest, decide
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus
from db.models import Order, Shipment
from db.queries.carriers import all_carriers
from db.queries.statuses import StatusLook, status_settings
from db.services import move_effects
from db.services.accounts import reconcile
from db.services.documents.due import Owed, owe
from db.services.history import Entry, record_all
from db.services.order_facts import changed_meanwhile, load_facts
from db.services.outbox import AddressBook, Letter, address_book, letters_for, queue
from db.services.parcel_effects import as_json, parcel_words

#: What a credit note says of why it was issued.
ORDER_CANCELLED = "Annulation de la commande"
ARTICLES_CANCELLED = "Annulation d’articles de la commande"


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """What moving one order does: its effects and the e-mails it sends."""

    order: OrderFacts
    effects: Effects
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An order that does not move, and why."""

    order_id: int
    number: str
    error: MarketplaceError

    @property
    def reason(self) -> str:
        """Return the sentence for the person."""
        return str(self.error)


@dataclass(frozen=True, slots=True)
class MovePlan:
    """What a move would do to some orders."""

    move: Move
    planned: tuple[PlannedMove, ...]
    refused: tuple[Refused, ...]

    @property
    def versions(self) -> dict[int, int]:
        """Return the version each movable order was seen at; the act refuses those that changed since."""
        return {each.order.id: each.order.version for each in self.planned}

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Return the e-mails it sends."""
        return tuple(letter for each in self.planned for letter in each.letters)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done: order id → history row, and the refusals."""

    history_ids: Mapping[int, int]
    refused: tuple[Refused, ...]
    emails: int = 0


def plan_moves(session: Session, actor: Actor, order_ids: Sequence[int], move: Move) -> MovePlan:
    """Return what the move would do now; nothing is written.

    Raises:
        InvalidInputError: What goes with the move cannot be used, whichever the order.
    """
    return _plan(session, order_ids, load_facts(session, actor, order_ids), move, actor)


def plan_described(session: Session, actor: Actor, orders: Sequence[OrderFacts], move: Move) -> MovePlan:
    """Return what the move would do to orders as the caller describes them: « once this payment is there »."""
    return _plan(session, [order.id for order in orders], {order.id: order for order in orders}, move, actor)


def plan_move(session: Session, actor: Actor, order: OrderFacts, move: Move) -> PlannedMove:
    """Return what the move would do to one order as the caller describes it.

    Raises:
        MarketplaceError: The order would not move.
    """
    plan = plan_described(session, actor, [order], move)
    if plan.refused:
        raise plan.refused[0].error
    return plan.planned[0]


def move_orders(
    session: Session,
    actor: Actor,
    order_ids: Sequence[int],
    move: Move,
    now: dt.datetime,
    *,
    versions: Mapping[int, int] | None = None,
    task_id: int | None = None,
) -> Moved:
    """Move the orders that can be moved, with everything that follows, in the caller's transaction.

    Args:
        session: The caller's transaction.
        actor: Who moves them; each order is checked against their permissions.
        order_ids: The orders.
        move: What is asked.
        now: The instant of the act.
        versions: Order id → the version the actor saw; an order at another one is refused. None: not checked.
        task_id: The bulk action this belongs to.

    Returns:
        What was moved and what refused; never an exception for one order's sake.

    Raises:
        InvalidInputError: What goes with the move cannot be used, whichever the order.
    """
    check_day(move.happened_on, now)
    facts = load_facts(session, actor, order_ids, locked=True)
    plan = _plan(session, order_ids, facts, move, actor, versions)
    history_ids = _write(session, actor, plan, now)
    letters = [letter for each in plan.planned for letter in _addressed(each, history_ids[each.order.id])]
    emails = queue(session, actor, letters, now, task_id=task_id)
    owe(session, actor, list(_owed(plan, history_ids)), now, task_id=task_id)
    received = [each.order.id for each in plan.planned if _is_received(each)]
    reconcile(
        session,
        actor,
        _accounted(plan, history_ids),
        now,
        earning=received,
        selling=[each.order.id for each in plan.planned if each.effects.status is OrderStatus.PAID],
        claims_before={each.order.id: each.order.claim_cents for each in plan.planned},
        task_id=task_id,
    )
    if move.rest is Rest.CANCEL:  # What was left will not come: the parcels that are there may be all there is.
        follow_parcels(session, SYSTEM, list(history_ids), now)
    return Moved(history_ids, plan.refused, emails)


def follow_parcels(session: Session, actor: Actor, order_ids: Sequence[int], now: dt.datetime) -> dict[int, int]:
    """Move on the orders whose parcels have all arrived: delivered, or received once each is confirmed.

    Returns:
        Order id → history row, of the orders that moved.
    """
    found = session.execute(
        sa.select(Order.id, Order.status, sa.func.count(Shipment.received_at) == sa.func.count())
        .join(Shipment, sa.and_(Shipment.order_id == Order.id, Shipment.cancelled_at.is_(None)))
        .where(Order.id.in_(order_ids), Order.status.in_([OrderStatus.SHIPPED, OrderStatus.DELIVERED]))
        .group_by(Order.id, Order.status)
        .having(sa.func.count(Shipment.delivered_at) == sa.func.count())
    )
    reached: dict[OrderStatus, list[int]] = {}
    for order_id, status, is_received in found:
        target = OrderStatus.RECEIVED if is_received else OrderStatus.DELIVERED
        if target is not status:
            reached.setdefault(target, []).append(order_id)
    moved: dict[int, int] = {}
    for target, ids in reached.items():
        moved |= move_orders(session, actor, ids, Move(target), now).history_ids
    _date_by_parcels(session, list(moved))
    return moved


def _date_by_parcels(session: Session, order_ids: Sequence[int]) -> None:
    """Date the arrival of orders by their last parcel: noted days later, it arrived when it did."""
    if order_ids:
        parcels = sa.and_(Shipment.order_id == Order.id, Shipment.cancelled_at.is_(None))
        for column, of_parcel in (
            (Order.delivered_at, Shipment.delivered_at),
            (Order.received_at, Shipment.received_at),
        ):
            last = sa.select(sa.func.max(of_parcel)).where(parcels).scalar_subquery()
            some = sa.update(Order).where(Order.id.in_(order_ids), column.is_not(None))
            session.execute(some.values({column: last}).execution_options(synchronize_session=False))


def move_order(
    session: Session, actor: Actor, order_id: int, move: Move, now: dt.datetime, *, version: int | None = None
) -> int:
    """Move one order; return its history row.

    Raises:
        MarketplaceError: The order does not move: ``MoveRefusedError``, ``NotAllowedError``,
            ``ChangedMeanwhileError`` or ``OrderNotFoundError``.
    """
    moved = move_orders(
        session, actor, [order_id], move, now, versions=None if version is None else {order_id: version}
    )
    if moved.refused:
        raise moved.refused[0].error
    return moved.history_ids[order_id]


def _plan(
    session: Session,
    order_ids: Sequence[int],
    facts: Mapping[int, OrderFacts],
    move: Move,
    actor: Actor,
    versions: Mapping[int, int] | None = None,
) -> MovePlan:
    check_words(move)
    refused = [_absent(order_id) for order_id in dict.fromkeys(order_ids) if order_id not in facts]
    if versions is not None:
        changed = [order for order in facts.values() if versions.get(order.id, order.version) != order.version]
        if changed:
            errors = changed_meanwhile(session, changed)
            refused += [Refused(order.id, order.number, errors[order.id]) for order in changed]
            facts = {order_id: order for order_id, order in facts.items() if order_id not in errors}
    texted = facts if move.target is OrderStatus.READY else ()
    book = address_book(session, (order.seller_id for order in facts.values()), texted_orders=texted)
    looks = status_settings(session)
    carriers = all_carriers(session) if move.target is OrderStatus.SHIPPED else ()
    planned: list[PlannedMove] = []
    for order in facts.values():
        try:
            effects = decide(order, move, actor.may)
        except MarketplaceError as error:
            refused.append(Refused(order.id, order.number, error))
        else:
            words = _variables(order, move, effects, carriers)
            letters = _letters(order, looks[effects.status], book, words) if move.notifies else ()
            planned.append(PlannedMove(order, effects, letters))
    return MovePlan(move, tuple(planned), tuple(refused))


def _absent(order_id: int) -> Refused:
    return Refused(order_id, "", OrderNotFoundError(str(order_id)))


def _letters(
    order: OrderFacts, look: StatusLook, book: AddressBook, variables: Mapping[str, Any]
) -> tuple[Letter, ...]:
    if not look.sends_email or look.template is None:
        return ()
    return letters_for(order, look.template, book, variables)


def _variables(order: OrderFacts, move: Move, effects: Effects, carriers: Sequence[Carrier]) -> dict[str, Any]:
    """Return what the e-mail of a move needs beside the order; of a part of it, which articles it holds."""
    words = {"message": move.message.strip()}
    if effects.shipped and not effects.is_handed_over:
        words |= parcel_words(carriers, order, move)
    said: dict[str, Any] = {"status": effects.status.value} | {name: text for name, text in words.items() if text}
    is_whole = all(effects.shipped.get(line.id, 0) == line.quantity for line in order.lines)
    return said if is_whole or not effects.shipped else said | {"lines": as_json(effects.shipped)}


def _addressed(each: PlannedMove, history_id: int) -> Iterable[Letter]:
    return (replace(letter, event=f"move:{history_id}", history_id=history_id) for letter in each.letters)


def _owed(plan: MovePlan, history_ids: Mapping[int, int]) -> Iterable[Owed]:
    """Return the documents that follow from the moves."""
    for each in plan.planned:
        order_id = each.order.id
        if each.effects.invoices:
            yield Owed(order_id, DocumentKind.INVOICE, history_ids[order_id])
        if each.effects.credited_cents:
            is_whole = each.effects.status is OrderStatus.CANCELLED
            yield Owed(
                order_id,
                DocumentKind.CREDIT_NOTE,
                history_ids[order_id],
                units=None if is_whole else each.effects.cancelled,
                cents=None if is_whole else each.effects.cancelled_cents,
                reason=ORDER_CANCELLED if is_whole else ARTICLES_CANCELLED,
                notifies=plan.move.notifies,
            )


#: What changes a seller's account or a customer's points; cancelled articles do, too.
_ACCOUNTED = frozenset({OrderStatus.PAID, OrderStatus.CANCELLED, OrderStatus.RECEIVED, OrderStatus.COMPLETED})


def _is_received(each: PlannedMove) -> bool:
    """Tell whether the customer has the order by this move, and had it not before."""
    reached = {OrderStatus.RECEIVED, OrderStatus.COMPLETED}
    return each.effects.status in reached and each.order.status not in reached


def _accounted(plan: MovePlan, history_ids: Mapping[int, int]) -> dict[int, int]:
    return {
        each.order.id: history_ids[each.order.id]
        for each in plan.planned
        if each.effects.status in _ACCOUNTED or each.effects.cancelled
    }


def _write(session: Session, actor: Actor, plan: MovePlan, now: dt.datetime) -> dict[int, int]:
    """Write the moves; return order id → history row."""
    if not plan.planned:
        return {}
    traces = move_effects.apply(session, actor, plan.move, [(each.order, each.effects) for each in plan.planned], now)
    entries = [
        Entry(
            each.order.id,
            HistoryEvent.STATUS_CHANGED,
            before={"status": each.order.status.value},
            after={"status": each.effects.status.value} | traces[each.order.id],
            note=plan.move.note.strip(),
        )
        for each in plan.planned
    ]
    ids = record_all(session, actor, entries, now)
    return {each.order.id: history_id for each, history_id in zip(plan.planned, ids, strict=True)}
