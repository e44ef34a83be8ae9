"""Close a month: freeze its figures in a chain, once all of it is done."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.closing import (
    ClosingPlan,
    FiguresChangedError,
    NotClosableError,
    UnexplainedError,
    figures_hash,
    month_words,
)
from db.domain.control import Control
from db.domain.documents import FIRST_HASH
from db.domain.errors import InvalidInputError
from db.domain.months import last_day, month_of
from db.domain.permissions import Permission
from db.domain.snapshot_json import chained_hash
from db.domain.text import is_storable
from db.domain.time import local_day
from db.models import MonthClosing, Order
from db.queries.closing_figures import days_of, month_figures
from db.queries.closings import closing_blockers, last_closed
from db.queries.control_sources import AMOUNTS, control_sums
from db.services.audit import Act, note_act
from db.services.closing_lock import hold_books
from db.services.upsert import insert_for

MAX_NOTE = 500


def plan_closing(session: Session, actor: Actor, month: dt.date, now: dt.datetime) -> ClosingPlan:
    """Return what closing a month would freeze, and what is in the way; nothing is written.

    Raises:
        NotAllowedError: The actor may not close months.
    """
    actor.require(Permission.CLOSE_MONTHS)
    month = month_of(month)
    blockers = closing_blockers(session, month, local_day(now))
    figures, controls = month_figures(session, month, now), _controls(session, month)
    unexplained = sum(row["unexplained_orders"] for row in controls)
    # What goes on, as a refund of today does, is told and not promised: it changes while somebody reads.
    shown = figures_hash(figures | {"unexplained_orders": unexplained})
    return ClosingPlan(month, figures | {"controls": controls}, shown, blockers, unexplained)


def close_month(
    session: Session, actor: Actor, month: dt.date, shown_hash: str, now: dt.datetime, *, note: str = ""
) -> None:
    """Freeze a month as it was shown.

    Args:
        session: The caller's transaction.
        actor: Who closes it.
        month: A day of it.
        shown_hash: ``ClosingPlan.figures_hash`` of what they saw.
        now: The instant.
        note: Why, where something of it is unexplained.

    Raises:
        NotAllowedError: The actor may not close months.
        InvalidInputError: The note is too long, or cannot be stored.
        BooksBusyError: Others write all the time.
        NotClosableError: Something is in the way.
        FiguresChangedError: It is no longer what was shown.
        UnexplainedError: Orders differ without a reason, and no note accepts them.
    """
    note = note.strip()
    if len(note) > MAX_NOTE or not is_storable(note):
        raise InvalidInputError(f"La justification est illisible ou dépasse {MAX_NOTE} caractères. Abrégez-la.")
    actor.require(Permission.CLOSE_MONTHS)
    hold_books(session)
    plan = plan_closing(session, actor, month, now)
    if plan.blockers:
        raise NotClosableError(plan.month, plan.blockers)
    if plan.figures_hash != shown_hash:
        raise FiguresChangedError(plan.month)
    if plan.unexplained_orders and not note:
        raise UnexplainedError(plan.month, plan.unexplained_orders)
    content_hash = _freeze(session, actor, plan, note, now)
    told = {"content_hash": content_hash, "unexplained_orders": plan.unexplained_orders}
    label = month_words(plan.month)
    note_act(session, actor, Act(AuditArea.CLOSING, "month_closed", label=label, after=told, note=note), now)


def _freeze(session: Session, actor: Actor, plan: ClosingPlan, note: str, now: dt.datetime) -> str:
    """Write the closing at the end of the chain; return its hash."""
    before = session.scalar(sa.select(MonthClosing.content_hash).where(MonthClosing.month == last_closed(session)))
    # Who closed it, when and why is part of what the chain holds.
    frozen = plan.figures | {
        "closed_at": now.astimezone(dt.UTC).isoformat(),
        "closed_by": actor.lasting_name,
        "note": note,
    }
    previous, days = before or FIRST_HASH, days_of(plan.month)
    content_hash = chained_hash(previous, frozen)
    row = {
        "month": plan.month,
        "starts_at": days.since,
        "ends_at": days.until,
        "closed_at": now,
        "person_id": actor.person_id,
        "person_name": actor.lasting_name,
        "note": note,
        "figures": frozen,
        "previous_hash": previous,
        "content_hash": content_hash,
    }
    written = insert_for(session, MonthClosing).values(row).on_conflict_do_nothing().returning(MonthClosing.month)
    if session.scalar(written) is None:  # Somebody else has just closed it.
        raise NotClosableError(plan.month, ["Il est déjà clos."])
    return content_hash


def _controls(session: Session, month: dt.date) -> list[dict[str, Any]]:
    """Return what the books say of the month's orders as of now, by seller: told, not compared, for it goes on."""
    days = control_sums([Order.placed_on.between(month, last_day(month))]).subquery()
    key = (days.c.currency, days.c.seller_id)
    names = ("orders", *AMOUNTS, "differing_orders", "unexplained_orders")
    sums = (sa.cast(sa.func.sum(days.c[name]), sa.BigInteger).label(name) for name in names)
    rows = session.execute(sa.select(*key, *sums).group_by(*key).order_by(*key))
    return [row._asdict() for row in rows]


def control_of(figures: dict[str, Any], currency: str) -> Control:
    """Return what the books said of a month's orders when it was frozen."""
    found = Control()
    for row in figures["controls"]:
        if row["currency"] == currency:
            found += Control(**{name: value for name, value in row.items() if name not in {"currency", "seller_id"}})
    return found
