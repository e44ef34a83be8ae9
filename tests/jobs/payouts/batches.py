"""Payouts that were prepared, approved and transmitted by the services that do so, two people at least."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.domain.time import local_day
from db.models import Payout, PayoutSettings, Seller, TransferBatch
from db.services.payouts.approving import approve
from db.services.payouts.exporting import export_payouts
from db.services.payouts.preparing import prepare_seller
from tests.factories import book, create_order, create_person, create_run, viewer_for

#: The account that pays: Germany's example of the registry of IBANs.
DEBTOR_IBAN = "DE89370400440532013000"


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch, and its payouts in the order of their sellers."""

    batch_id: int
    message_id: str
    payout_ids: tuple[int, ...]


def finance(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


def pays_from(session: Session, iban: str = DEBTOR_IBAN, name: str = "Les Halles & Cie") -> None:
    session.merge(PayoutSettings(id=1, debtor_name=name, debtor_iban=iban))
    session.flush()


def approved(session: Session, seller: Seller, cents: int, now: dt.datetime, *, placed_at: dt.datetime) -> int:
    """Return a payout of one order's sale that is approved."""
    today = local_day(now)
    order = create_order(session, seller, total_cents=cents, placed_at=placed_at)
    book(session, seller, cents, today, order_id=order.id)
    run_id = session.scalar(sa.text("SELECT id FROM payout_runs LIMIT 1")) or create_run(session, today)
    prepare_seller(session, SYSTEM, seller.id, run_id, today, now)
    wanted = sa.select(Payout).where(Payout.seller_id == seller.id, Payout.state == PayoutState.PREPARED)
    payout = session.scalars(wanted).one()
    approve(session, finance(session), payout.id, payout.version, now, accepts_unusual=True)
    return payout.id


def sent(
    session: Session, owed: Sequence[tuple[Seller, int]], now: dt.datetime, requested_on: dt.date | None = None
) -> Sent:
    """Return a batch of one payout for each seller, of one order that was placed two weeks ago."""
    pays_from(session)
    ids = [approved(session, seller, cents, now, placed_at=now - dt.timedelta(days=14)) for seller, cents in owed]
    shown = [ShownPayout(each, session.get_one(Payout, each).version) for each in ids]
    day = requested_on or local_day(now)
    batch_id = export_payouts(session, finance(session), shown, day, f"key-{ids}", now)
    return Sent(batch_id, session.get_one(TransferBatch, batch_id).message_id, tuple(ids))
