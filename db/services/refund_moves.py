"""One act on refunds, written: the rows, a voucher where one makes it, the orders' sums, the history, the e-mails."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.closing import RefundOfClosedMonthError
from db.domain.errors import MarketplaceError
from db.domain.mail import EmailTemplate
from db.domain.months import month_of
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.refunds import REFUND_ACTS, MeansChangedError, RefundAct, RefundFacts, RefundNotFoundError, check_act
from db.domain.time import local_day
from db.domain.vouchers import NewVoucher
from db.models import MonthClosing, Payment
from db.queries.columns import columns
from db.services.history import Entry, record_all
from db.services.order_facts import load_facts
from db.services.outbox import address_book, letters_for, queue
from db.services.payments import recount_payments
from db.services.versions import raise_versions
from db.services.vouchers import give_voucher


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """One refund of several that stayed as it was, and why."""

    refund_id: int
    order_number: str
    error: MarketplaceError


@dataclass(frozen=True, slots=True)
class RefundsMoved:
    """What an act did: refund → history row, and the refunds that stayed as they were."""

    history_ids: Mapping[int, int]
    refused: tuple[RefundRefused, ...] = ()
    #: How many e-mails were queued.
    emails: int = 0


@dataclass(frozen=True, slots=True)
class RefundChange:
    """What an act writes on each refund and says in the history."""

    act: RefundAct
    values: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    #: Only refunds that are still made by it; None: by whatever means.
    by: PaymentMethod | None = None


def load_refunds(session: Session, refund_ids: Collection[int]) -> dict[int, RefundFacts]:
    """Return the facts of refunds by id; what is no refund is left out."""
    found = sa.select(*columns(Payment, RefundFacts)).where(
        Payment.id.in_(refund_ids), Payment.kind == PaymentKind.REFUND
    )
    return {row.id: RefundFacts(**row._asdict()) for row in session.execute(found.order_by(Payment.id))}


def move_refunds(
    session: Session,
    actor: Actor,
    refund_ids: Collection[int],
    change: RefundChange,
    now: dt.datetime,
    *,
    notifies: bool = False,
) -> RefundsMoved:
    """Write one act on refunds: the rows, the orders' sums, the history, the e-mails."""
    refunds, orders = locked_refunds(session, actor, refund_ids)
    refused = [RefundRefused(key, "", RefundNotFoundError()) for key in refund_ids if key not in refunds]
    moving = []
    frozen = _in_closed_months(session, refunds) if change.act is RefundAct.REFUSE else frozenset()
    for refund in refunds.values():
        try:
            check_act(refund, change.act)
            if refund.id in frozen:
                raise RefundOfClosedMonthError
            if change.by not in {None, refund.method}:
                raise MeansChangedError(refund)
            moving.append(refund)
        except MarketplaceError as error:
            refused.append(RefundRefused(refund.id, orders[refund.order_id].number, error))
    if not moving:
        return RefundsMoved({}, tuple(refused))
    told = (
        _give_vouchers(session, actor, orders, moving, now, notifies=notifies) if change.act is RefundAct.FINISH else 0
    )
    _write(session, change, moving, now)
    history_ids = dict(zip((each.id for each in moving), _record(session, actor, change, moving, now), strict=True))
    if notifies:
        in_money = [refund for refund in moving if not refund.is_voucher]
        told += _tell(session, actor, orders, in_money, history_ids, change, now)
    return RefundsMoved(history_ids, tuple(refused), told)


def _in_closed_months(session: Session, refund_ids: Collection[int]) -> frozenset[int]:
    """Return the refunds that the books of a closed month hold as made."""
    months = set(session.scalars(sa.select(MonthClosing.month)))
    made = sa.select(Payment.id, Payment.booked_at).where(Payment.id.in_(refund_ids), Payment.booked_at.is_not(None))
    return frozenset(row.id for row in session.execute(made) if month_of(local_day(row.booked_at)) in months)


def locked_refunds(
    session: Session, actor: Actor, refund_ids: Collection[int]
) -> tuple[dict[int, RefundFacts], dict[int, OrderFacts]]:
    """Return refunds and their orders, both by id, as they are once the orders are locked."""
    of_orders = {refund.order_id for refund in load_refunds(session, refund_ids).values()}
    orders = load_facts(session, actor, sorted(of_orders), locked=True)
    found = load_refunds(session, refund_ids)
    return {key: refund for key, refund in found.items() if refund.order_id in orders}, orders


def _give_vouchers(
    session: Session,
    actor: Actor,
    orders: Mapping[int, OrderFacts],
    moving: Sequence[RefundFacts],
    now: dt.datetime,
    *,
    notifies: bool,
) -> int:
    """Give the vouchers that refunds are made by; return how many customers are sent their code."""
    told = 0
    for refund in moving:
        if not refund.is_voucher:
            continue
        wanted = NewVoucher(
            refund.amount_cents,
            order_id=refund.order_id,
            refund_id=refund.id,
            note=f"Remboursement de votre commande {orders[refund.order_id].number}",
            notifies=notifies,
        )
        voucher = give_voucher(session, actor, wanted, now)
        made_by = {"voucher_id": voucher.id, "reference": voucher.code[-4:]}
        changed = sa.update(Payment).where(Payment.id == refund.id).values(made_by)
        session.execute(changed.execution_options(synchronize_session=False))
        told += bool(voucher.recipient)
    return told


def _write(session: Session, change: RefundChange, moving: Sequence[RefundFacts], now: dt.datetime) -> None:
    target = REFUND_ACTS[change.act][1]
    values = dict(change.values) | ({"state": target} if target else {})
    changed = sa.update(Payment).where(Payment.id.in_([refund.id for refund in moving]))
    session.execute(changed.values(values).execution_options(synchronize_session=False))
    recounted = {refund.order_id for refund in moving if PaymentRecordState.CAPTURED in {refund.state, target}}
    if recounted:
        recount_payments(session, sorted(recounted), now)
    raise_versions(session, sorted({refund.order_id for refund in moving} - recounted), now)


def _record(
    session: Session, actor: Actor, change: RefundChange, moving: Sequence[RefundFacts], now: dt.datetime
) -> list[int]:
    target = REFUND_ACTS[change.act][1]
    entries = [
        Entry(
            refund.order_id,
            HistoryEvent.REFUND_MOVED,
            before={"state": refund.state.value, "method": refund.method.value},
            after={
                "state": (target or refund.state).value,
                "method": refund.method.value,
                "refund_id": refund.id,
                "amount_cents": refund.amount_cents,
                **change.words,
            },
            note=change.note,
        )
        for refund in moving
    ]
    return record_all(session, actor, entries, now)


def _tell(
    session: Session,
    actor: Actor,
    orders: Mapping[int, OrderFacts],
    moving: Sequence[RefundFacts],
    history_ids: Mapping[int, int],
    change: RefundChange,
    now: dt.datetime,
) -> int:
    """Queue « Remboursement effectué » for each refund; its key is the act, which the refund's state allows once."""
    told = {refund.order_id: orders[refund.order_id] for refund in moving}
    book = address_book(session, [order.seller_id for order in told.values()], texted_orders=told)
    letters = [
        replace(letter, event=f"refund_done:{refund.id}:{history_ids[refund.id]}", history_id=history_ids[refund.id])
        for refund in moving
        for letter in letters_for(
            told[refund.order_id],
            EmailTemplate.REFUND_DONE,
            book,
            {"amount_cents": refund.amount_cents, "refund_method": refund.method.value}
            | {"refund_reference": change.words.get("reference", "")},
        )
    ]
    return queue(session, actor, letters, now)
