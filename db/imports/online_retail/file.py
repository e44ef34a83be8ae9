"""The Online Retail file, invoice by invoice: every value checked, nothing decided."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from db.domain.money import divide_half_up
from db.imports.errors import MissingColumnError, MissingFileError, UnreadableFileError, UnreadableValueError
from db.imports.online_retail.words import LONDON
from db.imports.report import Outcome, Place, Remark

_INVOICE, _CODE, _TEXT, _QUANTITY = "InvoiceNo", "StockCode", "Description", "Quantity"
_DATE, _PRICE, _CUSTOMER, _COUNTRY = "InvoiceDate", "UnitPrice", "CustomerID", "Country"
_COLUMNS = (_INVOICE, _CODE, _TEXT, _QUANTITY, _DATE, _PRICE, _CUSTOMER, _COUNTRY)
_LINE = "line"
_ROWS_AT_A_TIME = 20_000

#: Prices are read exactly, in ten-thousandths of a pound: some are finer than a penny.
PRICE_PER_CENT = 100
_PRICE_SCALE = 10_000
_SCALING_NOISE = 0.001  # What binary fractions may lose in the scaling, far below the digit after.
#: Beyond these a line's amount would not be one.
_HIGHEST_QUANTITY = 10_000_000
_HIGHEST_PRICE = 10_000_000


class InvoiceLine(NamedTuple):
    """One line of the file. A tuple, because there are half a million of them."""

    line: int
    invoice: str
    #: In capitals: the file writes some codes both ways.
    code: str
    text: str
    quantity: int
    #: London's time, as the file has it.
    local_time: dt.datetime
    #: In ten-thousandths of a pound.
    price: int
    customer: str
    country: str

    @property
    def cents(self) -> int:
        """Return what the line amounts to: negative for a cancellation."""
        return divide_half_up(self.quantity * self.price, PRICE_PER_CENT)

    @property
    def at(self) -> dt.datetime:
        """Return the instant of the line, in UTC."""
        return self.local_time.replace(tzinfo=LONDON).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """The file as an Arrow table, which keeps half a million lines in some 30 MB."""

    name: str
    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def invoices(self) -> Iterator[list[InvoiceLine]]:
        """Yield the lines of one invoice after the other, by number: sales first, cancellations (« C… ») last."""
        for _, lines in groupby(self._lines(), key=lambda line: line.invoice):
            yield list(lines)

    def remark(self, line: InvoiceLine, outcome: Outcome, reason: str, amount_cents: int | None = None) -> Remark:
        """Return something to say about a line."""
        return Place(self.name, line.line).remark(
            outcome, reason, f"{line.invoice} · {line.code} · {line.text}", amount_cents
        )

    def _lines(self) -> Iterator[InvoiceLine]:
        for batch in self.table.to_batches(max_chunksize=_ROWS_AT_A_TIME):
            columns = (_values(batch.column(name)) for name in (_LINE, *_COLUMNS))
            yield from map(InvoiceLine._make, zip(*columns, strict=True))


def _values(column: pa.Array) -> list[object]:
    """Return a column as Python's own values, ten times as fast as ``to_pylist``."""
    if not pa.types.is_dictionary(column.type):
        values: list[object] = column.to_numpy(zero_copy_only=False).tolist()
        return values
    words = column.dictionary.to_pylist()
    return [words[index] for index in column.indices.to_numpy().tolist()]


def read_file(path: Path) -> InvoiceFile:
    """Read and check the whole file, before anything is written.

    Raises:
        UnusableFileError: The file is missing, is not Parquet, lacks a column or holds an unreadable value.
    """
    columns = _Columns(path)
    invoices = columns.text(_INVOICE)
    checked = {
        _INVOICE: invoices.dictionary_encode(),
        _CODE: pc.utf8_upper(columns.text(_CODE)).dictionary_encode(),
        _TEXT: columns.optional_text(_TEXT).dictionary_encode(),
        _QUANTITY: columns.quantities(),
        _DATE: columns.instants(),
        _PRICE: columns.prices(),
        _CUSTOMER: columns.optional_text(_CUSTOMER).dictionary_encode(),
        _COUNTRY: columns.text(_COUNTRY).dictionary_encode(),
        _LINE: pa.array(range(1, len(invoices) + 1), pa.int64()),
    }
    # Arrow sorts texts but not its dictionaries, and keeps the order of equals.
    by_invoice = pc.sort_indices(invoices)
    return InvoiceFile(path.name, pa.table(checked).take(by_invoice))


class _Columns:
    """Columns in the types we need, or a refusal that names the first value in the way.

    They are read one at a time: unpacked, the whole file is ten times as large as what is kept of it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise MissingFileError(path)
        self._path = path
        with self._readable():
            names = parquet.read_schema(path).names
        if missing := [column for column in _COLUMNS if column not in names]:
            raise MissingColumnError(path.name, missing)

    def text(self, name: str) -> pa.ChunkedArray:
        texts = self.optional_text(name)
        self._require(name, texts, pc.not_equal(texts, ""), "un texte")
        return texts

    def optional_text(self, name: str) -> pa.ChunkedArray:
        texts = pc.fill_null(self._cast(name, pa.string(), "un texte"), "")
        # PostgreSQL has no text with a null character.
        self._require(name, texts, pc.invert(pc.match_substring(texts, "\0")), "un texte")
        return pc.utf8_trim_whitespace(texts)

    def quantities(self) -> pa.ChunkedArray:
        expected = "un nombre entier"
        numbers = self._cast(_QUANTITY, pa.int64(), expected)
        self._require(_QUANTITY, numbers, pc.less_equal(pc.abs(numbers), _HIGHEST_QUANTITY), expected)
        return numbers

    def instants(self) -> pa.ChunkedArray:
        expected = "une date et une heure"
        instants = self._cast(_DATE, pa.timestamp("us"), expected)
        self._require(_DATE, instants, pc.is_valid(instants), expected)
        return instants

    def prices(self) -> pa.ChunkedArray:
        expected = "un prix avec au plus quatre décimales"
        prices = self._cast(_PRICE, pa.float64(), expected)
        scaled = pc.multiply(prices, _PRICE_SCALE)
        whole = pc.round(scaled)
        is_exact = pc.less(pc.abs(pc.subtract(scaled, whole)), _SCALING_NOISE)
        is_price = pc.and_(is_exact, pc.less_equal(pc.abs(prices), _HIGHEST_PRICE))
        self._require(_PRICE, prices, is_price, expected)
        return whole.cast(pa.int64())

    def _cast(self, name: str, wanted: pa.DataType, expected: str) -> pa.ChunkedArray:
        with self._readable():
            column = parquet.read_table(self._path, columns=[name]).column(name)
        try:
            return column.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            # Arrow does not say which value: look for it one by one.
            line = next(line for line, value in enumerate(column, start=1) if not _casts(value, wanted))
            raise UnreadableValueError(self._path.name, line, name, column[line - 1].as_py(), expected) from None

    def _require(self, name: str, values: pa.ChunkedArray, is_good: pa.ChunkedArray, expected: str) -> None:
        # A missing value makes a check neither true nor false: it is not good.
        first_bad = pc.index(pc.fill_null(is_good, pa.scalar(value=False)), pa.scalar(value=False)).as_py()
        if first_bad >= 0:
            raise UnreadableValueError(self._path.name, first_bad + 1, name, values[first_bad].as_py(), expected)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except pa.ArrowInvalid:
            raise UnreadableFileError(self._path.name, "ce n'est pas un fichier Parquet entier") from None
        except OSError as error:
            raise UnreadableFileError(self._path.name, error.strerror or "erreur de lecture") from None


def _casts(value: pa.Scalar, wanted: pa.DataType) -> bool:
    try:
        value.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True
