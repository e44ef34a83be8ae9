"""Large bulk actions by the worker: killed at any moment and gone on with, no order is done twice or left out."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.process import BaseProcess
from threading import Event

import pytest
import sqlalchemy as sa

from db.domain.actor import Actor
from db.domain.mail import OutboxState
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.domain.tasks import TaskItemState, TaskState
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, make_engine, reading, transaction
from db.models import Order, OrderHistory, OutboxMessage, Task, TaskItem
from db.services.bulk_actions import plan
from db.services.tasks import start_task
from jobs.run import Run
from jobs.tasks import run_tasks
from tests.factories import create_customer, create_order, create_person, create_seller, viewer_for

ORDERS = 800
KILLS = 6
#: Far more than it takes; a test that waits for so long has failed.
PATIENCE = 180.0

# A fork of a process that has imported everything starts in milliseconds, and holds no lock of ours.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def work_for_ever(database_url: str) -> None:
    run = Run(make_engine(database_url), "mortal", Event())
    while True:
        with suppress(*DATABASE_LOST):  # As the runner does: a connection that could not be had is asked for again.
            run_tasks(run)
        time.sleep(0.01)


def start_worker(database_url: str) -> BaseProcess:
    worker = _processes.Process(target=work_for_ever, args=[database_url], daemon=True)
    worker.start()
    return worker


@pytest.fixture
def task_id(engine: sa.Engine) -> int:
    """A task that puts 800 paid orders into preparation, each with an e-mail."""
    with transaction(engine) as session:
        actor = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
        seller, customer = create_seller(session), create_customer(session)
        ids = [create_order(session, seller, customer).id for _ in range(ORDERS)]
        return start_task(session, actor, plan(session, actor, ids, Move(OrderStatus.PREPARING), utc_now()), utc_now())


def progress(engine: sa.Engine, task_id: int) -> tuple[TaskState, int]:
    with reading(engine) as session:
        return tuple(session.execute(sa.select(Task.state, Task.done).where(Task.id == task_id)).one())


def check_all_is_done_once(engine: sa.Engine, task_id: int) -> None:
    with reading(engine) as session:

        def count(of: sa.SQLColumnExpression[int], *conditions: sa.ColumnElement[bool]) -> int | None:
            return session.scalar(sa.select(sa.func.count(of)).where(*conditions))

        assert count(Order.id, Order.status == OrderStatus.PREPARING, Order.version == 2) == ORDERS
        assert count(OrderHistory.id) == count(sa.distinct(OrderHistory.order_id)) == ORDERS
        assert count(OutboxMessage.id) == count(sa.distinct(OutboxMessage.order_id)) == ORDERS
        assert count(TaskItem.order_id, TaskItem.state == TaskItemState.DONE) == ORDERS
        task = session.get_one(Task, task_id)
        assert (task.state, task.done, task.refused) == (TaskState.DONE, ORDERS, 0)
        mails = sa.select(OutboxMessage.state, OutboxMessage.due_at).distinct()
        (mail,) = session.execute(mails)
        assert (mail.state, (mail.due_at - task.finished_at).total_seconds()) == (OutboxState.HELD, 60)


@pytest.fixture
def workers(database_url: str) -> Iterator[list[BaseProcess]]:
    team: list[BaseProcess] = []
    yield team
    for worker in team:
        worker.kill()
        worker.join()


def test_killed_workers_lose_and_double_nothing(
    database_url: str, engine: sa.Engine, task_id: int, workers: list[BaseProcess]
) -> None:
    draw = random.Random(4)
    workers += [start_worker(database_url), start_worker(database_url)]
    kills = 0
    end = time.monotonic() + PATIENCE
    while progress(engine, task_id)[0] is not TaskState.DONE:
        assert time.monotonic() < end, f"stuck; alive: {[worker.is_alive() for worker in workers]}"
        time.sleep(draw.uniform(0.02, 0.15))
        if kills < KILLS:
            victim = workers.pop(draw.randrange(len(workers)))
            victim.kill()
            victim.join()
            workers.append(start_worker(database_url))
            kills += 1
    assert kills > 0
    check_all_is_done_once(engine, task_id)


def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_another(engine: sa.Engine, task_id: int) -> None:
    stop = Event()
    stop.set()
    assert run_tasks(Run(engine, "stopped", stop)) == 0
    assert progress(engine, task_id) == (TaskState.QUEUED, 0)
    assert run_tasks(Run(engine, "next", Event())) == ORDERS
    check_all_is_done_once(engine, task_id)
    assert run_tasks(Run(engine, "next", Event())) == 0
