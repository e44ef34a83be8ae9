"""The paper that labels are drawn on, and text that fits where it is drawn, whatever it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from fpdf import FPDF

from db.domain.labels import LabelFormat
from jobs.lettering import FONT, POINT_MM, Lettering

#: An A6 in millimetres: a page of its own, or a quarter of an A4.
WIDTH, HEIGHT = 105.0, 148.5
LEADING = 1.25
#: Nobody's address is longer; what somebody pasted there instead is cut.
_LONGEST_LINE = 200
_STEP = 0.5
#: How much of what a line leaves free lies before it.
_FREE_BEFORE = {"L": 0.0, "C": 0.5, "R": 1.0}


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, in millimetres."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines as they are broken, and the size in points at which they fit."""

    lines: tuple[str, ...]
    size: float


class Sheet:
    """The pages of one file of labels."""

    def __init__(self, paper: LabelFormat, first_place: int = 1) -> None:
        self._paper = paper
        self._next = first_place - 1
        self.pdf = FPDF(format="A4" if paper is LabelFormat.A4 else (WIDTH, HEIGHT))
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_lang("fr")
        self.pdf.set_title("Étiquettes d’envoi")
        self._lettering = Lettering(self.pdf)
        self.pdf.set_font(FONT, "", 10)

    def next_box(self) -> Box:
        """Return the next free place, on a new page where the last one is full."""
        place = self._next % self._paper.places
        if place == 0 or not self.pdf.page:
            self.pdf.add_page()
        self._next += 1
        row, column = divmod(place, 2)
        return Box(column * WIDTH, row * HEIGHT, WIDTH, HEIGHT)

    def write_to(self, out: BinaryIO) -> None:
        """Write the finished file."""
        self.pdf.output(out)

    def fit(self, lines: Sequence[str], width: float, height: float, sizes: tuple[float, float]) -> Fitted:
        """Return lines at the largest size at which they fit, broken where they are too wide.

        What does not fit even at the smallest size loses its first lines: the last ones are the town and the country.

        Args:
            lines: What is to be written.
            width: Of the place, in millimetres.
            height: Of the place.
            sizes: The largest and the smallest size, in points.
        """
        largest, smallest = sizes
        readable = [self.readable(line) for line in lines]
        size = largest
        while size >= smallest:
            broken = self._broken(readable, width, size)
            if len(broken) * size * POINT_MM * LEADING <= height:
                return Fitted(tuple(broken), size)
            size -= _STEP
        room = int(height / (smallest * POINT_MM * LEADING))
        return Fitted(tuple(self._broken(readable, width, smallest)[-room:]), smallest)

    def write(self, x: float, y: float, text: Fitted, width: float, *, align: str = "L", bold: bool = False) -> float:
        """Write fitted lines; return where they end."""
        step = text.size * POINT_MM * LEADING
        for place, line in enumerate(text.lines):
            free = width - self._lettering.width(line, text.size, bold=bold)
            left = x + free * _FREE_BEFORE[align]
            self._lettering.write(left, y + (place + 0.5) * step, line, text.size, bold=bold)
        return y + len(text.lines) * step

    def readable(self, text: str) -> str:
        """Return a text in letters that the fonts have, at a length that an address may have."""
        return self._lettering.readable(text[:_LONGEST_LINE])

    def _broken(self, lines: Sequence[str], width: float, size: float) -> list[str]:
        # Bold, the wider of the two.
        return [part for line in lines for part in self._lettering.broken(line, width, size, bold=True)]
