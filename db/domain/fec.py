"""The « fichier des écritures comptables »: its columns, its file name, and an entry as its rows.

Arrêté du 29 juillet 2013 (LPF, art. A. 47 A-1, VII): 18 fields in this order, fields apart by a tabulation, dates as
AAAAMMJJ, amounts with a decimal comma, entries in the order in which they were validated and numbered without a gap.
What the years before left is the first entry (« reprise des soldes »). The file is called by the SIREN, « FEC » and the
day on which the fiscal year ends.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

from db.domain.accounting import AUXILIARY, Chart, JournalEntry, Posting
from db.domain.errors import MarketplaceError
from db.domain.months import month_of
from db.domain.time import local_day

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
SEPARATOR, END_OF_LINE = "\t", "\r\n"
#: Longer than what any program of the administration cuts off.
_MOST_LETTERS = 200
_SIREN_DIGITS = 9


class NoSirenError(MarketplaceError):
    """The file is called by the SIREN, and nobody has given it."""

    def __init__(self) -> None:
        super().__init__(
            "Le FEC porte le SIREN de la marketplace, qui n’est pas renseigné. Saisissez ses 9 chiffres dans Réglages "
            "› Marketplace, puis demandez de nouveau le fichier."
        )


def file_name(siren: str, last_day: dt.date) -> str:
    """Return what the file is called: « 832000000FEC20261231.txt ».

    Raises:
        NoSirenError: The SIREN is not known.
    """
    digits = "".join(siren.split())
    if len(digits) != _SIREN_DIGITS or not digits.isdecimal():
        raise NoSirenError
    return f"{digits}FEC{last_day:%Y%m%d}.txt"


def line(fields: tuple[str, ...]) -> str:
    """Return one line of the file."""
    return SEPARATOR.join(fields) + END_OF_LINE


def rows_of(
    entry: JournalEntry,
    number: int,
    chart: Chart,
    sellers: Mapping[int, tuple[str, str]],
    validated: Mapping[dt.date, dt.date],
) -> Iterator[tuple[str, ...]]:
    """Return an entry's rows.

    Args:
        entry: The entry.
        number: Its place among all of the fiscal year.
        chart: The accounts' numbers.
        sellers: By id, a seller's code and name.
        validated: By closed month, the day on which it was closed. What is of another month is a draft: it can still
            be taken out again, and has no such day yet.
    """
    entered_on = local_day(entry.at)
    day, validated_on = _day(entered_on), validated.get(month_of(entered_on))
    for posting in entry.postings:
        code, name = sellers.get(posting.seller_id or 0, ("", "")) if posting.account in AUXILIARY else ("", "")
        yield (
            entry.journal.value,
            entry.journal.label,
            str(number),
            day,
            chart.number(posting.account),
            posting.account.label,
            plain(code),
            plain(name),
            plain(entry.piece),
            _day(entry.piece_on),
            plain(entry.label),
            *_amounts(posting),
            "",  # Matching is left to the accountant's own program.
            "",
            _day(validated_on) if validated_on else "",
            "",
            "",
        )


def plain(text: str) -> str:
    """Return a text without what would break a line of the file: its separator, line breaks, other controls."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words.replace("|", " ")[:_MOST_LETTERS]


def _amounts(posting: Posting) -> tuple[str, str]:
    euros, cents = divmod(abs(posting.cents), 100)
    amount = f"{euros},{cents:02d}"
    return (amount, "0,00") if posting.cents > 0 else ("0,00", amount)


def _day(day: dt.date) -> str:
    return f"{day:%Y%m%d}"
