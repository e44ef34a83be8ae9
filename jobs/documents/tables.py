"""Tables that go on over pages, with their head repeated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jobs.documents.sheet import BODY, BOTTOM, LEFT, RIGHT, SMALL, Align, Ink, Sheet, Style, Text

_GAP = 2.0
#: More room at both ends, where the ground of the head ends.
_EDGE = 1.0
#: What columns of figures take of what is left, once the one with words has this much.
_MOST_AIR, _LEAST_REST = 2.5, 44.0
_HEAD_PADDING, _PADDING = 1.3, 1.5
#: Figures that are too wide are set smaller: they are never broken.
_SMALLEST_FIGURE = 5.0
FULL = RIGHT - LEFT
_HEAD = Style(7.2, bold=True, ink=Ink.TEXT, leading=1.25)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its head says, and how wide it is in millimetres; aligned right, it holds figures."""

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
        self._heads = [sheet.text(each.title, _HEAD, self._room(place)) for place, each in enumerate(columns)]
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
        lines = [self._lines(place, cell) for place, cell in enumerate(cells)]
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
        for place, (column, head) in enumerate(zip(self._columns, self._heads, strict=True)):
            y = sheet.y + self._head_height - _HEAD_PADDING - head.height
            sheet.write(self._left(place, x), y, head, self._room(place), column.align)
            x += column.width
        sheet.y += self._head_height

    def _draw(self, row: Sequence[Sequence[_Line]]) -> None:
        sheet = self._sheet
        x = self._x
        for place, (column, lines) in enumerate(zip(self._columns, row, strict=True)):
            y = sheet.y + _PADDING
            for line, style in lines:
                y = sheet.write(self._left(place, x), y, Text((line,), style), self._room(place), column.align)
            x += column.width
        sheet.y += _height(row)
        sheet.rule(sheet.y, self._x, self._x + self.width)

    def _left(self, place: int, x: float) -> float:
        return x + _GAP / 2 + (_EDGE if place == 0 else 0)

    def _room(self, place: int) -> float:
        edges = (place == 0) + (place == len(self._columns) - 1)
        return self._columns[place].width - _GAP - edges * _EDGE

    def _lines(self, place: int, cell: Cell | str) -> list[_Line]:
        said = Cell(cell) if isinstance(cell, str) else cell
        width, style = self._room(place), replace(self._style, bold=said.bold)
        if self._columns[place].align is Align.RIGHT:
            words = self._sheet.fitted(said.words, style, width, _SMALLEST_FIGURE)
        else:
            words = self._sheet.text(said.words, style, width)
        beneath = self._sheet.text(said.beneath, replace(SMALL, size=min(SMALL.size, self._style.size)), width)
        return [(line, text.style) for text in (words, beneath) for line in text.lines]


def as_wide_as_needed(
    sheet: Sheet, columns: Sequence[Column], rows: Iterable[Sequence[Cell | str]], *, rest: int, total: float = FULL
) -> list[Column]:
    """Return columns as wide as what they hold.

    Args:
        sheet: What they will be drawn on.
        columns: Their widths are the most that each may take.
        rows: What they hold.
        rest: Which of them takes what the others leave.
        total: How wide the table is.
    """
    needed = [sheet.width(column.title, _HEAD) for column in columns]
    for row in rows:
        for place, cell in enumerate(row):
            words, bold = (cell, False) if isinstance(cell, str) else (cell.words, cell.bold)
            needed[place] = max(needed[place], sheet.width(words, replace(BODY, bold=bold)))
    last = len(columns) - 1
    widths = [
        min(column.width, width + _GAP + 0.1 + _EDGE * ((place == 0) + (place == last)))
        for place, (column, width) in enumerate(zip(columns, needed, strict=True))
    ]
    free = total - sum(widths)
    air = max(0, min(_MOST_AIR, (free - _LEAST_REST) / last))
    widths = [width + (free - last * air if place == rest else air) for place, width in enumerate(widths)]
    return [replace(column, width=width) for column, width in zip(columns, widths, strict=True)]


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
