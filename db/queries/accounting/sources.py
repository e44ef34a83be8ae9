"""The rows from which the marketplace's own books follow: money, the sellers' accounts, fee invoices, vouchers."""

import sqlalchemy as sa

from db.domain.ledger import LedgerKind
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.models import FeeDocument, LedgerEntry, Payment, Seller, Voucher
from db.queries.accounting.periods import Days

#: A voucher that paid a customer back, and not a gift: a settlement gave it, or a refund of its order names it.
IS_REFUND = sa.or_(
    Voucher.settlement_id.is_not(None),
    sa.exists().where(
        Payment.order_id == Voucher.order_id,
        Payment.kind == PaymentKind.REFUND,
        Payment.voucher_id == Voucher.id,
    ),
)


def money_of(days: Days) -> sa.ColumnElement[bool]:
    """Return the condition on payments that the books took in; vouchers given are told by the vouchers themselves."""
    is_given = sa.and_(Payment.kind == PaymentKind.REFUND, Payment.method == PaymentMethod.VOUCHER)
    return sa.and_(
        days.hold(Payment.booked_at),
        Payment.state == PaymentRecordState.CAPTURED,
        Payment.amount_cents != 0,
        sa.not_(is_given),
    )


def ledger_of(days: Days) -> sa.ColumnElement[bool]:
    """Return the condition on entries of sellers' accounts; a debt that is carried over moves nothing.

    The sellers are named, so that each one's part of the index is walked and not the whole of it.
    """
    return sa.and_(
        LedgerEntry.seller_id.in_(sa.select(Seller.id)),
        days.hold(LedgerEntry.at),
        LedgerEntry.kind != LedgerKind.CARRIED,
    )


def fees_of(days: Days) -> sa.ColumnElement[bool]:
    """Return the condition on fee invoices and credit notes."""
    return FeeDocument.issued_on.between(days.first, days.last)


def given_in(days: Days) -> sa.ColumnElement[bool]:
    """Return the condition on vouchers that were given."""
    return days.hold(Voucher.created_at)


def cancelled_in(days: Days) -> sa.ColumnElement[bool]:
    """Return the condition on vouchers of which something was left when they were cancelled."""
    return sa.and_(days.hold(Voucher.cancelled_at), Voucher.used_cents < Voucher.amount_cents)
