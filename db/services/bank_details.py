"""Change the account on which a seller is paid.

With the person's password, noted for ever, told to the seller, and not used for some days: so that a stolen browser or
mailbox is noticed before money leaves.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.bank_details import BankDetails, BankDetailsChangedError, SellerSubject, checked_details
from db.domain.errors import NotFoundError
from db.domain.iban import iban_masked
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.payouts import rests_until
from db.domain.permissions import Permission
from db.models import Seller
from db.queries.bank_details import addresses_told
from db.services.confirmation import Confirmed, use_confirmation
from db.services.outbox import AccountLetter, queue
from db.services.payouts.preparing import judge
from db.services.payouts.rows import open_payouts
from db.services.payouts.standing import limits_of
from db.services.seller_changes import note_change


@dataclass(frozen=True, slots=True)
class ChangedDetails:
    """What came of a change."""

    #: Until when nothing is paid to the new IBAN; None where the IBAN stayed the same.
    rests_until: dt.datetime | None = None
    #: Whom an e-mail tells of it.
    told: tuple[str, ...] = ()


def change_iban(
    session: Session,
    actor: Actor,
    seller_id: int,
    shown: BankDetails,
    typed: BankDetails,
    confirmed: Confirmed,
    now: dt.datetime,
) -> ChangedDetails:
    """Change where a seller is paid from now on; what is approved already is paid to no account that changed since.

    Args:
        session: The caller's transaction.
        actor: Who changes it: finance, or the seller its own.
        seller_id: Which seller.
        shown: What the person saw before they typed.
        typed: What they want.
        confirmed: Their password, typed again (``confirm_password``).
        now: The instant.

    Raises:
        NotAllowedError: The actor may not change bank details.
        NotFoundError: There is no such seller for this actor.
        InvalidInputError: What is typed cannot be used, or the confirmation is not theirs any more.
        BankDetailsChangedError: It is not as it was shown any more.
    """
    actor.require(Permission.CHANGE_BANK_DETAILS)
    use_confirmation(session, actor, confirmed)
    wanted = checked_details(typed)
    seller = _locked_seller(session, actor, seller_id)
    before = BankDetails(seller.iban or "", seller.bic or "", seller.account_holder)
    if before != shown:
        raise BankDetailsChangedError(seller.name)
    change_id = _note(session, actor, seller_id, before, wanted, now)
    seller.bic, seller.account_holder = wanted.bic or None, wanted.holder
    if change_id is None:
        session.flush()
        return ChangedDetails()
    seller.iban, seller.iban_changed_at = wanted.iban, now
    session.flush()
    _judge_open_payouts(session, actor, seller_id, now)
    until = rests_until(now, limits_of(session))
    return ChangedDetails(until, _tell(session, actor, seller, change_id, before, until, now))


def _locked_seller(session: Session, actor: Actor, seller_id: int) -> Seller:
    """Return the seller; neither a run nor somebody else's change touches it until the transaction ends."""
    wanted = sa.select(Seller).where(Seller.id == seller_id).with_for_update(key_share=True)
    seller = session.scalar(wanted.execution_options(populate_existing=True))
    if seller is None or actor.seller_id not in (None, seller_id):
        raise NotFoundError("Ce vendeur n’existe pas ou ne vous est pas accessible.")
    return seller


def _note(
    session: Session, actor: Actor, seller_id: int, before: BankDetails, after: BankDetails, now: dt.datetime
) -> int | None:
    """Note what changes, in full; return the note of the IBAN's change, None where it stays."""
    changed = {
        subject: note_change(session, actor, seller_id, subject, was, becomes, now)
        for subject, was, becomes in (
            (SellerSubject.IBAN, before.iban, after.iban),
            (SellerSubject.BIC, before.bic, after.bic),
            (SellerSubject.HOLDER, before.holder, after.holder),
        )
        if was != becomes
    }
    return changed.get(SellerSubject.IBAN)


def _judge_open_payouts(session: Session, actor: Actor, seller_id: int, now: dt.datetime) -> None:
    """Hold at once what waits for somebody's approval."""
    for payout in open_payouts(session, seller_id):
        judge(session, actor, payout, now)
    session.flush()


def _tell(
    session: Session,
    actor: Actor,
    seller: Seller,
    change_id: int,
    before: BankDetails,
    until: dt.datetime,
    now: dt.datetime,
) -> tuple[str, ...]:
    """Write to the seller, also where it was reached until lately; return where."""
    said: dict[str, Any] = {
        "iban_before": iban_masked(before.iban),
        "iban_after": iban_masked(seller.iban or ""),
        "changed_at": now.isoformat(),
        "rests_until": until.isoformat(),
        "changed_by": actor.lasting_name,
    }
    told = addresses_told(session, seller.id, now)
    letters = [
        AccountLetter(
            f"iban_changed:{change_id}",
            EmailTemplate.SELLER_IBAN_CHANGED,
            address,
            seller.name,
            said,
            recipient_kind=RecipientKind.SELLER,
        )
        for address in told
    ]
    # As the system's: a warning does not wait for the undo window, in which who changed it could stop it.
    queue(session, SYSTEM, letters, now)
    return told
