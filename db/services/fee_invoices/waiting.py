"""Which fees are not invoiced yet, seller by seller, and what they wait for."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.fee_invoices import FeesWaitError, check_house, check_seller
from db.domain.files import FileState
from db.domain.formats import date
from db.domain.months import add_months, month_of
from db.domain.payouts import FeeInvoicing, PayoutState
from db.domain.permissions import Permission
from db.domain.text import fold
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import Payout, PayoutSettings, Seller, StoredFile, TransferBatch
from db.models.payouts import FEES_UNINVOICED
from db.queries.plans import in_index_words
from db.services.documents.sources import house, issuer
from db.services.fee_invoices.due import GONE_STATES, due_fees, month_began
from db.services.fee_invoices.issue import vat_rate_of

#: Its transfers are not paid by it any more.
_FAILED_STATES = (FileState.FAILED, FileState.CANCELLED)
_IN_A_MOMENT = "Dans un instant, d’elles-mêmes."
_NO_FILE_YET = "Une fois le fichier de virements prêt\u00a0: jusque-là, la remise peut encore être retirée."
_CANCELLED_OUT = (
    "Retenues et rendues, elles s’annulent à ce jour\u00a0: elles seront facturées avec les prochaines commissions du "
    "vendeur, une fois leur mois terminé."
)
_NO_FILE_EVER = (
    "Le fichier de virements n’a pas pu être préparé\u00a0: retirez la remise dans Finances › Virements, puis "
    "transmettez ses reversements de nouveau."
)


@dataclass(frozen=True, slots=True)
class WaitingFees:
    """What of a seller is not invoiced yet, in cents as the invoice will ask for it."""

    seller_id: int
    seller_name: str
    currency: str
    payout_count: int
    fee_cents: int
    #: When it will be, or what is missing, in a sentence.
    why: str
    #: Whether somebody has to complete something first.
    is_blocked: bool


def waiting_fees(session: Session, viewer: Viewer, now: dt.datetime) -> list[WaitingFees]:
    """Return the fees of settled payouts that are in no invoice yet, those that are held up first; nothing to a seller.

    Raises:
        NotAllowedError: The person may not read payouts.
    """
    viewer.require(Permission.READ_PAYOUTS)
    if viewer.seller_id is not None:
        return []  # What is missing is the house's to complete.
    is_late = sa.and_(
        Payout.state == PayoutState.EXPORTED,
        StoredFile.state.not_in(GONE_STATES),
        Payout.closed_at < month_began(now),
    )
    has_failed = sa.and_(Payout.state == PayoutState.EXPORTED, StoredFile.state.in_(_FAILED_STATES))
    found = (
        sa.select(
            Payout.seller_id,
            Seller.name,
            Payout.currency,
            sa.func.count().label("payouts"),
            sa.cast(-sa.func.sum(Payout.fee_cents), sa.BigInteger).label("cents"),
            sa.func.max(sa.case((has_failed, 1), else_=0)).label("failed"),
            sa.func.max(sa.case((is_late, 1), else_=0)).label("late"),
        )
        .join(Seller, Seller.id == Payout.seller_id)
        .outerjoin(TransferBatch, TransferBatch.id == Payout.batch_id)
        .outerjoin(StoredFile, StoredFile.id == TransferBatch.file_id)
        .where(*in_index_words(FEES_UNINVOICED))
        .group_by(Payout.seller_id, Seller.name, Payout.currency)
    )
    rows = session.execute(found).all()
    due = {(each.seller_id, each.currency) for each in due_fees(session, now)} if rows else set()
    of_house = _refusal_of_house(session) if rows else ""
    is_monthly = session.scalar(sa.select(PayoutSettings.fee_invoicing)) is FeeInvoicing.MONTHLY
    waiting = []
    for row in rows:
        refusal = of_house or _refusal_of_seller(session, row.seller_id) or (_NO_FILE_EVER if row.failed else "")
        if (row.seller_id, row.currency) in due:
            when = _IN_A_MOMENT
        else:
            when = _later(row.cents, now) if is_monthly and not row.late else _NO_FILE_YET
        why = refusal or when
        waiting.append(
            WaitingFees(row.seller_id, row.name, row.currency, row.payouts, row.cents, why, is_blocked=bool(refusal))
        )
    return sorted(waiting, key=lambda each: (not each.is_blocked, fold(each.seller_name), each.currency))


def _later(fee_cents: int, now: dt.datetime) -> str:
    """Return when fees are invoiced by the month, of which none are due now."""
    if not fee_cents:
        return _CANCELLED_OUT
    return f"Le {date(add_months(month_of(local_day(now)), 1))}, avec les autres commissions du mois."


def _refusal_of_house(session: Session) -> str:
    try:
        check_house(house(session).party, vat_rate_of(session))
    except FeesWaitError as refusal:
        return str(refusal)
    return ""


def _refusal_of_seller(session: Session, seller_id: int) -> str:
    try:
        check_seller(issuer(session, seller_id).party)
    except FeesWaitError as refusal:
        return str(refusal)
    return ""
