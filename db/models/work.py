"""Work that goes on behind the screens: tasks people wait for, runs of jobs, and the workers that do both."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.tasks import ImportItemState, TaskItemState, TaskKind, TaskState
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of, sql_list

_IS_UNDER_WAY = f"state IN ({sql_list([TaskState.QUEUED, TaskState.RUNNING])})"
_HAS_FAILED = sa.text("error <> ''")


class Task(Base):
    """One bulk action on a frozen list of orders, with what became of it.

    Who works on it holds the lock of its row, for some hundred orders at a time: there is no other claim.
    """

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(EnumText(TaskKind))
    #: What it does, in words: « Mettre en préparation ».
    title: Mapped[str]
    #: What was asked, as the service of the kind reads it.
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    state: Mapped[TaskState] = mapped_column(EnumText(TaskState), server_default=TaskState.QUEUED.value)
    #: The orders that the dry run let through; those it refused are items, too, but no work.
    total: Mapped[int] = mapped_column(server_default="0")
    refused_before: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
    #: When somebody asked to take it back; the task that does so names it in ``undoes_id``.
    undone_at: Mapped[dt.datetime | None]
    #: The task that this one takes back; a task is taken back once.
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id", ondelete="CASCADE"), unique=True)
    error: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("state", TaskState),
        *not_negative("total", "refused_before", "done", "refused"),
        sa.CheckConstraint("done + refused <= total", name="not_more_than_all"),
        sa.Index(
            "ix_tasks_under_way", "id", sqlite_where=sa.text(_IS_UNDER_WAY), postgresql_where=sa.text(_IS_UNDER_WAY)
        ),
        sa.Index("ix_tasks_person", "person_id", "id"),
    )


class TaskItem(Base):
    """One order of a task, in its place; written once, then moved from « to do » to what became of it."""

    __tablename__ = "task_items"

    task_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    #: The order's version that the dry run showed: an order changed since is refused, not guessed.
    version: Mapped[int]
    state: Mapped[TaskItemState] = mapped_column(EnumText(TaskItemState), server_default=TaskItemState.WAITING.value)
    reason: Mapped[str] = mapped_column(server_default="")
    #: The history row that the order got: what an undo takes back.
    history_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_history.id", ondelete="SET NULL"))

    __table_args__ = (
        one_of("state", TaskItemState),
        sa.UniqueConstraint("task_id", "order_id"),
        sa.Index("ix_task_items_order", "order_id"),
        sa.Index("ix_task_items_history", "history_id"),
        sa.Index("ix_task_items_state", "task_id", "state", "position"),
    )


class ImportItem(Base):
    """One order of a file that a task imports, as it was read, and what became of it."""

    __tablename__ = "import_items"

    task_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The order's number or id in the file.
    reference: Mapped[str] = mapped_column(server_default="")
    #: Where it stands in the file, in words: « lignes 12 à 14 ».
    place: Mapped[str] = mapped_column(server_default="")
    #: The order as it will be created (``db/domain/incoming``); empty where it cannot be read, and once it is settled.
    payload: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    state: Mapped[ImportItemState] = mapped_column(
        EnumText(ImportItemState), server_default=ImportItemState.WAITING.value
    )
    #: Why it was refused.
    reason: Mapped[str] = mapped_column(server_default="")
    #: What was stored otherwise than the file says it, one sentence a line.
    corrections: Mapped[str] = mapped_column(server_default="")
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        one_of("state", ImportItemState),
        sa.Index("ix_import_items_state", "task_id", "state", "position"),
    )


class JobRun(Base):
    """One run of a job that did something, failed, or ended a failure; other idle runs leave no row."""

    __tablename__ = "job_runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job: Mapped[str]
    worker: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime]
    done: Mapped[int] = mapped_column(server_default="0")
    #: Empty where all went well.
    error: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        *not_negative("done"),
        sa.Index("ix_job_runs_job", "job", "id"),
        sa.Index("ix_job_runs_failed", "job", "id", sqlite_where=_HAS_FAILED, postgresql_where=_HAS_FAILED),
        sa.Index("ix_job_runs_started_at", "started_at"),
    )


class Worker(Base):
    """One worker process and when it was last heard of."""

    __tablename__ = "workers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: host:pid:start, unique among machines.
    name: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    seen_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    stopped_at: Mapped[dt.datetime | None]


class JobRequest(Base):
    """Somebody asked for a job to run now (« réessayer »); the worker takes it and deletes the row."""

    __tablename__ = "job_requests"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    requested_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
