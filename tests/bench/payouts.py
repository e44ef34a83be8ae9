"""The run that gathers what is due to sellers: a million paid orders, all due on the same day."""

import resource
import time
from threading import Event

import numpy as np
import psycopg
import sqlalchemy as sa

from db import schema
from db.domain.actor import SYSTEM
from db.domain.business_days import HolidayZone, add_business_days_to_all
from db.domain.time import local_day, utc_now
from db.engine import make_engine, reading, transaction
from db.models import LedgerEntry, Payout, PayoutEntry, Seller
from db.services.payouts.runs import begin_run
from jobs.payouts.prepare import prepare_payouts
from jobs.run import Run
from tests.bench.data import FOLDER
from tests.factories import IBAN
from tests.postgres import ThrowAwayPostgres

GROUP = "payouts"
ORDERS = 1_000_000
_SELLERS = 2_000
#: Seconds.
_TARGET = 20
#: 31.90 € less 2.9 %.
_SALE, _FEE = 31_90, -93


def report_sqlite() -> None:
    """Measure it on the embedded database."""
    file = FOLDER / "payouts.db"
    for path in FOLDER.glob(f"{file.name}*"):
        path.unlink()
    _report_days()
    _report("SQLite", f"sqlite:///{file}")


def report_postgresql(server: ThrowAwayPostgres) -> None:
    """Measure it on PostgreSQL."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench_payouts WITH (FORCE)")
        connection.execute("CREATE DATABASE bench_payouts")
    _report("PostgreSQL", server.url("bench_payouts"))


def _report_days() -> None:
    days = np.datetime64("2024-01-01") + np.arange(ORDERS) % 900
    started = time.perf_counter()
    add_business_days_to_all(days, 10, HolidayZone.METROPOLE)
    print(f"\nthe due days of {ORDERS:,} orders: {(time.perf_counter() - started) * 1000:.0f} ms")  # noqa: T201  part of a command line


def _report(title: str, url: str) -> None:
    engine = make_engine(url)
    _fill(engine)
    with transaction(engine) as session:
        begin_run(session, SYSTEM, utc_now())
    before, started = _memory_mb(), time.perf_counter()
    prepare_payouts(Run(engine, "bench", Event()))
    seconds = time.perf_counter() - started
    with reading(engine) as session:
        payouts, cents = session.execute(sa.select(sa.func.count(), sa.func.sum(Payout.net_cents))).one()
        waiting = session.scalar(sa.select(sa.exists().where(PayoutEntry.payout_id.is_(None))))
    engine.dispose()
    is_whole = cents == ORDERS * (_SALE + _FEE) and not waiting
    print(f"\n{title}: {GROUP}, {ORDERS:,} orders of {_SELLERS:,} sellers due at once")  # noqa: T201  part of a command line
    used = f"{seconds:9.1f} s  target {_TARGET} s  used {seconds / _TARGET:.0%}  memory +{_memory_mb() - before:.0f} MB"
    print("run".ljust(24), used, f" {payouts:,} payouts, to the cent: {'yes' if is_whole else 'NO'}")  # noqa: T201  as above


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(engine: sa.Engine) -> None:
    schema.upgrade(engine)
    today = local_day(utc_now())
    with transaction(engine) as session:
        session.execute(
            sa.insert(Seller), [{"code": f"B{n}", "name": f"Vendeur {n}", "iban": IBAN} for n in range(1, _SELLERS + 1)]
        )
        values = {"orders": ORDERS, "sellers": _SELLERS, "sale": _SALE, "fee": _FEE}
        for sql in _FILLED:
            session.execute(sa.text(sql), {name: values[name] for name in sa.text(sql).compile().params})
        due = sa.select(
            *(getattr(LedgerEntry, name) for name in ("id", "seller_id", "currency", "kind", "amount_cents")),
            sa.literal(today, sa.Date()),
        )
        columns = ["entry_id", "seller_id", "currency", "kind", "amount_cents", "due_on"]
        session.execute(sa.insert(PayoutEntry).from_select(columns, due))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


_SERIES = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :orders) "
_ENTRIES = "INSERT INTO ledger_entries (seller_id, currency, kind, amount_cents, cause, order_id) "
_FILLED = (
    f"INSERT INTO orders (seller_id) {_SERIES} SELECT 1 + i % :sellers FROM n",
    f"{_ENTRIES} SELECT seller_id, 'EUR', 'sale', :sale, 'sale/' || id, id FROM orders",
    f"{_ENTRIES} SELECT seller_id, 'EUR', 'fee', :fee, 'fee/' || id, id FROM orders",
)
