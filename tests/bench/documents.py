"""Invoices: issued, made into Factur-X PDF/A-3B, printed in number; and Finances › Factures among a million of them."""

import datetime as dt
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db import schema
from db.bulk import BulkLoad, bulk_load
from db.domain.actor import SYSTEM, Actor
from db.domain.document_filter import DocumentFilter, DocumentStatus
from db.domain.documents import FIRST_HASH, DocumentKind
from db.domain.files import FileKind, FileState
from db.domain.orders import OrderStatus
from db.domain.papers import Chosen, Paper, Wanted
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import make_engine, reading, transaction
from db.models import Document, DocumentSeries, DocumentVat, Order, StoredFile
from db.queries.document_totals import document_totals
from db.queries.documents import document_page
from db.services.documents.due import Owed, owe
from db.services.papers import ask_for_papers
from jobs.documents.issue import issue_documents
from jobs.run import Run
from tests.bench.data import FOLDER, ROOT, TODAY
from tests.bench.operations import SELLER, STAFF
from tests.factories import create_person, viewer_for
from tests.postgres import ThrowAwayPostgres

GROUP = "documents"
MADE = 200
PRINTED = (1_000, 10_000)
LISTED = 1_000_000
_ORDERS = 12_000
_DAY = dt.date.fromisoformat(TODAY)
_REPEATS = 5
_MIB = 1024


def report_sqlite() -> None:
    """Measure on the embedded database."""
    for name in ("documents", "listed"):
        for path in FOLDER.glob(f"{name}.db*"):
            path.unlink()
    _report("SQLite", *(f"sqlite:///{FOLDER / name}.db" for name in ("documents", "listed")))


def report_postgresql(server: ThrowAwayPostgres) -> None:
    """Measure on PostgreSQL."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for name in ("bench_documents", "bench_listed"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name}".encode())
    _report("PostgreSQL", server.url("bench_documents"), server.url("bench_listed"))


def _report(title: str, url: str, listed_url: str) -> None:
    print(f"\n{title}: {GROUP}")  # noqa: T201  part of a command line
    with TemporaryDirectory() as files:
        for line in _production(url, files):
            print(line)  # noqa: T201  as above
    for line in _listing(listed_url):
        print(line)  # noqa: T201  as above


# --- Issue, make, print ----------------------------------------------------------------------------------------------


def _production(url: str, files: str) -> Iterator[str]:
    engine = _filled(url, _ORDERS)
    environment = os.environ | {"DATABASE_URL": url, "FILES_URL": Path(files).as_uri()}
    with transaction(engine) as session:
        # The demo leaves its older sales to the invoices of an earlier programme.
        session.execute(sa.update(Order).where(Order.invoice_number.like("FA%")).values(invoice_number=None))
        paid = (Order.status.not_in([OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED, OrderStatus.ERROR]),)
        wanted = sa.select(Order.id).where(*paid, Order.invoice_number.is_(None), Order.total_cents > 0)
        ids = session.scalars(wanted.order_by(Order.id).limit(max(PRINTED))).all()
        owe(session, SYSTEM, [Owed(order_id, DocumentKind.INVOICE) for order_id in ids], utc_now())
        asker = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    began = time.perf_counter()
    issued = issue_documents(Run(engine, "bench", Event()))
    took = time.perf_counter() - began
    yield f"issued: {issued:,} invoices, each a transaction".ljust(56) + f"{took * 1000 / issued:7.1f} ms each"
    yield _made(engine, environment)
    for count in PRINTED:
        yield _printed(engine, environment, asker, ids[:count])
    engine.dispose()


def _made(engine: sa.Engine, environment: dict[str, str]) -> str:
    """Have a worker's process make some files of documents; the others wait."""
    with transaction(engine) as session:
        first = session.scalars(sa.select(StoredFile.id).order_by(StoredFile.id).limit(MADE)).all()
        others = sa.update(StoredFile).where(StoredFile.id > first[-1])
        session.execute(others.values(claimed_until=utc_now() + dt.timedelta(days=1)))
    took, memory = _once("make-documents", environment)
    with reading(engine) as session:
        done = [StoredFile.kind == FileKind.DOCUMENT, StoredFile.state == FileState.READY]
        made = session.scalar(sa.select(sa.func.count()).where(*done)) or 0
        flagged = session.scalar(sa.select(sa.func.count()).where(*done, StoredFile.is_flagged)) or 0
    said = f"{took * 1000 / made:7.1f} ms each, {memory} MB; {flagged} with faults" if made else "none"
    return f"made: {made} Factur-X files, with a process's start".ljust(56) + said


def _printed(engine: sa.Engine, environment: dict[str, str], asker: Actor, order_ids: list[int]) -> str:
    wanted = Wanted(Paper.INVOICES, Chosen(tuple(order_ids)))
    with transaction(engine) as session:
        file_id = ask_for_papers(session, asker, wanted, utc_now())
    took, memory = _once("make-large-files", environment)
    with reading(engine) as session:
        file = session.get_one(StoredFile, file_id)
        said = f"{took:7.1f} s, {memory} MB, {file.size_bytes / 1e6:.1f} MB of PDF, {file.state}"
    return f"printed: {len(order_ids):,} invoices in one PDF".ljust(56) + said


def _once(job: str, environment: dict[str, str]) -> tuple[float, int]:
    """Run a job in a process of its own; return the seconds it took and the most memory it used, in MB."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "jobs", "once", job], cwd=ROOT, env=environment)
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - began, _megabytes(used)


def _megabytes(used: resource.struct_rusage) -> int:
    return used.ru_maxrss // _MIB


# --- Finances › Factures ---------------------------------------------------------------------------------------------

_MONTH = DocumentFilter(first_day=_DAY.replace(day=1), last_day=_DAY)
_FILTERS: dict[str, DocumentFilter] = {
    "this month": _MONTH,
    "all": DocumentFilter(),
    "credit notes": DocumentFilter(kind=DocumentKind.CREDIT_NOTE),
    "a seller": DocumentFilter(seller_id=3),
    "a year": DocumentFilter(first_day=dt.date(2025, 1, 1), last_day=dt.date(2025, 12, 31)),
    "an amount": DocumentFilter(min_cents=31_90, max_cents=31_95),
    "a number": DocumentFilter(number="F2025-"),
    "a customer": DocumentFilter(customer="martin"),
    "to settle": DocumentFilter(status=DocumentStatus.TO_SETTLE),
    "credited": DocumentFilter(status=DocumentStatus.CREDITED),
    "in trouble": DocumentFilter(status=DocumentStatus.TO_CHECK),
}


def _listing(url: str) -> Iterator[str]:
    engine = _filled(url, 10_000)
    with reading(engine) as session:
        orders = session.execute(sa.select(Order.id, Order.seller_id, Order.customer_id).order_by(Order.id)).all()
        series_id, first = (
            (session.scalar(sa.select(sa.func.max(key))) or 0) + 1 for key in (DocumentSeries.id, Document.id)
        )
    with bulk_load(engine, rebuild_indexes=True) as load:
        _write_documents(load, orders, series_id, first)
    for viewer, whose in ((STAFF, ""), (SELLER, ", for a seller")):
        for name, wanted in _FILTERS.items():
            page = _median(engine, lambda s, v=viewer, w=wanted: document_page(s, v, w))
            totals = _median(engine, lambda s, v=viewer, w=wanted: document_totals(s, v, w))
            yield f"{LISTED:,} documents, {name}{whose}".ljust(56) + f"page {page:7.1f} ms, totals {totals:7.1f} ms"
    engine.dispose()


def _median(engine: sa.Engine, ask: Callable[[Session], object]) -> float:
    times = []
    for _ in range(_REPEATS):
        with reading(engine) as session:
            began = time.perf_counter()
            ask(session)
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _filled(url: str, orders: int) -> sa.Engine:
    engine = make_engine(url)
    schema.upgrade(engine)
    command = [sys.executable, "-m", "db", "demo", "--orders", str(orders), "--today", TODAY]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    return engine


def _write_documents(load: BulkLoad, orders: Sequence[sa.Row[int, int, int]], series_id: int, first: int) -> None:
    """Write documents over three years, of the demo's orders again and again; every twentieth is a credit note."""
    series = {"id": series_id, "code": "BENCH", "kind": DocumentKind.INVOICE, "seller_id": 1, "year": 1999}
    load.insert(DocumentSeries, [series])
    for start in range(0, LISTED, 50_000):
        documents, rates, files = [], [], []
        for place in range(start, start + 50_000):
            order = orders[place * 7_919 % len(orders)]
            is_credit = place % 20 == 19
            row = _document(first + place, place, order, series_id, is_credit=is_credit)
            documents.append(row)
            shared = {name: row[name] for name in ("kind", "seller_id", "issued_on", "currency")}
            amounts = {name: row[name] for name in ("net_cents", "vat_cents", "gross_cents")}
            rates.append({"document_id": row["id"], "rate_bp": 2000} | shared | amounts)
            state = FileState.FAILED if place % 50_000 == 0 else FileState.READY
            files.append(
                {"kind": FileKind.DOCUMENT, "title": row["number"], "document_id": row["id"], "state": state}
                | {"sha256": "0" * 64, "asked_at": row["issued_at"]}
            )
        load.insert(Document, documents)
        load.insert(DocumentVat, rates)
        load.insert(StoredFile, files)


def _document(key: int, place: int, order: sa.Row[int, int, int], series: int, *, is_credit: bool) -> dict[str, object]:
    sign = -1 if is_credit else 1
    issued_at = dt.datetime.combine(_DAY, dt.time(9), dt.UTC) - dt.timedelta(
        days=(LISTED - 1 - place) * 1_095 // LISTED
    )
    gross = sign * (12_00 + place * 31 % 90_00)
    net = gross * 5 // 6
    return {
        "id": key,
        "kind": DocumentKind.CREDIT_NOTE if is_credit else DocumentKind.INVOICE,
        "series_id": series,
        "sequence": place + 1,
        "number": f"{'AV' if is_credit else 'F'}{issued_at.year}-BENCH-{place + 1:07d}",
        "order_id": order.id,
        "seller_id": order.seller_id,
        "customer_id": order.customer_id,
        "customer_name": "Bench",
        "original_id": key - 1 if is_credit else None,
        "issued_at": issued_at,
        "issued_on": issued_at.date(),
        "currency": "EUR",
        "net_cents": net,
        "vat_cents": gross - net,
        "gross_cents": gross,
        "snapshot": {},
        "previous_hash": FIRST_HASH,
        "content_hash": f"{place:064x}",
    }
