"""Finances › Factures as it stands in the URL, and back. What cannot be understood is left out."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from dashboard.inputs import parse_amount
from dashboard.order_list.state import Period, amount_text, clean_text
from dashboard.url_values import identifier
from db.domain.document_filter import DocumentFilter, DocumentStatus
from db.domain.documents import DocumentKind
from db.domain.errors import InvalidInputError

T = TypeVar("T")

_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class Tab(StrEnum):
    """The lists of the page; the value is what the URL says."""

    ALL = "tous"
    INVOICES = "factures"
    CREDIT_NOTES = "avoirs"
    TO_ISSUE = "a-etablir"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return _TAB_LABELS[self]

    @property
    def kind(self) -> DocumentKind | None:
        """Return the kind of documents that it lists, None for both."""
        return {Tab.INVOICES: DocumentKind.INVOICE, Tab.CREDIT_NOTES: DocumentKind.CREDIT_NOTE}.get(self)


_TAB_LABELS = {
    Tab.ALL: "Tous",
    Tab.INVOICES: "Factures",
    Tab.CREDIT_NOTES: "Avoirs",
    Tab.TO_ISSUE: "À établir",
}


class DocumentPeriod(StrEnum):
    """The periods one asks for most; the value is what the URL says."""

    THIS_MONTH = "mois"
    LAST_MONTH = "mois-dernier"
    THIS_YEAR = "annee"
    LAST_YEAR = "annee-derniere"
    ALL = "tout"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return "Tout" if self is DocumentPeriod.ALL else Period(self.value).label

    def days(self, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
        """Return the first and last day, both included; none where any day will do."""
        return (None, None) if self is DocumentPeriod.ALL else Period(self.value).days(today)


@dataclass(frozen=True, slots=True)
class DocumentsState:
    """Everything the URL of the page says."""

    tab: Tab = Tab.ALL
    #: None where the days were chosen one by one.
    period: DocumentPeriod | None = DocumentPeriod.THIS_MONTH
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    status: DocumentStatus | None = None
    min_cents: int | None = None
    max_cents: int | None = None
    number: str = ""
    customer: str = ""
    #: The page: what is older than one document, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The document that is looked at beside the list.
    chosen: int | None = None

    def days(self, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
        """Return the first and last day that are asked for."""
        return self.period.days(today) if self.period else (self.first_day, self.last_day)

    def wanted(self, today: dt.date) -> DocumentFilter:
        """Return the filter for the queries."""
        first, last = self.days(today)
        return DocumentFilter(
            kind=self.tab.kind,
            first_day=first,
            last_day=last,
            seller_id=self.seller_id,
            status=self.status,
            min_cents=self.min_cents,
            max_cents=self.max_cents,
            number=self.number,
            customer=self.customer,
        )

    def from_the_top(self) -> "DocumentsState":
        """Return the same list from its newest document, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)

    def searching(self, **words: str) -> "DocumentsState":
        """Return the list of what somebody looks for by name: at any time, unless they chose a period."""
        asked = replace(self.from_the_top(), **words)
        is_usual = self.period is DocumentPeriod.THIS_MONTH and any(words.values())
        return replace(asked, period=DocumentPeriod.ALL) if is_usual else asked

    def between(self, first: dt.date | None, last: dt.date | None) -> "DocumentsState":
        """Return the list of some days, of any where there are none."""
        period = None if first or last else DocumentPeriod.ALL
        return replace(self.from_the_top(), period=period, first_day=first, last_day=last)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list is another one than its tab opens on."""
        return self.from_the_top() != DocumentsState(self.tab)


def from_query(params: Mapping[str, str]) -> DocumentsState:
    """Read the state from URL parameters."""

    def read(name: str, parse: Callable[[str], T | None]) -> T | None:
        text = params.get(name, "").strip()
        try:
            return parse(text) if text else None
        except (ValueError, InvalidInputError):
            return None

    first, last = read("du", _day), read("au", _day)
    period = read("periode", DocumentPeriod)
    usual = None if first or last else DocumentPeriod.THIS_MONTH
    return DocumentsState(
        tab=read("type", Tab) or Tab.ALL,
        period=period or usual,
        first_day=None if period else first,
        last_day=None if period else last,
        seller_id=read("vendeur", identifier),
        status=read("statut", DocumentStatus),
        min_cents=read("min", parse_amount),
        max_cents=read("max", parse_amount),
        number=clean_text(params.get("numero", "")),
        customer=clean_text(params.get("client", "")),
        before=read("avant", identifier),
        after=read("apres", identifier),
        chosen=read("document", identifier),
    )


def to_query(state: DocumentsState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    is_usual = state.period is DocumentPeriod.THIS_MONTH
    params = {
        "type": "" if state.tab is Tab.ALL else state.tab.value,
        "periode": state.period.value if state.period and not is_usual else "",
        "du": state.first_day.isoformat() if state.first_day else "",
        "au": state.last_day.isoformat() if state.last_day else "",
        "vendeur": str(state.seller_id or ""),
        "statut": state.status.value if state.status else "",
        "min": amount_text(state.min_cents),
        "max": amount_text(state.max_cents),
        "numero": state.number,
        "client": state.customer,
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "document": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def query_string(state: DocumentsState) -> str:
    """Return the state as text: what keys of elements are made of."""
    return urlencode(to_query(state))


def _day(text: str) -> dt.date:
    day = dt.date.fromisoformat(text)
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(text)
    return day
