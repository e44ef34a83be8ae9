"""How figures, dates and plurals look to French readers, on screens and in e-mails; the one place that knows."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from db.domain.money import divide_half_up
from db.domain.time import PARIS

NARROW_SPACE = "\u202f"  # Between thousands.
NO_BREAK_SPACE = "\u00a0"  # Before €, %, « : » and the like.
DASH = "–"

_SHORT_NUMBER = 14
#: Before them « de » is « d’ »; no month begins with another one.
_VOWELS = ("a", "o")

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
SHORT_MONTHS = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_SYMBOLS = {"EUR": "€", "GBP": "£", "BRL": "R$", "USD": "$", "CHF": "CHF"}


def integer(value: int) -> str:
    """Return 1234567 as « 1 234 567 »."""
    return f"{value:,}".replace(",", NARROW_SPACE).replace("-", "−")


def amount(cents: int) -> str:
    """Return cents as « 1 234,56 », in a column whose currency is said elsewhere."""
    sign = "−" if cents < 0 else ""
    units, rest = divmod(abs(cents), 100)
    return f"{sign}{integer(units)},{rest:02d}"


def amount_if_any(cents: int) -> str:
    """Return cents as « 1 234,56 », nothing for none: a column of zeros hides what is there."""
    return amount(cents) if cents else ""


def money(cents: int, currency: str = "EUR") -> str:
    """Return cents as « 1 234,56 € », in any currency."""
    return f"{amount(cents)}{NO_BREAK_SPACE}{_SYMBOLS.get(currency, currency)}"


def symbol(currency: str) -> str:
    """Return « € » for EUR; a currency that has no sign of its own is its code."""
    return _SYMBOLS.get(currency, currency)


def short_money(cents: int, currency: str = "EUR") -> str:
    """Return cents in at most three figures, for narrow places: « 9,90 € », « 400 € », « 1,2 k€ », « 18 k€ »."""
    if abs(cents) < 10_00:
        return money(cents, currency)
    sign, symbol = "−" if cents < 0 else "", _SYMBOLS.get(currency, currency)
    for prefix, unit in (("", 100), ("k", 100_000), ("M", 100_000_000)):
        tenths, whole = divide_half_up(abs(cents) * 10, unit), divide_half_up(abs(cents), unit)
        if prefix and tenths < 100:
            figure = f"{tenths // 10},{tenths % 10}".removesuffix(",0")
            return f"{sign}{figure}{NO_BREAK_SPACE}{prefix}{symbol}"
        if whole < 1000:
            break
    return f"{sign}{integer(whole)}{NO_BREAK_SPACE}{prefix}{symbol}"


def evolution(before: int, after: int) -> str:
    """Return how much more or less: « +12,4 % », « −3 % »; ``before`` must be positive."""
    tenths = divide_half_up((after - before) * 1000, before)
    sign = "+" if tenths > 0 else "−" if tenths < 0 else ""
    return f"{sign}{integer(abs(tenths) // 10)},{abs(tenths) % 10}".removesuffix(",0") + f"{NO_BREAK_SPACE}%"


def rate(basis_points: int) -> str:
    """Return basis points as « 5,5 % »."""
    whole, rest = divmod(basis_points, 100)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{NO_BREAK_SPACE}%"


def short_rate(basis_points: int) -> str:
    """Return basis points to a tenth of a per cent, as charts are read: « 12,3 % »."""
    return rate(divide_half_up(basis_points, 10) * 10)


def weight(grams: int) -> str:
    """Return « 850 g » or « 1,25 kg »."""
    if grams < 1000:
        return f"{grams}{NO_BREAK_SPACE}g"
    kilos, rest = divmod(grams, 1000)
    decimals = f",{rest:03d}".rstrip("0") if rest else ""
    return f"{integer(kilos)}{decimals}{NO_BREAK_SPACE}kg"


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """Return « 1 commande » or « 2 commandes »; in French zero and one are singular."""
    word = singular if abs(count) < 2 else plural_form or f"{singular}s"
    return f"{integer(count)}{NO_BREAK_SPACE}{word}"


def enumeration(words: Sequence[str]) -> str:
    """Return « le nom, l’adresse et le pays »."""
    return " et ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def short_number(number: str) -> str:
    """Return an order's number as a narrow column shows it: its end, which tells it from its neighbours."""
    return number if len(number) <= _SHORT_NUMBER else f"…{number[1 - _SHORT_NUMBER :]}"


def shorten(text: str, most: int) -> str:
    """Return a text that fits a narrow cell, its end replaced by « … » where it does not."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def date(day: dt.date) -> str:
    """Return « 21/11/2026 »."""
    return f"{day:%d/%m/%Y}"


def long_date(day: dt.date) -> str:
    """Return « samedi 21 novembre 2026 » (« 1er » for the first)."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{WEEKDAYS[day.weekday()]} {number} {MONTHS[day.month - 1]} {day.year}"


def month(year: int, month_number: int) -> str:
    """Return « novembre 2026 »."""
    return f"{MONTHS[month_number - 1]} {year}"


def of_month(year: int, month_number: int) -> str:
    """Return « de novembre 2026 », « d’août 2026 »."""
    words = month(year, month_number)
    return f"d’{words}" if words.startswith(_VOWELS) else f"de {words}"


def instant(moment: dt.datetime, zone: ZoneInfo = PARIS) -> str:
    """Return an aware instant as « 21/11/2026 14:32 » in the marketplace's time zone."""
    return f"{moment.astimezone(zone):%d/%m/%Y %H:%M}"


def short_instant(moment: dt.datetime, now: dt.datetime, zone: ZoneInfo = PARIS) -> str:
    """Return « 14:32 » today, « hier 14:32 », « 21/11 14:32 » this year, else « 21/11/2025 »."""
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.date() == today - dt.timedelta(days=1):
        return f"hier {local:%H:%M}"
    return f"{local:%d/%m %H:%M}" if local.year == today.year else f"{local:%d/%m/%Y}"


def age(since: dt.datetime, now: dt.datetime) -> str:
    """Return how long ago: « 12 min », « 4 h », « 2 j 4 h », « 45 j »."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    return hours(minutes // 60) if minutes >= 60 else f"{minutes}{NO_BREAK_SPACE}min"


def hours(count: int) -> str:
    """Return a length of time whose minutes nobody counts: « moins d’1 h », « 4 h », « 2 j 4 h », « 45 j »."""
    days, rest = divmod(count, 24)
    if days >= 7 or (days and not rest):
        return f"{integer(days)}{NO_BREAK_SPACE}j"
    if days:
        return f"{days}{NO_BREAK_SPACE}j {rest}{NO_BREAK_SPACE}h"
    return f"{rest}{NO_BREAK_SPACE}h" if rest else f"moins d’1{NO_BREAK_SPACE}h"


def short_duration(left: dt.timedelta) -> str:
    """Return about how long something takes still: « 12 s », « 3 min »; never nothing."""
    seconds = max(1, round(left.total_seconds()))
    if seconds < 60:
        return f"{seconds}{NO_BREAK_SPACE}s"
    return f"{-(-seconds // 60)}{NO_BREAK_SPACE}min"
