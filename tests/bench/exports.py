"""Lists that leave the house: all orders with their usual columns as CSV, each in a process of its own."""

import json
import resource
import subprocess
import sys
import time
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from db.domain.exports import ExportFormat, ExportRequest, ExportSubject
from db.domain.filter_json import filter_to_json
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.time import local_day, utc_now
from db.engine import make_engine, reading
from db.queries.exports import plan_export, usual_columns
from jobs.exports.csv_file import write_csv
from tests.bench.data import ROOT, loaded, postgres_url, sqlite_url
from tests.bench.operations import STAFF
from tests.postgres import ThrowAwayPostgres

GROUP = "exports"
EXPORTED = (100_000, 1_000_000)
_MIB = 1024
_COLUMNS = usual_columns(ExportSubject.ORDERS)
_REQUEST = ExportRequest(
    ExportSubject.ORDERS, filter_to_json(OrderFilter(statuses=ALL_STATUSES)), _COLUMNS, ExportFormat.CSV
)


def report_sqlite() -> None:
    """Measure on the embedded database."""
    _report("SQLite", {size: sqlite_url(size) for size in EXPORTED})


def report_postgresql(server: ThrowAwayPostgres) -> None:
    """Measure on PostgreSQL."""
    _report("PostgreSQL", {size: postgres_url(server, size) for size in EXPORTED})


def _report(title: str, urls: dict[int, str]) -> None:
    print(f"\n{title}: {GROUP}, {len(_COLUMNS)} columns")  # noqa: T201  part of a command line
    for size, url in urls.items():
        loaded(url, size).dispose()
        said = subprocess.run([sys.executable, "-m", __name__, url], check=True, cwd=ROOT, stdout=subprocess.PIPE)
        took, rows, megabytes, before, after = json.loads(said.stdout)
        figures = (
            f"{took:6.1f} s, {took * 1e6 / rows:5.1f} µs a row, {megabytes:,} MB of file, memory +{after - before} MB"
        )
        print(f"{rows:,} orders as CSV".ljust(32) + figures)  # noqa: T201  as above


def measure(url: str) -> tuple[float, int, int, int, int]:
    """Export everything once.

    Returns:
        Seconds, rows, size of the file, most memory of this process before and after, the last three in MB.
    """
    engine = make_engine(url)
    with TemporaryFile() as file, reading(engine) as session:
        out = cast("BinaryIO", file)
        before, began = _megabytes(), time.perf_counter()
        export = plan_export(session, STAFF, _REQUEST, local_day(utc_now()))
        rows = write_csv(session, export, _REQUEST.format, out, lambda _done: None)
        took = time.perf_counter() - began
        return took, rows, out.tell() >> 20, before, _megabytes()


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MIB


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))  # noqa: T201  what the bench reads
