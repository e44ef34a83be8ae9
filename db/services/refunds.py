"""What becomes of refunds: handed over, done, refused, done again. DOMAIN.md, « Money »; the table is in the domain.

A refund is a row of ``payments`` that a settlement or a cancellation wrote. Each act is written once: the orders are
locked, each refund is looked at again, and one that is elsewhere by now is refused by itself; the others go on.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.mail import EmailTemplate
from db.domain.moves import OrderFacts
from db.domain.orders import HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Permission
from db.domain.refunds import (
    REFUND_ACTS,
    REFUND_METHODS,
    RefundAct,
    RefundFacts,
    RefundNotFoundError,
    check_act,
    checked_day,
    checked_reference,
    checked_refusal,
    iban_end,
    iban_number,
)
from db.domain.time import instant_of, local_day
from db.models import Payment
from db.queries.columns import columns
from db.services.history import Entry, record_all
from db.services.order_facts import load_facts
from db.services.outbox import address_book, letters_for, queue
from db.services.payments import recount_payments
from db.services.versions import raise_versions


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


def mark_sent(session: Session, actor: Actor, refund_ids: Collection[int], now: dt.datetime) -> RefundsMoved:
    """Note that refunds were handed to the bank or the provider, by hand.

    Raises:
        NotAllowedError: The actor may not give money back.
    """
    actor.require(Permission.REFUND)
    return move_refunds(session, actor, refund_ids, RefundChange(RefundAct.SEND, {"sent_at": now}), now)


def mark_done(
    session: Session,
    actor: Actor,
    refund_ids: Collection[int],
    reference: str,
    day: dt.date,
    now: dt.datetime,
    *,
    notifies: bool = True,
) -> RefundsMoved:
    """Note that the money was given back; the customers are told, unless not ``notifies``.

    Args:
        session: The caller's transaction.
        actor: Who did it.
        refund_ids: Any number of refunds; those that are done already, or refused, stay as they are.
        reference: Number of the cheque, wording of the transfer; may be empty.
        day: When the money left.
        now: The instant.
        notifies: False for « ne pas prévenir ».

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: The reference or the day cannot be.
    """
    actor.require(Permission.REFUND)
    return finish(
        session,
        actor,
        refund_ids,
        checked_reference(reference),
        checked_day(day, local_day(now)),
        now,
        notifies=notifies,
    )


def finish(
    session: Session,
    actor: Actor,
    refund_ids: Collection[int],
    reference: str,
    day: dt.date,
    now: dt.datetime,
    *,
    notifies: bool = True,
) -> RefundsMoved:
    """Do what ``mark_done`` does, for whoever knows that the money left: finance, or the provider."""
    at = instant_of(day, now)
    values = {"ended_at": at, "received_at": at, "booked_at": now, "refusal": "", "claimed_until": None}
    words = {} if day == local_day(now) else {"done_on": day.isoformat()}
    if reference:
        values |= {"reference": reference}
        words |= {"reference": reference}
    return move_refunds(
        session, actor, refund_ids, RefundChange(RefundAct.FINISH, values, words), now, notifies=notifies
    )


def mark_refused(
    session: Session, actor: Actor, refund_ids: Collection[int], reason: str, now: dt.datetime
) -> RefundsMoved:
    """Note that refunds did not go through, or came back: they are still owed.

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: There is no reason, or one that is too long.
    """
    actor.require(Permission.REFUND)
    return refuse(session, actor, refund_ids, checked_refusal(reason), now)


def refuse(session: Session, actor: Actor, refund_ids: Collection[int], reason: str, now: dt.datetime) -> RefundsMoved:
    """Do what ``mark_refused`` does, for whoever was told so: finance, or the job by the provider's answer."""
    values = {"ended_at": now, "refusal": reason, "booked_at": None, "received_at": None, "claimed_until": None}
    return move_refunds(session, actor, refund_ids, RefundChange(RefundAct.REFUSE, values, note=reason), now)


def do_again(session: Session, actor: Actor, refund_ids: Collection[int], now: dt.datetime) -> RefundsMoved:
    """Put refused refunds back among those to do.

    Raises:
        NotAllowedError: The actor may not give money back.
    """
    actor.require(Permission.REFUND)
    values = {"sent_at": None, "ended_at": None, "reference": "", "refusal": ""}
    return move_refunds(session, actor, refund_ids, RefundChange(RefundAct.DO_AGAIN, values), now)


def set_means(
    session: Session, actor: Actor, refund_id: int, method: PaymentMethod, iban: str, now: dt.datetime
) -> RefundsMoved:
    """Choose how a refund that is still to do, or was refused, is given back, and where a transfer goes.

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: Money is not given back like that, or it is no IBAN.
        RefundRefusedError: The refund is under way or over.
    """
    actor.require(Permission.REFUND)
    if method not in REFUND_METHODS:
        raise InvalidInputError(
            "Choisissez comment l’argent est rendu\u00a0: carte, PayPal, virement, chèque, espèces."
        )
    account = iban_number(iban) if method is PaymentMethod.TRANSFER else ""
    words = {"method": method.value} | ({"iban_end": iban_end(account)} if account else {})
    change = RefundChange(RefundAct.CHANGE_MEANS, {"method": method, "iban": account}, words)
    moved = move_refunds(session, actor, [refund_id], change, now)
    if moved.refused:
        raise moved.refused[0].error
    return moved


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
    for refund in refunds.values():
        try:
            check_act(refund, change.act)
            moving.append(refund)
        except MarketplaceError as error:
            refused.append(RefundRefused(refund.id, orders[refund.order_id].number, error))
    if not moving:
        return RefundsMoved({}, tuple(refused))
    _write(session, change, moving, now)
    history_ids = dict(zip((each.id for each in moving), _record(session, actor, change, moving, now), strict=True))
    emails = _tell(session, actor, orders, moving, history_ids, change, now) if notifies else 0
    return RefundsMoved(history_ids, tuple(refused), emails)


def locked_refunds(
    session: Session, actor: Actor, refund_ids: Collection[int]
) -> tuple[dict[int, RefundFacts], dict[int, OrderFacts]]:
    """Return refunds and their orders, both by id, as they are once the orders are locked."""
    of_orders = {refund.order_id for refund in load_refunds(session, refund_ids).values()}
    orders = load_facts(session, actor, sorted(of_orders), locked=True)
    found = load_refunds(session, refund_ids)
    return {key: refund for key, refund in found.items() if refund.order_id in orders}, orders


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
