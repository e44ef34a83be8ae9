"""Take a payout back before it is in a file for the bank: what it held is due again at the next run."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.payout_acts import check_state, checked_note
from db.domain.payouts import CANCELLABLE_STATES, PayoutEvent, PayoutState
from db.domain.permissions import Permission
from db.models import Payout
from db.services.payouts.acts import give_back
from db.services.payouts.rows import locked_payout, tell


def cancel(session: Session, actor: Actor, payout_id: int, version: int, reason: str, now: dt.datetime) -> None:
    """Cancel a payout; its amounts stay on it, for who looks back, and hold nothing any more.

    Args:
        session: The caller's transaction.
        actor: Who cancels.
        payout_id: Which payout.
        version: As it was shown.
        reason: Why, for its history.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not as it was shown any more.
        PayoutRefusedError: It was transmitted to the bank, or is over.
        InvalidInputError: There is no reason, or one that is too long.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    why = checked_note(reason, "Annuler un reversement")
    payout = locked_payout(session, actor, payout_id, version)
    check_state(payout.id, payout.state, [each for each in PayoutState if each in CANCELLABLE_STATES])
    take_back(session, actor, payout, why, now)


def take_back(session: Session, actor: Actor, payout: Payout, why: str, now: dt.datetime) -> None:
    """Do what ``cancel`` does to a payout that is locked and can be cancelled."""
    give_back(session, payout.id)
    payout.state, payout.hold_reason = PayoutState.CANCELLED, None
    tell(session, actor, payout, PayoutEvent.CANCELLED, now, why)
