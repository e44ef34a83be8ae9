"""The order summary for a supplier: what of an order is theirs to deliver, and where to."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.domain.formats import DASH, amount, date, integer, money, plural, symbol
from db.domain.money import divide_half_up
from db.domain.postal import PostalAddress
from db.domain.slips import grouped_by_supplier, kept
from db.queries.order_details import LineDetails
from db.queries.printed import PrintedOrder
from jobs.documents.letterhead import Fact, draw_facts
from jobs.documents.papers.blocks import Head, House, article, draw_head
from jobs.documents.sheet import RIGHT, STRONG, Align, Sheet
from jobs.documents.tables import Column, Table

NOBODY = "Fournisseur non renseigné"
_FACT_WIDTHS = (40.0, 44.0, 92.0)


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """The articles of one order that one supplier delivers; an empty name where the order says none."""

    order: PrintedOrder
    supplier: str
    lines: tuple[LineDetails, ...]

    @property
    def units(self) -> int:
        """Return how many units are ordered."""
        return sum(map(kept, self.lines))

    @property
    def total_cents(self) -> int:
        """Return what the customer pays for them, less the share of what was cancelled."""
        return sum(map(_price, self.lines))


def summaries_of(order: PrintedOrder) -> Iterator[OrderSummary]:
    """Return one summary for each supplier, in alphabetical order."""
    for supplier, lines in grouped_by_supplier(order.details.status, order.details.lines).items():
        yield OrderSummary(order, supplier, tuple(lines))


def draw_order_summary(sheet: Sheet, house: House, summary: OrderSummary, *, shows_prices: bool) -> None:
    """Draw one summary on pages of its own."""
    order = summary.order
    supplier = PostalAddress(company=summary.supplier or NOBODY)
    draw_head(sheet, house, Head("RÉCAPITULATIF DE COMMANDE", order, "Vendeur", order.seller, "Fournisseur", supplier))
    draw_facts(sheet, _facts(summary), _FACT_WIDTHS)
    _draw_lines(sheet, summary, shows_prices=shows_prices)
    sheet.make_room(10)
    total = plural(summary.units, "article")
    if shows_prices:
        total += f" · {money(summary.total_cents, order.details.currency)} TTC"
    sheet.y = sheet.write(0, sheet.y + 3, sheet.text(total, STRONG, RIGHT), RIGHT - 1, Align.RIGHT)


def _facts(summary: OrderSummary) -> list[Fact]:
    details = summary.order.details
    by = date(details.ship_by) if details.ship_by else DASH
    name, *rest = summary.order.delivery.lines or (DASH,)
    phone = f"Tél. {summary.order.delivery.phone}" if summary.order.delivery.phone else ""
    return [
        Fact("À expédier au plus tard le", by, [details.status.label]),
        Fact("Livraison", details.delivery_mode.label, [details.carrier]),
        Fact("Livrer à", name, [*rest, phone]),
    ]


def _draw_lines(sheet: Sheet, summary: OrderSummary, *, shows_prices: bool) -> None:
    sign = symbol(summary.order.details.currency)
    columns = [
        Column("Référence", 34),
        Column("Désignation", 82 if shows_prices else 124),
        Column("Quantité", 18, Align.RIGHT),
        *([Column(f"PU TTC ({sign})", 21, Align.RIGHT)] if shows_prices else []),
        *([Column(f"Total TTC ({sign})", 21, Align.RIGHT)] if shows_prices else []),
    ]
    table = Table(sheet, columns)
    for line in summary.lines:
        sent = f"dont {plural(line.quantity_shipped, 'déjà expédié', 'déjà expédiés')}" if line.quantity_shipped else ""
        prices = [amount(line.unit_price_cents), amount(_price(line))] if shows_prices else []
        table.row([line.sku, article(line, sent), integer(kept(line)), *prices])


def _price(line: LineDetails) -> int:
    return divide_half_up(line.total_cents * kept(line), line.quantity)
