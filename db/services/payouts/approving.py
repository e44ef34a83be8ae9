"""A second person approves what was prepared: from then on the amount and the account are fixed."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.formats import money
from db.domain.iban import plain_iban
from db.domain.ledger import LedgerKind
from db.domain.payout_acts import (
    DebtSinceError,
    HeldError,
    OwnCorrectionError,
    UnusualAmountError,
    check_state,
    checked_note,
    joined_notes,
)
from db.domain.payouts import (
    HoldReason,
    PayoutEvent,
    PayoutLimits,
    PayoutRefusedError,
    PayoutState,
    hold_reasons,
    is_unusual,
    reference_of,
)
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.models import LedgerEntry, Payout, PayoutEntry, Seller
from db.queries.usual_payouts import usual_cents
from db.services.payouts.acts import other_person
from db.services.payouts.preparing import judge, waiting_for
from db.services.payouts.rows import locked_payout, tell
from db.services.payouts.standing import limits_of, standing_of

#: One that is held is approved, too, once what held it is over.
APPROVABLE = (PayoutState.PREPARED, PayoutState.HELD)


def approve(
    session: Session,
    actor: Actor,
    payout_id: int,
    version: int,
    now: dt.datetime,
    *,
    accepts_unusual: bool = False,
) -> None:
    """Approve a payout, as it was shown: its amount, and the account that its seller has now.

    One that was held is approved, too, once what held it is over.

    Args:
        session: The caller's transaction.
        actor: Who approves; not who prepared it by hand or corrected what it holds, unless the control is off, which
            the history then says.
        payout_id: Which payout.
        version: As it was shown.
        now: The instant.
        accepts_unusual: Whether the actor looked at an amount that is unusual for its seller.

    Raises:
        NotAllowedError: The actor may not approve payouts.
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not as it was shown any more.
        PayoutRefusedError: It is not open, is held, was prepared or corrected by the actor, or its amount is unusual.
    """
    actor.require(Permission.APPROVE_PAYOUTS)
    payout = locked_payout(session, actor, payout_id, version)
    check_state(payout.id, payout.state, APPROVABLE)
    limits = limits_of(session)
    eyes = check_approval(session, actor, payout, limits, now)
    look = _look_twice(session, payout, limits, accepts_unusual=accepts_unusual)
    if payout.state is PayoutState.HELD:
        judge(session, actor, payout, now)
    _fix_account(session, payout)
    payout.state = PayoutState.APPROVED
    payout.approved_by_id, payout.approved_by_name, payout.approved_at = actor.person_id, actor.name, now
    tell(session, actor, payout, PayoutEvent.APPROVED, now, joined_notes(look, eyes))


def let_through(session: Session, actor: Actor, payout_id: int, version: int, note: str, now: dt.datetime) -> None:
    """Let a payout that is above the limit be approved; what is added to it later is held anew.

    Args:
        session: The caller's transaction.
        actor: Who answers for it; not who prepared it by hand or corrected what it holds.
        payout_id: Which payout.
        version: As it was shown.
        note: Why.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not approve payouts.
        PayoutNotFoundError: There is none, or not for this actor.
        PayoutMovedError: It is not as it was shown any more.
        PayoutRefusedError: The limit does not hold it, or the actor prepared or corrected it.
        InvalidInputError: There is no note, or one that is too long.
    """
    actor.require(Permission.APPROVE_PAYOUTS)
    why = checked_note(note, "Laisser passer")
    payout = locked_payout(session, actor, payout_id, version)
    check_state(payout.id, payout.state, (PayoutState.HELD,))
    eyes = _other_eyes(session, actor, payout)
    reasons = hold_reasons(
        standing_of(session, payout.seller_id), payout.net_cents, limits_of(session), now, payout.waived_cents
    )
    if HoldReason.OVER_LIMIT not in reasons:
        raise PayoutRefusedError(
            f"{reference_of(payout.id)} n’est pas retenu pour son montant\u00a0: il n’y a rien à laisser passer."
        )
    payout.waived_cents = payout.net_cents
    before = payout.version
    passed = f"jusqu’à {money(payout.net_cents, payout.currency)}\u00a0: {why}"
    judge(session, actor, payout, now, joined_notes(passed, eyes))
    if payout.version == before:  # Something else holds it still.
        tell(session, actor, payout, PayoutEvent.RELEASED, now, joined_notes(HoldReason.OVER_LIMIT.label, passed, eyes))


def check_approval(session: Session, actor: Actor, payout: Payout, limits: PayoutLimits, now: dt.datetime) -> str:
    """Refuse what somebody or something is in the way of now, whether or not the last run knew.

    Returns:
        What the history says where nobody else had to look.

    Raises:
        SamePersonError: The actor prepared it.
        OwnCorrectionError: The actor wrote a correction that it holds.
        HeldError: Its seller, its account or its amount is in the way.
        DebtSinceError: Its seller owes something that fell due after it was prepared.
    """
    eyes = _other_eyes(session, actor, payout)
    reasons = hold_reasons(standing_of(session, payout.seller_id), payout.net_cents, limits, now, payout.waived_cents)
    if reasons:
        raise HeldError(payout.id, reasons)
    owed = sa.select(sa.func.sum(PayoutEntry.amount_cents)).where(*waiting_for(payout, local_day(now)))
    since = int(session.scalar(owed) or 0)
    if since < 0:
        raise DebtSinceError(payout.id, -since, payout.currency)
    return eyes


def _other_eyes(session: Session, actor: Actor, payout: Payout) -> str:
    """Refuse who prepared a payout, or wrote a correction that it holds; return what ``other_person`` returns."""
    eyes = other_person(session, actor, payout, payout.prepared_by_id, "préparé")
    if not eyes and _corrected(session, actor, payout):
        raise OwnCorrectionError(payout.id)
    return eyes


def _corrected(session: Session, actor: Actor, payout: Payout) -> bool:
    if actor.person_id is None:
        return False
    held = sa.select(PayoutEntry.entry_id).where(
        PayoutEntry.payout_id == payout.id, PayoutEntry.kind == LedgerKind.CORRECTION
    )
    own = sa.select(LedgerEntry.id).where(LedgerEntry.id.in_(held), LedgerEntry.person_id == actor.person_id)
    return session.scalar(own.limit(1)) is not None


def _look_twice(session: Session, payout: Payout, limits: PayoutLimits, *, accepts_unusual: bool) -> str:
    """Refuse an unusual amount that nobody looked at; return what the history says of one that somebody did."""
    usual = usual_cents(session, payout.seller_id, payout.currency)
    if not is_unusual(payout.net_cents, usual, limits):
        return ""
    if not accepts_unusual:
        raise UnusualAmountError(payout.id, payout.net_cents, usual, payout.currency)
    compared = "premier reversement" if usual is None else f"{money(usual, payout.currency)} d’habitude"
    return f"montant inhabituel accepté ({compared})"


def _fix_account(session: Session, payout: Payout) -> None:
    """Keep where the money goes, whatever becomes of the seller."""
    seller = session.execute(
        sa.select(Seller.iban, Seller.bic, Seller.account_holder, Seller.legal_name, Seller.name).where(
            Seller.id == payout.seller_id
        )
    ).one()
    payout.iban, payout.bic = plain_iban(seller.iban or ""), seller.bic or ""
    payout.holder = seller.account_holder or seller.legal_name or seller.name
