"""The entries of the marketplace's own books, day by day, in the order in which the books took them in."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.accounting import Journal, JournalEntry, ledger_words, of_fees, of_gift, of_ledger, of_money
from db.domain.orders import PaymentKind, PaymentMethod
from db.domain.payouts import reference_of
from db.domain.time import local_day
from db.models import FeeDocument, LedgerEntry, Order, Payment, Voucher
from db.queries.accounting.balance import opening_postings
from db.queries.accounting.periods import Days
from db.queries.accounting.sources import IS_REFUND, cancelled_in, fees_of, given_in, ledger_of, money_of

#: An entry with its place among those of the same instant: which source it is from, and its row there.
_Placed = tuple[dt.datetime, int, int, JournalEntry]


def entries_of_day(session: Session, day: dt.date, currency: str) -> list[JournalEntry]:
    """Return the entries of one day, in an order that never changes."""
    return entries_of(session, Days(day, day), currency)


def opening_entry(session: Session, first_day: dt.date, currency: str) -> JournalEntry | None:
    """Return the first entry of a fiscal year: what the years before left; None where they left nothing."""
    postings = opening_postings(session, first_day, currency)
    if not postings:
        return None
    label = f"Reprise des soldes au {formats.date(first_day)}"
    began = Days(first_day, first_day).since
    return JournalEntry(Journal.OPENING, began, f"AN-{first_day:%Y%m%d}", first_day, label, postings)


def entries_of(session: Session, days: Days, currency: str) -> list[JournalEntry]:
    """Return the entries of some days, in an order that never changes; a year of them is read day by day instead."""
    placed = [
        placed
        for place, source in enumerate(_SOURCES)
        for at, row_id, entry in source(session, days, currency)
        for placed in [(at, place, row_id, entry)]
    ]
    placed.sort(key=lambda each: each[:3])
    return [entry for *_, entry in placed]


_Found = Iterator[tuple[dt.datetime, int, JournalEntry]]


def _money(session: Session, days: Days, currency: str) -> _Found:
    rows = session.execute(
        sa.select(
            Payment.id,
            Payment.kind,
            Payment.method,
            Payment.amount_cents,
            Payment.booked_at,
            Payment.received_at,
            Payment.reference,
            Order.number,
        )
        .join(Order, Order.id == Payment.order_id)
        .where(money_of(days), Payment.currency == currency)
    )
    for row in rows:
        journal, postings = of_money(row.kind, row.method, row.amount_cents)
        words = "Encaissement" if row.kind is PaymentKind.PAYMENT else "Remboursement"
        label = f"{words} {row.number} {row.method.label} {row.reference}".strip()
        entry = JournalEntry(journal, row.booked_at, row.number, _piece_day(row), label, postings)
        yield row.booked_at, row.id, entry


def _ledger(session: Session, days: Days, currency: str) -> _Found:
    rows = session.execute(
        sa.select(
            LedgerEntry.id,
            LedgerEntry.kind,
            LedgerEntry.amount_cents,
            LedgerEntry.seller_id,
            LedgerEntry.payout_id,
            LedgerEntry.note,
            LedgerEntry.at,
            Order.number,
        )
        .outerjoin(Order, Order.id == LedgerEntry.order_id)
        .where(ledger_of(days), LedgerEntry.currency == currency)
    )
    for row in rows:
        journal, postings = of_ledger(row.kind, row.amount_cents, row.seller_id)
        piece = row.number or (reference_of(row.payout_id) if row.payout_id else f"CV-{row.id}")
        label = ledger_words(row.kind, row.number or (piece if row.payout_id else ""), row.note)
        yield row.at, row.id, JournalEntry(journal, row.at, piece, local_day(row.at), label, postings)


def _fees(session: Session, days: Days, currency: str) -> _Found:
    rows = session.execute(
        sa.select(
            FeeDocument.id,
            FeeDocument.number,
            FeeDocument.is_credit_note,
            FeeDocument.seller_id,
            FeeDocument.net_cents,
            FeeDocument.vat_cents,
            FeeDocument.issued_at,
            FeeDocument.issued_on,
        ).where(fees_of(days), FeeDocument.currency == currency)
    )
    for row in rows:
        journal, postings = of_fees(row.net_cents, row.vat_cents, row.seller_id)
        label = f"{'Avoir' if row.is_credit_note else 'Facture'} de commission {row.number}"
        yield row.issued_at, row.id, JournalEntry(journal, row.issued_at, row.number, row.issued_on, label, postings)


def _given(session: Session, days: Days, currency: str) -> _Found:
    yield from _vouchers(session, given_in(days), Voucher.created_at, Voucher.amount_cents, currency)


def _cancelled(session: Session, days: Days, currency: str) -> _Found:
    rest = Voucher.used_cents - Voucher.amount_cents
    yield from _vouchers(session, cancelled_in(days), Voucher.cancelled_at, rest, currency)


def _vouchers(
    session: Session,
    condition: sa.ColumnElement[bool],
    at: sa.SQLColumnExpression[dt.datetime] | sa.SQLColumnExpression[dt.datetime | None],
    cents: sa.SQLColumnExpression[int],
    currency: str,
) -> _Found:
    found: sa.Select[*tuple[Any, ...]] = (
        sa.select(Voucher.id, at.label("at"), cents.label("cents"), IS_REFUND.label("is_refund"), Order.number)
        .outerjoin(Order, Order.id == Voucher.order_id)
        .where(condition, Voucher.currency == currency)
    )
    for row in session.execute(found):
        way = PaymentKind.REFUND
        journal, postings = of_money(way, PaymentMethod.VOUCHER, row.cents) if row.is_refund else of_gift(row.cents)
        # Whoever has the code can spend it: the books name the voucher by its row.
        piece = f"BA-{row.id}"
        what = "Bon d’achat" if row.cents > 0 else "Annulation du bon d’achat"
        label = f"{what} {row.number or ''}".strip()
        yield row.at, row.id, JournalEntry(journal, row.at, piece, local_day(row.at), label, postings)


_SOURCES: tuple[Callable[[Session, Days, str], _Found], ...] = (_money, _ledger, _fees, _given, _cancelled)


def _piece_day(payment: sa.Row[*tuple[Any, ...]]) -> dt.date:
    """Return the day of value; a piece is never later than the entry that it proves."""
    booked_on = local_day(payment.booked_at)
    return min(local_day(payment.received_at), booked_on) if payment.received_at else booked_on
