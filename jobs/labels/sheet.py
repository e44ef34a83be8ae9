"""The paper that labels are drawn on, and text that fits where it is drawn, whatever it says."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

from db.domain.labels import LabelFormat

FONT = "Inter"
_FONTS = Path(__file__).resolve().parents[1] / "fonts"
_FONT_FILES = {"": _FONTS / "inter-4.1-regular.ttf", "B": _FONTS / "inter-4.1-bold.ttf"}

#: An A6 in millimetres: a page of its own, or a quarter of an A4.
WIDTH, HEIGHT = 105.0, 148.5
_POINT_MM = 25.4 / 72
LEADING = 1.25
#: Nobody's address is longer; what somebody pasted there instead is cut.
_LONGEST_LINE = 200
_STEP = 0.5


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
        for style, path in _FONT_FILES.items():
            self.pdf.add_font(FONT, style, path)
        self.pdf.set_font(FONT, "", 10)
        self._letters = frozenset(cast("TTFFont", self.pdf.fonts[FONT.lower()]).cmap)
        # fpdf2 breaks lines, too, at a hundred times the price: it measures each at each size anew.
        self._width_of_letter = cache(self._measured)

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
            if len(broken) * size * _POINT_MM * LEADING <= height:
                return Fitted(tuple(broken), size)
            size -= _STEP
        room = int(height / (smallest * _POINT_MM * LEADING))
        return Fitted(tuple(self._broken(readable, width, smallest)[-room:]), smallest)

    def write(self, x: float, y: float, text: Fitted, width: float, *, align: str = "L", bold: bool = False) -> float:
        """Write fitted lines; return where they end."""
        self.pdf.set_font(FONT, "B" if bold else "", text.size)
        step = text.size * _POINT_MM * LEADING
        for place, line in enumerate(text.lines):
            self.pdf.set_xy(x, y + place * step)
            self.pdf.cell(width, step, line, align=align)
        return y + len(text.lines) * step

    def readable(self, text: str) -> str:
        """Return a text in letters that the font has: without its accent where it lacks it, else a question mark."""
        composed = unicodedata.normalize("NFC", " ".join(text[:_LONGEST_LINE].split()))
        return "".join(map(self._nearest, composed))

    def _nearest(self, letter: str) -> str:
        if unicodedata.category(letter)[0] in "CM":  # Marks and controls are not seen by themselves.
            return ""
        if ord(letter) in self._letters:
            return letter
        plain = unicodedata.normalize("NFKD", letter)
        kept = "".join(each for each in plain if ord(each) in self._letters and not unicodedata.combining(each))
        return kept or "?"

    def _broken(self, lines: Sequence[str], width: float, size: float) -> list[str]:
        room = width / (size * _POINT_MM)
        return [part for line in lines for part in self._line_broken(line, room)]

    def _line_broken(self, line: str, room: float) -> Iterator[str]:
        """Break a line between words, and a word that is wider than the place where it has to."""
        part, taken = "", 0.0
        for word in line.split(" "):
            width = self._width(word)
            if part and taken + self._width(" ") + width <= room:
                part, taken = f"{part} {word}", taken + self._width(" ") + width
                continue
            if part:
                yield part
            while width > room:
                head = self._head(word, room)
                yield head
                word = word[len(head) :]  # noqa: PLW2901  what is left of it is the word from here on
                width = self._width(word)
            part, taken = word, width
        if part:
            yield part

    def _head(self, word: str, room: float) -> str:
        for end in range(2, len(word) + 1):
            if self._width(word[:end]) > room:
                return word[: end - 1]
        return word

    def _width(self, text: str) -> float:
        """Return how wide a text is, in its own size: bold, the wider of the two."""
        return sum(map(self._width_of_letter, text))

    def _measured(self, letter: str) -> float:
        self.pdf.set_font(FONT, "B", 100)
        return self.pdf.get_string_width(letter) / (100 * _POINT_MM)
