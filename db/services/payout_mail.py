"""The e-mails that tell a seller of its payouts: paid, with the statement and the invoice of the fees; or rejected."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.enclosures import fee_enclosure, statement_enclosure
from db.domain.formats import DASH, money
from db.domain.iban import iban_masked
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.payout_statements import OfPayout, StatementFormat
from db.domain.payouts import PayoutEvent
from db.models import Payout, Seller
from db.services.outbox import AccountLetter, queue
from db.services.payout_statements import ask_for_statement
from db.services.payouts.rows import tell


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is written to."""

    email: str
    name: str


def tell_seller_paid(session: Session, actor: Actor, payout: Payout, now: dt.datetime) -> str:
    """Queue the e-mail that tells a seller it was paid, with the statement, and the fees' invoice where there is one.

    Args:
        session: The caller's transaction.
        actor: Who noted it.
        payout: The payout, locked and noted as paid: a payout is paid once, and told of once.
        now: The instant.

    Returns:
        Whom it goes to; empty where the seller has no address.
    """
    seller = _seller(session, payout)
    if not seller.email:
        return ""
    file_id = ask_for_statement(session, SYSTEM, OfPayout(payout.id), StatementFormat.PDF, now)
    enclosed = [statement_enclosure(file_id), *([fee_enclosure(payout.id)] if payout.fee_cents else [])]
    said = {
        "paid_on": payout.paid_on.isoformat() if payout.paid_on else "",
        "payment_reference": payout.payment_reference,
        "breakdown": _breakdown(payout),
    }
    return _send(session, actor, payout, seller, EmailTemplate.SELLER_PAYOUT, said, now, enclosed)


def tell_seller_rejected(session: Session, actor: Actor, payout: Payout, now: dt.datetime) -> str:
    """Queue the e-mail that tells a seller that the bank rejected its transfer; return whom it goes to, as above."""
    seller = _seller(session, payout)
    if not seller.email:
        return ""
    template = EmailTemplate.SELLER_PAYOUT_REJECTED
    return _send(session, actor, payout, seller, template, {"rejection": payout.rejection}, now)


def _seller(session: Session, payout: Payout) -> _Told:
    found = session.execute(sa.select(Seller.email, Seller.name).where(Seller.id == payout.seller_id)).one()
    return _Told(found.email.strip(), found.name)


def _send(
    session: Session,
    actor: Actor,
    payout: Payout,
    seller: _Told,
    template: EmailTemplate,
    said: Mapping[str, Any],
    now: dt.datetime,
    enclosed: Sequence[Mapping[str, str]] | None = None,
) -> str:
    known = {
        "payout_id": payout.id,
        "amount_cents": payout.net_cents,
        "currency": payout.currency,
        "iban": iban_masked(payout.iban),
    }
    letter = AccountLetter(
        f"{template}:{payout.id}",
        template,
        seller.email,
        seller.name,
        known | dict(said),
        recipient_kind=RecipientKind.SELLER,
        attachments=enclosed,
    )
    queue(session, actor, [letter], now)
    tell(session, actor, payout, PayoutEvent.NOTIFIED, now, f"{template.label} {DASH} {seller.email}")
    return seller.email


def _breakdown(payout: Payout) -> str:
    """Return what a payout adds up from, line by line."""
    parts = (
        ("Ventes", payout.sale_cents),
        ("Remboursements", payout.refund_cents),
        ("Commissions", payout.fee_cents),
        ("Corrections, dettes et virements rejetés", payout.other_cents),
    )
    lines = [f"{label}\u00a0: {money(cents, payout.currency)}" for label, cents in parts if cents]
    return "\n".join([*lines, f"Total versé\u00a0: {money(payout.net_cents, payout.currency)}"])
