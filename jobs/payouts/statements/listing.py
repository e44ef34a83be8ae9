"""A statement as a table: one row an order or entry, what was owed before and after, and the balance row by row."""

from collections.abc import Callable, Iterator
from itertools import accumulate, islice
from typing import BinaryIO

from db.domain.document_filter import ListFormat
from jobs.payouts.statements.contents import Amount, Statement
from jobs.spreadsheets import Cell, ListColumn, Value, list_writer

COLUMNS = (
    ListColumn("Date", Cell.DAY, 11),
    ListColumn("Nature", Cell.TEXT, 20),
    ListColumn("Commande ou reversement", Cell.TEXT, 34),
    ListColumn("Précision", Cell.TEXT, 40),
    ListColumn("Devise", Cell.TEXT, 8),
    ListColumn("Vente", Cell.MONEY, 13),
    ListColumn("Remboursement", Cell.MONEY, 15),
    ListColumn("Commission", Cell.MONEY, 13),
    ListColumn("Autre", Cell.MONEY, 13),
    ListColumn("Montant", Cell.MONEY, 13),
    ListColumn("Solde", Cell.MONEY, 13),
)
_WRITTEN_AT_ONCE = 5_000
#: The columns between the currency and the balance, of a row that only states a balance.
_NO_AMOUNTS: tuple[Value, ...] = ("",) * 5


def write_listing(form: ListFormat, out: BinaryIO, statement: Statement, go_on: Callable[[], None]) -> None:
    """Write a statement as CSV or as a workbook.

    Args:
        form: Which of the two.
        out: Where.
        statement: What it says.
        go_on: Called now and then; it raises where the work is to be left to somebody else.
    """
    writer = list_writer(form, out, COLUMNS, "Relevé")
    rows = rows_of(statement)
    while some := list(islice(rows, _WRITTEN_AT_ONCE)):
        writer.write(some)
        go_on()
    writer.close()


def rows_of(statement: Statement) -> Iterator[tuple[Value, ...]]:
    """Return the rows in the order of ``COLUMNS``."""
    opening = statement.opening
    if opening:
        yield _balance(statement, opening)
    balances = accumulate((line.net_cents for line in statement.lines), initial=opening.cents if opening else 0)
    next(balances)  # What was owed before the first line.
    for line, balance in zip(statement.lines, balances, strict=True):
        yield (
            line.day or "",
            line.what,
            line.reference,
            line.words,
            statement.currency,
            line.sale_cents,
            line.refund_cents,
            line.fee_cents,
            line.other_cents,
            line.net_cents,
            balance,
        )
    yield _balance(statement, statement.closing)


def _balance(statement: Statement, amount: Amount) -> tuple[Value, ...]:
    return ("", amount.label, "", "", statement.currency, *_NO_AMOUNTS, amount.cents)
