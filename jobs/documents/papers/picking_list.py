"""The picking list: what is to be taken off a seller's shelves for many orders, in one round.

Articles stand by supplier and reference, as they lie on shelves; beneath each, the orders it is for, to be ticked.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from db.domain.formats import NO_BREAK_SPACE, instant, integer, plural
from db.domain.slips import is_to_prepare, left_to_send
from db.domain.text import fold
from db.queries.order_details import LineDetails
from db.queries.printed import PrintedOrder
from jobs.documents.letterhead import draw_name, draw_title
from jobs.documents.papers.blocks import BOX, House, draw_frame
from jobs.documents.papers.order_summary import NOBODY
from jobs.documents.sheet import (
    BODY,
    CAPTION,
    HEADING,
    LEFT,
    RIGHT,
    SMALL,
    STRONG,
    Align,
    Ink,
    Running,
    Sheet,
    Style,
    Text,
)

_TOTAL = Style(13, bold=True)
_TOTAL_WIDTH = 16.0
_ARTICLE_X = LEFT + _TOTAL_WIDTH + 3
_ARTICLE_WIDTH = RIGHT - _ARTICLE_X
_COLUMNS = 2
_COLUMN_WIDTH = _ARTICLE_WIDTH / _COLUMNS
_ORDER_STEP = 5.6
_UNITS_WIDTH = 7.0
_SMALLEST = 6.5
_PADDING = 1.8
_AFTER_HEAD = 36.0


@dataclass(frozen=True, slots=True)
class ForOrder:
    """How many units of an article one order waits for."""

    number: str
    customer: str
    units: int


@dataclass(frozen=True, slots=True)
class Pick:
    """One article of one supplier, and who waits for it."""

    supplier: str
    reference: str
    name: str
    attributes: tuple[str, ...]
    orders: list[ForOrder] = field(default_factory=list)

    @property
    def units(self) -> int:
        """Return how many units to take."""
        return sum(each.units for each in self.orders)

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Return where it stands: by supplier, the unnamed one last, then by reference and name."""
        return not self.supplier, fold(self.supplier), fold(self.reference), fold(self.name), self.attributes


@dataclass(slots=True)
class PickingList:
    """What is to be taken for the orders of one seller; orders are added in the order in which they are ticked."""

    seller_name: str
    orders: int = 0
    _picks: dict[tuple[object, ...], Pick] = field(default_factory=dict)

    @property
    def picks(self) -> list[Pick]:
        """Return the articles in the order of the shelves."""
        return sorted(self._picks.values(), key=lambda pick: pick.sort_key)

    @property
    def units(self) -> int:
        """Return how many units that makes."""
        return sum(pick.units for pick in self._picks.values())

    def add(self, order: PrintedOrder) -> None:
        """Take what an order still waits for into the list."""
        self.orders += 1
        for line in order.details.lines:
            if left_to_send(line) > 0:
                waiting = ForOrder(order.details.number, order.details.customer_name, left_to_send(line))
                self._pick(line).orders.append(waiting)

    def _pick(self, line: LineDetails) -> Pick:
        attributes = tuple(f"{name}{NO_BREAK_SPACE}: {value}" for name, value in sorted(line.attributes.items()))
        pick = Pick(line.supplier.strip(), line.sku.strip(), line.name.strip(), attributes)
        return self._picks.setdefault((pick.supplier, pick.reference, pick.name, pick.attributes), pick)


class PickingLists:
    """One list for each seller, by name: each has shelves of their own."""

    def __init__(self) -> None:
        self._by_seller: dict[int, PickingList] = {}

    def add(self, order: PrintedOrder) -> bool:
        """Take an order in; return whether it waits for anything."""
        if not is_to_prepare(order.details.status, order.details.lines):
            return False
        self._by_seller.setdefault(order.seller_id, PickingList(order.seller_name)).add(order)
        return True

    def __iter__(self) -> Iterator[PickingList]:
        """Return the lists by the sellers' names."""
        return iter(sorted(self._by_seller.values(), key=lambda each: fold(each.seller_name)))


def draw_picking_list(sheet: Sheet, house: House, picking: PickingList, made_at: dt.datetime) -> None:
    """Draw one list on pages of its own."""
    printed = f"état au {instant(made_at)}"
    head = f"Liste de prélèvement · {picking.seller_name} · {printed}"
    sheet.begin(Running(head=head, owner=house.name, foot=[house.name], accent=Ink.TEXT))
    draw_name(sheet, house.name, house.logo)
    count = f"{plural(picking.orders, 'commande')} · {plural(picking.units, 'article')} à prendre"
    draw_title(sheet, "LISTE DE PRÉLÈVEMENT", picking.seller_name, f"{printed}\n{count}")
    sheet.y = _AFTER_HEAD
    for supplier, same in groupby(picking.picks, key=lambda pick: pick.supplier):
        picks = list(same)
        first = _head_height(_words(sheet, picks[0])) + _ORDER_STEP
        _draw_supplier(sheet, supplier or NOBODY, sum(pick.units for pick in picks), room=first)
        for pick in picks:
            _draw_pick(sheet, pick)
    sheet.make_room(12)
    sheet.rule(sheet.y + 2, ink=Ink.TEXT, weight=0.5)
    total = sheet.text(f"Total\u00a0: {count}", STRONG, RIGHT - LEFT)
    sheet.y = sheet.write(LEFT, sheet.y + 4, total, RIGHT - LEFT, Align.RIGHT)


def _draw_supplier(sheet: Sheet, name: str, units: int, room: float) -> None:
    text = sheet.text(name, HEADING, 130)
    sheet.make_room(text.height + 8 + room)
    y = sheet.y + 4
    sheet.write(LEFT, y, sheet.text(plural(units, "article"), BODY, 40), RIGHT - LEFT, Align.RIGHT)
    sheet.y = sheet.write(LEFT, y, text) + 1
    sheet.rule(sheet.y, ink=Ink.TEXT, weight=0.5)


def _words(sheet: Sheet, pick: Pick) -> tuple[Text, Text]:
    """Return an article's name and what is beneath it; an order that alone waits for it stands beside them."""
    width = _COLUMN_WIDTH - 4 if len(pick.orders) == 1 else _ARTICLE_WIDTH
    beneath = " · ".join(each for each in (pick.reference, *pick.attributes) if each)
    return sheet.text(pick.name, STRONG, width), sheet.text(beneath, SMALL, width)


def _head_height(words: tuple[Text, Text]) -> float:
    return max(_TOTAL.step, sum(text.height for text in words)) + 2 * _PADDING


def _draw_pick(sheet: Sheet, pick: Pick) -> None:
    words = _words(sheet, pick)
    height = _head_height(words)
    sheet.make_room(height + (_ORDER_STEP if len(pick.orders) > 1 else 0))
    total = sheet.fitted(integer(pick.units), _TOTAL, _TOTAL_WIDTH, 7)
    sheet.write(LEFT, sheet.y + _PADDING - 0.6, total, _TOTAL_WIDTH, Align.RIGHT)
    sheet.stack(_ARTICLE_X, sheet.y + _PADDING, words)
    if len(pick.orders) == 1:
        _draw_order(sheet, _ARTICLE_X + _COLUMN_WIDTH, sheet.y + _PADDING, pick.orders[0])
        sheet.y += height
    else:
        sheet.y += height
        _draw_orders(sheet, pick)
    sheet.rule(sheet.y)


def _draw_orders(sheet: Sheet, pick: Pick) -> None:
    for start in range(0, len(pick.orders), _COLUMNS):
        if not sheet.has_room(_ORDER_STEP):
            sheet.next_page()
            going_on = sheet.text(f"{pick.name} (suite)", CAPTION, _ARTICLE_WIDTH)
            sheet.y = sheet.write(_ARTICLE_X, sheet.y, going_on) + 1
        for place, each in enumerate(pick.orders[start : start + _COLUMNS]):
            _draw_order(sheet, _ARTICLE_X + place * _COLUMN_WIDTH, sheet.y, each)
        sheet.y += _ORDER_STEP
    sheet.y += 1


def _draw_order(sheet: Sheet, x: float, top: float, each: ForOrder) -> None:
    draw_frame(sheet, x, top, BOX, BOX)
    y = top + (BOX - BODY.step) / 2
    x += BOX + _UNITS_WIDTH
    sheet.write(x - _UNITS_WIDTH, y, sheet.text(integer(each.units), STRONG, _UNITS_WIDTH), _UNITS_WIDTH, Align.RIGHT)
    width = _COLUMN_WIDTH - BOX - _UNITS_WIDTH - 4
    number = f"×{NO_BREAK_SPACE}{each.number}"
    said = sheet.fitted(f"{number} · {each.customer}" if each.customer else number, BODY, width, _SMALLEST)
    # The number tells which order it is; a name that finds no room beside it is left out.
    line = said if len(said.lines) == 1 else sheet.fitted(number, BODY, width, _SMALLEST)
    sheet.write(x + 1, y, replace(line, lines=line.lines[:1]))
