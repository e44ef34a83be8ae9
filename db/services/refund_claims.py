"""Which refunds the worker hands to the payment provider; what that answers is written by ``refund_answers``.

A refund is *sent* in the database before the provider is asked, with a time by which the answer should be there. A
worker that dies, or an answer that is lost, leaves it so: it is asked again with the same key, by which the provider
knows that it is the same refund. After ``ASKED_FOR`` somebody looks at the provider's own site.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.refunds import ASKED_FOR, RefundAct, RefundFacts
from db.models import Order, Payment
from db.queries.plans import literal_of, not_indexed
from db.services.outbox import undo_window
from db.services.refund_moves import RefundChange, load_refunds, locked_refunds, move_refunds

#: Far more than a provider takes to answer.
CLAIM = dt.timedelta(minutes=2)
#: Waits between two tries of the same refund grow with the time it has waited, up to this.
MOST_WAIT = dt.timedelta(hours=1)
NO_ANSWER = (
    "Le prestataire de paiement n’a pas répondu\u00a0: vérifiez chez lui si l’argent est parti, puis marquez ce "
    "remboursement comme fait ou refusé."
)
#: As many as are surely asked, one after the other, within their claim.
_AT_ONCE = 5
_IS_REFUND = Payment.kind == literal_of(PaymentKind.REFUND)


class Answer(StrEnum):
    """What a provider says of a refund."""

    DONE = "done"
    #: It has taken it and gives the money back later; somebody, or the shop, says when that is done.
    TAKEN = "taken"
    REFUSED = "refused"
    #: Nobody knows: it is asked again, as the same.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """What a provider is asked: this money, of this order's payment, once for each ``key``."""

    refund_id: int
    key: str
    order_number: str
    method: PaymentMethod
    amount_cents: int
    currency: str
    #: Of the payment that is given back: the provider's own id of it.
    payment_reference: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a refund order."""

    answer: Answer
    #: The provider's own id of the refund.
    reference: str = ""
    #: Why it was refused, or is not known, in words.
    reason: str = ""


def is_any_refund_due(session: Session, methods: Collection[PaymentMethod], now: dt.datetime) -> bool:
    """Tell whether a refund is to be handed over, or asked again; looks into one small index."""
    return bool(_lapsed(session, now) or refunds_to_do(session, methods, now, 1))


def claim_refunds(session: Session, methods: Collection[PaymentMethod], now: dt.datetime) -> list[RefundOrder]:
    """Take the refunds that were to be done for longest, and those whose answer was lost.

    What can still be taken back with the action that caused it is left alone.
    """
    lapsed = _lapsed(session, now)
    _give_up(session, [row.id for row in lapsed if row.sent_at < now - ASKED_FOR], now)
    again = [row.id for row in lapsed if row.sent_at >= now - ASKED_FOR and row.method in methods][:_AT_ONCE]
    new = [row.id for row in refunds_to_do(session, methods, now, _AT_ONCE - len(again))]
    refunds, orders = locked_refunds(session, SYSTEM, [*again, *new])
    # Finance may have chosen other means before the orders were locked.
    refunds = {key: refund for key, refund in refunds.items() if refund.method in methods}
    begun = [key for key in new if key in refunds and refunds[key].allows(RefundAct.SEND)]
    values = {"sent_at": now, "claimed_until": now + CLAIM, "tries": Payment.tries + 1}
    move_refunds(session, SYSTEM, begun, RefundChange(RefundAct.SEND, values), now)
    asked_again = [key for key in again if key in refunds and _is_lapsed(refunds[key], now)]
    write_quietly(session, asked_again, claimed_until=now + CLAIM)
    taken = load_refunds(session, [*begun, *asked_again]).values()
    paid_by = _references(session, taken)
    return [
        RefundOrder(
            refund.id,
            refund.key,
            orders[refund.order_id].number,
            refund.method,
            refund.amount_cents,
            refund.currency,
            paid_by.get((refund.order_id, refund.method), ""),
        )
        for refund in taken
    ]


def _give_up(session: Session, refund_ids: Sequence[int], now: dt.datetime) -> None:
    """Ask no more: it stays sent, and says that somebody has to look."""
    refunds, _ = locked_refunds(session, SYSTEM, refund_ids)
    silent = [key for key, refund in refunds.items() if _is_lapsed(refund, now)]
    write_quietly(session, silent, claimed_until=None, refusal=NO_ANSWER)


def write_quietly(session: Session, refund_ids: Sequence[int], **values: object) -> None:
    """Write on refunds what changes nothing for anybody else: their orders stay as they are."""
    if refund_ids:
        changed = sa.update(Payment).where(Payment.id.in_(refund_ids)).values(**values)
        session.execute(changed.execution_options(synchronize_session=False))


def refunds_to_do(
    session: Session, methods: Collection[PaymentMethod], now: dt.datetime, limit: int
) -> Sequence[sa.Row[int]]:
    """Return refunds by some means that are to do, the oldest first, once what caused them cannot be taken back."""
    is_taken_in = sa.exists().where(Order.id == Payment.order_id, Order.intake_at.is_not(None))
    found = (
        sa.select(Payment.id)
        .where(
            _IS_REFUND, Payment.state == PaymentRecordState.PENDING, Payment.created_at <= now - undo_window(session)
        )
        .where(not_indexed(Payment.method.in_(sorted(methods))), is_taken_in)
        .order_by(Payment.created_at, Payment.id)
        .limit(limit)
    )
    return session.execute(found).all() if methods and limit > 0 else ()


def _lapsed(session: Session, now: dt.datetime) -> Sequence[sa.Row[int, PaymentMethod, dt.datetime]]:
    found = (
        sa.select(Payment.id, Payment.method, sa.func.coalesce(Payment.sent_at, Payment.created_at).label("sent_at"))
        .where(_IS_REFUND, Payment.state == PaymentRecordState.SENT, not_indexed(Payment.claimed_until < now))
        .order_by(Payment.created_at, Payment.id)
    )
    return session.execute(found).all()


def _is_lapsed(refund: RefundFacts, now: dt.datetime) -> bool:
    until = refund.claimed_until
    return refund.state is PaymentRecordState.SENT and until is not None and until < now


def _references(session: Session, refunds: Collection[RefundFacts]) -> dict[tuple[int, PaymentMethod], str]:
    """Return the provider's id of the newest payment of each order and means."""
    found = (
        sa.select(Payment.order_id, Payment.method, Payment.reference)
        .where(
            Payment.order_id.in_({refund.order_id for refund in refunds}),
            Payment.kind == PaymentKind.PAYMENT,
            Payment.state == PaymentRecordState.CAPTURED,
        )
        .order_by(Payment.id)
    )
    return {(row.order_id, row.method): row.reference for row in session.execute(found)}
