"""Run a timed rule: find what is due, lock it, look again, do it. Twice at once or twice in a row does it once.

What is due is a query on the facts (when placed, delivered, reminded), never a list of things to do: a rule that is
switched on, a delay that is changed, a worker that slept for three days need no repair.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.timed import TimedRule, TimedValues
from db.queries.timed import timed_settings
from db.services.order_facts import load_facts
from db.services.timed import payment_reminders, pickup_reminders, receipts, seller_reminders, unpaid_cancels
from db.services.timed.letters import Candidate

#: Candidates read at once.
_PAGE = 200


@dataclass(frozen=True, slots=True)
class _Rule:
    """The three parts of a rule."""

    #: Orders that may be due, with the instant they wait since: a query that an index answers.
    candidates: Callable[[TimedValues, dt.datetime], sa.Select[int, Any]]
    #: Those of them that are, to the minute.
    due: Callable[[Session, Sequence[Candidate], TimedValues, dt.datetime], list[int]]
    #: What is then done; returns to how many.
    act: Callable[[Session, Sequence[int], TimedValues, dt.datetime], int]


_RULES: Mapping[TimedRule, _Rule] = {
    TimedRule.RECEIPT: _Rule(receipts.candidates, receipts.due, receipts.act),
    TimedRule.PAYMENT_REMINDER: _Rule(payment_reminders.candidates, payment_reminders.due, payment_reminders.act),
    TimedRule.UNPAID_CANCEL: _Rule(unpaid_cancels.candidates, unpaid_cancels.due, unpaid_cancels.act),
    TimedRule.PICKUP_REMINDER: _Rule(pickup_reminders.candidates, pickup_reminders.due, pickup_reminders.act),
    TimedRule.SELLER_REMINDER: _Rule(seller_reminders.candidates, seller_reminders.due, seller_reminders.act),
}


def due_orders(
    session: Session, rule: TimedRule, now: dt.datetime, *, limit: int, after: Candidate | None = None
) -> list[Candidate]:
    """Return the next orders that a rule concerns now, those that wait for longest first; nothing is written.

    None where the rule is switched off. ``after`` is the last one of an earlier call.
    """
    values = timed_settings(session)[rule]
    return _due(session, rule, values, now, limit=limit, after=after) if values.is_on else []


def apply_rule(session: Session, rule: TimedRule, order_ids: Sequence[int], now: dt.datetime) -> int:
    """Do what a rule does to those of the orders that are still due, in the caller's transaction; return how many."""
    values = timed_settings(session)[rule]
    locked = sorted(load_facts(session, SYSTEM, order_ids, locked=True))
    if not values.is_on or not locked:
        return 0
    still_due = _due(session, rule, values, now, limit=len(locked), among=locked)
    return _RULES[rule].act(session, sorted(each.id for each in still_due), values, now)


def count_due(session: Session, rule: TimedRule, values: TimedValues, now: dt.datetime, limit: int = 1000) -> int:
    """Return how many orders a rule would concern now with these values, up to ``limit``."""
    return len(_due(session, rule, values, now, limit=limit))


def _due(
    session: Session,
    rule: TimedRule,
    values: TimedValues,
    now: dt.datetime,
    *,
    limit: int,
    after: Candidate | None = None,
    among: Sequence[int] | None = None,
) -> list[Candidate]:
    """Return what is due, up to ``limit``; candidates that are not are passed over."""
    found: list[Candidate] = []
    each = _RULES[rule].candidates(values, now).subquery()
    # In the order of the index that answers: by any other, PostgreSQL might read all orders to find a page.
    page = sa.select(each.c.id, each.c.since).order_by(each.c.since, each.c.id).limit(_PAGE)
    if among is not None:
        page = page.where(each.c.id.in_(among))
    while len(found) < limit:
        further = page
        if after is not None:
            further = page.where(sa.tuple_(each.c.since, each.c.id) > (after.since, after.id))
        rows = [Candidate(*row) for row in session.execute(further)]
        is_due = set(_RULES[rule].due(session, rows, values, now))
        found += [row for row in rows if row.id in is_due]
        if len(rows) < _PAGE:
            break
        after = rows[-1]
    return found[:limit]
