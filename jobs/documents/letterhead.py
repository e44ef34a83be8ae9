"""What the top of every document shows: whose it is, who it is for, and the facts at a glance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from db.domain.postal import PostalAddress
from jobs.documents.sheet import (
    BODY,
    CAPTION,
    HEADING,
    LEFT,
    RIGHT,
    SMALL,
    STRONG,
    TITLE,
    TOP,
    Sheet,
)

#: The window of a DL envelope shows what lies here of a sheet folded in three.
ADDRESS_X, ADDRESS_Y = 112.0, 50.0
_ADDRESS_WIDTH = RIGHT - ADDRESS_X
_WINDOW_BOTTOM = 80.0
_LEFT_WIDTH = ADDRESS_X - LEFT - 10
_LOGO_WIDTH, _LOGO_HEIGHT = 64.0, 17.0
_SENDER_Y = 38.0


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing to be seen at a glance: its caption, what it is, and what is to be known of it."""

    caption: str
    words: str
    beneath: Sequence[str] = ()


def draw_name(sheet: Sheet, name: str, logo: bytes | None) -> None:
    """Draw the logo, or the name in letters where there is none."""
    if logo and sheet.picture(logo, LEFT, TOP, _LOGO_WIDTH, _LOGO_HEIGHT):
        return
    style = replace(TITLE, size=17, ink=sheet.accent)
    sheet.write(LEFT, TOP, sheet.fitted(name, style, _LEFT_WIDTH, 9))


def draw_title(sheet: Sheet, title: str, number: str, beneath: str = "") -> None:
    """Draw what the document is, at the right, where it is looked for when leafing."""
    y = sheet.write(ADDRESS_X, TOP - 1.5, sheet.fitted(title, replace(TITLE, ink=sheet.accent), _ADDRESS_WIDTH, 12))
    y = sheet.write(ADDRESS_X, y + 0.8, sheet.fitted(number, HEADING, _ADDRESS_WIDTH, 7))
    sheet.write(ADDRESS_X, y, sheet.text(beneath, BODY, _ADDRESS_WIDTH))


def draw_sender(sheet: Sheet, caption: str, name: str, lines: Iterable[str], small: Iterable[str]) -> float:
    """Draw who it comes from; return where that ends."""
    y = sheet.write(LEFT, _SENDER_Y, sheet.text(caption, CAPTION, _LEFT_WIDTH))
    y = sheet.write(LEFT, y, sheet.text(name, STRONG, _LEFT_WIDTH))
    y = sheet.write(LEFT, y, sheet.text(lines, BODY, _LEFT_WIDTH))
    return sheet.write(LEFT, y + 0.8, sheet.text(small, SMALL, _LEFT_WIDTH))


def draw_addressee(sheet: Sheet, caption: str, address: PostalAddress, beneath: Iterable[str] = ()) -> float:
    """Draw who it goes to, where an envelope's window shows it; return where that ends."""
    sheet.write(ADDRESS_X, ADDRESS_Y - 5, sheet.text(caption, CAPTION, _ADDRESS_WIDTH))
    style = replace(BODY, size=10, leading=1.3)
    y = ADDRESS_Y
    for place, line in enumerate(address.lines):
        y = sheet.write(ADDRESS_X, y, sheet.text(line, replace(style, bold=place == 0), _ADDRESS_WIDTH))
    return sheet.write(ADDRESS_X, max(y + 1, _WINDOW_BOTTOM), sheet.text(beneath, SMALL, _ADDRESS_WIDTH))


def draw_facts(sheet: Sheet, facts: Sequence[Fact], widths: Sequence[float]) -> None:
    """Draw facts side by side below a line in the accent's colour, from the sheet's ``y`` on."""
    sheet.rule(sheet.y, ink=sheet.accent, weight=0.4)
    x, end = LEFT, sheet.y
    for fact, width in zip(facts, widths, strict=True):
        y = sheet.write(x, sheet.y + 2, sheet.text(fact.caption, CAPTION, width - 3))
        y = sheet.write(x, y, sheet.fitted(fact.words, STRONG, width - 3, 7))
        end = max(end, sheet.write(x, y, sheet.text(fact.beneath, replace(BODY, size=8), width - 3)))
        x += width
    sheet.y = end + 4


def address_lines(street: str, postcode: str, city: str, country: str = "") -> list[str]:
    """Return an address as it is written in a letter's head."""
    return [line for line in (*street.splitlines(), f"{postcode} {city}".strip(), country) if line]
