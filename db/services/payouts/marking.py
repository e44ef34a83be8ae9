"""What the bank made of payouts: paid, rejected; and those that are paid outside of a file of transfers."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bank_matching import booking_note
from db.domain.formats import date
from db.domain.payout_acts import (
    check_bank_day,
    check_state,
    checked_reference,
    checked_rejection,
    joined_notes,
)
from db.domain.payouts import HoldReason, PayoutEvent, PayoutState, hold_reasons
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.models import Payout
from db.services.payout_mail import tell_seller_paid, tell_seller_rejected
from db.services.payouts.acts import other_person
from db.services.payouts.closing import owe_again, settle
from db.services.payouts.rows import locked_payout, tell
from db.services.payouts.standing import limits_of, standing_of


def mark_paid(
    session: Session,
    actor: Actor,
    payout_id: int,
    version: int,
    paid_on: dt.date,
    now: dt.datetime,
    *,
    booking: str = "",
) -> None:
    """Note that the bank paid a payout of a file; its seller is told.

    Args:
        session: The caller's transaction.
        actor: Who says so, or has read the bank's report.
        payout_id: Which payout.
        version: As it was shown.
        paid_on: When: from the day of the file to today.
        now: The instant.
        booking: The bank's reference of the debit, by which a second one is told; empty where it told none.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not as it was shown any more.
        PayoutRefusedError: It was not transmitted to the bank, or is paid or rejected already.
        InvalidInputError: The day cannot be.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    payout = locked_payout(session, actor, payout_id, version)
    check_state(payout.id, payout.state, (PayoutState.EXPORTED,))
    _check_day(payout, "payé", paid_on, payout.closed_at, now)
    _note_paid(session, actor, payout, paid_on, now, booking_note(booking))


def pay_by_hand(
    session: Session,
    actor: Actor,
    payout_id: int,
    version: int,
    paid_on: dt.date,
    reference: str,
    now: dt.datetime,
) -> None:
    """Note that an approved payout was paid outside of a file of transfers, in whatever currency.

    What was paid is noted even where the seller is held by now: the account has to be true. The history says it.

    Args:
        session: The caller's transaction.
        actor: Who paid; not who approved, unless the control is off, which the history then says.
        payout_id: Which payout.
        version: As it was shown.
        paid_on: When: from the day of the approval to today.
        reference: Of the transfer, as on the statement.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not as it was shown any more.
        PayoutRefusedError: It is not approved, or the actor approved it.
        InvalidInputError: The day or the reference cannot be.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    wording = checked_reference(reference)
    payout = locked_payout(session, actor, payout_id, version)
    check_state(payout.id, payout.state, (PayoutState.APPROVED,))
    eyes = other_person(session, actor, payout, payout.approved_by_id, "approuvé")
    _check_day(payout, "payé", paid_on, payout.approved_at, now)
    payout.payment_reference = wording
    settle(session, actor, payout, now)
    note = joined_notes(f"hors remise, référence {wording}", _in_spite_of(session, payout, now), eyes)
    _note_paid(session, actor, payout, paid_on, now, note)


def reject(
    session: Session,
    actor: Actor,
    payout_id: int,
    version: int,
    code: str,
    words: str,
    on: dt.date,
    now: dt.datetime,
) -> None:
    """Note that the bank did not pay a payout, or that its money came back: the amount is due again at once.

    The next run gathers it as one line, « Virement rejeté », that leads to this payout. Its seller is told.

    Args:
        session: The caller's transaction.
        actor: Who says so, or has read the bank's report.
        payout_id: Which payout.
        version: As it was shown.
        code: The bank's (ISO 20022: « AC04 »); may be empty.
        words: What it means.
        on: When: from the day on which it was settled to today.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not as it was shown any more.
        PayoutRefusedError: It was neither transmitted nor paid.
        InvalidInputError: The day or the reason cannot be.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    why = checked_rejection(code, words)
    payout = locked_payout(session, actor, payout_id, version)
    check_state(payout.id, payout.state, (PayoutState.EXPORTED, PayoutState.PAID))
    _check_day(payout, "rejeté", on, payout.closed_at, now)
    payout.state, payout.rejection, payout.paid_on = PayoutState.REJECTED, why, None
    owe_again(session, actor, payout, why, now)
    tell(session, actor, payout, PayoutEvent.REJECTED, now, joined_notes(why, f"le {date(on)}"))
    tell_seller_rejected(session, actor, payout, now)


def _check_day(payout: Payout, what: str, day: dt.date, since: dt.datetime | None, now: dt.datetime) -> None:
    check_bank_day(payout.id, what, day, local_day(since or now), local_day(now))


def _note_paid(
    session: Session, actor: Actor, payout: Payout, paid_on: dt.date, now: dt.datetime, note: str = ""
) -> None:
    payout.state, payout.paid_on = PayoutState.PAID, paid_on
    tell(session, actor, payout, PayoutEvent.PAID, now, joined_notes(f"le {date(paid_on)}", note))
    tell_seller_paid(session, actor, payout, now)


def _in_spite_of(session: Session, payout: Payout, now: dt.datetime) -> str:
    reasons = hold_reasons(standing_of(session, payout.seller_id), 0, limits_of(session), now)
    labels = ", ".join(reason.label for reason in reasons if reason is not HoldReason.OVER_LIMIT)
    return f"malgré\u00a0: {labels}" if labels else ""
