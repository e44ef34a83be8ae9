"""Lists as a workbook: cells of their own types, and at the foot what they come to, currency by currency."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from db.queries.exports import Export
from jobs.makers import Progress
from jobs.spreadsheets import Foot, ListColumn, XlsxWriter

_FETCHED_AT_ONCE = 1_000


def write_workbook(session: Session, export: Export, sheet: str, out: BinaryIO, progress: Progress) -> int:
    """Write a list's head, rows and sums; return how many rows there were.

    Args:
        session: Where they are read, by one statement.
        export: The list.
        sheet: What its sheet is called.
        out: An open file.
        progress: Told how many rows are written.
    """
    columns = [ListColumn(column.title, column.cell, column.width) for column in export.columns]
    writer = XlsxWriter(out, columns, sheet)
    sums = _Sums([place for place, column in enumerate(export.columns) if column.is_summed])
    written = 0
    for rows in session.execute(export.values, execution_options={"yield_per": _FETCHED_AT_ONCE}).partitions():
        writer.write(sums.taken(rows))
        written += len(rows)
        progress(written)
    writer.write_foot(sums.feet())
    writer.close()
    return written


class _Sums:
    """What the summed columns come to so far: currencies are never added up."""

    def __init__(self, places: Sequence[int]) -> None:
        self._places = places
        self._by_currency: defaultdict[str, dict[int, int]] = defaultdict(lambda: dict.fromkeys(places, 0))

    def taken(self, rows: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Return the rows without their currency, each taken into the sums."""
        for *cells, currency in rows:
            sums = self._by_currency[currency]
            for place in self._places:
                sums[place] += cells[place] or 0
            yield tuple(cells)

    def feet(self) -> list[Foot]:
        """Return the lines of sums, by currency; none where nothing is summed."""
        if not self._places:
            return []
        return [Foot(f"Total {currency}".strip(), sums) for currency, sums in sorted(self._by_currency.items())]
