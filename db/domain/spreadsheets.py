"""Tables on their way into a spreadsheet: what a column holds, and text that nothing takes for a formula.

Spreadsheets run a cell of a CSV file that starts with one of a few signs, whatever the file says it is (OWASP, « CSV
injection »). The rule, in both directions:

- *Writing*: a text that would run gets an apostrophe in front, which makes it text. Numbers, days and instants are no
  texts; neither is a sign followed by figures alone (« +33 6 12 34 56 78 », « -12,50 ») a formula: they stay as they
  are. Codes stay as they are, too: no zero is lost, nothing is turned into a number.
- *Reading*: an apostrophe in front of a text that would run without it is taken off. All other cells are as they are.

A workbook needs none of this: its cells say themselves that they are text.
"""

import datetime as dt
from enum import StrEnum

from db.domain.time import PARIS

#: Spreadsheets run a cell that starts so as a formula, whatever the file says it is.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: First and last code of what nobody sees in front of a sign, and some of them skip: all white space, controls and
#: format signs of Unicode 14 (categories Zs, Zl, Zp, Cc, Cf), and the letters that are drawn as nothing. No NUL:
#: PostgreSQL has none. Written out, for a walk over all of Unicode takes longer than an import may.
_UNSEEN = (
    (0x01, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD),
    (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x1680, 0x1680), (0x180B, 0x180F),
    (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD),
    (0x13430, 0x13438), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F),
)  # fmt: skip
SPACES = "".join(chr(code) for first, last in _UNSEEN for code in range(first, last + 1))
#: A cell that begins with these may begin another one.
BREAKS = ("\t", "\r", "\n")
_DIGITS = "0123456789"
#: A sign and nothing but these: a number or a phone number. They compute nothing, call nothing, name no cell.
FIGURES = f"{_DIGITS} .,()\u00a0\u202f"


class Cell(StrEnum):
    """What a column holds, which decides how every format writes it."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    COUNT = "count"
    #: In hundredths of a percent.
    RATE = "rate"
    #: In cents.
    MONEY = "money"
    FLAG = "flag"


#: Texts; days and instants; counts; rates and amounts in hundredths; flags. What there is nothing to say of is None,
#: or the empty text.
Value = str | dt.date | int | None


def french_cell(cell: Cell, value: Value) -> str:
    """Return a value as a CSV file for a French spreadsheet writes it: nothing for None, no text a formula.

    Every CSV writer of the house that has values at hand asks here; ``db/queries/exports/as_text.py`` says the same in
    SQL, but keeps the ends of line that are part of a text.
    """
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case int():
            return decimal_comma(value) if cell in (Cell.RATE, Cell.MONEY) else str(value)
        case dt.datetime():
            return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"
        case dt.date():
            return f"{value:%d/%m/%Y}"
    return harmless(" ".join(value.split()))  # On one line.


def decimal_comma(hundredths: int) -> str:
    """Return « -1234,56 »: no separator of thousands, which spreadsheets would take for text."""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole},{rest:02d}"


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet might run a text, with or without apostrophes in front."""
    said = cell.lstrip("'")
    if not (said.startswith(BREAKS) or said.lstrip(SPACES).startswith(FORMULA_STARTS)):
        return False
    is_number = cell[0] in "+-" and cell[1:2].isdecimal() and cell[1:2].isascii() and not cell[1:].strip(FIGURES)
    return not is_number


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula; numbers are not texts and are left alone."""
    return f"'{cell}" if is_formula(cell) else cell


def as_meant(cell: str) -> str:
    """Return the text that ``harmless`` was given."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell
