"""What sellers were paid in the last weeks: prepared, approved, transmitted and paid by the services themselves.

Of the last runs one waits for the bank and one for its approval; a transfer came back, and an order is in dispute.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.documents import SINCE
from db.domain.actor import SYSTEM, Actor
from db.domain.business_days import bank_day_from, is_bank_day
from db.domain.files import FileKind
from db.domain.ledger import LedgerKind
from db.domain.mail import EmailTemplate
from db.domain.orders import ActorKind
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import HoldReason, PayoutState
from db.domain.time import PARIS, local_day
from db.models import (
    LedgerEntry,
    OutboxMessage,
    Payout,
    PayoutEntry,
    PayoutRun,
    PayoutSettings,
    StoredFile,
    TransferBatch,
)
from db.services.payouts.approving import approve
from db.services.payouts.exporting import export_payouts
from db.services.payouts.holding import hold_order
from db.services.payouts.marking import mark_paid, reject
from db.services.payouts.preparing import prepare_seller, sellers_to_prepare

#: Tuesdays and Fridays.
_PAYDAYS = frozenset({1, 4})
_NIGHT, _MORNING, _NOON = dt.time(3, 0), dt.time(9, 40), dt.time(11, 15)
_MOST_SELLERS = 1_000
#: Runs, from the last, that are not paid yet: the first waits for its approval, the second for the bank.
_UNPAID, _UNAPPROVED = 2, 1
_LETTERS = (EmailTemplate.SELLER_PAYOUT, EmailTemplate.SELLER_PAYOUT_REJECTED)
#: Nobody of them has an account here: their names alone are on what they did.
_CLERK, _MANAGER = (Actor(ActorKind.SYSTEM, name) for name in ("Maëlle Kerdoncuff", "Yann Le Bihan"))
#: The example that banks print on their leaflets.
_DEBTOR_IBAN, _DEBTOR_BIC = "FR7630006000011234567890189", "AGRIFRPP"


def add_payouts(session: Session, now: dt.datetime) -> None:
    """Pay what fell due since our books began, twice a week, as the house does."""
    session.add(
        PayoutSettings(
            id=1, debtor_name="Marché d’ici", debtor_iban=_DEBTOR_IBAN, debtor_bic=_DEBTOR_BIC, max_cents=10_000_00
        )
    )
    session.flush()
    paydays = _paydays(now)
    for place, day in enumerate(paydays, start=1 - len(paydays)):
        _prepare(session, day)
        if place <= -_UNAPPROVED:
            _transmit(session, day)
        if place <= -_UNPAID:
            _pay(session, _next_bank_day(day))
    _have_one_come_back(session, now)
    _dispute_one(session, now)
    _forget_letters(session)
    _forget_old_transfers(session)


def _paydays(now: dt.datetime) -> list[dt.date]:
    today, span = local_day(now), SINCE.days
    days = (today - dt.timedelta(days=span - each) for each in range(span))
    return [day for day in days if day.weekday() in _PAYDAYS and is_bank_day(day)]


def _prepare(session: Session, day: dt.date) -> None:
    at = dt.datetime.combine(day, _NIGHT, PARIS)
    run = PayoutRun(run_on=day, started_at=at, finished_at=at)
    session.add(run)
    session.flush()
    for seller_id in sellers_to_prepare(session, day, 0, _MOST_SELLERS):
        prepare_seller(session, SYSTEM, seller_id, run.id, day, at)


def _transmit(session: Session, day: dt.date) -> None:
    """Approve what the night prepared, and hand it to the bank for the next day."""
    at = dt.datetime.combine(day, _MORNING, PARIS)
    for each in _shown(session, PayoutState.PREPARED):
        approve(session, _MANAGER, each.payout_id, each.version, at, accepts_unusual=True)
    if approved := _shown(session, PayoutState.APPROVED):
        at = dt.datetime.combine(day, _NOON, PARIS)
        export_payouts(session, _CLERK, approved, _next_bank_day(day), f"demo:{day}", at)


def _pay(session: Session, day: dt.date) -> None:
    at = dt.datetime.combine(day, _NOON, PARIS)
    for each in _shown(session, PayoutState.EXPORTED):
        mark_paid(session, _CLERK, each.payout_id, each.version, day, at)


def _have_one_come_back(session: Session, now: dt.datetime) -> None:
    if paid := _shown(session, PayoutState.PAID):
        one = paid[-1]
        reject(session, _CLERK, one.payout_id, one.version, "AC04", "Compte clos", local_day(now), now)


def _dispute_one(session: Session, now: dt.datetime) -> None:
    """Keep the newest sale out of what waits for approval: of an older one, only what was given back may wait there."""
    waiting = (
        sa.select(LedgerEntry.order_id)
        .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
        .join(Payout, Payout.id == PayoutEntry.payout_id)
        .where(Payout.state == PayoutState.PREPARED, LedgerEntry.kind == LedgerKind.SALE)
    )
    order_id = session.scalar(waiting.order_by(LedgerEntry.id.desc()).limit(1))
    if order_id is not None:
        hold_order(session, _CLERK, order_id, HoldReason.DISPUTE, "Le client dit n’avoir reçu qu’un carton vide.", now)


def _forget_letters(session: Session) -> None:
    """Leave out what sellers were written in those weeks: the worker would send it today."""
    for rows in (
        sa.delete(OutboxMessage).where(OutboxMessage.template.in_(_LETTERS)),
        sa.delete(StoredFile).where(StoredFile.kind == FileKind.PAYOUT_STATEMENT),
    ):
        session.execute(rows.execution_options(synchronize_session=False))


def _forget_old_transfers(session: Session) -> None:
    """Leave out the files whose transfers were paid in those weeks: the worker would make none of what is settled."""
    settled = sa.select(Payout.batch_id).where(Payout.state != PayoutState.EXPORTED, Payout.batch_id.is_not(None))
    of_settled = TransferBatch.id.in_(settled)
    file_ids = session.scalars(sa.select(TransferBatch.file_id).where(of_settled)).all()
    for rows in (
        sa.update(TransferBatch).where(of_settled).values(file_id=None),
        sa.delete(StoredFile).where(StoredFile.id.in_(file_ids)),
    ):
        session.execute(rows.execution_options(synchronize_session=False))


def _shown(session: Session, state: PayoutState) -> Sequence[ShownPayout]:
    rows = session.execute(sa.select(Payout.id, Payout.version).where(Payout.state == state).order_by(Payout.id))
    return [ShownPayout(row.id, row.version) for row in rows]


def _next_bank_day(day: dt.date) -> dt.date:
    return bank_day_from(day + dt.timedelta(days=1))
