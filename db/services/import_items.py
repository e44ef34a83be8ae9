"""The orders of a file that a task imports: written when it starts, created some hundred at a time, each once."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.bulk import Importing
from db.domain.errors import MarketplaceError
from db.domain.incoming import IncomingOrder
from db.domain.moves import Move
from db.domain.orders import HistoryEvent, OrderStatus, PaymentRecordState
from db.domain.tasks import ImportItemState
from db.models import ImportItem, Payment
from db.services.history import Entry, record_all
from db.services.imports import DIFFERS, ImportPlan, PlannedOrder, reasons_of
from db.services.incoming import check_orders, create_orders, from_json, to_json
from db.services.intake import take_in
from db.services.lost import DATABASE_LOST
from db.services.moves import move_orders
from db.services.order_facts import load_facts
from db.services.payments import receipt_entry, recount_payments

_ORDER, _NOTE = "order", "note"
_WRITTEN_AT_ONCE = 1_000
_UNEXPECTED = "Erreur inattendue\u00a0: cette commande n’a pas été créée. Signalez-la à un administrateur."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Item:
    """One order that the task still has to create."""

    position: int
    place: str
    order: IncomingOrder
    note: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one order."""

    state: ImportItemState
    order_id: int | None = None
    reason: str = ""


def write_items(session: Session, task_id: int, plan: ImportPlan) -> None:
    """Write every order of the file: those to create with all that is needed for it, the others as settled."""
    connection = session.connection()
    for start in range(0, len(plan.items), _WRITTEN_AT_ONCE):
        some = plan.items[start : start + _WRITTEN_AT_ONCE]
        rows = [
            _row(item) | {"task_id": task_id, "position": place} for place, item in enumerate(some, start=start + 1)
        ]
        connection.execute(sa.insert(ImportItem), rows)


def _row(item: PlannedOrder) -> dict[str, Any]:
    is_going = item.state is ImportItemState.WAITING
    order = item.read.order
    return {
        "reference": item.read.reference,
        "place": item.read.place,
        "payload": {_ORDER: to_json(order), _NOTE: item.read.note} if is_going and order else {},
        "state": item.state,
        "reason": " ".join(item.reasons),
        "corrections": "\n".join(item.read.corrections) if is_going else "",
        "order_id": item.known_order_id,
    }


def run_next(
    session: Session, actor: Actor, task_id: int, action: Importing, limit: int, now: dt.datetime
) -> tuple[int, int]:
    """Create the next orders, in the caller's transaction; the task's row is locked by the caller.

    Returns:
        How many are settled with that, and how many of them were refused.
    """
    items = _next_items(session, task_id, limit)
    outcomes = _run(session, actor, action, items, now) if items else {}
    _settle(session, task_id, outcomes)
    return len(items), sum(outcome.state is ImportItemState.REFUSED for outcome in outcomes.values())


def refuse_the_rest(session: Session, task_id: int, reason: str) -> int:
    """Refuse every order that is still to create; return how many that were."""
    rest = sa.update(ImportItem).where(ImportItem.task_id == task_id, ImportItem.state == ImportItemState.WAITING)
    refused = rest.values(state=ImportItemState.REFUSED, reason=reason, payload={})
    return session.connection().execute(refused).rowcount


def _next_items(session: Session, task_id: int, limit: int) -> list[_Item]:
    todo = (
        sa.select(ImportItem.position, ImportItem.place, ImportItem.payload)
        .where(ImportItem.task_id == task_id, ImportItem.state == ImportItemState.WAITING)
        .order_by(ImportItem.position)
        .limit(limit)
    )
    return [
        _Item(row.position, row.place, from_json(row.payload[_ORDER]), row.payload[_NOTE])
        for row in session.execute(todo)
    ]


def _run(
    session: Session, actor: Actor, action: Importing, items: Sequence[_Item], now: dt.datetime
) -> dict[int, _Outcome]:
    """Create some orders together; if that fails, each by itself, so that only the guilty one is refused."""
    try:
        with session.begin_nested():
            return _create(session, actor, action, items, now)
    except DATABASE_LOST:
        raise
    except Exception as error:  # noqa: BLE001  whatever one order raises, the others go on
        if len(items) > 1:
            outcomes: dict[int, _Outcome] = {}
            for item in items:
                outcomes |= _run(session, actor, action, [item], now)
            return outcomes
        if isinstance(error, MarketplaceError):
            return {items[0].position: _Outcome(ImportItemState.REFUSED, reason=str(error))}
        _log.exception("import of %s: order at %s failed", action.name, items[0].place)
        return {items[0].position: _Outcome(ImportItemState.REFUSED, reason=_UNEXPECTED)}


def _create(
    session: Session, actor: Actor, action: Importing, items: Sequence[_Item], now: dt.datetime
) -> dict[int, _Outcome]:
    """Look again, as others may have been quicker or a product may be gone; then create what is right."""
    outcomes: dict[int, _Outcome] = {}
    going: list[_Item] = []
    for item, checked in zip(items, check_orders(session, [item.order for item in items], now), strict=True):
        reason = " ".join(reasons_of(checked))
        if checked.faults:
            outcomes[item.position] = _Outcome(ImportItemState.REFUSED, reason=reason)
        elif checked.known_order_id is not None:
            outcomes[item.position] = _Outcome(ImportItemState.KNOWN, checked.known_order_id, reason)
        else:
            going.append(item)
    created: dict[int, _Item] = {}
    orders = [item.order for item in going]
    written = create_orders(session, actor, orders, action.format.source, now) if orders else []
    for item, each in zip(going, written, strict=True):
        if each.is_new:
            created[each.order_id] = item
        else:  # Another import of the same file wrote it since we looked.
            reason = DIFFERS if each.differs else ""
            outcomes[item.position] = _Outcome(ImportItemState.KNOWN, each.order_id, reason)
    return outcomes | _begin(session, actor, action, created, now)


def _begin(
    session: Session, actor: Actor, action: Importing, created: Mapping[int, _Item], now: dt.datetime
) -> dict[int, _Outcome]:
    """Give the orders that are new, by their ids, their history, and take them in."""
    record_all(session, actor, list(_first_entries(action, created)), now)
    faulty = take_in(session, list(created), now, tells=action.notifies).faulty
    if not action.notifies:
        _book_quietly(session, [order_id for order_id in created if order_id not in faulty], now)
    return {
        item.position: _Outcome(ImportItemState.CREATED, order_id, faulty.get(order_id, ""))
        for order_id, item in created.items()
    }


def _first_entries(action: Importing, created: Mapping[int, _Item]) -> Iterator[Entry]:
    for order_id, item in created.items():
        where = f"Fichier «\u00a0{action.name}\u00a0», {item.place}."
        yield Entry(order_id, HistoryEvent.IMPORTED, after={"file": action.name, "place": item.place}, note=where)
        if item.note:
            yield Entry(order_id, HistoryEvent.NOTE_ADDED, note=f"Message du client\u00a0: {item.note}")


def _book_quietly(session: Session, order_ids: Sequence[int], now: dt.datetime) -> None:
    """Take payments in without a word to anybody; the job that does it for the shop's orders writes to customers."""
    payments = session.execute(
        sa.update(Payment)
        .where(
            Payment.order_id.in_(order_ids),
            Payment.booked_at.is_(None),
            Payment.state == PaymentRecordState.CAPTURED,
        )
        .values(booked_at=now)
        .returning(Payment.order_id, Payment.id, Payment.amount_cents)
        .execution_options(synchronize_session=False)
    ).all()
    booked: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in payments:
        booked[row.order_id].append((row.id, row.amount_cents))
    if not booked:
        return
    facts = load_facts(session, SYSTEM, sorted(booked))
    paid = recount_payments(session, sorted(booked), now)
    entries = [
        receipt_entry(order, paid[order.id], [key for key, _ in booked[order.id]], _sum(booked[order.id]), {})
        for order in facts.values()
    ]
    record_all(session, SYSTEM, entries, now)
    full = [
        order.id
        for order in facts.values()
        if order.status is OrderStatus.AWAITING_PAYMENT and paid[order.id] >= order.total_cents
    ]
    move_orders(session, SYSTEM, full, Move(OrderStatus.PAID, notifies=False), now)


def _sum(payments: Sequence[tuple[int, int]]) -> int:
    return sum(cents for _, cents in payments)


def _settle(session: Session, task_id: int, outcomes: dict[int, _Outcome]) -> None:
    """Write what became of each order, in the transaction that did it: neither is ever there without the other."""
    settled = (
        sa.update(ImportItem)
        .where(ImportItem.task_id == task_id, ImportItem.position == sa.bindparam("at"))
        .values(
            state=sa.bindparam("new_state"),
            order_id=sa.bindparam("new_order"),
            reason=sa.bindparam("new_reason"),
            payload={},  # Nobody needs the names and addresses in it any more.
        )
    )
    rows = [
        {"at": position, "new_state": each.state, "new_order": each.order_id, "new_reason": each.reason}
        for position, each in outcomes.items()
    ]
    if rows:
        session.connection().execute(settled, rows)
