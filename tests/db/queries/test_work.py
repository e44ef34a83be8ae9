import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.jobs import Every, JobName
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.permissions import Role
from db.domain.tasks import TaskKind, TaskState
from db.domain.viewer import Viewer
from db.models import OutboxMessage, Task
from db.queries.work import (
    MailWaiting,
    WorkHealth,
    job_rows,
    last_tasks,
    mail_waiting,
    tasks_under_way,
    work_health,
    workers_alive,
)
from db.services.work import Outcome, record_run, worker_left, worker_seen
from tests.conftest import NOW
from tests.factories import create_person

MINUTE = dt.timedelta(minutes=1)
FINANCE = Viewer(1, "Ada", "ada@example.org", Role.FINANCE)
SELLER = Viewer(2, "Zoé", "zoe@example.org", Role.SELLER, seller_id=1)


def add_mail(session: Session, number: int, state: OutboxState, due_at: dt.datetime) -> None:
    session.add(
        OutboxMessage(
            event=f"test:{number}",
            template=EmailTemplate.MESSAGE,
            recipient_kind=RecipientKind.CUSTOMER,
            recipient="a@example.org",
            state=state,
            due_at=due_at,
        )
    )


def add_task(session: Session, title: str, state: TaskState, **columns: object) -> int:
    task = Task(kind=TaskKind.MOVE, title=title, state=state, person_id=create_person(session).id, **columns)
    session.add(task)
    session.flush()
    return task.id


def test_nothing_ever_seen_and_nothing_waiting(session: Session) -> None:
    assert work_health(session) == WorkHealth(None, None)


def test_health_is_the_last_sign_of_a_worker_and_the_oldest_mail_that_has_not_left(session: Session) -> None:
    worker_seen(session, "one", NOW - 2 * MINUTE)
    worker_seen(session, "two", NOW - MINUTE / 2)
    add_mail(session, 1, OutboxState.SENT, NOW - 60 * MINUTE)
    add_mail(session, 2, OutboxState.QUEUED, NOW - 6 * MINUTE)
    add_mail(session, 3, OutboxState.HELD, NOW + MINUTE)
    session.flush()
    health = work_health(session)
    assert health == WorkHealth(NOW - MINUTE / 2, NOW - 6 * MINUTE)
    assert health.has_worker(NOW)
    assert health.mail_is_late(NOW)


@pytest.mark.parametrize(("silent", "works"), [(59, True), (60, False)])
def test_a_worker_that_is_silent_for_a_minute_is_gone(silent: int, works: bool) -> None:  # noqa: FBT001  a table
    assert WorkHealth(NOW - dt.timedelta(seconds=silent), None).has_worker(NOW) is works


@pytest.mark.parametrize(("waits", "is_late"), [(5, False), (5.1, True), (-1, False)])
def test_mail_is_late_after_five_minutes(waits: float, is_late: bool) -> None:  # noqa: FBT001  a table
    assert WorkHealth(NOW, NOW - waits * MINUTE).mail_is_late(NOW) is is_late


def test_mail_that_waits_is_due_or_held(session: Session) -> None:
    assert mail_waiting(session, FINANCE, NOW) == MailWaiting(due=0, held=0)
    for number, (state, due_at) in enumerate(
        [
            (OutboxState.QUEUED, NOW),
            (OutboxState.HELD, NOW - MINUTE),
            (OutboxState.HELD, NOW + MINUTE),
            (OutboxState.SENT, NOW),
        ]
    ):
        add_mail(session, number, state, due_at)
    session.flush()
    assert mail_waiting(session, FINANCE, NOW) == MailWaiting(due=2, held=1)


def test_workers_that_are_there_are_neither_stopped_nor_silent(session: Session) -> None:
    worker_seen(session, "here", NOW - MINUTE / 2)
    worker_seen(session, "silent", NOW - 2 * MINUTE)
    worker_seen(session, "stopped", NOW)
    session.flush()
    worker_left(session, "stopped", NOW)
    assert [worker.name for worker in workers_alive(session, FINANCE, NOW)] == ["here"]


def test_every_job_tells_its_last_run_and_its_last_failure(session: Session) -> None:
    for minutes, done, error in ((3, 0, "bad"), (2, 12, ""), (1, 7, "")):
        at = NOW - minutes * MINUTE
        record_run(session, Outcome("compact-sales", "w", at, at, done, error))
    record_run(session, Outcome("daily-purge", "w", NOW, NOW, 0, "worse"))
    session.flush()
    rows = {row.name: row for row in job_rows(session, FINANCE)}
    assert list(rows) == list(JobName)
    compact, purge, orders = (
        rows[name] for name in (JobName.COMPACT_SALES, JobName.DAILY_PURGE, JobName.COMPLETE_ORDERS)
    )
    assert compact.last_run
    assert compact.last_failure
    assert (compact.last_run.done, compact.last_failure.error, compact.is_failing) == (7, "bad", False)
    assert purge.is_failing
    assert (orders.last_run, orders.last_failure, orders.is_failing) == (None, None, False)


def test_where_a_commit_wakes_the_worker_the_clock_is_only_for_safety(session: Session) -> None:
    mail = next(row for row in job_rows(session, FINANCE) if row.name is JobName.DELIVER_EMAILS)
    woken = session.get_bind().dialect.name == "postgresql"
    assert (mail.is_woken, mail.schedule) == ((True, Every(60)) if woken else (False, Every(2)))


def test_tasks_under_way_come_in_their_order_and_those_that_are_over_newest_first(session: Session) -> None:
    first = add_task(session, "first", TaskState.DONE, total=4, done=3, refused=1)
    running = add_task(session, "running", TaskState.RUNNING, total=4, done=1)
    waiting = add_task(session, "waiting", TaskState.QUEUED, total=4)
    last = add_task(session, "last", TaskState.FAILED, total=4)
    assert [task.id for task in tasks_under_way(session, FINANCE)] == [running, waiting]
    assert [task.id for task in last_tasks(session, FINANCE)] == [last, first]
    assert [task.left for task in last_tasks(session, FINANCE)] == [4, 0]
    assert [task.part_done for task in tasks_under_way(session, FINANCE)] == [0.25, 0]


def test_a_seller_follows_no_work(session: Session) -> None:
    for question in (job_rows, tasks_under_way, last_tasks):
        with pytest.raises(NotAllowedError):
            question(session, SELLER)
    for question_of_now in (mail_waiting, workers_alive):
        with pytest.raises(NotAllowedError):
            question_of_now(session, SELLER, NOW)
