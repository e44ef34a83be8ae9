"""Réglages › Vendeurs: change what a seller pays and when it is paid, from a day on; the past is never rewritten.

An order keeps the terms of its day. So a day has one set of terms: once a sale of it is in the books, they stand.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.access import tidy
from db.domain.actor import Actor
from db.domain.bank_details import SellerSubject
from db.domain.business_days import HolidayZone
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.money import BASIS_POINTS
from db.domain.permissions import Permission
from db.domain.seller_terms import MAX_AHEAD, MAX_DELAY_DAYS, Terms, terms_on
from db.domain.time import PARIS, local_day
from db.models import LedgerEntry, Order, Seller, SellerTerms
from db.queries.seller_terms import terms_by_day
from db.services.seller_changes import note_change
from db.services.seller_lock import lock_seller

MAX_NOTE = 200


class TermsInTheWayError(MarketplaceError):
    """The terms of that day stand; the sentence says why, and what to do."""


def change_terms(
    session: Session, actor: Actor, seller_id: int, terms: Terms, from_on: dt.date, note: str, now: dt.datetime
) -> None:
    """Have a seller sell under other terms from a day on.

    Args:
        session: The caller's transaction.
        actor: Who decides.
        seller_id: Which seller.
        terms: What it pays and when it is paid from then on.
        from_on: The first day of orders to which they apply: today, or later.
        note: Why, as the history tells it; may be empty.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not change settings.
        NotFoundError: There is no such seller.
        InvalidInputError: The rate, the delay, the day or the note cannot be used, or nothing would change.
        TermsInTheWayError: A sale of that day is in the books, or another change is planned for it.
    """
    actor.require(Permission.MANAGE_SETTINGS)
    lock_seller(session, seller_id)
    _check(terms, from_on, local_day(now))
    _refuse_sold_day(session, seller_id, from_on, now)
    before = _terms_on(session, seller_id, from_on)
    if before == terms:
        raise InvalidInputError(f"Ce sont déjà les conditions du {formats.date(from_on)}\u00a0: rien ne changerait.")
    _refuse_planned_day(session, seller_id, from_on)
    session.add(
        SellerTerms(
            seller_id=seller_id,
            from_on=from_on,
            fee_rate_bp=terms.fee_rate_bp,
            payout_delay_days=terms.payout_delay_days,
            note=_checked_note(note),
            person_id=actor.person_id,
            person_name=actor.lasting_name,
            created_at=now,
        )
    )
    after = f"{terms.words}, à partir du {formats.date(from_on)}"
    note_change(session, actor, seller_id, SellerSubject.TERMS, before.words, after, now)


def withdraw_terms(session: Session, actor: Actor, seller_id: int, terms_id: int, now: dt.datetime) -> None:
    """Take back a change of terms before a sale was made under it; those before it go on.

    Raises:
        NotAllowedError: The actor may not change settings.
        NotFoundError: There is no such seller, or no such change of it any more.
        TermsInTheWayError: Orders have those terms.
    """
    actor.require(Permission.MANAGE_SETTINGS)
    lock_seller(session, seller_id)
    wanted = sa.select(SellerTerms).where(SellerTerms.id == terms_id, SellerTerms.seller_id == seller_id)
    planned = session.scalar(wanted)
    if planned is None:
        raise NotFoundError("Ce changement n’est plus prévu\u00a0: il a été retiré entre-temps.")
    if planned.from_on < local_day(now):
        raise TermsInTheWayError(
            f"Ces conditions s’appliquent depuis le {formats.date(planned.from_on)}. Changez-les à partir "
            "d’aujourd’hui ou d’un jour à venir."
        )
    _refuse_sold_day(session, seller_id, planned.from_on, now)
    taken_back = Terms(planned.fee_rate_bp, planned.payout_delay_days)
    before = f"{taken_back.words}, à partir du {formats.date(planned.from_on)}"
    session.delete(planned)
    session.flush()
    after = _terms_on(session, seller_id, planned.from_on).words
    note_change(session, actor, seller_id, SellerSubject.TERMS, before, after, now)


def change_holiday_zone(
    session: Session, actor: Actor, seller_id: int, shown: HolidayZone, zone: HolidayZone, now: dt.datetime
) -> None:
    """Have other public holidays count for a seller; sales that are in the books keep their day.

    Raises:
        NotAllowedError: The actor may not change settings.
        NotFoundError: There is no such seller.
        TermsInTheWayError: Somebody else changed it since it was shown.
    """
    actor.require(Permission.MANAGE_SETTINGS)
    lock_seller(session, seller_id)
    saved = sa.update(Seller).where(Seller.id == seller_id, Seller.holiday_zone == shown).values(holiday_zone=zone)
    if session.scalar(saved.returning(Seller.id).execution_options(synchronize_session=False)) is None:
        raise TermsInTheWayError(
            "Quelqu’un vient de changer les jours fériés de ce vendeur. Relisez, puis recommencez."
        )
    before, after = (f"Jours fériés\u00a0: {each.label}" for each in (shown, zone))
    note_change(session, actor, seller_id, SellerSubject.TERMS, before, after, now)


def _terms_on(session: Session, seller_id: int, day: dt.date) -> Terms:
    return terms_on(terms_by_day(session, [seller_id])[seller_id], day)


def _check(terms: Terms, from_on: dt.date, today: dt.date) -> None:
    if not 0 <= terms.fee_rate_bp <= BASIS_POINTS:
        raise InvalidInputError("La commission va de 0 à 100\u00a0%. Saisissez par exemple 2,9.")
    if not 0 <= terms.payout_delay_days <= MAX_DELAY_DAYS:
        raise InvalidInputError(f"Le délai va de 0 à {MAX_DELAY_DAYS} jours ouvrés. Saisissez par exemple 10.")
    if not today <= from_on <= today + MAX_AHEAD:
        raise InvalidInputError(
            f"Choisissez un jour du {formats.date(today)} au {formats.date(today + MAX_AHEAD)}\u00a0: les commandes "
            "passées gardent les conditions de leur jour."
        )


def _checked_note(text: str) -> str:
    note = tidy(text)
    if len(note) > MAX_NOTE:
        raise InvalidInputError(f"La raison dépasse {MAX_NOTE} caractères. Abrégez-la.")
    return note


def _refuse_sold_day(session: Session, seller_id: int, day: dt.date, now: dt.datetime) -> None:
    """Refuse to touch the terms of today once a sale of today is in the books."""
    if day > local_day(now):
        return
    midnight = dt.datetime.combine(day, dt.time(), PARIS)
    in_the_books = sa.exists().where(LedgerEntry.order_id == Order.id)
    of_today = sa.exists().where(Order.seller_id == seller_id, Order.placed_at >= midnight, in_the_books)
    if session.scalar(sa.select(of_today)):
        raise TermsInTheWayError(
            "Des ventes d’aujourd’hui sont déjà portées au compte de ce vendeur, avec les conditions d’aujourd’hui. "
            f"Choisissez le {formats.date(day + dt.timedelta(days=1))} ou un jour suivant."
        )


def _refuse_planned_day(session: Session, seller_id: int, day: dt.date) -> None:
    planned = sa.exists().where(SellerTerms.seller_id == seller_id, SellerTerms.from_on == day)
    if session.scalar(sa.select(planned)):
        raise TermsInTheWayError(
            f"Un changement est déjà prévu au {formats.date(day)}. Retirez-le d’abord, ou choisissez un autre jour."
        )
