"""What a chart shows, as rows: the same for the screen, for a screen reader, and for a spreadsheet."""

import csv
import datetime as dt
import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd
import streamlit as st

from db.domain import formats
from db.domain.spreadsheets import Cell, french_cell, harmless

_BOM = "\ufeff"  # By which Excel knows that the file is UTF-8.


class Kind(StrEnum):
    """What a column holds, which decides how it is written."""

    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    #: Cents.
    MONEY = "money"
    #: Basis points.
    RATE = "rate"
    #: Whole hours, on the screen « 2 j 4 h ».
    HOURS = "hours"


#: As a file has them: whole hours are a number like any other.
_CELLS = {kind: Cell.COUNT if kind is Kind.HOURS else Cell(kind.value) for kind in Kind}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title and what it holds."""

    title: str
    kind: Kind = Kind.TEXT


Value = str | int | dt.date | None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a chart; None where there is nothing to say."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    #: Of the amounts.
    currency: str = "EUR"


def words(kind: Kind, value: Value, currency: str) -> str:
    """Return a value as the screen says it, « – » where there is none."""
    match value:
        case None:
            return formats.DASH
        case str():
            return value
        case dt.date():
            return formats.date(value)
    return {
        Kind.MONEY: lambda: formats.money(value, currency),
        Kind.RATE: lambda: formats.rate(value),
        Kind.HOURS: lambda: formats.hours(value),
    }.get(kind, lambda: formats.integer(value))()


def data_frame(table: Table) -> pd.DataFrame:
    """Return the rows as the screen shows them."""
    return pd.DataFrame(
        {
            column.title: [words(column.kind, row[index], table.currency) for row in table.rows]
            for index, column in enumerate(table.columns)
        }
    )


def column_config(table: Table) -> dict[str, Any]:
    """Return how the columns of ``data_frame`` are aligned: numbers under numbers."""
    return {
        column.title: st.column_config.TextColumn(alignment="left" if column.kind is Kind.TEXT else "right")
        for column in table.columns
    }


def csv_file(table: Table) -> bytes:
    """Return the rows as a file that Excel opens as it is on a French machine.

    UTF-8 with its mark, semicolons, decimal commas; amounts and rates are numbers whose unit the title tells, and no
    text is a formula.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(harmless(_title(column, table.currency)) for column in table.columns)
    cells = [_CELLS[column.kind] for column in table.columns]
    lines.writerows([french_cell(cell, value) for cell, value in zip(cells, row, strict=True)] for row in table.rows)
    return f"{_BOM}{text.getvalue()}".encode()


def _title(column: Column, currency: str) -> str:
    unit = {Kind.MONEY: currency, Kind.RATE: "%", Kind.HOURS: "heures"}.get(column.kind)
    return f"{column.title} ({unit})" if unit else column.title
