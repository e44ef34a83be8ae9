"""What the payment provider answered of a refund, written down: in time, or after somebody has decided otherwise.

A late answer that contradicts what was noted is never dropped: it is written into the history, and the refund says it
on the screen. Where the provider surely has given the money back, the refund is done; where it surely has not, it is
owed; where it may have left twice, somebody looks.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.orders import HistoryEvent, PaymentRecordState
from db.domain.refunds import RefundAct, RefundFacts
from db.domain.time import local_day
from db.models import Payment
from db.services.history import Entry, record
from db.services.refund_claims import CLAIM, MOST_WAIT, Answer, Outcome, RefundOrder, write_quietly
from db.services.refund_moves import RefundChange, locked_refunds, move_refunds
from db.services.refunds import finish, refuse
from db.services.versions import raise_versions

_S = PaymentRecordState
_HAS_LEFT = {
    Answer.DONE: "Le prestataire dit après coup avoir remboursé",
    Answer.TAKEN: "Le prestataire dit après coup rembourser",
}


def record_answer(session: Session, asked: RefundOrder, outcome: Outcome, now: dt.datetime) -> None:
    """Write what the provider answered; of two alike, and of a lost one asked again, the first is enough."""
    refunds, _ = locked_refunds(session, SYSTEM, [asked.refund_id])
    refund = refunds.get(asked.refund_id)
    if refund is None:
        return
    is_awaited = refund.key == asked.key and refund.state is _S.SENT
    if outcome.answer is Answer.UNKNOWN:
        if is_awaited and refund.is_being_asked:
            _ask_later(session, refund, outcome.reason, now)
    elif is_awaited:
        _write(session, refund, outcome, now)
    else:
        _write_late(session, refund, asked, outcome, now)


def _write(session: Session, refund: RefundFacts, outcome: Outcome, now: dt.datetime) -> None:
    write_quietly(session, [refund.id], claimed_until=None, refusal="")
    if outcome.answer is Answer.DONE:
        finish(session, SYSTEM, [refund.id], outcome.reference, local_day(now), now)
    elif outcome.answer is Answer.REFUSED:
        refuse(session, SYSTEM, [refund.id], outcome.reason, now)
    else:
        write_quietly(session, [refund.id], reference=outcome.reference)


def _ask_later(session: Session, refund: RefundFacts, reason: str, now: dt.datetime) -> None:
    wait = min(max(now - (refund.sent_at or now), CLAIM), MOST_WAIT)
    write_quietly(session, [refund.id], claimed_until=now + wait, refusal=reason)


def _write_late(session: Session, refund: RefundFacts, asked: RefundOrder, outcome: Outcome, now: dt.datetime) -> None:
    """Write an answer that comes after somebody, or a later try, has settled the refund."""
    is_same_try = refund.key == asked.key and refund.method is asked.method
    if outcome.answer is Answer.REFUSED:
        if is_same_try and refund.state is _S.CAPTURED:
            reason = f"Noté fait, mais refusé après coup par le prestataire\u00a0: {outcome.reason}"
            refuse(session, SYSTEM, [refund.id], reason, now)
        return  # Otherwise it is what was noted, or of a try that another one has followed.
    if is_same_try and refund.state is _S.CAPTURED and outcome.reference in {"", _reference(session, refund)}:
        return  # The same answer a second time.
    if refund.state in {_S.PENDING, _S.FAILED}:
        _give_by(session, refund, asked, outcome, now)
    else:
        _note(session, refund, outcome, now)


def _give_by(session: Session, refund: RefundFacts, asked: RefundOrder, outcome: Outcome, now: dt.datetime) -> None:
    """Note that the money has left after all, or is about to, by the means that the provider was asked for."""
    said = f"{_HAS_LEFT[outcome.answer]} ({asked.method.label.lower()})."
    values: dict[str, Any] = {
        "method": asked.method,
        "reference": outcome.reference,
        "claimed_until": None,
        "refusal": "",
    }
    words = {"method": asked.method.value} | ({"reference": outcome.reference} if outcome.reference else {})
    if outcome.answer is Answer.DONE:
        values |= {"ended_at": now, "received_at": now, "booked_at": now}
        change = RefundChange(RefundAct.FINISH, values, words, said)
    else:
        change = RefundChange(RefundAct.ACCEPT, values | {"sent_at": now, "ended_at": None}, words, said)
    move_refunds(session, SYSTEM, [refund.id], change, now, notifies=True)


def _note(session: Session, refund: RefundFacts, outcome: Outcome, now: dt.datetime) -> None:
    """Tell that the money may leave twice: the refund stays as it is, and says so."""
    reference = f" ({outcome.reference})" if outcome.reference else ""
    said = f"{_HAS_LEFT[outcome.answer]}{reference}\u00a0: vérifiez chez lui que l’argent n’est pas parti deux fois."
    write_quietly(session, [refund.id], refusal=said)
    after = {"refund_id": refund.id, "amount_cents": refund.amount_cents, "method": refund.method.value}
    record(session, SYSTEM, Entry(refund.order_id, HistoryEvent.REFUND_MOVED, after=after, note=said), now)
    raise_versions(session, [refund.order_id], now)


def _reference(session: Session, refund: RefundFacts) -> str:
    return session.scalars(sa.select(Payment.reference).where(Payment.id == refund.id)).one()
