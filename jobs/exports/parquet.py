"""Lists as Parquet, for programs: amounts as decimals, instants in UTC, columns by their keys."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from db.domain.spreadsheets import Cell
from db.queries.exports import Export
from db.queries.exports.columns import ExportColumn
from jobs.makers import Progress

#: A piece of the file, which is in memory while it is written.
_ROWS_OF_A_GROUP = 20_000

_TYPES: Mapping[Cell, pa.DataType] = {
    Cell.TEXT: pa.string(),
    Cell.DAY: pa.date32(),
    Cell.INSTANT: pa.timestamp("us", tz="UTC"),
    Cell.COUNT: pa.int64(),
    Cell.RATE: pa.decimal128(7, 2),
    Cell.MONEY: pa.decimal128(20, 2),
    Cell.FLAG: pa.bool_(),
}


def write_parquet(session: Session, export: Export, out: BinaryIO, progress: Progress) -> int:
    """Write a list's rows; return how many there were.

    Args:
        session: Where they are read, by one statement.
        export: The list; a column's title is kept beside its key, as the field's metadata.
        out: An open file.
        progress: Told how many rows are written.
    """
    schema = pa.schema([_field(column) for column in export.columns])
    written = 0
    with pq.ParquetWriter(out, schema) as writer:
        for rows in session.execute(export.values, execution_options={"yield_per": _ROWS_OF_A_GROUP}).partitions():
            *columns, _currency = zip(*rows, strict=True)
            arrays = [
                pa.array(map(_READ.get(column.cell, _as_it_is), cells), _TYPES[column.cell])
                for column, cells in zip(export.columns, columns, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            written += len(rows)
            progress(written)
    return written


def _field(column: ExportColumn) -> pa.Field:
    return pa.field(column.key, _TYPES[column.cell], metadata={"title": column.title})


def _hundredths(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-2)


def _as_it_is(value: object) -> object:
    return value


_READ: Mapping[Cell, Callable[[Any], object]] = {Cell.RATE: _hundredths, Cell.MONEY: _hundredths}
