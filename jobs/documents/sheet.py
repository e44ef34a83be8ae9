"""The A4 paper of documents: what is drawn on it, page after page, with each document's own page numbers.

Everything is laid out first and drawn when its document is finished: only then is it known that page 1 is one of 3.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import BinaryIO

from jobs.documents.pen import Pen, picture_size
from jobs.lettering import POINT_MM

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT = 17.0, 193.0
TOP, BOTTOM = 14.0, 274.0
#: What adding heights line by line may miss of their sum, in millimetres: what fits exactly fits.
_ROUNDING = 1e-6
#: Where a page goes on below its running head.
_TOP_OF_NEXT = 26.0
_RUNNING_HEAD, _FOOT = 15.5, 279.0
_HALF = 86.0
#: More do not fit between the foot's line and what printers leave white.
_MOST_FOOT_LINES = 4


class Ink(StrEnum):
    """The colours of words and lines, but for the accent, which is the marketplace's."""

    TEXT = "#1b1f24"
    MUTED = "#5b636d"
    RULE = "#d5d9de"
    GROUND = "#f5f6f7"
    PAPER = "#ffffff"


class Align(StrEnum):
    """Where a line stands in its place."""

    LEFT = "L"
    CENTRE = "C"
    RIGHT = "R"


_FREE_BEFORE = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}


@dataclass(frozen=True, slots=True)
class Style:
    """How words are set."""

    size: float
    bold: bool = False
    ink: str = Ink.TEXT
    leading: float = 1.38

    @property
    def step(self) -> float:
        """Return the height of a line, in millimetres."""
        return self.size * POINT_MM * self.leading


TITLE = Style(22, bold=True, leading=1.1)
HEADING = Style(11, bold=True)
BODY = Style(9)
STRONG = Style(9, bold=True)
CAPTION = Style(7, ink=Ink.MUTED)
SMALL = Style(7.2, ink=Ink.MUTED)


@dataclass(frozen=True, slots=True)
class Text:
    """Lines as they are broken, and how they are set."""

    lines: tuple[str, ...]
    style: Style

    @property
    def height(self) -> float:
        """Return how high it is, in millimetres."""
        return len(self.lines) * self.style.step

    @property
    def first(self) -> "Text":
        """Return its first line alone."""
        return replace(self, lines=self.lines[:1])


@dataclass(frozen=True, slots=True)
class Running:
    """What all pages of a document bear: the foot, and from the second on a head that says what goes on."""

    head: str
    owner: str = ""
    foot: Sequence[str] = ()
    accent: str = Ink.TEXT


@dataclass(slots=True)
class _Document:
    """A document that is being laid out: its pages, each a list of what will be drawn."""

    running: Running
    pages: list[list[Callable[[], None]]] = field(default_factory=list)


class Sheet:
    """The pages of one file, of one document or many."""

    def __init__(self, title: str, made_at: dt.datetime, *, author: str = "", subject: str = "") -> None:
        """Open a file.

        Args:
            title: What the reader's window is called.
            made_at: Stated as the moment it was made: the same contents are then the same bytes.
            author: Who it is by.
            subject: What it is about.
        """
        self._pen = Pen(title, made_at, author, subject)
        self._lettering = self._pen.lettering
        self._document: _Document | None = None
        #: Where the next thing goes on the page, in millimetres from the top.
        self.y = TOP

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what could not be drawn as it was written."""
        return tuple(self._lettering.misread)

    @property
    def accent(self) -> str:
        """Return the colour of the document that is being laid out."""
        return self._open.running.accent

    # Documents and pages.

    def begin(self, running: Running) -> None:
        """Start a document on a page of its own."""
        self.finish()
        self._document = _Document(running, [[]])
        self.y = TOP

    def next_page(self) -> None:
        """Go on with the document on a further page."""
        running = self._open.running
        self._open.pages.append([])
        head = self.fitted(running.head, replace(STRONG, size=8), _HALF, 6)
        owner = self.fitted(running.owner, replace(CAPTION, size=8), _HALF, 6)
        self.write(LEFT, _RUNNING_HEAD, head.first)
        self.write(RIGHT - _HALF, _RUNNING_HEAD, owner.first, _HALF, Align.RIGHT)
        self.rule(_RUNNING_HEAD + 6)
        self.y = _TOP_OF_NEXT

    def has_room(self, height: float) -> bool:
        """Tell whether so much fits on what is left of the page."""
        return self.y + height <= BOTTOM + _ROUNDING

    def make_room(self, height: float) -> None:
        """Go to a further page where so much does not fit on this one."""
        if not self.has_room(height):
            self.next_page()

    def measured(self, draw: Callable[[], None]) -> float:
        """Return how much of a page something takes that is drawn from the sheet's ``y`` on, without drawing it."""
        document, y = self._document, self.y
        self._document, self.y = _Document(self._open.running, [[]]), 0
        draw()
        height = self.y if len(self._open.pages) == 1 else BOTTOM
        self._document, self.y = document, y
        return height

    def finish(self) -> None:
        """Draw the document that was laid out, with its page numbers."""
        if self._document is None:
            return
        count = len(self._document.pages)
        for number, page in enumerate(self._document.pages, start=1):
            self._foot(page, self._document.running, f"Page {number}/{count}")
            self._pen.add_page()
            for draw in page:
                draw()
        self._document = None

    def attach(self, name: str, contents: bytes, description: str) -> None:
        """Embed the invoice that machines read."""
        self._pen.attach(name, contents, description)

    def write_to(self, out: BinaryIO) -> None:
        """Write the finished file."""
        self.finish()
        self._pen.write_to(out)

    # Words.

    def width(self, words: str, style: Style) -> float:
        """Return how wide words are in one line."""
        return self._lettering.width(self._lettering.readable(words), style.size, bold=style.bold)

    def text(self, words: str | Iterable[str], style: Style, width: float) -> Text:
        """Return words broken into lines that fit a width; each of several begins a line, empty ones are left out."""
        lines = [words] if isinstance(words, str) else words
        return Text(
            tuple(
                part
                for line in lines
                for paragraph in line.splitlines()
                for part in self._lettering.broken(
                    self._lettering.readable(paragraph), width, style.size, bold=style.bold
                )
            ),
            style,
        )

    def fitted(self, words: str, style: Style, width: float, smallest: float) -> Text:
        """Return words in one line, set smaller where they are too wide, broken where they still are."""
        line = self._lettering.readable(words)
        needed = self._lettering.width(line, style.size, bold=style.bold)
        size = style.size if needed <= width else max(smallest, style.size * width / needed * 0.995)
        return self.text(line, replace(style, size=size), width)

    def write(self, x: float, y: float, text: Text, width: float = 0, align: Align = Align.LEFT) -> float:
        """Draw lines from a height on; return where they end."""
        style = text.style
        for place, line in enumerate(text.lines):
            free = width - self._lettering.width(line, style.size, bold=style.bold)
            left = x + free * _FREE_BEFORE[align] if align is not Align.LEFT else x
            middle = y + (place + 0.5) * style.step
            self._later(partial(self._pen.write, left, middle, line, style.size, style.ink, style.bold))
        return y + text.height

    def flow(self, x: float, text: Text) -> None:
        """Draw lines from the sheet's ``y`` on, on further pages where there are many."""
        for line in text.lines:
            self.make_room(text.style.step)
            self.y = self.write(x, self.y, replace(text, lines=(line,)))

    def stack(self, x: float, y: float, texts: Iterable[Text], gap: float = 0) -> float:
        """Draw texts one below the other; return where they end."""
        for text in texts:
            y = self.write(x, y, text) + (gap if text.lines else 0)
        return y

    # Lines, grounds, pictures.

    def rule(self, y: float, x: float = LEFT, right: float = RIGHT, ink: str = Ink.RULE, weight: float = 0.2) -> None:
        """Draw a horizontal line."""
        self._later(partial(self._pen.rule, x, y, right, ink, weight))

    def ground(self, x: float, y: float, width: float, height: float, ink: str = Ink.GROUND) -> None:
        """Fill a place with a colour; what is drawn after lies on it."""
        self._later(partial(self._pen.fill, x, y, width, height, ink))

    def picture(self, contents: bytes, x: float, y: float, width: float, height: float) -> bool:
        """Draw a picture as large as fits, from the upper left corner on; return whether it is one."""
        size = picture_size(contents)
        if size is None:
            return False
        across, down = size
        scale = min(width / across, height / down)
        self._later(partial(self._pen.picture, contents, x, y, across * scale, down * scale))
        return True

    def link(self, x: float, y: float, width: float, height: float, url: str) -> None:
        """Make a place lead to an address."""
        self._later(partial(self._pen.link, x, y, width, height, url))

    @property
    def _open(self) -> _Document:
        if self._document is None:
            raise ValueError("begin a document first")
        return self._document

    def _later(self, draw: Callable[[], None]) -> None:
        self._open.pages[-1].append(draw)

    def _foot(self, page: list[Callable[[], None]], running: Running, number: str) -> None:
        pen, small = self._pen, replace(CAPTION, size=6.2)
        page.append(partial(pen.rule, LEFT, _FOOT - 1.6, RIGHT, Ink.RULE, 0.2))
        lines = self.text(running.foot, small, RIGHT - LEFT - 20).lines[:_MOST_FOOT_LINES]
        for place, line in enumerate(lines):
            middle = _FOOT + (place + 0.5) * small.step
            page.append(partial(pen.write, LEFT, middle, line, small.size, small.ink, small.bold))
        left = RIGHT - self._lettering.width(number, CAPTION.size)
        middle = _FOOT + small.step / 2
        page.append(partial(pen.write, left, middle, number, CAPTION.size, CAPTION.ink, CAPTION.bold))
