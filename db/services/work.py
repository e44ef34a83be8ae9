"""What workers write of themselves: that they are there, what their jobs did, what they were asked to run."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.domain.tasks import ImportItemState, TaskKind
from db.domain.viewer import Viewer
from db.models import ImportItem, JobRequest, JobRun, Task, Worker
from db.services.audit import Act, note_act
from db.services.wake import wake

#: How long the runs of jobs are told.
RUNS_KEPT = dt.timedelta(days=30)
#: How long what an import was to create is kept where somebody stopped it: it is names and addresses.
UNDONE_IMPORTS_KEPT = dt.timedelta(days=30)
#: How long a worker that is gone is still told.
WORKERS_KEPT = dt.timedelta(days=1)

#: Of each index, for SQLite's statistics: milliseconds, whatever the size.
_ROWS_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a job: who ran it, when, how many things it did, and why it failed (empty: it did not)."""

    job: str
    worker: str
    started_at: dt.datetime
    finished_at: dt.datetime
    done: int = 0
    error: str = ""


def worker_seen(session: Session, name: str, now: dt.datetime) -> None:
    """Write that a worker is there, at its start and every few seconds from then on."""
    worker = session.scalars(sa.select(Worker).where(Worker.name == name)).one_or_none()
    if worker is None:  # A new one, or one that was silent for so long that it was forgotten.
        session.add(Worker(name=name, started_at=now, seen_at=now))
    else:
        worker.seen_at = now


def worker_left(session: Session, name: str, now: dt.datetime) -> None:
    """Write that a worker has ended as it was told to."""
    session.execute(sa.update(Worker).where(Worker.name == name).values(stopped_at=now))


def record_run(session: Session, outcome: Outcome) -> None:
    """Keep what a run did or why it failed; of one failure after the other, only how long it has lasted.

    A job that is due every other second and always fails would otherwise bury everything else within an hour.
    """
    if outcome.error and (same := _same_failure_before(session, outcome)):
        same.finished_at, same.worker = outcome.finished_at, outcome.worker
        return
    session.add(
        JobRun(
            job=outcome.job,
            worker=outcome.worker,
            started_at=outcome.started_at,
            finished_at=outcome.finished_at,
            done=outcome.done,
            error=outcome.error,
        )
    )
    if outcome.error:
        session.flush()
        title = JobName(outcome.job).plan.title if outcome.job in set(JobName) else outcome.job
        failed = Act(AuditArea.SYSTEM, "job_failed", "job", None, title, note=outcome.error)
        note_act(session, SYSTEM, failed, outcome.finished_at)


def is_failing(session: Session, job: str) -> bool:
    """Tell whether the last recorded run of a job failed: then even an idle one that goes well is worth a row."""
    last = _last_run(session, job)
    return last is not None and last.error != ""


def _same_failure_before(session: Session, outcome: Outcome) -> JobRun | None:
    last = _last_run(session, outcome.job)
    return last if last and last.error == outcome.error else None


def _last_run(session: Session, job: str) -> JobRun | None:
    return session.scalars(sa.select(JobRun).where(JobRun.job == job).order_by(JobRun.id.desc()).limit(1)).one_or_none()


def request_job(session: Session, viewer: Viewer, name: JobName, now: dt.datetime) -> None:
    """Have a worker run a job now; asked twice before it has begun, it runs once on the embedded database.

    Raises:
        NotAllowedError: The viewer does not follow the work.
    """
    viewer.require(Permission.FOLLOW_WORK)
    asked = Act(AuditArea.SYSTEM, "job_asked", "job", None, name.plan.title)
    note_act(session, Actor.person(viewer), asked, now)
    if session.get_bind().dialect.name == "postgresql":
        wake(session, name)
    elif session.scalar(sa.select(JobRequest.id).where(JobRequest.job == name.value)) is None:
        session.add(JobRequest(job=name.value, person_id=viewer.person_id, requested_at=now))


def take_requests(session: Session) -> list[JobName]:
    """Take the jobs that were asked for; who takes them runs them."""
    taken = session.scalars(sa.delete(JobRequest).returning(JobRequest.job)).all()
    return [JobName(name) for name in taken if name in set(JobName)]


def purge_work(session: Session, now: dt.datetime) -> None:
    """Forget what is out of date; keep SQLite's statistics true.

    That is old runs, workers that are gone, the people in imports that were stopped, what PostgreSQL's queue is done
    with.
    """
    session.execute(sa.delete(JobRun).where(JobRun.started_at < now - RUNS_KEPT))
    gone_since = sa.func.coalesce(Worker.stopped_at, Worker.seen_at)
    session.execute(sa.delete(Worker).where(gone_since < now - WORKERS_KEPT))
    over = sa.select(Task.id).where(Task.kind == TaskKind.IMPORT, Task.finished_at < now - UNDONE_IMPORTS_KEPT)
    session.execute(
        sa.update(ImportItem)
        .where(ImportItem.task_id.in_(over), ImportItem.state == ImportItemState.WAITING, ImportItem.payload != {})
        .values(payload={})
        .execution_options(synchronize_session=False)
    )
    if session.get_bind().dialect.name == "postgresql":
        # Workers delete each job of the queue as they end it; what is left was ended by hand.
        session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing')"))
    else:
        # Without figures of what has grown, it takes the index of all e-mails for the one of those that wait.
        # PostgreSQL keeps its own.
        session.execute(sa.text(f"PRAGMA analysis_limit = {_ROWS_LOOKED_AT}"))
        session.execute(sa.text("PRAGMA optimize = 0x10002"))
