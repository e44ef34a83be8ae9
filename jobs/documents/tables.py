"""Tables that go on over pages, with their head repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jobs.documents.sheet import BODY, BOTTOM, LEFT, SMALL, Align, Ink, Sheet, Style, Text

_GAP = 2.0
_HEAD_PADDING, _PADDING = 1.3, 1.7
_HEAD = Style(7.2, bold=True, ink=Ink.TEXT, leading=1.25)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its head says, and how wide it is in millimetres."""

    title: str
    width: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Cell:
    """Words, and smaller ones beneath them, each on a line of its own."""

    words: str
    beneath: Sequence[str] = ()
    bold: bool = False


#: A line of a cell and how it is set.
_Line = tuple[str, Style]


class Table:
    """Rows on a sheet, from its ``y`` on. No head stands alone, and the last row can be kept with what comes after."""

    def __init__(self, sheet: Sheet, columns: Sequence[Column], *, x: float = LEFT, style: Style = BODY) -> None:
        self._sheet = sheet
        self._columns = columns
        self._x = x
        self._style = style
        self._heads = [sheet.text(each.title, _HEAD, each.width - _GAP) for each in columns]
        self._head_height = max(head.height for head in self._heads) + 2 * _HEAD_PADDING
        self._is_begun = False

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return sum(each.width for each in self._columns)

    def row(self, cells: Sequence[Cell | str], *, keep: float = 0) -> float:
        """Draw a row; on a further page, below the head again, where it does not fit. Return where it begins.

        Args:
            cells: What stands in each column.
            keep: How much room is wanted on the same page after it.
        """
        lines = [self._lines(column, cell) for column, cell in zip(self._columns, cells, strict=True)]
        height = _height(lines)
        if not self._is_begun:
            self._sheet.make_room(self._head_height + height + keep)
            self._head()
        elif not self._sheet.has_room(height + keep):
            self._go_on()
        while not self._sheet.has_room(_height(lines)):  # Higher than a whole page: cut between lines.
            room = BOTTOM - self._sheet.y - 2 * _PADDING
            counts = [_fitting(cell, room) for cell in lines]
            self._draw([cell[:count] for cell, count in zip(lines, counts, strict=True)])
            lines = [cell[count:] for cell, count in zip(lines, counts, strict=True)]
            self._go_on()
        self._draw(lines)
        return self._sheet.y - _height(lines)

    def _go_on(self) -> None:
        self._sheet.next_page()
        self._head()

    def _head(self) -> None:
        sheet = self._sheet
        self._is_begun = True
        sheet.ground(self._x, sheet.y, self.width, self._head_height)
        sheet.rule(sheet.y + self._head_height, self._x, self._x + self.width, sheet.accent, 0.4)
        x = self._x
        for column, head in zip(self._columns, self._heads, strict=True):
            y = sheet.y + self._head_height - _HEAD_PADDING - head.height
            sheet.write(x + _GAP / 2, y, head, column.width - _GAP, column.align)
            x += column.width
        sheet.y += self._head_height

    def _draw(self, row: Sequence[Sequence[_Line]]) -> None:
        sheet = self._sheet
        x = self._x
        for column, lines in zip(self._columns, row, strict=True):
            y = sheet.y + _PADDING
            for line, style in lines:
                y = sheet.write(x + _GAP / 2, y, Text((line,), style), column.width - _GAP, column.align)
            x += column.width
        sheet.y += _height(row)
        sheet.rule(sheet.y, self._x, self._x + self.width)

    def _lines(self, column: Column, cell: Cell | str) -> list[_Line]:
        said = Cell(cell) if isinstance(cell, str) else cell
        width = column.width - _GAP
        words = self._sheet.text(said.words, replace(self._style, bold=said.bold), width)
        beneath = self._sheet.text(said.beneath, replace(SMALL, size=min(SMALL.size, self._style.size)), width)
        return [(line, text.style) for text in (words, beneath) for line in text.lines]


def _height(row: Sequence[Sequence[_Line]]) -> float:
    return max(sum(style.step for _, style in lines) for lines in row) + 2 * _PADDING


def _fitting(lines: Sequence[_Line], room: float) -> int:
    """Return how many lines fit, at least one, so that a table always ends."""
    taken = 0.0
    for count, (_, style) in enumerate(lines):
        taken += style.step
        if taken > room:
            return max(1, count)
    return len(lines)
