"""Text in our PDFs: the letters that its fonts have, how wide a text is and where it breaks; for labels and documents.

fpdf2 measures and breaks, too, at a hundred times the price: it measures each piece at each size anew.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import accumulate, groupby
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

FONT = "Inter"
_FILES = Path(__file__).parent / "fonts"
#: By the first word of a letter's Unicode name, what few texts need and docs/fonts/make.py keeps apart.
_MORE = {"LATIN": "latin", "GREEK": "greek", "CYRILLIC": "cyrillic"}
_STAND_IN = "?"

POINT_MM = 25.4 / 72
#: What is one space: not what stands between thousands, nor before €, nor in figures that are padded to align.
_SPACES = re.compile(r"[^\S\u00a0\u202f\u2007]+")
#: Where a line may break: not after an opening mark nor before a closing one, which French sets apart.
_BREAKS = re.compile(r"(?<!«) (?![»:;?!])")
#: Where a word that is too wide is cut rather than anywhere.
_JOINTS = re.compile(r"[-‐–/_.@ ](?=.)")
#: How far the baseline lies below the middle of a line, in its own size: capitals then stand in the middle.
_BASELINE = 0.36


class Lettering:
    """The fonts of one PDF. The rarer letters are loaded when a text needs them."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self._fonts: dict[tuple[str, bool], TTFFont] = {}
        self._letters = frozenset(self._font(FONT, bold=False).cmap)
        self._font(FONT, bold=True)
        self._family = cache(self._family_of)
        self._nearest = cache(self._drawn)
        self._ems: dict[bool, Callable[[str], float]] = {
            bold: cache(partial(self._measured, bold=bold)) for bold in (False, True)
        }
        #: What could not be drawn as it was written, in the order it came.
        self.misread: dict[str, None] = {}

    def readable(self, text: str) -> str:
        """Return a text in letters that the fonts have: without its accent where they lack it, else a question mark."""
        words = unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip(" "))
        drawn = [self._nearest(letter) for letter in words]
        if any(is_other for _, is_other in drawn):
            self.misread[words] = None
        return "".join(letters for letters, _ in drawn)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a readable text is, in millimetres, at a size in points."""
        return sum(map(self._ems[bold], text)) * size * POINT_MM

    def broken(self, line: str, width: float, size: float, *, bold: bool = False) -> Iterator[str]:
        """Break a readable line between words, and a word that is wider than the place where it has to."""
        room, ems = width / (size * POINT_MM), self._ems[bold]
        space = ems(" ")
        part, taken = "", 0.0
        for word in _BREAKS.split(line):
            needed = sum(map(ems, word))
            if part and taken + space + needed <= room:
                part, taken = f"{part} {word}", taken + space + needed
                continue
            if part:
                yield part
            while needed > room:
                fitting = sum(end <= room for end in accumulate(map(ems, word)))
                head = _cut(word[: max(1, fitting)])
                if head == word:  # One letter, wider than the place.
                    break
                yield head.rstrip(" ")
                word = word[len(head) :].lstrip(" ")  # noqa: PLW2901  what is left of it is the word from here on
                needed = sum(map(ems, word))
            part, taken = word, needed
        if part:
            yield part

    def write(self, x: float, middle: float, text: str, size: float, *, bold: bool = False) -> None:
        """Write a readable text from ``x`` on, its capitals around the height ``middle``."""
        baseline = middle + _BASELINE * size * POINT_MM
        for family, run in groupby(text, key=self._family):
            words = "".join(run)
            self._font(family, bold=bold)
            self._pdf.set_font(family, "B" if bold else "", size)
            self._pdf.text(x, baseline, words)
            x += self.width(words, size, bold=bold)

    def _font(self, family: str, *, bold: bool) -> TTFFont:
        if (family, bold) not in self._fonts:
            style, weight = ("B", "bold") if bold else ("", "regular")
            script = family.removeprefix(FONT)
            self._pdf.add_font(family, style, _FILES / f"inter-4.1-{weight}{script}.ttf")
            self._fonts[family, bold] = cast("TTFFont", self._pdf.fonts[f"{family.lower()}{style}"])
        return self._fonts[family, bold]

    def _measured(self, letter: str, *, bold: bool) -> float:
        return self._font(self._family(letter), bold=bold).cw[ord(letter)] / 1000

    def _family_of(self, letter: str) -> str:
        """Return which of the fonts may have a letter."""
        script = None if ord(letter) in self._letters else _MORE.get(unicodedata.name(letter, "").partition(" ")[0])
        return f"{FONT}-{script}" if script else FONT

    def _has(self, letter: str) -> bool:
        return ord(letter) in self._font(self._family(letter), bold=False).cmap

    def _drawn(self, letter: str) -> tuple[str, bool]:
        """Return what is drawn for a letter, and whether it is another one."""
        category = unicodedata.category(letter)
        if category in {"Cc", "Cf"}:  # Controls are not seen by themselves.
            return "", False
        if category[0] == "M":  # An accent that no letter of the fonts bears.
            return "", True
        if self._has(letter):
            return letter, False
        plain = unicodedata.normalize("NFKD", letter)
        kept = "".join(each for each in plain if not unicodedata.combining(each) and self._has(each))
        # « ﬁ » is written f and i: nothing is lost.
        return kept or _STAND_IN, not kept or kept != plain


def _cut(head: str) -> str:
    """Return what of a word that has to be cut goes on the line: up to its last joint, if that leaves enough."""
    joints = [joint.end() for joint in _JOINTS.finditer(head) if joint.end() > len(head) // 3]
    return head[: joints[-1]] if joints else head
