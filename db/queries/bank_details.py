"""The account on which a seller is paid, until when it rests, and who changed it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.bank_details import BANK_SUBJECTS, FORMER_ADDRESS_TOLD_FOR, BankDetails, SellerSubject
from db.domain.iban import bank_of, iban_masked, is_iban
from db.domain.payouts import PayoutLimits, rests_until
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import PayoutSettings, Seller, SellerChange
from db.queries.plans import literally


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a seller is paid, and what is to be known before it is changed."""

    seller_id: int
    seller_name: str
    #: In full: pages show ``masked``, and hand this back as what was seen when it is changed.
    details: BankDetails
    #: Whose account it is.
    holder: str
    is_valid: bool
    #: Empty where it is not known.
    bank: str
    changed_at: dt.datetime | None
    #: Until when nothing is paid to it; None where it does not rest.
    rests_until: dt.datetime | None
    #: For how long a new one rests.
    rest: dt.timedelta
    #: Whom a change is told to; nobody where the seller has no e-mail address.
    told: tuple[str, ...]

    @property
    def masked(self) -> str:
        """Return the IBAN as it is shown: « FR76 •••• •••• 0189 »."""
        return iban_masked(self.details.iban)


@dataclass(frozen=True, slots=True)
class BankChange:
    """One change of where a seller is paid, or of the address that is told; IBANs are masked."""

    at: dt.datetime
    subject: SellerSubject
    before: str
    after: str
    person_name: str


def bank_account(session: Session, viewer: Viewer, seller_id: int, now: dt.datetime) -> BankAccount | None:
    """Return where a seller is paid; None where there is no such seller for this viewer.

    Raises:
        NotAllowedError: The person may not see what sellers are paid.
    """
    viewer.require(Permission.READ_PAYOUTS)
    if viewer.seller_id not in (None, seller_id):
        return None
    row = session.execute(
        sa.select(Seller.name, Seller.legal_name, *_DETAILS, Seller.iban_changed_at).where(Seller.id == seller_id)
    ).one_or_none()
    if row is None:
        return None
    limits = PayoutLimits(iban_rest_hours=_rest_hours(session))
    until = rests_until(row.iban_changed_at, limits)
    iban = row.iban or ""
    return BankAccount(
        seller_id,
        row.name,
        BankDetails(iban, row.bic or "", row.account_holder),
        row.account_holder or row.legal_name or row.name,
        is_iban(iban),
        bank_of(iban) if iban else "",
        row.iban_changed_at,
        until if iban and until > now else None,
        dt.timedelta(hours=limits.iban_rest_hours),
        addresses_told(session, seller_id, now),
    )


def addresses_told(session: Session, seller_id: int, now: dt.datetime) -> tuple[str, ...]:
    """Return whom a change of a seller's account is told to: its address, and those it had until lately."""
    present = session.scalar(sa.select(Seller.email).where(Seller.id == seller_id)) or ""
    former = session.scalars(
        sa.select(SellerChange.before)
        .where(
            SellerChange.seller_id == seller_id,
            SellerChange.subject == SellerSubject.EMAIL,
            SellerChange.at > now - FORMER_ADDRESS_TOLD_FOR,
        )
        .order_by(SellerChange.id.desc())
    )
    return tuple(dict.fromkeys(address for address in (present.strip(), *former) if address))


def bank_changes(session: Session, viewer: Viewer, seller_id: int, limit: int = 10) -> list[BankChange]:
    """Return the last changes of where a seller is paid, newest first; of another seller's, none.

    Raises:
        NotAllowedError: The person may not see what sellers are paid.
    """
    viewer.require(Permission.READ_PAYOUTS)
    if viewer.seller_id not in (None, seller_id):
        return []
    found = (
        sa.select(
            SellerChange.at, SellerChange.subject, SellerChange.before, SellerChange.after, SellerChange.person_name
        )
        .where(SellerChange.seller_id == seller_id, SellerChange.subject.in_(literally(BANK_SUBJECTS)))
        .order_by(SellerChange.at.desc(), SellerChange.id.desc())
        .limit(limit)
    )
    return [_change(BankChange(**row._asdict())) for row in session.execute(found)]


_DETAILS = (Seller.iban, Seller.bic, Seller.account_holder)


def _change(change: BankChange) -> BankChange:
    if change.subject is not SellerSubject.IBAN:
        return change
    return BankChange(
        change.at, change.subject, iban_masked(change.before), iban_masked(change.after), change.person_name
    )


def _rest_hours(session: Session) -> int:
    kept = session.scalar(sa.select(PayoutSettings.iban_rest_hours))
    return PayoutLimits().iban_rest_hours if kept is None else kept
