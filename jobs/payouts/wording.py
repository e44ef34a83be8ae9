"""What a transfer says, in the only characters that every bank of SEPA takes."""

import datetime as dt
import re

from text_unidecode import unidecode

#: The basic character set of SEPA (EPC217-08, §1.2): what else there is, some bank refuses.
_OTHERS = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
MAX_REMITTANCE = 140
MAX_NAME = 70


def sepa_text(text: str, most: int) -> str:
    """Return a text as banks take it: « Maison du thé & Cie » becomes « Maison du the + Cie ».

    It neither begins nor ends with a slash and holds no two of them, which banks' systems take for marks of their own.

    Args:
        text: As people write it.
        most: How many characters there is room for.
    """
    plain = _OTHERS.sub(" ", unidecode(text.replace("&", "+").replace("€", " EUR ")))
    return " ".join(re.sub(r"/{2,}", "/", plain).split())[:most].strip(" /")


def remittance(reference: str, seller: str, first: dt.date | None, last: dt.date | None) -> str:
    """Return what the seller reads on its statement: « REV-000012 Maison du the 03/11-17/11/2026 ».

    Args:
        reference: Of the payout.
        seller: As the marketplace calls it; shortened where it is long, never the reference or the days.
        first: The day of the first order that is paid; None where none is.
        last: The day of the last one.
    """
    days = _days(first, last)
    room = MAX_REMITTANCE - len(reference) - len(days) - 2
    return " ".join(part for part in (reference, sepa_text(seller, room), days) if part)


def _days(first: dt.date | None, last: dt.date | None) -> str:
    if first is None or last is None:
        return ""
    if first == last:
        return f"{last:%d/%m/%Y}"
    return f"{first:%d/%m/%Y}-{last:%d/%m/%Y}" if first.year != last.year else f"{first:%d/%m}-{last:%d/%m/%Y}"
