"""What each account of the marketplace's own books holds: summed by the database, entered by the rules of the FEC."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting import Account, Posting, of_fees, of_gift, of_ledger, of_money
from db.domain.files import FileKind
from db.domain.orders import PaymentKind, PaymentMethod
from db.domain.viewer import Viewer
from db.models import FeeDocument, LedgerEntry, Payment, Voucher
from db.queries.accounting.periods import Days
from db.queries.accounting.sources import IS_REFUND, cancelled_in, fees_of, given_in, ledger_of, money_of
from db.queries.columns import sum_of


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """What was entered in an account, in cents."""

    account: Account
    debit_cents: int
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        """Return debits less credits."""
        return self.debit_cents - self.credit_cents


def trial_balance(session: Session, viewer: Viewer, days: Days, currency: str) -> list[AccountTotal]:
    """Return the accounts in which something was entered within some days.

    The rules of entries are linear within a kind of rows and a sign: the sum of rows is entered as one row is.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    debits, credits_ = Counter[Account](), Counter[Account]()
    for posting in _postings(session, days, currency):
        (debits if posting.cents > 0 else credits_)[posting.account] += abs(posting.cents)
    return [
        AccountTotal(account, debits[account], credits_[account])
        for account in Account
        if debits[account] or credits_[account]
    ]


def seller_balances(session: Session, last_day: dt.date, currency: str) -> dict[int, int]:
    """Return by seller what the books owe it at the end of a day, all years together."""
    rows = session.execute(
        sa.select(LedgerEntry.seller_id, LedgerEntry.kind, sum_of(LedgerEntry.amount_cents))
        .where(ledger_of(Days(dt.date(1900, 1, 1), last_day)), LedgerEntry.currency == currency)
        .group_by(LedgerEntry.seller_id, LedgerEntry.kind)
    )
    owed = Counter[int]()
    for seller_id, kind, cents in rows:
        for posting in of_ledger(kind, cents, seller_id)[1]:
            if posting.account is Account.SELLERS:
                owed[seller_id] -= posting.cents
    return dict(owed)


def _postings(session: Session, days: Days, currency: str) -> Iterator[Posting]:
    money = sa.select(Payment.kind, Payment.method, sum_of(Payment.amount_cents))
    for row in session.execute(
        money.where(money_of(days), Payment.currency == currency).group_by(Payment.kind, Payment.method)
    ):
        yield from of_money(*row)[1]
    is_owed = LedgerEntry.amount_cents > 0
    ledger = sa.select(LedgerEntry.kind, sum_of(LedgerEntry.amount_cents))
    for kind, cents in session.execute(
        ledger.where(ledger_of(days), LedgerEntry.currency == currency).group_by(LedgerEntry.kind, is_owed)
    ):
        yield from of_ledger(kind, cents, 0)[1]
    fees = sa.select(sum_of(FeeDocument.net_cents), sum_of(FeeDocument.vat_cents))
    for net, vat in session.execute(
        fees.where(fees_of(days), FeeDocument.currency == currency).group_by(FeeDocument.is_credit_note)
    ):
        yield from of_fees(net, vat, 0)[1]
    yield from _of_vouchers(session, days, currency)


def _of_vouchers(session: Session, days: Days, currency: str) -> Iterator[Posting]:
    rest = Voucher.used_cents - Voucher.amount_cents
    for condition, cents in ((given_in(days), Voucher.amount_cents), (cancelled_in(days), rest)):
        of = sa.select(IS_REFUND.label("is_refund"), cents.label("cents"))
        rows = of.where(condition, Voucher.currency == currency).subquery()
        summed = sa.select(rows.c.is_refund, sum_of(rows.c.cents)).group_by(rows.c.is_refund)
        for is_refund, total in session.execute(summed):
            way = PaymentKind.REFUND, PaymentMethod.VOUCHER
            yield from (of_money(*way, total) if is_refund else of_gift(total))[1]
