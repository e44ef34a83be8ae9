"""What a person types with a move: it is stored, mailed and linked to, so it is read with care first."""

import datetime as dt
from urllib.parse import urlsplit

from db.domain.errors import InvalidInputError
from db.domain.moves import Move
from db.domain.text import is_storable
from db.domain.time import local_day

MAX_NOTE = 1_000
MAX_MESSAGE = 4_000
MAX_CARRIER = 80
MAX_TRACKING_NUMBER = 80
MAX_TRACKING_URL = 500


def check_words(move: Move) -> None:
    """Refuse words that no order could be moved with, whichever it is.

    Raises:
        InvalidInputError: A text is too long or unreadable, or the tracking link is no link.
    """
    _check("La raison", move.note, MAX_NOTE)
    _check("Le message", move.message, MAX_MESSAGE)
    _check("Le transporteur", move.carrier, MAX_CARRIER)
    for number in (move.tracking_number, *move.tracking_numbers.values()):
        _check("Le numéro de suivi", number, MAX_TRACKING_NUMBER)
    _check("Le lien de suivi", move.tracking_url, MAX_TRACKING_URL)
    if move.tracking_url.strip() and not is_web_address(move.tracking_url.strip()):
        raise InvalidInputError("Le lien de suivi doit être une adresse complète, comme https://suivi.exemple.fr/123.")


def check_day(day: dt.date | None, now: dt.datetime) -> None:
    """Refuse a day on which nothing can have happened yet.

    Raises:
        InvalidInputError: The day lies in the future.
    """
    if day is not None and day > local_day(now):
        raise InvalidInputError("Ce jour est dans l’avenir. Choisissez aujourd’hui ou un jour passé.")


def is_web_address(text: str) -> bool:
    """Tell whether a text is an address that a browser may be sent to: never « javascript: » and the like."""
    try:
        parts = urlsplit(text)
    except ValueError:  # « http://[ »
        return False
    has_spaces = any(character.isspace() or not character.isprintable() for character in text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not has_spaces


def _check(what: str, text: str, most: int) -> None:
    if len(text) > most or not is_storable(text):
        raise InvalidInputError(f"{what} est illisible ou dépasse {most} caractères. Abrégez.")
