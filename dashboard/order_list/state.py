"""The order grid's state as it stands in the URL, and back: filters, sort, page, columns.

Pure functions on plain text, so that links, saved views, Back and bookmarks all mean the same thing. What cannot be
understood is left out with a notice; nothing in a URL can break the page.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from dashboard.inputs import parse_amount
from dashboard.order_list.facets import NO_FACET, facet_text, parse_facet
from db.domain import formats
from db.domain.errors import InvalidInputError
from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter, OrderSort, SortColumn
from db.domain.orders import OPEN_STATUSES, DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.queries.order_grid import BROWSE_CAP

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_PAGE_SIZE = 50
MAX_TEXT = 200
ALL = "tous"
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_MAX_ID = 2**63 - 1

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Period(StrEnum):
    """Periods relative to today; the value is what the URL says."""

    TODAY = "aujourdhui"
    YESTERDAY = "hier"
    LAST_7_DAYS = "7j"
    LAST_30_DAYS = "30j"
    THIS_MONTH = "mois"
    LAST_MONTH = "mois-dernier"
    THIS_YEAR = "annee"
    LAST_YEAR = "annee-derniere"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _PERIOD_LABELS[self]

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and last day, both included."""
        first_of_month, first_of_year = today.replace(day=1), today.replace(month=1, day=1)
        before_month, before_year = first_of_month - dt.timedelta(days=1), first_of_year - dt.timedelta(days=1)
        return {
            Period.TODAY: (today, today),
            Period.YESTERDAY: (today - dt.timedelta(days=1),) * 2,
            Period.LAST_7_DAYS: (today - dt.timedelta(days=6), today),
            Period.LAST_30_DAYS: (today - dt.timedelta(days=29), today),
            Period.THIS_MONTH: (first_of_month, today),
            Period.LAST_MONTH: (before_month.replace(day=1), before_month),
            Period.THIS_YEAR: (first_of_year, today),
            Period.LAST_YEAR: (before_year.replace(month=1, day=1), before_year),
        }[self]


_PERIOD_LABELS = {
    Period.TODAY: "Aujourd’hui",
    Period.YESTERDAY: "Hier",
    Period.LAST_7_DAYS: "7 derniers jours",
    Period.LAST_30_DAYS: "30 derniers jours",
    Period.THIS_MONTH: "Ce mois-ci",
    Period.LAST_MONTH: "Le mois dernier",
    Period.THIS_YEAR: "Cette année",
    Period.LAST_YEAR: "L’année dernière",
}


class Column(StrEnum):
    """The columns of the grid; the value is what the URL says, the label what the header says."""

    NUMBER = "numero"
    DATE = "date"
    CUSTOMER = "client"
    SELLER = "vendeur"
    PRODUCTS = "produits"
    DELIVERY = "livraison"
    PAYMENT = "paiement"
    STATUS = "statut"
    ORIGIN = "origine"
    INVOICE = "facture"
    TOTAL = "total"

    @property
    def label(self) -> str:
        """Return the header."""
        return _COLUMN_LABELS[self]


_COLUMN_LABELS = {
    Column.NUMBER: "Commande",
    Column.DATE: "Date",
    Column.CUSTOMER: "Client",
    Column.SELLER: "Vendeur",
    Column.PRODUCTS: "Articles",
    Column.DELIVERY: "Livraison",
    Column.PAYMENT: "Paiement",
    Column.STATUS: "Statut",
    Column.ORIGIN: "Origine",
    Column.INVOICE: "Facture",
    Column.TOTAL: "Total",
}

#: What fits a 1440-pixel screen without scrolling sideways; the others are one click away.
DEFAULT_COLUMNS = tuple(column for column in Column if column not in (Column.ORIGIN, Column.INVOICE))

SORTS = {
    Column.NUMBER: SortColumn.NUMBER,
    Column.DATE: SortColumn.PLACED_AT,
    Column.CUSTOMER: SortColumn.CUSTOMER,
    Column.SELLER: SortColumn.SELLER,
    Column.DELIVERY: SortColumn.DELIVERY,
    Column.PAYMENT: SortColumn.PAYMENT,
    Column.STATUS: SortColumn.STATUS,
    Column.ORIGIN: SortColumn.ORIGIN,
    Column.TOTAL: SortColumn.TOTAL,
}
_ATTENTIONS = {
    "retard": Attention.LATE,
    "livraison": Attention.LATE_DELIVERY,
    "retours": Attention.OPEN_RETURN,
}


@dataclass(frozen=True, slots=True)
class GridState:
    """Everything the URL of the grid says."""

    filter: OrderFilter = OrderFilter()
    #: Set where the days of the filter follow from a relative period.
    period: Period | None = None
    sort: OrderSort = OrderSort()
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    columns: tuple[Column, ...] = DEFAULT_COLUMNS

    def first_page(self) -> "GridState":
        """Return the same list from its start."""
        return replace(self, page=1)

    def pages(self, orders: int) -> int:
        """Return how many pages that many orders are offered on."""
        return max(1, -(-min(orders, BROWSE_CAP) // self.page_size))

    def within(self, orders: int) -> "GridState":
        """Return the same list, on its last page if it has become shorter than the page asked for."""
        return replace(self, page=min(self.page, self.pages(orders)))


@dataclass(slots=True)
class _Reader:
    """Reads one parameter after the other and collects a notice for each that cannot be used."""

    params: Mapping[str, str]
    notices: list[str] = field(default_factory=list)

    def ignore(self, name: str) -> None:
        shown = self.params[name] if len(self.params[name]) <= 40 else f"{self.params[name][:40]}…"
        self.notices.append(f"« {name} », dans l’adresse, est ignoré\u00a0: « {shown} » n’est pas une valeur connue.")

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self.params.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except (ValueError, InvalidInputError):
            self.ignore(name)
            return default


def from_query(params: Mapping[str, str], today: dt.date) -> tuple[GridState, list[str]]:
    """Read the grid's state from URL parameters.

    Args:
        params: The parameters, decoded; unknown names are none of ours and are left alone.
        today: The day relative periods refer to.

    Returns:
        The state, and one French notice for each value that could not be used.
    """
    reader = _Reader(params)
    period = reader.read("periode", Period, None)
    first, last = _days(reader, period, today)
    least, most = _amounts(reader)
    facet, facet_values = reader.read("cote", parse_facet, NO_FACET)
    wanted = OrderFilter(
        statuses=reader.read("statut", _statuses, OPEN_STATUSES),
        first_day=first,
        last_day=last,
        seller_id=reader.read("vendeur", _identifier, None),
        customer_id=reader.read("client", _identifier, None),
        payment_methods=reader.read("paiement", _set_of(PaymentMethod), frozenset()),
        payment_states=reader.read("etat", _set_of(PaymentState), frozenset()),
        delivery_modes=reader.read("livraison", _set_of(DeliveryMode), frozenset()),
        origins=reader.read("origine", _set_of(Origin), frozenset()),
        min_cents=least,
        max_cents=most,
        currency=reader.read("devise", _currency, None),
        attention=reader.read("attente", _attention, None),
        tag_id=reader.read("etiquette", _identifier, None),
        facet=facet,
        facet_values=facet_values,
        text=clean_text(params.get("q", "")),
        product=clean_text(params.get("produit", "")),
    )
    state = GridState(
        filter=wanted,
        period=period,
        sort=reader.read("tri", _sort, OrderSort()),
        page=reader.read("page", _page, 1),
        page_size=reader.read("lignes", _page_size, DEFAULT_PAGE_SIZE),
        columns=reader.read("colonnes", _columns, DEFAULT_COLUMNS),
    )
    return state, reader.notices


def to_query(state: GridState) -> dict[str, str]:
    """Return the URL parameters of a state: only what differs from the grid as it opens, in a stable order."""
    wanted = state.filter
    params = {
        "attente": next((name for name, value in _ATTENTIONS.items() if value is wanted.attention), ""),
        "statut": _status_text(wanted.statuses),
        "periode": state.period or "",
        "du": "" if state.period or not wanted.first_day else wanted.first_day.isoformat(),
        "au": "" if state.period or not wanted.last_day else wanted.last_day.isoformat(),
        "vendeur": str(wanted.seller_id or ""),
        "client": str(wanted.customer_id or ""),
        "paiement": ",".join(sorted(wanted.payment_methods)),
        "etat": ",".join(sorted(wanted.payment_states)),
        "livraison": ",".join(sorted(wanted.delivery_modes)),
        "origine": ",".join(sorted(wanted.origins)),
        "min": amount_text(wanted.min_cents),
        "max": amount_text(wanted.max_cents),
        "devise": wanted.currency or "",
        "etiquette": str(wanted.tag_id or ""),
        "cote": facet_text(wanted.facet, wanted.facet_values),
        "q": wanted.text,
        "produit": wanted.product,
        "tri": "" if state.sort == OrderSort() else _sort_text(state.sort),
        "page": "" if state.page == 1 else str(state.page),
        "lignes": "" if state.page_size == DEFAULT_PAGE_SIZE else str(state.page_size),
        "colonnes": "" if state.columns == DEFAULT_COLUMNS else ",".join(state.columns),
    }
    return {name: value for name, value in params.items() if value}


def query_string(state: GridState) -> str:
    """Return the state as a query string, for links and saved views."""
    return urlencode(to_query(state))


def from_query_string(text: str, today: dt.date) -> tuple[GridState, list[str]]:
    """Read a state from a query string as ``query_string`` makes it."""
    return from_query(dict(parse_qsl(text)), today)


def amount_text(cents: int | None) -> str:
    """Return cents as people type them: « 12,50 », or nothing for None."""
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


def clean_text(text: str) -> str:
    """Return a search text without control characters and repeated spaces, at most ``MAX_TEXT`` long."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:MAX_TEXT].strip()


def describe_period(state: GridState) -> str:
    """Return the chosen period in words, empty where any date will do."""
    first, last = state.filter.first_day, state.filter.last_day
    if state.period:
        return state.period.label
    if first and last:
        return formats.date(first) if first == last else f"{formats.date(first)} – {formats.date(last)}"
    if first:
        return f"depuis le {formats.date(first)}"
    return f"jusqu’au {formats.date(last)}" if last else ""


def _days(reader: _Reader, period: Period | None, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    if period:
        return period.days(today)
    first, last = reader.read("du", _day, None), reader.read("au", _day, None)
    if first and last and first > last:
        reader.notices.append("La période est ignorée\u00a0: la date « du » vient après la date « au ».")
        return None, None
    return first, last


def _amounts(reader: _Reader) -> tuple[int | None, int | None]:
    least, most = reader.read("min", parse_amount, None), reader.read("max", parse_amount, None)
    if least is not None and most is not None and least > most:
        reader.notices.append("Les montants sont ignorés\u00a0: le minimum dépasse le maximum.")
        return None, None
    return least, most


def _day(text: str) -> dt.date:
    day = dt.date.fromisoformat(text)
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(text)
    return day


def _identifier(text: str) -> int:
    number = _whole_number(text)
    if not 1 <= number <= _MAX_ID:
        raise ValueError(text)
    return number


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise ValueError(text)
    return int(text)


def _page(text: str) -> int:
    return _identifier(text)


def _page_size(text: str) -> int:
    size = _whole_number(text)
    if size not in PAGE_SIZES:
        raise ValueError(text)
    return size


def _currency(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.upper()


def _statuses(text: str) -> frozenset[OrderStatus]:
    return ALL_STATUSES if text == ALL else frozenset(OrderStatus(code) for code in text.split(","))


def _status_text(statuses: frozenset[OrderStatus]) -> str:
    if statuses == OPEN_STATUSES:
        return ""
    return ALL if statuses == ALL_STATUSES else ",".join(status for status in OrderStatus if status in statuses)


def _set_of(enum: type[E]) -> Callable[[str], frozenset[E]]:
    return lambda text: frozenset(enum(code) for code in text.split(","))


def _attention(text: str) -> Attention:
    if text not in _ATTENTIONS:
        raise ValueError(text)
    return _ATTENTIONS[text]


def _sort(text: str) -> OrderSort:
    return OrderSort(SORTS[_sortable(text.removeprefix("-"))], descending=text.startswith("-"))


def _sortable(text: str) -> Column:
    column = Column(text)
    if column not in SORTS:
        raise ValueError(text)
    return column


def _sort_text(sort: OrderSort) -> str:
    column = next(column for column, key in SORTS.items() if key is sort.column)
    return f"{'-' if sort.descending else ''}{column}"


def _columns(text: str) -> tuple[Column, ...]:
    chosen = {Column(name) for name in text.split(",")} | {Column.NUMBER}
    return in_order(chosen)


def in_order(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns in the grid's own order, whatever order they were chosen in."""
    chosen = set(columns)
    return tuple(column for column in Column if column in chosen)
