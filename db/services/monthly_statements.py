"""Send sellers the statement of a month that is over: once each, and only where something happened."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.enclosures import statement_enclosure
from db.domain.formats import date, money
from db.domain.ledger import FEE_KINDS, LedgerKind
from db.domain.mail import SELLER_ACCOUNT_TEMPLATES, EmailTemplate, RecipientKind
from db.domain.months import add_months
from db.domain.payout_statements import OfMonth, StatementFormat
from db.domain.time import PARIS
from db.models import LedgerEntry, OutboxMessage, Seller
from db.queries.month_statement import MonthSums, month_sums
from db.queries.plans import literally
from db.services.outbox import AccountLetter, queue
from db.services.payout_statements import ask_for_statement, eyes_of

_TEMPLATE = EmailTemplate.SELLER_STATEMENT


def sellers_from(session: Session, after: int, limit: int) -> list[int]:
    """Return the next sellers, by id, that can be written to.

    Args:
        session: An open session.
        after: The last seller that was looked at; 0 for the first ones.
        limit: How many at most.
    """
    wanted = (
        sa.select(Seller.id).where(Seller.id > after, sa.func.trim(Seller.email) != "").order_by(Seller.id).limit(limit)
    )
    return list(session.scalars(wanted))


def statements_due(session: Session, seller_ids: list[int], month: dt.date) -> list[OfMonth]:
    """Return the statements of a month that some sellers are to be sent and were not: one for each currency.

    Args:
        session: An open session.
        seller_ids: The sellers.
        month: The first day of a month that is over.
    """
    since, until = (dt.datetime.combine(day, dt.time(), PARIS) for day in (month, add_months(month, 1)))
    booked = session.execute(
        sa.select(LedgerEntry.seller_id, LedgerEntry.currency)
        .where(LedgerEntry.seller_id.in_(seller_ids), LedgerEntry.at >= since, LedgerEntry.at < until)
        .distinct()
        .order_by(LedgerEntry.seller_id, LedgerEntry.currency)
    )
    wanted = {_event(each): each for each in (OfMonth(row.seller_id, month, row.currency) for row in booked)}
    told = sa.select(OutboxMessage.event).where(
        OutboxMessage.template.in_(literally(SELLER_ACCOUNT_TEMPLATES)),
        OutboxMessage.order_id.is_(None),
        OutboxMessage.event.in_(wanted),
    )
    sent = set(session.scalars(told))
    return [each for event, each in wanted.items() if event not in sent]


def send_statement(session: Session, wanted: OfMonth, now: dt.datetime) -> None:
    """Queue the e-mail that brings a month's statement, and have the statement made.

    Args:
        session: The caller's transaction.
        wanted: One of ``statements_due``. Whoever sends it at the same time sends it in our place.
        now: The instant.
    """
    seller = session.execute(sa.select(Seller.email, Seller.name).where(Seller.id == wanted.seller_id)).one()
    sums = month_sums(session, eyes_of(wanted.seller_id), wanted)
    file_id = ask_for_statement(session, SYSTEM, wanted, StatementFormat.PDF, now)
    letter = AccountLetter(
        _event(wanted),
        _TEMPLATE,
        seller.email.strip(),
        seller.name,
        {
            "month": wanted.month.isoformat(),
            "currency": wanted.currency,
            "amount_cents": sums.closing_cents,
            "breakdown": _breakdown(sums, wanted),
        },
        recipient_kind=RecipientKind.SELLER,
        attachments=[statement_enclosure(file_id)],
    )
    queue(session, SYSTEM, [letter], now)


def _event(wanted: OfMonth) -> str:
    return f"statement:{wanted.seller_id}:{wanted.month:%Y-%m}:{wanted.currency}"


def _breakdown(sums: MonthSums, wanted: OfMonth) -> str:
    """Return what the month adds up from, line by line; what is rare is one line."""

    def of(*kinds: LedgerKind) -> int:
        return sum(sums.by_kind.get(kind, 0) for kind in kinds)

    next_month = add_months(wanted.month, 1)
    shown = {LedgerKind.SALE, LedgerKind.REFUND, *FEE_KINDS, LedgerKind.PAYOUT}
    parts = (
        ("Ventes", of(LedgerKind.SALE)),
        ("Remboursements", of(LedgerKind.REFUND)),
        ("Commissions", of(*FEE_KINDS)),
        ("Corrections et virements rejetés", of(*(kind for kind in LedgerKind if kind not in shown))),
        ("Reversements", of(LedgerKind.PAYOUT)),
    )
    lines = [
        (f"Solde au {date(wanted.month)}", sums.opening_cents),
        *((label, cents) for label, cents in parts if cents),
        (f"Solde au {date(next_month - dt.timedelta(days=1))}", sums.closing_cents),
    ]
    return "\n".join(f"{label}\u00a0: {money(cents, wanted.currency)}" for label, cents in lines)
