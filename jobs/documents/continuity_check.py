"""Check that no number is missing or doubled and no document altered: every night, and when somebody asks."""

from collections.abc import Callable

import sqlalchemy as sa

from db.domain.continuity import Check, SeriesReport
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.documents.continuity import inspect_series, keep_check, known_anchors, lost_series, series_to_check
from db.services.fee_invoices.continuity import fee_series_to_check, inspect_fee_series
from jobs.makers import Progress
from jobs.run import Run


class _StoppedError(Exception):
    """The worker is to stop: half a check proves nothing, the next run begins anew."""


def check_continuity_now(run: Run) -> int:
    """Check every series and keep what was found; return how many documents were read, 0 where it was broken off."""

    def go_on(_done: int) -> None:
        if run.stopping:
            raise _StoppedError

    try:
        return check_continuity(run.engine, go_on).documents
    except _StoppedError:
        return 0


def check_continuity(engine: sa.Engine, progress: Progress, *, year: int | None = None, person_name: str = "") -> Check:
    """Check the series of a year, or all, each in a look of its own, and keep what was found.

    Args:
        engine: The database.
        progress: Told how many documents are read.
        year: None for all.
        person_name: Who asked for it; empty for nobody.
    """
    with reading(engine) as session:
        known, lost = known_anchors(session), lost_series(session, year)
        wanted = [(inspect_fee_series, series_id) for series_id in fee_series_to_check(session, year)]
        wanted += [(inspect_series, series_id) for series_id in series_to_check(session, year)]
    reports: list[SeriesReport] = []
    read = 0
    for inspect, series_id in wanted:
        with reading(engine) as session:
            reports.append(inspect(session, series_id, known, _after(read, progress)))
        read += reports[-1].count
    with transaction(engine) as session:
        return keep_check(session, [*reports, *lost], utc_now(), year=year, person_name=person_name)


def _after(before: int, progress: Progress) -> Callable[[int], None]:
    return lambda read: progress(before + read)
