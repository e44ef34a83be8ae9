"""The timed rules as jobs: in batches, by two workers at once, after a worker was killed."""

import datetime as dt
from threading import Event

import pytest
import sqlalchemy as sa

from db.domain.jobs import JobName
from db.domain.orders import OrderStatus, PaymentState
from db.domain.time import utc_now
from db.domain.timed import TimedRule
from db.engine import transaction
from db.models import OutboxMessage
from jobs import timed
from jobs.run import Run
from jobs.table import JOBS
from jobs.timed import timed_job
from tests.db.together import together
from tests.factories import create_customer, create_order, create_seller

FOUR_DAYS = dt.timedelta(days=4)


def write_unpaid_orders(engine: sa.Engine, count: int) -> None:
    with transaction(engine) as session:
        seller, customer = create_seller(session), create_customer(session)
        for _ in range(count):
            create_order(
                session,
                seller,
                customer,
                status=OrderStatus.AWAITING_PAYMENT,
                payment_state=PaymentState.UNPAID,
                placed_at=utc_now() - FOUR_DAYS,
            )


def reminders(engine: sa.Engine) -> int:
    with transaction(engine) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) or 0


def test_every_order_is_done_whatever_the_size_of_a_batch(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed, "BATCH", 3)
    write_unpaid_orders(engine, 10)
    job = timed_job(TimedRule.PAYMENT_REMINDER)
    assert [job(Run(engine, "worker", Event())) for _ in range(2)] == [10, 0]
    assert reminders(engine) == 10


def test_two_workers_at_once_remind_each_customer_once(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed, "BATCH", 4)
    write_unpaid_orders(engine, 30)
    job = timed_job(TimedRule.PAYMENT_REMINDER)
    together(*(lambda name=name: job(Run(engine, name, Event())) for name in ("one", "two")))
    assert reminders(engine) == 30


def test_a_worker_that_is_asked_to_stop_begins_nothing_new(engine: sa.Engine) -> None:
    write_unpaid_orders(engine, 1)
    stop = Event()
    stop.set()
    assert timed_job(TimedRule.PAYMENT_REMINDER)(Run(engine, "worker", stop)) == 0


def test_every_rule_has_its_job() -> None:
    ours = {
        JobName.CONFIRM_RECEIPTS,
        JobName.REMIND_PAYMENTS,
        JobName.CANCEL_UNPAID,
        JobName.REMIND_PICKUPS,
        JobName.REMIND_SELLERS,
    }
    assert ours <= {job.name for job in JOBS}
    assert len(ours) == len(TimedRule)
