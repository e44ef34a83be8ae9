"""Piloter › Ventes as it stands in the URL, and back; the names are those of the grid and of the calendar.

Pure functions on plain text. What cannot be understood falls back to the page as it opens, with a notice.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from dashboard.order_list.state import Period
from dashboard.url_values import identifier, member
from db.domain.months import FIRST_MONTH, LAST_MONTH, add_months, last_day, month_of
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, Origin, PaymentMethod
from db.domain.sales_periods import Comparison, Days, Step, usual_step
from db.queries.calendar import SALES_STATUSES, CalendarChoices

E = TypeVar("E", bound=StrEnum)


class SalesPeriod(StrEnum):
    """The periods one asks for most; the value is what the URL says."""

    THIS_MONTH = "mois"
    LAST_MONTH = "mois-dernier"
    LAST_30_DAYS = "30j"
    LAST_90_DAYS = "90j"
    THIS_YEAR = "annee"
    LAST_YEAR = "annee-derniere"
    TWELVE_MONTHS = "12-mois"
    THREE_YEARS = "3-ans"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        own = {
            SalesPeriod.LAST_90_DAYS: "90 derniers jours",
            SalesPeriod.TWELVE_MONTHS: "12 derniers mois",
            SalesPeriod.THREE_YEARS: "3 dernières années",
        }
        return own.get(self) or Period(self.value).label

    def days(self, today: dt.date) -> Days:
        """Return the days of the period; months and years run up to today."""
        match self:
            case SalesPeriod.LAST_90_DAYS:
                return Days(today - dt.timedelta(days=89), today)
            case SalesPeriod.TWELVE_MONTHS:
                return Days(add_months(month_of(today), -11), today)
            case SalesPeriod.THREE_YEARS:
                return Days(add_months(month_of(today), -35), today)
        return Days(*Period(self.value).days(today))


class Tab(StrEnum):
    """The parts of the page; the value is what the URL says."""

    OVERVIEW = "ensemble"
    BREAKDOWNS = "repartition"
    PLACES = "lieux"
    JOURNEY = "parcours"
    CUSTOMERS = "clients"
    SELLERS = "vendeurs"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _TAB_LABELS[self]


_TAB_LABELS = {
    Tab.OVERVIEW: "Vue d’ensemble",
    Tab.BREAKDOWNS: "Répartition",
    Tab.PLACES: "Lieux",
    Tab.JOURNEY: "Parcours",
    Tab.CUSTOMERS: "Clients",
    Tab.SELLERS: "Vendeurs",
}


@dataclass(frozen=True, slots=True)
class SalesState:
    """Everything the URL of the page says; ``wanted`` holds every filter, its days and its one currency always."""

    wanted: OrderFilter
    today: dt.date
    #: None where the days were chosen one by one.
    period: SalesPeriod | None = SalesPeriod.TWELVE_MONTHS
    #: None: what suits the period's length.
    chosen_step: Step | None = None
    comparison: Comparison = Comparison.LAST_YEAR
    tab: Tab = Tab.OVERVIEW

    @property
    def days(self) -> Days:
        """Return the days that are looked at."""
        assert self.wanted.first_day  # noqa: S101  ``from_query`` sees to it
        assert self.wanted.last_day  # noqa: S101  the same
        return Days(self.wanted.first_day, self.wanted.last_day)

    @property
    def currency(self) -> str:
        """Return the one currency that is counted."""
        assert self.wanted.currency  # noqa: S101  ``from_query`` sees to it
        return self.wanted.currency

    @property
    def step(self) -> Step:
        """Return how finely curves are cut."""
        return self.chosen_step or usual_step(self.days)

    @property
    def is_filtered(self) -> bool:
        """Tell whether fewer than all orders of the period and currency are looked at."""
        return self.wanted != _everything(self.days, self.currency)

    def orders(self, **narrower: object) -> OrderFilter:
        """Return what the grid is asked for to show these sales, narrowed down to what a mark stands for."""
        return replace(self.wanted, **narrower)

    def within(self, days: Days) -> OrderFilter:
        """Return what the grid is asked for to show the sales of some days."""
        return self.orders(first_day=days.first, last_day=days.last)

    def over(self, days: Days, period: SalesPeriod | None = None) -> "SalesState":
        """Return the same page of other days, cut as suits them."""
        return replace(self, period=period, wanted=self.within(days), chosen_step=None)

    def unfiltered(self) -> "SalesState":
        """Return the same page of all orders of its period and currency."""
        return replace(self, wanted=_everything(self.days, self.currency))


def from_query(params: Mapping[str, str], choices: CalendarChoices, today: dt.date) -> tuple[SalesState, list[str]]:
    """Read the page's state from URL parameters.

    Args:
        params: The parameters, decoded; other names are left alone.
        choices: The currencies and sellers this viewer may choose, the default currency first.
        today: The Paris day that periods end on.

    Returns:
        The state, and one French notice for each value that could not be used.
    """
    notices: list[str] = []

    def one(enum: type[E], name: str) -> E | None:
        text = params.get(name, "")
        found = member(enum, text)
        if text and found is None:
            notices.append(_ignored(name))
        return found

    def several(enum: type[E], name: str) -> frozenset[E]:
        texts = [text for text in params.get(name, "").split(",") if text]
        found = frozenset(value for text in texts if (value := member(enum, text)))
        if len(found) < len(set(texts)):
            notices.append(_ignored(name))
        return found

    days, period = _days(params, one(SalesPeriod, "periode"), today, notices)
    wanted = replace(
        _everything(days, _currency(params, choices, notices)),
        seller_id=_seller(params, choices, notices),
        payment_methods=several(PaymentMethod, "paiement"),
        delivery_modes=several(DeliveryMode, "livraison"),
        origins=several(Origin, "origine"),
    )
    state = SalesState(
        wanted=wanted,
        today=today,
        period=period,
        chosen_step=one(Step, "pas"),
        comparison=one(Comparison, "comparaison") or Comparison.LAST_YEAR,
        tab=one(Tab, "onglet") or Tab.OVERVIEW,
    )
    return state, notices


def to_query(state: SalesState, choices: CalendarChoices) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    wanted, usual = state.wanted, SalesPeriod.TWELVE_MONTHS
    params = {
        "onglet": "" if state.tab is Tab.OVERVIEW else state.tab,
        "periode": "" if state.period in (None, usual) else state.period,
        "du": "" if state.period else state.days.first.isoformat(),
        "au": "" if state.period else state.days.last.isoformat(),
        "pas": state.chosen_step or "",
        "comparaison": "" if state.comparison is Comparison.LAST_YEAR else state.comparison,
        "vendeur": str(wanted.seller_id or ""),
        "paiement": ",".join(sorted(wanted.payment_methods)),
        "livraison": ",".join(sorted(wanted.delivery_modes)),
        "origine": ",".join(sorted(wanted.origins)),
        "devise": "" if state.currency == choices.currencies[0] else state.currency,
    }
    return {name: value for name, value in params.items() if value}


def query_string(state: SalesState, choices: CalendarChoices) -> str:
    """Return the state as text."""
    return urlencode(to_query(state, choices))


def _everything(days: Days, currency: str) -> OrderFilter:
    return OrderFilter(statuses=SALES_STATUSES, first_day=days.first, last_day=days.last, currency=currency)


def _ignored(name: str) -> str:
    return f"« {name} », dans l’adresse, n’a pas été compris\u00a0: ce choix est ignoré."


def _days(
    params: Mapping[str, str], period: SalesPeriod | None, today: dt.date, notices: list[str]
) -> tuple[Days, SalesPeriod | None]:
    usual = period or SalesPeriod.TWELVE_MONTHS
    if period or not (params.get("du") or params.get("au")):
        return usual.days(today), usual
    try:
        first, last = (dt.date.fromisoformat(params.get(name, "")) for name in ("du", "au"))
    except ValueError:
        first, last = dt.date.max, dt.date.min
    # A year more at the start: what is compared with must exist too.
    if not add_months(FIRST_MONTH, 12) <= first <= last <= last_day(LAST_MONTH):
        notices.append("La période de l’adresse n’a pas été comprise\u00a0: elle est ignorée.")
        return usual.days(today), usual
    return Days(first, last), None


def _seller(params: Mapping[str, str], choices: CalendarChoices, notices: list[str]) -> int | None:
    chosen = identifier(params.get("vendeur", ""))
    if chosen in choices.sellers:
        return chosen
    if params.get("vendeur"):
        notices.append("Le vendeur demandé dans l’adresse est inconnu\u00a0: ce filtre est ignoré.")
    return None


def _currency(params: Mapping[str, str], choices: CalendarChoices, notices: list[str]) -> str:
    text, usual = params.get("devise", "").upper(), choices.currencies[0]
    if text and text not in choices.currencies:
        notices.append(f"La devise demandée dans l’adresse n’a pas de ventes\u00a0: les montants sont en {usual}.")
        return usual
    return text or usual
