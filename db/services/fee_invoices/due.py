"""Which fees are to be invoiced now: with each payout once it is settled, or together once their month is over."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.fee_invoices import month_cause, payout_cause
from db.domain.files import FileState
from db.domain.months import month_of
from db.domain.payouts import FeeInvoicing, PayoutState
from db.domain.time import PARIS, local_day
from db.models import Payout, PayoutSettings, StoredFile, TransferBatch
from db.models.payouts import FEES_UNINVOICED
from db.queries.plans import in_index_words

#: A transfer can be taken out of its batch again until the bank's file exists.
GONE_STATES = (FileState.READY, FileState.DAMAGED)


@dataclass(frozen=True, slots=True)
class DueFees:
    """Fees that are invoiced together; of more given back than withheld, it is a credit note."""

    cause: str
    seller_id: int
    currency: str
    payout_ids: tuple[int, ...]


def due_fees(session: Session, now: dt.datetime) -> list[DueFees]:
    """Return what is to be invoiced, in the order in which it fell due."""
    how = session.scalar(sa.select(PayoutSettings.fee_invoicing)) or FeeInvoicing.PER_PAYOUT
    wanted = (
        sa.select(Payout.id, Payout.seller_id, Payout.currency, Payout.fee_cents, Payout.closed_at)
        .where(*is_due())
        .order_by(Payout.closed_at, Payout.id)
    )
    if how is FeeInvoicing.MONTHLY:
        wanted = wanted.where(Payout.closed_at < month_began(now))
    rows = session.execute(wanted).all()
    if how is FeeInvoicing.PER_PAYOUT:
        return [DueFees(payout_cause(row.id), row.seller_id, row.currency, (row.id,)) for row in rows]
    together: dict[tuple[dt.date, int, str], dict[int, int]] = defaultdict(dict)
    for row in rows:
        month = month_of(local_day(row.closed_at or now))
        together[month, row.seller_id, row.currency][row.id] = row.fee_cents
    return _by_month(together)


def month_began(now: dt.datetime) -> dt.datetime:
    """Return when the month under way began, in Paris: what was settled before it is due by the month."""
    return dt.datetime.combine(month_of(local_day(now)), dt.time(), PARIS)


def _by_month(together: Mapping[tuple[dt.date, int, str], dict[int, int]]) -> list[DueFees]:
    """Return what is due of months in their order; a month whose fees cancel out is invoiced with the seller's next."""
    due, cancelled_out = [], defaultdict[tuple[int, str], dict[int, int]](dict)
    for (month, seller_id, currency), of_month in together.items():
        fees = cancelled_out.pop((seller_id, currency), {}) | of_month
        if sum(fees.values()):
            cause = month_cause(month, seller_id, currency, min(fees))
            due.append(DueFees(cause, seller_id, currency, tuple(fees)))
        else:
            cancelled_out[seller_id, currency] = fees
    return due


def is_due() -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    """Return the conditions of payouts whose fees can be invoiced: settled for good, and not invoiced yet."""
    its_file = (
        sa.exists()
        .where(TransferBatch.id == Payout.batch_id, StoredFile.id == TransferBatch.file_id)
        .where(StoredFile.state.in_(GONE_STATES))
    )
    return (*in_index_words(FEES_UNINVOICED), sa.or_(Payout.state != PayoutState.EXPORTED, its_file))
