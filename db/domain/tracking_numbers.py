"""Parcels' numbers as carriers give them back: a file or a pasted text, with an order's number and the parcel's.

Nothing here raises: whatever comes in, what can be read of it is read, and the rest is said.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.domain.carriers import NUMBER_FORMATS, Carrier, compact
from db.domain.spreadsheets import FORMULA_STARTS
from db.domain.text import fold

#: A file of a day's parcels has some hundred lines; one that is far longer is another file.
MAX_LINES = 10_000
_SEPARATORS = (";", "\t", ",", "|")
#: An order's number and its parcel's.
_PAIR = 2
#: « Adresse 2 » is a title, « N-398 » is not.
_FIGURES_IN_TITLES = 2
_NOT_SEPARATED = "Ligne mal séparée\u00a0: écrivez le numéro de commande, un point-virgule, le numéro de suivi."
#: As many lines tell what a column holds.
_LINES_LOOKED_AT = 50

_ORDER_TITLES = ("commande", "order", "reference", "ref")
_TRACKING_TITLES = ("suivi", "tracking", "colis", "parcel", "envoi", "expedition", "lt")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty, with its place in the text, from 1."""

    place: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A text as lines of cells."""

    lines: tuple[Line, ...]
    #: What the first line calls the columns; empty where it is a line like the others.
    titles: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Return how many columns there are."""
        return max((len(line.cells) for line in self.lines), default=len(self.titles))

    def column_name(self, column: int) -> str:
        """Return how a column is called, or what its first cell says."""
        if column < len(self.titles) and self.titles[column]:
            return self.titles[column]
        first = next((line.cells[column] for line in self.lines if column < len(line.cells)), "")
        return f"Colonne {column + 1} ({first})" if first else f"Colonne {column + 1}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; None where it is for a person to say."""

    order: int | None
    tracking: int | None


@dataclass(frozen=True, slots=True)
class Given:
    """What one line says: the number of an order and that of its parcel."""

    place: int
    order_number: str
    tracking_number: str
    #: Whether the line has the two parts; without, the order's number is all that it says.
    is_separated: bool = True


def decoded(content: bytes) -> str:
    """Return the text of a file in any encoding that carriers' tools write."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_table(text: str) -> Table:
    """Return a text as lines of cells, whatever separates each; its first line as titles where it reads like some."""
    lines = tuple(Line(place, cells) for place, cells in enumerate(_cells(text), start=1) if any(cells))[:MAX_LINES]
    if lines and _reads_like_titles(lines[0].cells):
        return Table(lines[1:], lines[0].cells)
    return Table(lines)


def guess_columns(table: Table, is_order: Callable[[str], bool]) -> Columns:
    """Return which column holds the orders' numbers and which the parcels', as far as that is clear.

    Args:
        table: What was read.
        is_order: Whether there is an order of that number.
    """
    order = _most(table, is_order)
    if order is None:
        order = _titled(table, _ORDER_TITLES, but=_TRACKING_TITLES)
    others = [column for column in range(table.width) if column != order]
    tracking = _titled(table, _TRACKING_TITLES, but=_ORDER_TITLES)
    if tracking is None or tracking == order:
        tracking = _most(table, _reads_like_a_number, among=others)
    if table.width == 2:  # The one column leaves the other; of two that say nothing, the order comes first.
        if order is None:
            order = 0 if tracking is None else 1 - tracking
        tracking = 1 - order
    return Columns(order, tracking)


def read_numbers(table: Table, order: int, tracking: int) -> list[Given]:
    """Return what each line says, of two columns; lines without an order's number are left out."""
    found = (_given(line, order, tracking) for line in table.lines)
    return [each for each in found if each.order_number]


def _given(line: Line, order: int, tracking: int) -> Given:
    if len(line.cells) == 1:
        return Given(line.place, line.cells[0], "", is_separated=False)
    return Given(line.place, _cell(line, order), _cell(line, tracking))


class Finding(StrEnum):
    """What becomes of a line."""

    FOUND = "found"
    DOUBTFUL = "doubtful"
    NO_NUMBER = "no_number"
    UNKNOWN = "unknown"
    NOT_SEPARATED = "not_separated"
    SHIPPED = "shipped"
    NOT_SELECTED = "not_selected"
    DUPLICATE = "duplicate"

    @property
    def is_taken(self) -> bool:
        """Tell whether the number is given to the order."""
        return self in {Finding.FOUND, Finding.DOUBTFUL}


@dataclass(frozen=True, slots=True)
class Checked:
    """One line, what becomes of it, and why."""

    given: Given
    finding: Finding
    why: str = ""


def check_numbers(
    given: Sequence[Given],
    order_ids: Mapping[str, int],
    carrier: Carrier | None,
    among: Collection[int] | None = None,
    shipped: Collection[int] = (),
) -> list[Checked]:
    """Return what becomes of each line.

    Args:
        given: What the lines say.
        order_ids: Order's number → its id, of those that there are.
        carrier: Whose numbers these are, where that is known.
        among: The orders that were selected; None where the file says which.
        shipped: The orders that have left whole: their parcels are corrected, not sent again.
    """
    numbers_of: dict[str, set[str]] = {}
    for each in given:
        numbers_of.setdefault(each.order_number, set()).add(compact(each.tracking_number))
    uses = Counter(number for numbers in numbers_of.values() for number in numbers if number)
    seen: set[str] = set()
    checked = []
    for each in given:
        if each.order_number not in order_ids and not each.is_separated:
            checked.append(Checked(each, Finding.NOT_SEPARATED, _NOT_SEPARATED))
        elif each.order_number not in order_ids:
            checked.append(Checked(each, Finding.UNKNOWN, "Aucune commande de ce numéro."))
        elif among is not None and order_ids[each.order_number] not in among:
            checked.append(Checked(each, Finding.NOT_SELECTED, "Cette commande n’est pas sélectionnée."))
        elif order_ids[each.order_number] in shipped:
            checked.append(Checked(each, Finding.SHIPPED, "Déjà expédiée\u00a0: corrigez son colis sur sa page."))
        elif not each.tracking_number:
            checked.append(Checked(each, Finding.NO_NUMBER, "Aucun numéro de suivi sur cette ligne."))
        elif len(numbers_of[each.order_number] - {""}) > 1:
            checked.append(
                Checked(each, Finding.DUPLICATE, "Plusieurs numéros pour cette commande\u00a0: lequel\u00a0?")
            )
        elif each.order_number in seen:
            checked.append(Checked(each, Finding.DUPLICATE, "Déjà donné par une ligne au-dessus."))
        else:
            seen.add(each.order_number)
            doubt = _doubt(each, carrier, uses[compact(each.tracking_number)])
            checked.append(Checked(each, Finding.DOUBTFUL if doubt else Finding.FOUND, doubt))
    return checked


def _doubt(given: Given, carrier: Carrier | None, uses: int) -> str:
    if uses > 1:
        return "Le même numéro est donné à plusieurs commandes."
    return carrier.doubt_about(given.tracking_number) if carrier else ""


def _cells(text: str) -> list[tuple[str, ...]]:
    separated = [_separated(text, separator) for separator in _SEPARATORS]
    best = max(separated, key=_regularity)
    if not _regularity(best):
        best = [(line,) for line in text.splitlines()]
    width = _usual_width(best)
    return [tuple(_tidy(cell) for cell in _resplit(row, width)) for row in best]


def _resplit(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Return a row's cells; one that the others' separator leaves whole is separated by whatever it has itself."""
    if len(row) != 1:
        return row
    line = row[0].strip()
    for separator in _SEPARATORS:
        parts = tuple(line.split(separator))
        if len(parts) == width:
            return parts
    # « N-398-001   6A 12345678901 »: an order's number, then whatever follows it.
    return tuple(line.split(maxsplit=1)) if width == _PAIR else row


def _separated(text: str, separator: str) -> list[tuple[str, ...]]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:  # A cell without end: quotes that are not meant as such.
        rows = [line.split(separator) for line in text.splitlines()]
    return [tuple(row) for row in rows]


def _usual_width(rows: Sequence[tuple[str, ...]]) -> int:
    """Return how many cells most of the first lines have that have several: two where none has."""
    widths = Counter(len(row) for row in rows[:_LINES_LOOKED_AT] if len(row) > 1)
    return max(widths, key=widths.__getitem__, default=_PAIR)


def _regularity(rows: Sequence[tuple[str, ...]]) -> int:
    """Return how many of the first lines have the same number of cells, at least two."""
    widths = Counter(len(row) for row in rows[:_LINES_LOOKED_AT] if len(row) > 1)
    return max(widths.values(), default=0)


def _tidy(cell: str) -> str:
    stripped = " ".join(cell.split())
    # As files of ours keep spreadsheets from computing.
    return stripped[1:] if stripped[:1] == "'" and stripped[1:].startswith(FORMULA_STARTS) else stripped


def _cell(line: Line, column: int) -> str:
    return line.cells[column] if column < len(line.cells) else ""


def _reads_like_titles(cells: Sequence[str]) -> bool:
    """Tell whether cells name columns: words that we know, and no number, which every other line has."""
    has_number = any(sum(letter.isdigit() for letter in cell) > _FIGURES_IN_TITLES for cell in cells)
    return not has_number and any(_names(cell, _ORDER_TITLES) or _names(cell, _TRACKING_TITLES) for cell in cells)


def _names(title: str, words: Sequence[str]) -> bool:
    said = "".join(letter if letter.isalnum() else " " for letter in fold(title)).split()
    return any(each.startswith(word) if len(word) > 3 else each == word for each in said for word in words)


def _titled(table: Table, words: Sequence[str], but: Sequence[str]) -> int | None:
    """Return the one column whose title has such a word; of several, the one that has none of the others'."""
    named = [place for place, title in enumerate(table.titles) if _names(title, words)]
    clear = [place for place in named if not _names(table.titles[place], but)]
    one = clear if len(named) > 1 else named
    return one[0] if len(one) == 1 else None


def _most(table: Table, is_such: Callable[[str], bool], among: Collection[int] | None = None) -> int | None:
    """Return the column in which most cells are such, if that is more than half of them and one column alone."""
    lines = table.lines[:_LINES_LOOKED_AT]
    counts = {
        column: sum(is_such(cell) for line in lines if (cell := _cell(line, column)))
        for column in (range(table.width) if among is None else among)
    }
    most = max(counts.values(), default=0)
    best = [column for column, count in counts.items() if count == most]
    return best[0] if len(best) == 1 and most * 2 > len(lines) else None


def _reads_like_a_number(cell: str) -> bool:
    number = compact(cell)
    return any(each.matches(number) for formats in NUMBER_FORMATS.values() for each in formats)
