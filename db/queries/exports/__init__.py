"""Lists that leave the house: which columns each has, how many rows, and the select that reads them all.

One statement reads a whole list, so that all its rows are of one instant; who runs it streams its rows.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.exports import ExportRequest, ExportSubject, NoColumnError
from db.domain.filter_json import filter_from_json
from db.domain.viewer import Viewer
from db.queries.exports.as_text import TextForm, as_text
from db.queries.exports.columns import ExportColumn, ExportList
from db.queries.exports.customers import CUSTOMERS
from db.queries.exports.documents import DOCUMENTS
from db.queries.exports.emails import EMAILS
from db.queries.exports.lines import LINES
from db.queries.exports.orders import ORDERS
from db.queries.exports.payouts import PAYOUTS
from db.queries.exports.returns import RETURNS

__all__ = ["LISTS", "Export", "ExportColumn", "columns_of", "count_rows", "plan_export", "usual_columns"]

LISTS: Mapping[ExportSubject, ExportList] = {
    ExportSubject.ORDERS: ORDERS,
    ExportSubject.LINES: LINES,
    ExportSubject.CUSTOMERS: CUSTOMERS,
    ExportSubject.RETURNS: RETURNS,
    ExportSubject.DOCUMENTS: DOCUMENTS,
    ExportSubject.PAYOUTS: PAYOUTS,
    ExportSubject.EMAILS: EMAILS,
}


@dataclass(frozen=True, slots=True)
class Export:
    """One list, ready to be read."""

    columns: tuple[ExportColumn, ...]
    #: The columns' values, and the currency of the row's amounts at the end; empty where it has none.
    values: sa.Select[Any]
    #: Without columns yet: what both selects of values and of texts begin with.
    _rows: sa.Select[Any]

    def texts(self, form: TextForm) -> sa.Select[Any]:
        """Return the select of the same rows as a CSV file writes them."""
        return _selecting(self._rows, [as_text(column, form).label(column.key) for column in self.columns])


def columns_of(subject: ExportSubject) -> tuple[ExportColumn, ...]:
    """Return the columns that a list can have, in the order in which they are offered."""
    return LISTS[subject].columns


def usual_columns(subject: ExportSubject) -> tuple[str, ...]:
    """Return the keys of the columns that a list has unless somebody chooses otherwise."""
    return tuple(column.key for column in columns_of(subject) if column.is_usual)


def count_rows(session: Session, viewer: Viewer, request: ExportRequest, today: dt.date) -> int:
    """Return how many rows a list has, exactly: on a million of them this takes tenths of a second.

    Args:
        session: An open session.
        viewer: Who wants it; a seller's list holds only their own.
        request: Which list.
        today: What « late » refers to.

    Raises:
        NotAllowedError: The person may not read this list.
    """
    rows = _rows(session, viewer, request, today)
    found = _selecting(rows, [sa.func.count()]).order_by(None)
    return session.scalar(found) or 0


def plan_export(session: Session, viewer: Viewer, request: ExportRequest, today: dt.date) -> Export:
    """Return a list ready to be read; the arguments are those of ``count_rows``.

    Raises:
        NotAllowedError: The person may not read this list.
        NoColumnError: None of its columns is known.
    """
    wanted = LISTS[request.subject]
    columns = wanted.chosen(request.columns)
    if not columns:
        raise NoColumnError
    rows = _rows(session, viewer, request, today)
    values: list[sa.ColumnElement[Any]] = [column.value.label(column.key) for column in columns]
    currency = sa.literal("") if wanted.currency is None else wanted.currency
    return Export(columns, _selecting(rows, [*values, currency.label("of_currency")]), rows)


def _rows(session: Session, viewer: Viewer, request: ExportRequest, today: dt.date) -> sa.Select[Any]:
    viewer.require(request.subject.permission)
    wanted = LISTS[request.subject]
    asked = filter_from_json(wanted.filter_type, request.filter)
    conditions = wanted.conditions(session, viewer, asked, today)
    rows = sa.select(sa.literal(1)).select_from(wanted.source).order_by(*wanted.order(asked))
    return rows.where(sa.false()) if conditions is None else rows.where(*conditions)


def _selecting(rows: sa.Select[Any], values: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    return rows.with_only_columns(*values, maintain_column_froms=True)
