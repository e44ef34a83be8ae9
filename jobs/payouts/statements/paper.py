"""A statement on paper: whose it is, the addition at a glance, then every line of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from db.domain.formats import DASH, amount, date, integer, symbol
from db.domain.time import local_day
from db.services.documents.sources import House
from jobs.documents.bands import draw_band
from jobs.documents.identity import accent_of, identity_of
from jobs.documents.letterhead import address_lines, draw_addressee, draw_facts, draw_name, draw_sender, draw_title
from jobs.documents.papers.blocks import draw_note
from jobs.documents.sheet import HEADING, LEFT, RIGHT, Align, Running, Sheet, Style
from jobs.documents.tables import FULL, Cell, Column, Table
from jobs.payouts.statements.contents import Line, Statement

#: Two hundred pages: longer, nobody reads it, and the table is there as CSV and Excel.
MOST_ON_PAPER = 8_000
_AFTER_HEAD = 87.0
_FACT_WIDTHS = (44.0, 40.0, 52.0, 40.0)
_AMOUNT_WIDTH, _DAY_WIDTH = 34.0, 21.0
#: Numbers of orders are long: in these letters they stand on one line.
_DENSE = Style(8)
_BESIDE_HEADING = 30.0
#: The total of a table, and the words at the end: never alone on a page.
_AFTER_LINES = 30.0
_FOOT = (
    "Les commissions sont toutes taxes comprises. Ce relevé n’est pas une facture\u00a0: elles sont facturées à part. "
    "Un montant vous étonne\u00a0? {contact}"
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is."""

    house: House
    logo: bytes | None = None


def write_paper(statement: Statement, head: Letterhead, made_at: dt.datetime, out: BinaryIO) -> tuple[str, ...]:
    """Draw a statement; return what could not be drawn as it is written."""
    title = f"Relevé – {statement.name}"
    sheet = Sheet(title, made_at, author=head.house.party.name, subject=statement.seller.name)
    _draw_head(sheet, statement, head, made_at)
    _draw_addition(sheet, statement)
    _draw_lines(sheet, statement)
    party = head.house.party
    contact = " · ".join(each for each in (party.email, party.phone) if each)
    draw_note(sheet, "À savoir", _FOOT.format(contact=contact or "Écrivez-nous."))
    sheet.write_to(out)
    return sheet.warnings


def _draw_head(sheet: Sheet, statement: Statement, head: Letterhead, made_at: dt.datetime) -> None:
    party = head.house.party
    running = Running(
        head=f"Relevé · {statement.name}",
        owner=statement.seller.name,
        foot=[identity_of(party)],
        accent=accent_of(head.house.brand_colour),
    )
    sheet.begin(running)
    draw_name(sheet, party.name, head.logo)
    draw_title(sheet, "RELEVÉ", statement.name, f"établi le {date(local_day(made_at))}")
    ours = address_lines(party.street, party.postcode, party.city)
    left = draw_sender(sheet, "De", party.legal_name or party.name, ours, [party.email, party.phone])
    right = draw_addressee(sheet, "Vendeur", statement.seller, [f"Code {statement.seller_code}"])
    sheet.y = max(_AFTER_HEAD, left + 4, right + 4)
    draw_facts(sheet, statement.facts, _FACT_WIDTHS)
    if statement.caution:
        draw_band(sheet, "À lire", [statement.caution])
        sheet.y += 4


def _draw_addition(sheet: Sheet, statement: Statement) -> None:
    """Draw what it adds up from, the result in bold."""
    money = symbol(statement.currency)
    table = Table(
        sheet,
        [Column("En bref", FULL - _AMOUNT_WIDTH), Column(f"Montant ({money})", _AMOUNT_WIDTH, Align.RIGHT)],
    )
    for each in (*([statement.opening] if statement.opening else []), *statement.parts):
        table.row([each.label, amount(each.cents)])
    closing = statement.closing
    table.row([Cell(closing.label, bold=True), Cell(amount(closing.cents), bold=True)])
    sheet.y += 7


def _draw_lines(sheet: Sheet, statement: Statement) -> None:
    if len(statement.lines) > MOST_ON_PAPER:
        said = (
            f"Ce relevé compte {integer(len(statement.lines))} lignes\u00a0: demandez-le en CSV ou Excel pour les lire "
            "une à une."
        )
        draw_note(sheet, "Détail", said)
        return
    orders, others = statement.orders, statement.others
    if orders:
        _draw_orders(sheet, statement, orders)
    if others:
        _draw_others(sheet, statement, others)
    if not statement.lines:
        draw_note(sheet, "Détail", "Aucun mouvement.")


def _draw_orders(sheet: Sheet, statement: Statement, orders: Sequence[Line]) -> None:
    """Draw the orders one by one; the column of what is neither sale nor fee only where there is any."""
    has_other = any(line.other_cents for line in orders)
    width = 19.0 if has_other else 22.0
    titles = ["Vente", "Remboursé", "Commission", *(["Autre"] if has_other else []), "Net"]
    _heading(sheet, "Commande par commande")
    table = Table(
        sheet,
        [
            Column("Commande", FULL - _DAY_WIDTH - width * len(titles)),
            Column("Du", _DAY_WIDTH),
            *(Column(f"{title} ({symbol(statement.currency)})", width, Align.RIGHT) for title in titles),
        ],
        style=_DENSE,
    )
    names = ("sale_cents", "refund_cents", "fee_cents", *(["other_cents"] if has_other else []), "net_cents")
    for line in orders:
        figures = [_figure(getattr(line, name)) for name in names]
        name = Cell(line.reference, [line.words] if line.words else [])
        table.row([name, _day(line), *figures], keep=_AFTER_LINES if line is orders[-1] else 0)
    sums = [sum(getattr(line, name) for line in orders) for name in names]
    table.row([Cell("Total des commandes", bold=True), "", *(Cell(_figure(cents), bold=True) for cents in sums)])
    sheet.y += 7


def _draw_others(sheet: Sheet, statement: Statement, others: Sequence[Line]) -> None:
    """Draw what is of no order: payouts, corrections, debts."""
    _heading(sheet, "Autres mouvements")
    columns = [
        Column("Mouvement", FULL - _DAY_WIDTH - 30 - _AMOUNT_WIDTH),
        Column("Le", _DAY_WIDTH),
        Column("Reversement", 30),
        Column(f"Montant ({symbol(statement.currency)})", _AMOUNT_WIDTH, Align.RIGHT),
    ]
    table = Table(sheet, columns, style=_DENSE)
    for line in others:
        name = Cell(line.what, [line.words] if line.words else [])
        cells: list[Cell | str] = [name, _day(line), line.reference or DASH, amount(line.net_cents)]
        table.row(cells, keep=_AFTER_LINES if line is others[-1] else 0)
    total = sum(line.net_cents for line in others)
    table.row([Cell("Total des autres mouvements", bold=True), "", "", Cell(amount(total), bold=True)])
    sheet.y += 5


def _heading(sheet: Sheet, words: str) -> None:
    sheet.make_room(_BESIDE_HEADING)
    sheet.y = sheet.write(LEFT, sheet.y, sheet.text(words, HEADING, RIGHT - LEFT)) + 1.5


def _day(line: Line) -> str:
    return date(line.day) if line.day else DASH


def _figure(cents: int) -> str:
    return amount(cents) if cents else DASH
