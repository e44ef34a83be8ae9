"""The sales calendar's state as it stands in the URL, and back: month, day, seller, currency.

Pure functions on plain text. What cannot be understood falls back to the calendar as it opens, with a notice.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from db.domain.months import FIRST_MONTH, LAST_MONTH, month_of, weeks_shown
from db.queries.calendar import CalendarChoices

MONTH, DAY, SELLER, CURRENCY = "mois", "jour", "vendeur", "devise"

_MONTH_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What the calendar shows."""

    #: Its first day.
    month: dt.date
    #: The day whose orders are listed.
    day: dt.date | None
    seller_id: int | None
    currency: str


def from_query(params: Mapping[str, str], choices: CalendarChoices, today: dt.date) -> tuple[CalendarState, list[str]]:
    """Read the calendar's state from URL parameters.

    Args:
        params: The parameters, decoded; other names are left alone.
        choices: The currencies and sellers this viewer may choose.
        today: The Paris day the calendar opens on.

    Returns:
        The state, and one French notice for each value that could not be used.
    """
    notices: list[str] = []
    day = _day(params.get(DAY, ""), notices)
    month = _month(params.get(MONTH, ""), notices) or month_of(day or today)
    if day and not weeks_shown(month)[0][0] <= day <= weeks_shown(month)[-1][-1]:
        notices.append("Le jour demandé dans l’adresse n’est pas dans le mois affiché : choisissez un jour.")
        day = None
    elif not day and month == month_of(today):
        day = today
    return CalendarState(month, day, _seller(params, choices, notices), _currency(params, choices, notices)), notices


def to_query(state: CalendarState) -> dict[str, str]:
    """Return the URL parameters of a state, whole, so that whoever opens the address later sees the same."""
    params = {
        MONTH: month_text(state.month),
        DAY: state.day.isoformat() if state.day else "",
        SELLER: str(state.seller_id or ""),
        CURRENCY: state.currency,
    }
    return {name: value for name, value in params.items() if value}


def month_text(month: dt.date) -> str:
    """Return a month as the URL says it: « 2026-11 »."""
    return f"{month:%Y-%m}"


def _day(text: str, notices: list[str]) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not FIRST_MONTH <= month_of(day) <= LAST_MONTH:
        notices.append("Le jour demandé dans l’adresse n’existe pas : choisissez un jour.")
        return None
    return day


def _month(text: str, notices: list[str]) -> dt.date | None:
    if not text:
        return None
    try:
        month = dt.date.fromisoformat(f"{text}-01") if _MONTH_TEXT.fullmatch(text) else None
    except ValueError:
        month = None
    if month is None or not FIRST_MONTH <= month <= LAST_MONTH:
        notices.append("Le mois demandé dans l’adresse n’existe pas.")
        return None
    return month


def _seller(params: Mapping[str, str], choices: CalendarChoices, notices: list[str]) -> int | None:
    text = params.get(SELLER, "")
    known = next((seller_id for seller_id in choices.sellers if str(seller_id) == text), None)
    if text and known is None:
        notices.append("Le vendeur demandé dans l’adresse est inconnu : ce filtre est ignoré.")
    return known


def _currency(params: Mapping[str, str], choices: CalendarChoices, notices: list[str]) -> str:
    text, default = params.get(CURRENCY, ""), choices.currencies[0]
    if text and text not in choices.currencies:
        notices.append(f"La devise demandée dans l’adresse n’a pas de ventes : les montants sont en {default}.")
        return default
    return text or default
