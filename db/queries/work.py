"""How the work behind the screens is going: workers, jobs, e-mails that wait, tasks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.jobs import MAIL_LATE_AFTER, WORKER_GONE_AFTER, JobName, Schedule
from db.domain.mail import WAITING_STATES
from db.domain.permissions import Permission
from db.domain.tasks import TaskKind, TaskState
from db.domain.viewer import Viewer
from db.models import JobRequest, JobRun, OutboxMessage, Task, Worker
from db.models.base import sql_list

# By their very words: SQLite recognises a partial index by its condition, and a bound value hides it.
_WAITS = sa.text(f"outbox.state IN ({sql_list(WAITING_STATES)})")
_IS_UNDER_WAY = sa.text(f"tasks.state IN ({sql_list([TaskState.QUEUED, TaskState.RUNNING])})")
_HAS_FAILED = sa.text("job_runs.error <> ''")


# In the order of TaskRow's fields.
_TASK: tuple[Any, ...] = (
    Task.id,
    Task.kind,
    Task.title,
    Task.state,
    Task.total,
    Task.done,
    Task.refused,
    Task.person_name,
    Task.created_at,
    Task.started_at,
    Task.finished_at,
    Task.undone_at,
    Task.error,
)


@dataclass(frozen=True, slots=True)
class WorkHealth:
    """What everybody should be told of, if it is bad."""

    worker_seen_at: dt.datetime | None
    #: When the oldest e-mail that has not left should have; None where none is due.
    mail_due_since: dt.datetime | None

    def has_worker(self, now: dt.datetime) -> bool:
        """Tell whether a worker was heard of lately."""
        return self.worker_seen_at is not None and now - self.worker_seen_at < WORKER_GONE_AFTER

    def mail_is_late(self, now: dt.datetime) -> bool:
        """Tell whether e-mails have waited for more than a few minutes."""
        return self.mail_due_since is not None and now - self.mail_due_since > MAIL_LATE_AFTER


@dataclass(frozen=True, slots=True)
class MailWaiting:
    """The e-mails that have not left: those that could have by now, and those held until their undo has lapsed."""

    due: int
    held: int


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker that was heard of lately."""

    name: str
    started_at: dt.datetime
    seen_at: dt.datetime


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run that did something or failed; failures in a row are one, from the first to the last."""

    started_at: dt.datetime
    finished_at: dt.datetime
    done: int
    error: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job, when it is due, and what became of its last runs."""

    name: JobName
    schedule: Schedule
    #: What causes it also wakes it: the schedule is only for safety.
    is_woken: bool
    last_run: RunRow | None
    last_failure: RunRow | None
    is_requested: bool

    @property
    def is_failing(self) -> bool:
        """Tell whether its newest run failed."""
        return self.last_failure is not None and self.last_run == self.last_failure


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A bulk action, how far it is and how it ended."""

    id: int
    kind: TaskKind
    title: str
    state: TaskState
    total: int
    done: int
    refused: int
    person_name: str
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    undone_at: dt.datetime | None
    error: str

    @property
    def left(self) -> int:
        """Return how many of its orders nothing was decided about."""
        return self.total - self.done - self.refused

    @property
    def part_done(self) -> float:
        """Return how far it is, from 0 to 1."""
        return 1 - self.left / self.total if self.total else 1.0


def work_health(session: Session) -> WorkHealth:
    """Return what the banner says; two look-ups in indexes, whatever the size of the outbox."""
    # One that was told to stop counts for a while, too: a worker that is started again is no news.
    seen = sa.select(sa.func.max(Worker.seen_at)).scalar_subquery()
    due = sa.select(sa.func.min(OutboxMessage.due_at)).where(_WAITS).scalar_subquery()
    row = session.execute(sa.select(seen, due)).one()
    return WorkHealth(*row)


def mail_waiting(session: Session, viewer: Viewer, now: dt.datetime) -> MailWaiting:
    """Return how many e-mails wait to leave."""
    viewer.require(Permission.FOLLOW_WORK)
    due = sa.func.coalesce(sa.func.sum(sa.case((OutboxMessage.due_at <= now, 1), else_=0)), 0)
    row = session.execute(sa.select(sa.func.count(), due).select_from(OutboxMessage).where(_WAITS)).one()
    return MailWaiting(due=row[1], held=row[0] - row[1])


def workers_alive(session: Session, viewer: Viewer, now: dt.datetime) -> list[WorkerRow]:
    """Return the workers that were heard of lately, the oldest first."""
    viewer.require(Permission.FOLLOW_WORK)
    rows = session.execute(
        sa.select(Worker.name, Worker.started_at, Worker.seen_at)
        .where(Worker.stopped_at.is_(None), Worker.seen_at > now - WORKER_GONE_AFTER)
        .order_by(Worker.id)
    )
    return [WorkerRow(*row) for row in rows]


def job_rows(session: Session, viewer: Viewer) -> list[JobRow]:
    """Return every job with its last run and its last failure of the time that runs are kept."""
    viewer.require(Permission.FOLLOW_WORK)
    can_wake = session.get_bind().dialect.name == "postgresql"
    requested = set(session.scalars(sa.select(JobRequest.job)))
    return [
        JobRow(
            name=name,
            schedule=name.plan.schedule_where(can_wake=can_wake),
            is_woken=name.plan.is_woken and can_wake,
            last_run=_last_run(session, name),
            last_failure=_last_run(session, name, _HAS_FAILED),
            is_requested=name.value in requested,
        )
        for name in JobName
    ]


def _last_run(session: Session, name: JobName, *conditions: sa.TextClause) -> RunRow | None:
    row = session.execute(
        sa.select(JobRun.started_at, JobRun.finished_at, JobRun.done, JobRun.error)
        .where(JobRun.job == name.value, *conditions)
        .order_by(JobRun.id.desc())
        .limit(1)
    ).one_or_none()
    return RunRow(*row) if row else None


def tasks_under_way(session: Session, viewer: Viewer) -> list[TaskRow]:
    """Return the tasks that run or wait, the oldest first."""
    viewer.require(Permission.FOLLOW_WORK)
    return [TaskRow(*row) for row in session.execute(sa.select(*_TASK).where(_IS_UNDER_WAY).order_by(Task.id))]


def last_tasks(session: Session, viewer: Viewer, limit: int = 20) -> list[TaskRow]:
    """Return the newest tasks that are over, newest first."""
    viewer.require(Permission.FOLLOW_WORK)
    newest = session.execute(sa.select(*_TASK).order_by(Task.id.desc()).limit(limit))
    return [task for task in (TaskRow(*row) for row in newest) if task.state.is_over]
