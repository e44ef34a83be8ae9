"""The table of an invoice's or a credit note's lines."""

from dataclasses import dataclass

from db.domain.formats import DASH, NO_BREAK_SPACE, amount, integer, rate, symbol
from db.domain.money import BASIS_POINTS, divide_half_up
from db.domain.snapshot import DocumentLine, Numbered
from jobs.documents.closing import closing_height
from jobs.documents.facturx.values import unit_price
from jobs.documents.sheet import Align, Sheet
from jobs.documents.tables import Cell, Column, Table, as_wide_as_needed

#: As wide as a digit: prices of two and four decimals stand with their commas one below the other.
_FIGURE_SPACE = "\u2007"
_DESIGNATION = 1


@dataclass(frozen=True, slots=True)
class _Shown:
    """A line as it is shown."""

    line: DocumentLine
    #: As the XML says it, so that price × quantity is the total to the cent.
    net_price: str

    @property
    def decimals(self) -> int:
        """Return how many the price has."""
        return len(self.net_price.rpartition(",")[2])

    def cells(self, decimals: int, *, has_discount: bool) -> list[Cell | str]:
        """Return what stands in the columns."""
        line = self.line
        attributes = [f"{name}{NO_BREAK_SPACE}: {value}" for name, value in line.attributes.items()]
        padding = _FIGURE_SPACE * (decimals - self.decimals)
        quantities = [integer(line.quantity), self.net_price + padding, amount(line.unit_price_cents)]
        discount = amount(-line.discount_cents) if line.discount_cents else DASH
        return [
            line.reference,
            Cell(line.name, ["Montant accordé, sans retour", *attributes] if line.is_amount else attributes),
            *([DASH] * 3 if line.is_amount else quantities),
            rate(line.vat_rate_bp),
            *([discount] if has_discount else []),
            amount(line.net_cents),
            amount(line.gross_cents),
        ]


def draw_lines(sheet: Sheet, snapshot: Numbered) -> None:
    """Draw them, the last one on a page with the totals."""
    has_discount = any(line.discount_cents for line in snapshot.lines)
    shown = [_Shown(line, _net_price(line)) for line in snapshot.lines]
    decimals = max(each.decimals for each in shown)
    rows = [each.cells(decimals, has_discount=has_discount) for each in shown]
    table = Table(sheet, as_wide_as_needed(sheet, _columns(snapshot, has_discount), rows, rest=_DESIGNATION))
    for row in rows[:-1]:
        table.row(row)
    table.row(rows[-1], keep=closing_height(sheet, snapshot))


def _columns(snapshot: Numbered, has_discount: bool) -> list[Column]:  # noqa: FBT001  a fact of the lines
    money = symbol(snapshot.currency)
    return [
        Column("Référence", 30),
        Column("Désignation", 0),
        Column("Qté", 13, Align.RIGHT),
        Column(f"PU HT ({money})", 20, Align.RIGHT),
        Column(f"PU TTC ({money})", 20, Align.RIGHT),
        Column("TVA", 13, Align.RIGHT),
        *([Column("Remise TTC", 18, Align.RIGHT)] if has_discount else []),
        Column(f"Total HT ({money})", 23, Align.RIGHT),
        Column(f"Total TTC ({money})", 23, Align.RIGHT),
    ]


def _net_price(line: DocumentLine) -> str:
    """Return what one unit costs without VAT, before the discount."""
    discount = divide_half_up(line.discount_cents * BASIS_POINTS, BASIS_POINTS + line.vat_rate_bp)
    said = unit_price(abs(line.net_cents + discount), abs(line.quantity))
    if "BT-149" in said:  # No price of one unit is exact.
        return amount(divide_half_up(abs(line.net_cents + discount), abs(line.quantity)))
    whole, _, decimals = said["BT-146"].partition(".")
    return f"{integer(int(whole))},{decimals}"
