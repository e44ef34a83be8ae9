"""The two formats of lists that leave the house, written row by row: the memory stays flat at a million rows."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from db.domain.document_filter import ListFormat
from db.domain.spreadsheets import Cell, Value, french_cell
from db.domain.time import PARIS

__all__ = [
    "BOM",
    "MEDIA_TYPES",
    "Cell",
    "CsvWriter",
    "Foot",
    "ListColumn",
    "ListWriter",
    "Value",
    "XlsxWriter",
    "list_writer",
]

BOM = b"\xef\xbb\xbf"  # By which Excel knows that a CSV file is UTF-8.
#: The last row of a sheet, as Excel counts them; further rows go to another one.
ROWS_OF_A_SHEET = 1_048_576
#: A cell holds no more; further letters are left out.
_LONGEST_TEXT = 32_767
#: Between the rows and their sums: what sorts the rows leaves these alone.
_BLANK_ROWS = 1
#: Excel's number for « sum of the rows that the filter shows ».
_SUM_OF_WHAT_IS_SHOWN = 109

MEDIA_TYPES = {
    ListFormat.CSV: "text/csv",
    ListFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its title, what it holds, and how wide it is in a workbook."""

    title: str
    cell: Cell
    width: int


@dataclass(frozen=True, slots=True)
class Foot:
    """A line below a workbook's rows: what some of its columns come to."""

    title: str
    #: The column's place → its sum, as the column's cells are given.
    sums: Mapping[int, int]


class ListWriter(Protocol):
    """Writes rows until it is closed."""

    def write(self, rows: Iterable[tuple[Value, ...]]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Finish the file; it stays open, for it is not ours to close."""


class CsvWriter:
    """UTF-8 with its mark, semicolons, decimal commas: what Excel opens as it is on a French machine."""

    def __init__(self, out: BinaryIO, columns: Sequence[ListColumn]) -> None:
        out.write(BOM)
        self._columns = columns
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._lines = csv.writer(self._text, delimiter=";", lineterminator="\r\n")
        self._lines.writerow([column.title for column in columns])

    def write(self, rows: Iterable[tuple[Value, ...]]) -> None:
        """Write some rows."""
        self._lines.writerows(
            [french_cell(column.cell, value) for column, value in zip(self._columns, row, strict=True)] for row in rows
        )

    def close(self) -> None:
        """Let go of the file."""
        self._text.detach()


class XlsxWriter:
    """A workbook with its columns as they are used: days, amounts, a head that stays, filters in it."""

    def __init__(
        self, out: BinaryIO, columns: Sequence[ListColumn], sheet_name: str, rows_of_a_sheet: int = ROWS_OF_A_SHEET
    ) -> None:
        # Text stays text, whatever it starts with; rows go to disk as they are written.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(out, options)
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        number = {"num_format": "#,##0.00"}
        self._formats = {
            Cell.TEXT: self._book.add_format(),
            Cell.DAY: self._book.add_format({"num_format": "dd/mm/yyyy"}),
            Cell.INSTANT: self._book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            Cell.FLAG: self._book.add_format(),
            Cell.COUNT: self._book.add_format({"num_format": "#,##0"}),
            Cell.RATE: self._book.add_format({"num_format": "0.00"}),
            Cell.MONEY: self._book.add_format(number),
        }
        self._sums = {
            cell: self._book.add_format({"bold": True, "top": 1, "num_format": shape.num_format})
            for cell, shape in self._formats.items()
        }
        self._columns, self._sheet_name = columns, sheet_name
        self._rows_of_a_sheet = rows_of_a_sheet
        self._sheets = 0
        self._open_sheet()

    def write(self, rows: Iterable[tuple[Value, ...]]) -> None:
        """Write some rows, on another sheet once one is full."""
        for row in rows:
            if self._row == self._rows_of_a_sheet:
                self._close_sheet()
                self._open_sheet()
            for at, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                self._write_cell(at, column, value)
            self._row += 1

    def write_foot(self, feet: Sequence[Foot]) -> None:
        """Write what columns come to, below all rows; a single line on a single sheet follows the sheet's filter."""
        if not feet:
            return
        if self._row + _BLANK_ROWS + len(feet) > self._rows_of_a_sheet:
            self._close_sheet()
            self._open_sheet()
        last = self._row
        follows = len(feet) == 1 and self._sheets == 1
        for row, foot in enumerate(feet, last + _BLANK_ROWS):
            for place, column in enumerate(self._columns):
                if place not in foot.sums:
                    is_title = place == min(set(range(len(self._columns))) - set(foot.sums))
                    self._sheet.write_string(row, place, foot.title if is_title else "", self._sums[Cell.TEXT])
                    continue
                value = _in_units(column, foot.sums[place])
                if follows:
                    cells = f"{xl_rowcol_to_cell(1, place)}:{xl_rowcol_to_cell(last - 1, place)}"
                    formula = f"=SUBTOTAL({_SUM_OF_WHAT_IS_SHOWN},{cells})"
                    self._sheet.write_formula(row, place, formula, self._sums[column.cell], value)
                else:
                    self._sheet.write_number(row, place, value, self._sums[column.cell])

    def close(self) -> None:
        """Put the workbook together."""
        self._close_sheet()
        self._book.close()

    def _write_cell(self, at: int, column: ListColumn, value: Value) -> None:
        shape = self._formats[column.cell]
        match value:
            case None | "":
                return
            case bool():
                self._sheet.write_boolean(self._row, at, value, shape)
            case int():
                self._sheet.write_number(self._row, at, _in_units(column, value), shape)
            case dt.datetime():
                # A workbook knows no time zones: what the clocks in Paris said.
                self._sheet.write_datetime(self._row, at, value.astimezone(PARIS).replace(tzinfo=None), shape)
            case dt.date():
                self._sheet.write_datetime(self._row, at, dt.datetime.combine(value, dt.time()), shape)
            case str():
                self._sheet.write_string(self._row, at, value[:_LONGEST_TEXT], shape)

    def _open_sheet(self) -> None:
        self._sheets += 1
        name = self._sheet_name if self._sheets == 1 else f"{self._sheet_name} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(self._columns):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, column.title, self._head)
        self._row = 1

    def _close_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._row - 1, len(self._columns) - 1)


def _in_units(column: ListColumn, value: int) -> float:
    return value if column.cell is Cell.COUNT else value / 100


def list_writer(form: ListFormat, out: BinaryIO, columns: Sequence[ListColumn], sheet_name: str) -> ListWriter:
    """Return what writes a list in a format."""
    return CsvWriter(out, columns) if form is ListFormat.CSV else XlsxWriter(out, columns, sheet_name)
