"""E-mails a second from the outbox to a local server that answers as SendGrid does, rendering included."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import sqlalchemy as sa

from db import schema
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.time import utc_now
from db.engine import make_engine, reading, transaction
from db.models import Order, OutboxMessage
from tests.bench.data import FOLDER, ROOT, TODAY
from tests.jobs.mail.fake_sendgrid import FakeSendGrid
from tests.postgres import ThrowAwayPostgres

GROUP = "delivery"
TARGET_PER_SECOND = 200
EMAILS = 2_000
_ORDERS = 500
_TEMPLATES = (EmailTemplate.ORDER_CONFIRMATION, EmailTemplate.PAYMENT_RECEIVED, EmailTemplate.ORDER_SHIPPED)


def report_sqlite() -> None:
    """Measure one worker on the embedded database."""
    file = FOLDER / "delivery.db"
    for path in FOLDER.glob(f"{file.name}*"):
        path.unlink()
    _report("SQLite", f"sqlite:///{file}", workers=1)


def report_postgresql(server: ThrowAwayPostgres) -> None:
    """Measure two workers on PostgreSQL."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_delivery WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_delivery")
    _report("PostgreSQL", server.url("bench_delivery"), workers=2)


def _report(title: str, url: str, *, workers: int) -> None:
    engine = make_engine(url)
    _fill(engine, url)
    seconds, accepted = _deliver(url, workers)
    with reading(engine) as session:
        sent = session.scalar(sa.select(sa.func.count()).where(OutboxMessage.state == OutboxState.SENT))
    engine.dispose()
    rate = EMAILS / seconds
    print(f"\n{title}: {GROUP}, {EMAILS:,} e-mails to a local server ({sent:,} sent, {accepted:,} taken)")  # noqa: T201  part of a command line
    print(f"{workers} worker(s)".ljust(24), f"{rate:9.0f} /s", f"target {TARGET_PER_SECOND} /s",  # noqa: T201  as above
          f"reached {rate / TARGET_PER_SECOND:.0%}")  # fmt: skip


def _fill(engine: sa.Engine, url: str) -> None:
    schema.upgrade(engine)
    command = [sys.executable, "-m", "db", "demo", "--orders", str(_ORDERS), "--today", TODAY]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    with transaction(engine) as session:
        session.execute(sa.delete(OutboxMessage))
        orders = session.execute(sa.select(Order.id, Order.customer_email, Order.customer_name).limit(_ORDERS)).all()
        session.execute(sa.insert(OutboxMessage), [_email(number, orders) for number in range(EMAILS)])
        if engine.dialect.name == "postgresql":
            session.execute(sa.text("ANALYZE"))


def _email(number: int, orders: list[sa.Row]) -> dict[str, object]:
    order = orders[number % len(orders)]
    return {
        "order_id": order.id,
        "event": f"bench:{number}",
        "template": _TEMPLATES[number % len(_TEMPLATES)],
        "recipient_kind": RecipientKind.CUSTOMER,
        "recipient": order.customer_email,
        "recipient_name": order.customer_name,
        "due_at": utc_now(),
        "created_at": utc_now(),
    }


def _deliver(url: str, workers: int) -> tuple[float, int]:
    """Return the seconds from the word to the last e-mail, and how many the server took."""
    with FakeSendGrid().serving() as fake:
        command = [sys.executable, "-m", "tests.bench.delivery_worker", fake.url]
        team = [
            subprocess.Popen(command, cwd=Path(ROOT), env=os.environ | {"DATABASE_URL": url}, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(workers)
        ]  # fmt: skip
        for worker in team:
            worker.stdout.readline()
        started = time.perf_counter()
        for worker in team:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in team:
            worker.communicate()
        return time.perf_counter() - started, sum(fake.accepted.values())
