"""The orders of a task: written in bulk when it starts, taken some at a time, settled with what became of each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.tasks import TaskItemState
from db.models import Order, TaskItem
from db.services.moves import Moved, Refused
from db.services.undo import NotUndoableError, take_back


@dataclass(frozen=True, slots=True)
class Item:
    """One order that a task still has to do."""

    position: int
    order_id: int
    version: int


def write_items(session: Session, task_id: int, versions: Mapping[int, int], refused: Sequence[Refused]) -> int:
    """Write the orders that go and, as settled, those that the dry run has refused; return how many of these.

    An order that does not exist has no place in a task.
    """
    going = [
        {"order_id": order_id, "version": version, "state": TaskItemState.WAITING, "reason": ""}
        for order_id, version in versions.items()
    ]
    known = [
        {"order_id": each.order_id, "version": 0, "state": TaskItemState.REFUSED, "reason": each.reason}
        for each in refused
        if each.number
    ]
    rows = [row | {"task_id": task_id, "position": place} for place, row in enumerate(going + known, start=1)]
    session.connection().execute(sa.insert(TaskItem), rows)
    return len(known)


def write_items_to_undo(session: Session, task_id: int, undone_id: int) -> int:
    """Write what another task has done as the orders of this one, which takes it back; return how many."""
    done = sa.select(sa.literal(task_id), TaskItem.position, TaskItem.order_id, TaskItem.version).where(
        TaskItem.task_id == undone_id, TaskItem.state == TaskItemState.DONE, TaskItem.history_id.is_not(None)
    )
    columns = [TaskItem.task_id, TaskItem.position, TaskItem.order_id, TaskItem.version]
    inserted = sa.insert(TaskItem).from_select(columns, done).execution_options(preserve_rowcount=True)
    return session.connection().execute(inserted).rowcount


def next_items(session: Session, task_id: int, limit: int) -> list[Item]:
    """Return the next orders to do; the task's row is locked by the caller, so that nobody else takes them."""
    todo = (
        sa.select(TaskItem.position, TaskItem.order_id, TaskItem.version)
        .where(TaskItem.task_id == task_id, TaskItem.state == TaskItemState.WAITING)
        .order_by(TaskItem.position)
        .limit(limit)
    )
    return [Item(*row) for row in session.execute(todo)]


def settle_items(session: Session, task_id: int, items: Sequence[Item], outcome: Moved) -> None:
    """Write what became of each order, in the transaction that did it: neither is ever there without the other."""
    reasons = {each.order_id: each.reason for each in outcome.refused}
    settled = (
        sa.update(TaskItem)
        .where(TaskItem.task_id == task_id, TaskItem.position == sa.bindparam("at"))
        .values(
            state=sa.bindparam("new_state"), reason=sa.bindparam("new_reason"), history_id=sa.bindparam("new_history")
        )
    )
    rows = [
        {
            "at": item.position,
            "new_state": TaskItemState.DONE if item.order_id in outcome.history_ids else TaskItemState.REFUSED,
            "new_reason": reasons.get(item.order_id, ""),
            "new_history": outcome.history_ids.get(item.order_id),
        }
        for item in items
    ]
    session.connection().execute(settled, rows)


def refuse_the_rest(session: Session, task_id: int, reason: str) -> int:
    """Refuse every order that is still to do; return how many that were."""
    rest = sa.update(TaskItem).where(TaskItem.task_id == task_id, TaskItem.state == TaskItemState.WAITING)
    return session.connection().execute(rest.values(state=TaskItemState.REFUSED, reason=reason)).rowcount


def undo_items(session: Session, actor: Actor, order_ids: Sequence[int], task_id: int, now: dt.datetime) -> Moved:
    """Take back what a task did to some orders; return order id → history row of the undo, and the refusals."""
    found = session.execute(
        sa.select(TaskItem.order_id, TaskItem.history_id, Order.number)
        .join(Order, Order.id == TaskItem.order_id)
        .where(TaskItem.task_id == task_id, TaskItem.order_id.in_(order_ids))
        .order_by(TaskItem.order_id)
    )
    rows = found.all()
    places = {row.history_id: row for row in rows if row.history_id is not None}
    undone, errors = take_back(session, actor, list(places), now)
    lost = NotUndoableError("L’historique de cette action a été effacé : elle ne peut plus être annulée.")
    refused = [Refused(places[key].order_id, places[key].number, error) for key, error in errors.items()]
    refused += [Refused(row.order_id, row.number, lost) for row in rows if row.history_id is None]
    history_ids = {places[key].order_id: each.history_id for key, each in undone.items()}
    session.execute(
        sa.update(TaskItem)
        .where(TaskItem.task_id == task_id, TaskItem.order_id.in_(history_ids))
        .values(state=TaskItemState.UNDONE)
        .execution_options(synchronize_session=False)
    )
    return Moved(history_ids, tuple(refused))
