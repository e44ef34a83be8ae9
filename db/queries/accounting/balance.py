"""What each account of the marketplace's own books holds: summed by the database, entered by the rules of the FEC."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting import Account, Posting, of_balances, of_fees, of_gift, of_ledger, of_money
from db.domain.files import FileKind
from db.domain.orders import PaymentKind, PaymentMethod
from db.domain.viewer import Viewer
from db.models import FeeDocument, LedgerEntry, Payment, Voucher
from db.queries.accounting.periods import Days
from db.queries.accounting.sources import IS_REFUND, cancelled_in, fees_of, given_in, ledger_of, money_of
from db.queries.columns import sum_of

#: No books are older.
_BEFORE_ALL = dt.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """What an account held at the beginning, and what was entered in it, in cents."""

    account: Account
    #: Debits less credits that the years before left.
    opening_cents: int
    debit_cents: int
    credit_cents: int

    @property
    def balance_cents(self) -> int:
        """Return debits less credits at the end."""
        return self.opening_cents + self.debit_cents - self.credit_cents


def trial_balance(session: Session, viewer: Viewer, days: Days, currency: str) -> list[AccountTotal]:
    """Return the accounts that held something when a fiscal year began, or in which something was entered within it.

    The rules of entries are linear within a kind of rows and a sign: the sum of rows is entered as one row is.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    opening, debits, credits_ = Counter[Account](), Counter[Account](), Counter[Account]()
    for posting in opening_postings(session, days.first, currency):
        opening[posting.account] += posting.cents
    for posting in _postings(session, days, currency):
        (debits if posting.cents > 0 else credits_)[posting.account] += abs(posting.cents)
    return [
        AccountTotal(account, opening[account], debits[account], credits_[account])
        for account in Account
        if opening[account] or debits[account] or credits_[account]
    ]


def opening_postings(session: Session, first_day: dt.date, currency: str) -> tuple[Posting, ...]:
    """Return what all that was entered before the first day of a fiscal year leaves in each account."""
    before = Days(_BEFORE_ALL, first_day - dt.timedelta(days=1))
    return of_balances(_postings(session, before, currency))


def seller_balances(session: Session, last_day: dt.date, currency: str) -> dict[int, int]:
    """Return by seller what the books owe it at the end of a day, all years together."""
    rows = session.execute(
        sa.select(LedgerEntry.seller_id, LedgerEntry.kind, sum_of(LedgerEntry.amount_cents))
        .where(ledger_of(Days(_BEFORE_ALL, last_day)), LedgerEntry.currency == currency)
        .group_by(LedgerEntry.seller_id, LedgerEntry.kind)
    )
    owed = Counter[int]()
    for seller_id, kind, cents in rows:
        for posting in of_ledger(kind, cents, seller_id)[1]:
            if posting.account is Account.SELLERS:
                owed[seller_id] -= posting.cents
    return dict(owed)


def _postings(session: Session, days: Days, currency: str) -> Iterator[Posting]:
    money = (
        sa.select(Payment.kind, Payment.method, sum_of(Payment.amount_cents))
        .where(money_of(days), Payment.currency == currency)
        .group_by(Payment.kind, Payment.method)
    )
    for paid in session.execute(money):
        yield from of_money(*paid)[1]
    ledger = (
        sa.select(LedgerEntry.kind, sum_of(LedgerEntry.amount_cents), LedgerEntry.seller_id)
        .where(ledger_of(days), LedgerEntry.currency == currency)
        .group_by(LedgerEntry.seller_id, LedgerEntry.kind, LedgerEntry.amount_cents > 0)
    )
    for owed in session.execute(ledger):
        yield from of_ledger(*owed)[1]
    fees = (
        sa.select(sum_of(FeeDocument.net_cents), sum_of(FeeDocument.vat_cents), FeeDocument.seller_id)
        .where(fees_of(days), FeeDocument.currency == currency)
        .group_by(FeeDocument.seller_id, FeeDocument.is_credit_note)
    )
    for invoiced in session.execute(fees):
        yield from of_fees(*invoiced)[1]
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
