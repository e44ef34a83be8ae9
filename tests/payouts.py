"""Payouts brought where a test wants them, by the very acts that people do."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.payout_acts import ShownPayout
from db.domain.permissions import Role
from db.domain.time import local_day
from db.models import LedgerEntry, Payout, PayoutHistory, PayoutRun, PayoutSettings, Person, Seller
from db.services.payouts.approving import approve
from db.services.payouts.exporting import export_payouts
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.factories import IBAN, book, create_person, create_run, viewer_for

TODAY = local_day(NOW)
#: NOW is a Saturday: banks settle transfers again on Monday.
MONDAY = dt.date(2026, 11, 23)


def actor_of(person: Person) -> Actor:
    return Actor.person(viewer_for(person))


def finance(session: Session) -> Actor:
    """Somebody of the finance team, another one each time."""
    return actor_of(create_person(session, Role.FINANCE))


def pays(session: Session, **columns: object) -> PayoutSettings:
    """Say from which account sellers are paid."""
    kept = session.get(PayoutSettings, 1) or PayoutSettings(id=1)
    for name, value in ({"debtor_name": "Marketplace SAS", "debtor_iban": IBAN} | columns).items():
        setattr(kept, name, value)
    session.add(kept)
    session.flush()
    return kept


def run_of(session: Session, day: dt.date = TODAY) -> int:
    return session.scalar(sa.select(PayoutRun.id).where(PayoutRun.run_on == day)) or create_run(session, day)


def prepared(session: Session, seller: Seller, cents: int = 100_00, by: Actor = SYSTEM) -> Payout:
    """Book a sale that is due, and have it prepared."""
    book(session, seller, cents, TODAY)
    return prepare(session, seller, by)


def prepare(session: Session, seller: Seller, by: Actor = SYSTEM) -> Payout:
    prepare_seller(session, by, seller.id, run_of(session), TODAY, NOW)
    session.flush()
    wanted = sa.select(Payout).where(Payout.seller_id == seller.id).order_by(Payout.id.desc()).limit(1)
    return session.scalars(wanted).one()


def approved(session: Session, seller: Seller, cents: int = 100_00, by: Actor | None = None) -> Payout:
    payout = prepared(session, seller, cents)
    approve(session, by or finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    return payout


def exported(session: Session, seller: Seller, cents: int = 100_00) -> Payout:
    pays(session)
    payout = approved(session, seller, cents)
    export_payouts(session, finance(session), [shown(payout)], MONDAY, f"key-{payout.id}", NOW)
    return payout


def shown(payout: Payout) -> ShownPayout:
    return ShownPayout(payout.id, payout.version)


def balance(session: Session, seller: Seller) -> int:
    total = sa.func.coalesce(sa.func.sum(LedgerEntry.amount_cents), 0)
    return int(session.scalar(sa.select(total).where(LedgerEntry.seller_id == seller.id)) or 0)


def history(session: Session, payout: Payout) -> list[tuple[str, str]]:
    """What happened to a payout, oldest first: the event and its note."""
    rows = session.execute(
        sa.select(PayoutHistory.event, PayoutHistory.note)
        .where(PayoutHistory.payout_id == payout.id)
        .order_by(PayoutHistory.id)
    )
    return [(row.event.value, row.note) for row in rows]
