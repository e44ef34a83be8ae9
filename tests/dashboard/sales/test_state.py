import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.order_list import state as grid
from dashboard.sales.state import SalesPeriod, Tab, from_query, query_string, to_query
from db.domain.orders import DeliveryMode, PaymentMethod
from db.domain.sales_periods import Comparison, Days, Step
from db.queries.calendar import SALES_STATUSES, CalendarChoices

TODAY = dt.date(2026, 11, 22)
CHOICES = CalendarChoices(sellers={3: "Lin & Lande"}, currencies=("EUR", "CHF"), first_day=dt.date(2024, 1, 2))


def test_the_page_opens_on_the_twelve_months_up_to_today_in_the_default_currency() -> None:
    state, notices = from_query({}, CHOICES, TODAY)
    assert state.days == Days(dt.date(2025, 12, 1), TODAY)
    assert (state.currency, state.step, state.comparison, notices) == ("EUR", Step.MONTH, Comparison.LAST_YEAR, [])
    assert to_query(state, CHOICES) == {}


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (SalesPeriod.THIS_MONTH, "2026-11-01", "2026-11-22"),
        (SalesPeriod.LAST_MONTH, "2026-10-01", "2026-10-31"),
        (SalesPeriod.LAST_30_DAYS, "2026-10-24", "2026-11-22"),
        (SalesPeriod.LAST_90_DAYS, "2026-08-25", "2026-11-22"),
        (SalesPeriod.THIS_YEAR, "2026-01-01", "2026-11-22"),
        (SalesPeriod.LAST_YEAR, "2025-01-01", "2025-12-31"),
        (SalesPeriod.TWELVE_MONTHS, "2025-12-01", "2026-11-22"),
        (SalesPeriod.THREE_YEARS, "2023-12-01", "2026-11-22"),
    ],
)
def test_periods_are_counted_from_today(period: SalesPeriod, first: str, last: str) -> None:
    assert period.days(TODAY) == Days(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_what_the_url_says_comes_back_from_it() -> None:
    params = {
        "onglet": "clients",
        "du": "2026-02-01",
        "au": "2026-02-28",
        "pas": "semaine",
        "comparaison": "precedente",
        "vendeur": "3",
        "paiement": "card,cheque",
        "livraison": "home",
        "origine": "google",
        "devise": "CHF",
    }
    state, notices = from_query(params, CHOICES, TODAY)
    assert not notices
    assert to_query(state, CHOICES) == params
    assert state.tab is Tab.CUSTOMERS
    assert state.wanted.payment_methods == {PaymentMethod.CARD, PaymentMethod.CHEQUE}


def test_the_grid_understands_the_same_words() -> None:
    state, _ = from_query({"vendeur": "3", "livraison": "home", "paiement": "card"}, CHOICES, TODAY)
    shown, notices = grid.from_query(grid.to_query(grid.GridState(filter=state.wanted)), TODAY)
    assert not notices
    assert shown.filter == state.wanted
    assert shown.filter.statuses == SALES_STATUSES
    assert shown.filter.delivery_modes == {DeliveryMode.HOME}


def test_a_mark_narrows_down_the_filters_that_are_set() -> None:
    state, _ = from_query({"livraison": "home"}, CHOICES, TODAY)
    opened = state.within(Days(dt.date(2026, 3, 1), dt.date(2026, 3, 31)))
    assert (opened.first_day, opened.last_day) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert opened.delivery_modes == {DeliveryMode.HOME}


@pytest.mark.parametrize(
    "params",
    [
        {"periode": "demain"},
        {"du": "2026-02-30", "au": "2026-03-01"},
        {"du": "2026-03-02", "au": "2026-03-01"},
        {"du": "1990-01-01", "au": "1990-02-01"},
        {"du": "2026-03-01"},
        {"vendeur": "99"},
        {"devise": "USD"},
        {"livraison": "home,fusee"},
        {"onglet": "rien"},
    ],
)
def test_what_cannot_be_understood_is_told_once_and_left_out(params: dict[str, str]) -> None:
    _, notices = from_query(params, CHOICES, TODAY)
    assert len(notices) == 1


@given(st.dictionaries(st.sampled_from(["periode", "du", "au", "pas", "vendeur", "paiement", "devise"]), st.text()))
def test_no_address_breaks_the_page(params: dict[str, str]) -> None:
    state, _ = from_query(params, CHOICES, TODAY)
    again, notices = from_query(to_query(state, CHOICES), CHOICES, TODAY)
    assert not notices
    assert query_string(again, CHOICES) == query_string(state, CHOICES)
