"""The list of documents in the URL: read with care, written short, and what moves from one list to another."""

import datetime as dt

import pytest

from dashboard.documents.filters import amounts_title, tab_words
from dashboard.documents.state import DocumentPeriod, DocumentsState, Tab, from_query, to_query
from db.domain.document_filter import DocumentFilter, DocumentStatus
from db.domain.documents import DocumentKind

TODAY = dt.date(2026, 11, 22)


def test_the_page_opens_on_all_documents_of_this_month() -> None:
    state = from_query({})
    assert state == DocumentsState()
    assert state.wanted(TODAY) == DocumentFilter(first_day=dt.date(2026, 11, 1), last_day=TODAY)
    assert to_query(state) == {}
    assert not state.is_filtered


@pytest.mark.parametrize(
    "state",
    [
        DocumentsState(Tab.INVOICES, DocumentPeriod.LAST_MONTH, seller_id=3, status=DocumentStatus.TO_SETTLE),
        DocumentsState(Tab.CREDIT_NOTES, None, dt.date(2026, 1, 2), dt.date(2026, 3, 4), min_cents=1, max_cents=12_50),
        DocumentsState(Tab.TO_ISSUE, DocumentPeriod.ALL),
        DocumentsState(number="F2026", customer="zoé & cie", before=7, chosen=9),
        DocumentsState(period=None, first_day=dt.date(2026, 1, 1), after=4),
    ],
)
def test_what_is_written_into_the_address_is_read_from_it(state: DocumentsState) -> None:
    assert from_query(to_query(state)) == state


@pytest.mark.parametrize("value", ["abc", "-1", "0", "9" * 30, "' OR 1=1", "\u0000", "2026-99-99", "0001-01-01"])
def test_what_cannot_be_understood_is_left_out(value: str) -> None:
    names = ("type", "periode", "du", "au", "vendeur", "statut", "avant", "apres", "document")
    assert from_query(dict.fromkeys(names, value)) == DocumentsState()


def test_a_tab_is_a_kind_of_documents() -> None:
    assert DocumentsState(Tab.CREDIT_NOTES).wanted(TODAY).kind is DocumentKind.CREDIT_NOTE
    assert DocumentsState(Tab.INVOICES).wanted(TODAY).kind is DocumentKind.INVOICE
    assert DocumentsState(Tab.ALL).wanted(TODAY).kind is None


def test_whom_one_looks_for_by_name_is_looked_for_at_any_time() -> None:
    assert DocumentsState(chosen=4).searching(customer="zoé") == DocumentsState(
        period=DocumentPeriod.ALL, customer="zoé"
    )
    assert DocumentsState().searching(customer="") == DocumentsState()
    last_month = DocumentsState(period=DocumentPeriod.LAST_MONTH)
    assert last_month.searching(number="F2026").period is DocumentPeriod.LAST_MONTH


def test_days_take_the_place_of_a_period() -> None:
    first = dt.date(2026, 10, 5)
    state = DocumentsState(before=3).between(first, None)
    assert (state.period, state.before, state.days(TODAY)) == (None, None, (first, None))
    assert state.between(None, None).period is DocumentPeriod.ALL


def test_the_filters_say_what_they_are_set_to() -> None:
    titles = {
        (None, None): "Montant",
        (1_00, None): "**à partir de 1,00**",
        (None, 2_50): "**jusqu’à 2,50**",
        (1_00, 2_50): "**1,00 – 2,50**",
        (2_50, 2_50): "**2,50**",
    }
    for (least, most), words in titles.items():
        assert amounts_title(DocumentsState(min_cents=least, max_cents=most)) == words
    assert tab_words(Tab.TO_ISSUE, 0, 0) == "À établir"
    assert tab_words(Tab.TO_ISSUE, 1200, 0) == ":red[:material/warning:] À établir  **1\u202f200**"
    assert tab_words(Tab.TO_ISSUE, 2, 12) == ":red[:material/warning:] À établir  **2** · 12 sans facture"
    assert tab_words(Tab.TO_ISSUE, 0, 1001) == "À établir · plus de 1\u202f000 sans facture"
    assert tab_words(Tab.ALL, 3, 3) == "Tous"
