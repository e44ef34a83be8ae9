"""How a payout settles its seller's account, and how what was settled is owed again."""

import datetime as dt
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.ledger import LedgerKind
from db.domain.time import local_day
from db.models import LedgerEntry, Payout
from db.services.ledger_rows import NewEntry, write_entries


def settle(session: Session, actor: Actor, payout: Payout, now: dt.datetime) -> None:
    """Take what a payout pays off its seller's account.

    The cause of the entry is the payout itself: the database refuses to take the same one off twice, whatever was
    asked. One whose transfer was never made, and that was given back, may be settled once more.
    """
    times = _given_back(session, payout.id)
    cause = f"payout:{payout.id}" if not times else f"payout:{payout.id}:{times + 1}"
    write_entries(session, [_entry(actor, payout, LedgerKind.PAYOUT, -payout.net_cents, cause, now)])
    payout.closed_at = now


def open_again(session: Session, actor: Actor, payout: Payout, now: dt.datetime) -> None:
    """Give back what ``settle`` took off an account: no transfer was ever made, and the payout holds its entries."""
    cause = f"payout_undone:{payout.id}:{_given_back(session, payout.id) + 1}"
    write_entries(session, [_entry(actor, payout, LedgerKind.PAYOUT, payout.net_cents, cause, now)])
    payout.closed_at = None


def owe_again(session: Session, actor: Actor, payout: Payout, why: str, now: dt.datetime) -> None:
    """Have what the bank did not pay be due at once: the next run gathers it as one line, which leads here."""
    cause = f"bank_rejection:{payout.id}"
    entry = _entry(actor, payout, LedgerKind.BANK_REJECTION, payout.net_cents, cause, now)
    write_entries(session, [replace(entry, due_on=local_day(now), note=why)])


def _given_back(session: Session, payout_id: int) -> int:
    """Return how often a payout was settled without a transfer and given back."""
    undone = sa.select(sa.func.count()).where(
        LedgerEntry.payout_id == payout_id, LedgerEntry.kind == LedgerKind.PAYOUT, LedgerEntry.amount_cents > 0
    )
    return session.scalar(undone) or 0


def _entry(actor: Actor, payout: Payout, kind: LedgerKind, cents: int, cause: str, now: dt.datetime) -> NewEntry:
    """Return an entry of the payout's seller that leads to the payout; it is not paid out by itself."""
    return NewEntry(
        payout.seller_id,
        payout.currency,
        kind,
        cents,
        cause=cause,
        at=now,
        actor_name=actor.lasting_name,
        due_on=None,
        payout_id=payout.id,
    )
