"""One bulk action and what became of its orders."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.bulk import BulkAction, from_arguments
from db.domain.mail import Channel, OutboxState
from db.domain.permissions import Permission
from db.domain.tasks import NOT_UNDOABLE_KINDS, TaskItemState, TaskKind, TaskNotFoundError, TaskState
from db.domain.undo import DEFAULT_UNDO_WINDOW
from db.domain.viewer import Viewer
from db.models import Marketplace, Order, OutboxMessage, Task, TaskItem
from db.queries.plans import not_indexed

#: Of the orders refused for one reason, those whose numbers a screen shows; an export has them all.
NUMBERS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class TaskDetail:
    """A bulk action: what was asked, how far it is, how it ended, and until when it can be taken back."""

    id: int
    kind: TaskKind
    action: BulkAction
    title: str
    state: TaskState
    total: int
    done: int
    refused: int
    #: By the dry run; none of the others counts these.
    refused_before: int
    person_id: int
    person_name: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    undone_at: dt.datetime | None
    #: The task that takes this one back.
    undone_by_id: int | None
    #: The kind of the task that this one takes back.
    undoes: TaskKind | None
    undo_window: dt.timedelta
    error: str

    @property
    def settled(self) -> int:
        """Return about how many of its orders something was decided."""
        return self.done + self.refused

    @property
    def left(self) -> int:
        """Return about how many of its orders nothing was decided."""
        return self.total - self.settled

    @property
    def part_settled(self) -> float:
        """Return how far it is, from 0 to 1."""
        return self.settled / self.total if self.total else 1.0

    @property
    def undoable_until(self) -> dt.datetime | None:
        """Return until when it can be taken back; None where there is nothing to take back."""
        if self.kind in NOT_UNDOABLE_KINDS or self.finished_at is None or not self.done or self.undone_at:
            return None
        return self.finished_at + self.undo_window

    def may_be_undone_by(self, viewer: Viewer) -> bool:
        """Tell whether it is this person's to stop and to take back."""
        return self.person_id == viewer.person_id or viewer.may(Permission.REPAIR_ORDERS)

    def time_left(self, now: dt.datetime) -> dt.timedelta | None:
        """Return how long it will take still, at the pace it had so far; None where there is no telling."""
        if self.state is not TaskState.RUNNING or self.started_at is None or not self.settled:
            return None
        return (now - self.started_at) * self.left / self.settled


@dataclass(frozen=True, slots=True)
class RefusedOrders:
    """The orders that were refused for one reason: how many, and the first of their numbers."""

    reason: str
    orders: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """What became of one order."""

    number: str
    state: TaskItemState
    reason: str


def task_detail(session: Session, viewer: Viewer, task_id: int) -> TaskDetail:
    """Return a bulk action.

    Raises:
        TaskNotFoundError: There is no such task for this person.
    """
    task = session.get(Task, task_id)
    if task is None or not (task.person_id == viewer.person_id or viewer.may(Permission.FOLLOW_WORK)):
        raise TaskNotFoundError(task_id)
    seconds = session.scalar(sa.select(Marketplace.undo_window_s))
    return TaskDetail(
        id=task.id,
        kind=task.kind,
        action=from_arguments(task.kind, task.arguments),
        title=task.title,
        state=task.state,
        total=task.total,
        done=task.done,
        refused=task.refused,
        refused_before=task.refused_before,
        person_id=task.person_id,
        person_name=task.person_name,
        created_at=task.created_at,
        started_at=task.started_at,
        finished_at=task.finished_at,
        undone_at=task.undone_at,
        undone_by_id=session.scalar(sa.select(Task.id).where(Task.undoes_id == task.id)),
        undoes=session.scalar(sa.select(Task.kind).where(Task.id == task.undoes_id)) if task.undoes_id else None,
        undo_window=DEFAULT_UNDO_WINDOW if seconds is None else dt.timedelta(seconds=seconds),
        error=task.error,
    )


def refused_orders(session: Session, task_id: int) -> list[RefusedOrders]:
    """Return the orders that were refused, by the dry run or later, by reason, the most frequent reason first."""
    ranked = (
        sa.select(
            TaskItem.reason,
            TaskItem.order_id,
            sa.func.count().over(partition_by=TaskItem.reason).label("orders"),
            sa.func.row_number().over(partition_by=TaskItem.reason, order_by=TaskItem.position).label("place"),
        )
        .where(TaskItem.task_id == task_id, TaskItem.state == TaskItemState.REFUSED)
        .subquery()
    )
    first = session.execute(
        sa.select(ranked.c.reason, ranked.c.orders, Order.number)
        .join(Order, Order.id == ranked.c.order_id)
        .where(ranked.c.place <= NUMBERS_SHOWN)
        .order_by(ranked.c.orders.desc(), ranked.c.reason, ranked.c.place)
    )
    return [
        RefusedOrders(reason, orders, tuple(row.number for row in rows))
        for (reason, orders), rows in groupby(first, key=lambda row: (row.reason, row.orders))
    ]


def mails_of_task(session: Session, task_id: int, channel: Channel = Channel.EMAIL) -> dict[OutboxState, int]:
    """Return how many e-mails, or SMS, a task has caused, by state."""
    states = session.execute(
        sa.select(OutboxMessage.state, sa.func.count().label("mails"))
        .where(OutboxMessage.task_id == task_id, not_indexed(OutboxMessage.channel == channel))
        .group_by(OutboxMessage.state)
    )
    return {row.state: row.mails for row in states}


def task_lines(session: Session, task_id: int) -> Iterator[TaskLine]:
    """Yield what became of each order of a task, in their order."""
    lines = session.execute(
        sa.select(Order.number, TaskItem.state, TaskItem.reason)
        .join(Order, Order.id == TaskItem.order_id)
        .where(TaskItem.task_id == task_id)
        .order_by(TaskItem.position)
    )
    return (TaskLine(*line) for line in lines)
