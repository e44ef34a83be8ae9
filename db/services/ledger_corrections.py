"""Corrections of sellers' accounts: what people owe or take off by hand, with a reason, once."""

import datetime as dt
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.ledger import LedgerKind
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.vouchers import checked_reason
from db.models import LedgerEntry, Marketplace, Seller
from db.services.audit import Act, note_act
from db.services.ledger_rows import NewEntry, write_entries

#: Whoever has to correct more made another mistake before: it is made in parts, each with its reason.
MAX_CORRECTION_CENTS = 100_000_00


def correct_account(
    session: Session,
    actor: Actor,
    seller_id: int,
    currency: str,
    cents: int,
    reason: str,
    key: str,
    now: dt.datetime,
) -> int:
    """Write a correction of a seller's account, due today; return its entry, written now or the first time.

    Args:
        session: The caller's transaction.
        actor: Who corrects.
        seller_id: Whose account.
        currency: The account's.
        cents: What the seller is owed more; below zero: less.
        reason: Why, as the seller's statements will say it.
        key: Drawn when the form opened: a second click finds what the first one wrote.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not prepare payouts.
        NotFoundError: There is no such seller.
        InvalidInputError: The amount, the currency or the reason cannot be used.
    """
    actor.require(Permission.PREPARE_PAYOUTS)
    if not key:
        raise ValueError("a correction needs the key of its form")
    entry = NewEntry(
        _known_seller(session, actor, seller_id),
        _known_currency(session, seller_id, currency),
        LedgerKind.CORRECTION,
        _checked_amount(cents, currency),
        cause=f"correction:{key}",
        at=now,
        actor_name=actor.lasting_name,
        due_on=local_day(now),
        note=_required_reason(reason),
        person_id=actor.person_id,
    )
    # What a first click wrote stands, whatever a second one says.
    with suppress(IntegrityError), session.begin_nested():
        write_entries(session, [entry])
        said = {"cents": cents, "currency": currency}
        act = Act(AuditArea.PAYOUTS, "account_corrected", "seller", seller_id, after=said, note=entry.note)
        note_act(session, actor, act, now)
    return session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.cause == entry.cause)).one()


def _known_seller(session: Session, actor: Actor, seller_id: int) -> int:
    found = session.scalar(sa.select(Seller.id).where(Seller.id == seller_id))
    if found is None or actor.seller_id not in (None, seller_id):
        raise NotFoundError("Ce vendeur n’existe pas. Choisissez-en un dans la liste.")
    return found


def _known_currency(session: Session, seller_id: int, currency: str) -> str:
    """Return a currency in which the seller has an account: the house's, or one in which it sold."""
    has_account = sa.exists().where(LedgerEntry.seller_id == seller_id, LedgerEntry.currency == currency)
    of_the_house = session.scalar(sa.select(Marketplace.currency)) or "EUR"
    if currency != of_the_house and not session.scalar(sa.select(has_account)):
        raise InvalidInputError(f"Ce vendeur n’a pas de compte en {currency[:3]}. Choisissez une autre devise.")
    return currency


def _checked_amount(cents: int, currency: str) -> int:
    if not cents:
        raise InvalidInputError("Saisissez le montant de la correction, comme 15,00.")
    if abs(cents) > MAX_CORRECTION_CENTS:
        most = formats.money(MAX_CORRECTION_CENTS, currency)
        raise InvalidInputError(f"Une correction ne dépasse pas {most}. Saisissez au plus {most}.")
    return cents


def _required_reason(text: str) -> str:
    reason = checked_reason(text)
    if not reason:
        raise InvalidInputError("Dites pourquoi vous corrigez ce compte\u00a0: le vendeur le lira sur son relevé.")
    return reason
