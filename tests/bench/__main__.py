"""Measure, and print medians and 95th percentiles per group, with all sizes side by side so that growth is seen."""

import argparse
import statistics
import time
from collections import defaultdict
from contextlib import ExitStack

import sqlalchemy as sa

from db.engine import reading
from tests.bench import browser, bulk, delivery, documents, exports, figures, intake, payouts, returns
from tests.bench.data import SIZES, loaded, postgres_server, postgres_url, sqlite_url
from tests.bench.operations import Operation, operations

REPEATS = 5


def main() -> None:
    """Run the bench; no figure makes it fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--group", default="", help="only groups whose name contains this")
    parser.add_argument("--worst", type=int, default=3, help="how many of a group's slowest operations to name")
    wanted = parser.parse_args()
    every = (*operations(), *returns.operations(), *figures.operations())
    chosen = [operation for operation in every if wanted.group in operation.group]
    others = [each for each in (delivery, bulk, intake, documents, payouts, exports) if wanted.group in each.GROUP]
    if wanted.only != "postgresql":
        if chosen:
            engines = {size: loaded(sqlite_url(size), size) for size in wanted.sizes}
            report("SQLite", engines, chosen, wanted.worst)
            browser.report("SQLite", sqlite_url(max(wanted.sizes)))
        for each in others:
            each.report_sqlite()
    if wanted.only != "sqlite":
        with ExitStack() as stack:
            server = stack.enter_context(postgres_server())
            if chosen:
                engines = {size: loaded(postgres_url(server, size), size) for size in wanted.sizes}
                report("PostgreSQL", engines, chosen, wanted.worst)
                for engine in engines.values():
                    engine.dispose()
                browser.report("PostgreSQL", postgres_url(server, max(wanted.sizes)))
            for each in others:
                each.report_postgresql(server)


def report(title: str, engines: dict[int, sa.Engine], chosen: list[Operation], worst: int) -> None:
    """Print one table per database: a line per group, the sizes side by side, the slowest operations below."""
    times = {size: {operation.name + operation.group: measure(engine, operation) for operation in chosen}
             for size, engine in engines.items()}  # fmt: skip
    groups: dict[str, list[Operation]] = defaultdict(list)
    for operation in chosen:
        groups[operation.group].append(operation)
    sizes = list(engines)
    print(f"\n{title}: median / p95 in ms over {REPEATS} runs of each operation")
    print(
        "group".ljust(24),
        *(f"{size:,}".rjust(17) for size in sizes),
        "growth".rjust(8),
        "budget".rjust(8),
        "used".rjust(7),
    )
    for group, members in groups.items():
        medians = {size: [statistics.median(times[size][m.name + m.group]) for m in members] for size in sizes}
        cells = [f"{statistics.median(v):7.1f} / {percentile(v):7.1f}" for v in medians.values()]
        first, last = (statistics.median(medians[size]) for size in (sizes[0], sizes[-1]))
        budget = members[0].budget_ms
        print(group.ljust(24), *cells, f"×{last / first:6.1f}", f"{budget:8.0f}", f"{last / budget:6.0%}")
        slowest = sorted(zip(medians[sizes[-1]], members, strict=True), key=lambda pair: -pair[0])[:worst]
        for milliseconds, operation in slowest:
            print(f"    {milliseconds:8.1f}  {operation.name}")


def measure(engine: sa.Engine, operation: Operation) -> list[float]:
    """Return the milliseconds of each run, after one that warms the caches."""
    milliseconds = []
    with reading(engine) as session:
        operation.run(session)
        for _ in range(REPEATS):
            started = time.perf_counter()
            operation.run(session)
            milliseconds.append(1000 * (time.perf_counter() - started))
    return milliseconds


def percentile(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


if __name__ == "__main__":
    main()
