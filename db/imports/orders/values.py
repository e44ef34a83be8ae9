"""Cells of a table as values: money, days, rates, words, written the French or the English way, never guessed."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from db.domain.formats import money
from db.domain.money import BASIS_POINTS
from db.domain.text import fold
from db.domain.time import PARIS
from db.imports.orders.notes import Notes, UnreadableError

#: A spreadsheet's numbers come as decimals, its dates as dates; everything in a CSV is text.
Cell = str | Decimal | dt.datetime | dt.date

_SHOWN = 40
_MOST_DIGITS = 20
_SPACES = re.compile(r"[\s\u00a0\u202f']+")
#: Around the amount only: « 12€50 » is neither 1250 nor safely 12,50.
_CURRENCY_MARKS = re.compile(r"^\s*(?:€|\$|£|[A-Z]{3})|(?:€|\$|£|[A-Z]{3})\s*$", re.IGNORECASE)
_GROUPED_BY_SPACES = re.compile(r"\d{1,3}( \d{3})+(?:[.,]\d+)?")
_FRENCH = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,2}")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+\.\d{1,2}")
_THOUSANDS = re.compile(r"\d{1,3}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})")
_PLAIN = re.compile(r"(\d{1,12})(?:[.,](\d+))?")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SLASHED = re.compile(
    r"(?P<first>\d{1,2})[/.\-](?P<second>\d{1,2})[/.\-](?P<year>\d{4}|\d\d)"
    r"(?:[ T,]+(?P<hour>\d{1,2})[:hH](?P<minute>\d\d)(?::(?P<seconds>\d\d))?)?"
)

Meaning = TypeVar("Meaning")


def text_of(cell: Cell) -> str:
    """Return a cell as text without outer spaces; a number without the zeros that a spreadsheet adds."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if not cell.is_finite() or cell.adjusted() > _MOST_DIGITS:
        return str(cell)
    return format(cell.quantize(Decimal(1)) if cell == cell.to_integral_value() else cell.normalize(), "f")


def shown(cell: Cell) -> str:
    """Return a cell as a sentence quotes it: « 12;5 »."""
    text = " ".join(text_of(cell).split())
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f"«\u00a0{cut}\u00a0»"


def cents(cell: Cell, what: str, notes: Notes) -> int:
    """Return an amount in cents, negative where it is written so.

    Raises:
        UnreadableError: It is no amount, or could be two.
    """
    if isinstance(cell, Decimal):
        return _exact_cents(cell, cell, what)
    text = _SPACES.sub(" ", _CURRENCY_MARKS.sub("", text_of(cell))).strip()
    is_negative = text[:1] in {"-", "−"}
    text = text.lstrip("+-− ")
    if _GROUPED_BY_SPACES.fullmatch(text):
        number = text.replace(" ", "").replace(",", ".")
    elif _FRENCH.fullmatch(text):
        number = text.replace(".", "").replace(",", ".")
    elif _ENGLISH.fullmatch(text):
        number = text.replace(",", "")
        notes.corrected(f"{what}\u00a0: {shown(cell)} est lu {money(_exact_cents(Decimal(number), cell, what))}.")
    elif _THOUSANDS.fullmatch(text):
        number = text.replace(".", "").replace(",", "")
    else:
        number = _plain(text, cell, what)
    value = _exact_cents(Decimal(number), cell, what)
    return -value if is_negative else value


def _plain(text: str, cell: Cell, what: str) -> str:
    found = _PLAIN.fullmatch(text)
    if not found:
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} n’est pas un montant. Écrivez par exemple 1234,56.")
    units, decimals = found[1], found[2] or ""
    if len(decimals) == 3 and len(units) <= 3 and not units.startswith("0"):
        raise UnreadableError(
            f"{what}\u00a0: {shown(cell)} peut se lire {money(int(units + decimals) * 100)} ou comme trois décimales. "
            "Écrivez le montant avec deux décimales."
        )
    return f"{units}.{decimals or '0'}"


def _exact_cents(number: Decimal, cell: Cell, what: str) -> int:
    # The size first: 1e999999 is a decimal, too, and no machine holds its digits.
    if not number.is_finite() or (number and number.adjusted() > 12):
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} est hors de toute mesure.")
    exact = number * 100
    if exact != exact.to_integral_value():
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} a plus de deux décimales.")
    return int(exact)


def whole(cell: Cell, what: str, *, least: int = 0) -> int:
    """Return a whole number: a quantity, a weight.

    Raises:
        UnreadableError: It is none, or less than ``least``.
    """
    text = text_of(cell).replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
    found = re.fullmatch(r"([-−]?\d{1,9})(?:[.,]0+)?", text)
    if not found:
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} n’est pas un nombre entier.")
    number = int(found[1].replace("−", "-"))
    if number < least:
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} est trop petit, il faut au moins {least}.")
    return number


def rate_bp(cell: Cell, what: str, notes: Notes) -> int:
    """Return a VAT rate in basis points: « 20 », « 5,5 % », and a spreadsheet's 0.2, which it shows as 20 %.

    Raises:
        UnreadableError: It is no rate.
    """
    text = text_of(cell).replace("%", "").replace("\u00a0", "").replace("\u202f", "").strip().replace(",", ".")
    found = re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text, re.ASCII)
    rate = Decimal(text) * 100 if found else Decimal(-1)
    if 0 < rate < 100 and "%" not in text_of(cell):
        rate *= 100
        notes.corrected(f"{what}\u00a0: {shown(cell)} est lu {text_of(rate / 100)}\u00a0%.")
    if not 0 <= rate <= BASIS_POINTS or rate != rate.to_integral_value():
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} n’est pas un taux de TVA. Écrivez par exemple 20 ou 5,5.")
    return int(rate)


def instant(cell: Cell, what: str, *, is_american: bool = False) -> dt.datetime:
    """Return an instant; one that names no time zone is of Paris, one without an hour is the day's first.

    Args:
        cell: « 21/11/2026 14:32 », « 2026-11-21 », an ISO 8601 instant, or a spreadsheet's date.
        what: What the cell is, for the sentence.
        is_american: Whether the file writes months first elsewhere; a day that could be either is then refused.

    Raises:
        UnreadableError: It is no date, or could be two.
    """
    moment = cell if isinstance(cell, dt.date) else _moment(text_of(cell), cell, what, is_american=is_american)
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())  # At noon, an order of this morning would be of the future.
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=PARIS)).astimezone(dt.UTC)
    except (OverflowError, ValueError):
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} est une date impossible.") from None


def is_month_first(cell: Cell) -> bool:
    """Tell whether a cell can only be an American date: 11/21/2026."""
    found = _SLASHED.fullmatch(text_of(cell)) if isinstance(cell, str) else None
    return found is not None and int(found["first"]) <= 12 < int(found["second"]) <= 31


def _moment(text: str, cell: Cell, what: str, *, is_american: bool) -> dt.datetime | dt.date:
    found = _SLASHED.fullmatch(text)
    try:
        if not found:
            return dt.date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else dt.datetime.fromisoformat(text)
        day, month, year = int(found["first"]), int(found["second"]), int(found["year"])
        if is_american and day <= 12 and day != month:
            raise UnreadableError(
                f"{what}\u00a0: le jour et le mois de {shown(cell)} ne se distinguent pas, car ce fichier écrit "
                "aussi des dates à l’américaine. Écrivez les dates comme 2026-11-21."
            )
        date = dt.date(year + 2000 if year < 100 else year, month, day)
        if found["hour"] is None:
            return date
        time = dt.time(int(found["hour"]), int(found["minute"]), int(found["seconds"] or 0))
        return dt.datetime.combine(date, time)
    except (ValueError, OverflowError):
        raise UnreadableError(
            f"{what}\u00a0: {shown(cell)} n’est pas une date. Écrivez par exemple 21/11/2026 ou 2026-11-21 14:32."
        ) from None


def one_of(cell: Cell, what: str, meanings: Mapping[str, Meaning]) -> Meaning:
    """Return what a word means; ``meanings`` has folded words.

    Raises:
        UnreadableError: Nobody knows the word.
    """
    word = " ".join(re.findall(r"[a-z0-9&]+", fold(text_of(cell))))
    if word not in meanings:
        raise UnreadableError(f"{what}\u00a0: {shown(cell)} n’est pas connu.")
    return meanings[word]
