"""The little writing of e-mails, read once, laid out twice: as HTML and as plain text.

A blank line parts paragraphs. « # » and « ## » begin titles, « - » a list, « 1. » numbered steps, « > » a framed
passage; ``**gras**`` is bold, ``[texte](adresse)`` a link, and ``[[texte]](adresse)`` on a line of its own a button.
Variables arrive marked by ``environment`` and are text, whatever characters they hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

# Of Unicode's private use area: no text has a meaning for them, and none keeps them (``without_marks``).
TEXT_START, TEXT_END = "\ue000", "\ue001"
BLOCK_START, BLOCK_END = "\ue002", "\ue003"
_MARKS = str.maketrans("", "", TEXT_START + TEXT_END + BLOCK_START + BLOCK_END)

_VALUE = re.compile(f"{TEXT_START}(.*?){TEXT_END}", re.DOTALL)
_HELD = re.compile(f"{TEXT_START}(\\d+){TEXT_END}")
_BLOCK = re.compile(f"{BLOCK_START}(\\w+){BLOCK_END}")
_BUTTON = re.compile(r"\[\[([^\[\]]+)\]\]\(([^()\s]*)\)")
_INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|\[(?P<label>[^\[\]]+)\]\((?P<address>[^()\s]*)\)")
_BAR = "| "
_NUMBER = re.compile(r"\d{1,2}\. +")
_LINE_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"']+", re.IGNORECASE)


def without_marks(text: str) -> str:
    """Return the text without the characters that only we may write."""
    return text.translate(_MARKS)


@dataclass(frozen=True, slots=True)
class Block:
    """A variable that stands for a ready-made piece; an absent one is empty, and false in an ``if``."""

    name: str
    is_there: bool = True

    def __bool__(self) -> bool:
        return self.is_there

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of an e-mail in both its forms."""

    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Styles:
    """How each kind of piece looks in HTML; ``layout`` gives them."""

    paragraph: Callable[[Markup], Markup]
    title: Callable[[Markup, int], Markup]
    bullets: Callable[[list[Markup]], Markup]
    numbers: Callable[[list[Markup]], Markup]
    panel: Callable[[list[Markup]], Markup]
    button: Callable[[str, str], Markup]
    link: Callable[[Markup, str], Markup]


def lay_out(filled: str, blocks: Mapping[str, Callable[[], Fragment]], styles: Styles) -> Fragment:
    """Return a filled template as HTML and as plain text."""
    pieces = list(_Reader(filled, blocks, styles).pieces())
    return Fragment(Markup("").join(piece.html for piece in pieces), "\n\n".join(piece.text for piece in pieces))


def plain(filled: str) -> str:
    """Return a filled template as one line of plain text: what a subject is."""
    return one_line(_BLOCK.sub("", _VALUE.sub(r"\1", filled)))


def one_line(text: str) -> str:
    """Return a text on one line; spaces that keep a word and its mark together stay what they are."""
    return _LINE_SPACES.sub(" ", text).strip()


def plain_lines(filled: str) -> str:
    """Return a filled template as plain text with its line ends: a message to be edited before it is sent."""
    return _BLOCK.sub("", _VALUE.sub(r"\1", filled)).strip()


class _Reader:
    """One reading of one text. Values are set aside first, so that nothing in them is read as writing."""

    def __init__(self, filled: str, blocks: Mapping[str, Callable[[], Fragment]], styles: Styles) -> None:
        self._values: list[str] = []
        self._source = _VALUE.sub(self._set_aside, filled.replace("\r\n", "\n"))
        self._blocks = blocks
        self._styles = styles

    def _set_aside(self, match: re.Match[str]) -> str:
        self._values.append(match[1].replace("\r\n", "\n").strip("\n"))
        return f"{TEXT_START}{len(self._values) - 1}{TEXT_END}"

    def pieces(self) -> Iterator[Fragment]:
        for chunk in re.split(r"\n\s*\n", self._source):
            lines = [line.strip() for line in chunk.split("\n") if self._restored(line).strip()]
            for kind, group in groupby(lines, _kind):
                yield from self._pieces(kind, list(group))

    def _pieces(self, kind: str, lines: list[str]) -> Iterator[Fragment]:
        if kind == "block":
            for line in lines:
                yield from self._block_pieces(line)
        elif kind == "button":
            for line in lines:
                yield from self._button(line)
        elif kind == "title":
            for line in lines:
                yield self._title(line)
        elif kind == "bullet":
            yield self._several([line.removeprefix("- ") for line in lines], self._styles.bullets, ["- "] * len(lines))
        elif kind == "number":
            places = [f"{place}. " for place in range(1, len(lines) + 1)]
            yield self._several([_NUMBER.sub("", line) for line in lines], self._styles.numbers, places)
        elif kind == "quote":
            yield self._several([line.removeprefix(">") for line in lines], self._styles.panel, [_BAR] * len(lines))
        else:
            parts = [self._inline(line) for line in lines]
            html = self._styles.paragraph(Markup("<br>").join(part.html for part in parts))
            yield Fragment(html, "\n".join(part.text for part in parts))

    def _block_pieces(self, line: str) -> Iterator[Fragment]:
        """Yield the blocks of a line, and the words around them as paragraphs of their own."""
        for index, part in enumerate(_BLOCK.split(line)):
            if index % 2:
                yield self._blocks[part]()
            elif part.strip():
                inline = self._inline(part.strip())
                yield Fragment(self._styles.paragraph(inline.html), inline.text)

    def _button(self, line: str) -> Iterator[Fragment]:
        match = _BUTTON.fullmatch(line)
        address = _safe(self._restored(match[2])) if match else ""
        if match and address:
            label = self._restored(match[1])
            yield Fragment(self._styles.button(label, address), f"{label}\u00a0:\n{address}")

    def _title(self, line: str) -> Fragment:
        level = 2 if line.startswith("##") else 1
        inline = self._inline(line.lstrip("#").strip())
        rule = ("=" if level == 1 else "-") * min(len(inline.text), 60)
        return Fragment(self._styles.title(inline.html, level), f"{inline.text}\n{rule}")

    def _several(self, lines: list[str], style: Callable[[list[Markup]], Markup], prefixes: list[str]) -> Fragment:
        parts = [self._inline(line.strip()) for line in lines]
        text = "\n".join(_hanging(prefix, part.text) for prefix, part in zip(prefixes, parts, strict=True))
        return Fragment(style([part.html for part in parts]), text)

    def _inline(self, line: str) -> Fragment:
        html, text, end = Markup(""), "", 0
        for match in _INLINE.finditer(line):
            before = self._words(line[end : match.start()])
            piece = self._bold(match) if match["bold"] else self._link(match)
            html, text, end = html + before.html + piece.html, text + before.text + piece.text, match.end()
        rest = self._words(line[end:])
        return Fragment(html + rest.html, text + rest.text)

    def _bold(self, match: re.Match[str]) -> Fragment:
        words = self._words(match["bold"])
        return Fragment(Markup("<strong>") + words.html + Markup("</strong>"), words.text)

    def _link(self, match: re.Match[str]) -> Fragment:
        words, address = self._words(match["label"]), _safe(self._restored(match["address"]))
        if not address:
            return words
        shown = words.text if words.text == address else f"{words.text} ({address.removeprefix('mailto:')})"
        return Fragment(self._styles.link(words.html, address), shown)

    def _words(self, text: str) -> Fragment:
        restored = self._restored(text)
        return Fragment(Markup("<br>").join(escape(line) for line in restored.split("\n")), restored)

    def _restored(self, text: str) -> str:
        return _HELD.sub(lambda match: self._values[int(match[1])], text)


def _hanging(prefix: str, text: str) -> str:
    """Return a text whose later lines stand under its first; those of a framed passage keep its bar."""
    following = prefix if prefix == _BAR else " " * len(prefix)
    return prefix + text.replace("\n", f"\n{following}")


def _kind(line: str) -> str:
    if BLOCK_START in line:
        return "block"
    if _BUTTON.fullmatch(line):
        return "button"
    if line.startswith(("# ", "## ")):
        return "title"
    if line.startswith("- "):
        return "bullet"
    if _NUMBER.match(line):
        return "number"
    return "quote" if line.startswith(">") else "words"


def _safe(address: str) -> str:
    """Return an address that may be followed from an e-mail, or nothing."""
    return address if _SAFE_ADDRESS.fullmatch(address) else ""
