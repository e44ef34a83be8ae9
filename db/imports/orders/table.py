"""A table of orders as it stands in a file: its header and its rows, each with the line where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.imports.orders.values import Cell

#: Ours has some forty; a sheet whose last cell is in column XFD is no table of orders.
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file that is not empty."""

    line: int
    cells: Sequence[Cell]

    def cell(self, place: int) -> Cell:
        """Return what stands in a column; nothing where the line is shorter."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """The header and the rows beneath it."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def examples(self, place: int) -> list[Cell]:
        """Return the first cells of a column that hold something."""
        found = (row.cell(place) for row in self.rows[:50])
        return [cell for cell in found if cell != ""][:2]
