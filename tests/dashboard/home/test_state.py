import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.home.state import CalendarState, from_query, to_query
from db.domain.months import FIRST_MONTH, LAST_MONTH, last_day, month_of, weeks_shown
from db.queries.calendar import CalendarChoices

TODAY = dt.date(2026, 11, 21)
NOVEMBER = dt.date(2026, 11, 1)
CHOICES = CalendarChoices(sellers={3: "Fromage", 12: "Thé"}, currencies=("EUR", "GBP"), first_day=dt.date(2023, 5, 2))
AS_IT_OPENS = CalendarState(NOVEMBER, TODAY, None, "EUR")


def read(**params: str) -> tuple[CalendarState, list[str]]:
    return from_query(params, CHOICES, TODAY)


def test_the_calendar_opens_on_today_in_the_default_currency() -> None:
    assert read() == (AS_IT_OPENS, [])


def test_everything_chosen_is_read_from_the_address() -> None:
    state, notices = read(mois="2026-10", jour="2026-10-05", vendeur="12", devise="GBP", autre="x")
    assert state == CalendarState(dt.date(2026, 10, 1), dt.date(2026, 10, 5), 12, "GBP")
    assert notices == []


def test_a_month_that_is_not_the_present_one_opens_without_a_day() -> None:
    assert read(mois="2026-10")[0].day is None
    assert read(mois="2026-11")[0].day == TODAY


def test_a_day_alone_brings_its_month() -> None:
    assert read(jour="2024-02-29")[0] == CalendarState(dt.date(2024, 2, 1), dt.date(2024, 2, 29), None, "EUR")


def test_a_greyed_neighbouring_day_may_be_chosen_without_leaving_the_month() -> None:
    assert read(mois="2026-11", jour="2026-10-26")[0].day == dt.date(2026, 10, 26)
    state, notices = read(mois="2026-11", jour="2026-10-25")
    assert (state.month, state.day, len(notices)) == (NOVEMBER, None, 1)


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "novembre", "1789-07", "9999-12", "2026-1", "٢٠٢٦-١١", "-"])
def test_a_month_that_does_not_exist_falls_back_to_the_present_one_and_says_so(month: str) -> None:
    state, notices = read(mois=month)
    assert state == AS_IT_OPENS
    assert notices == ["Le mois demandé dans l’adresse n’existe pas."]


@pytest.mark.parametrize("day", ["2026-02-30", "hier", "0001-01-01", "9999-12-31", "<b>"])
def test_a_day_that_does_not_exist_falls_back_and_says_so(day: str) -> None:
    state, notices = read(jour=day)
    assert state == AS_IT_OPENS
    assert len(notices) == 1


@pytest.mark.parametrize("seller", ["99", "012", "12.0", "Thé", "-3", "9" * 400])
def test_an_unknown_seller_is_ignored_and_says_so(seller: str) -> None:
    state, notices = read(vendeur=seller)
    assert state == AS_IT_OPENS
    assert notices == ["Le vendeur demandé dans l’adresse est inconnu : ce filtre est ignoré."]


def test_a_currency_without_sales_is_ignored_and_says_so() -> None:
    state, notices = read(devise="<script>")
    assert state == AS_IT_OPENS
    assert notices == ["La devise demandée dans l’adresse n’a pas de ventes : les montants sont en EUR."]


@given(st.text(), st.text(), st.text(), st.text())
def test_no_address_whatsoever_breaks_the_calendar(month: str, day: str, seller: str, currency: str) -> None:
    state, _ = read(mois=month, jour=day, vendeur=seller, devise=currency)
    assert state.seller_id in (None, *CHOICES.sellers)
    assert state.currency in CHOICES.currencies


@st.composite
def states(draw: st.DrawFn) -> CalendarState:
    month = month_of(draw(st.dates(FIRST_MONTH, last_day(LAST_MONTH))))
    days = [day for week in weeks_shown(month) for day in week if FIRST_MONTH <= day <= last_day(LAST_MONTH)]
    day = draw(st.sampled_from(days)) if month == NOVEMBER else draw(st.sampled_from([None, *days]))
    return CalendarState(
        month, day, draw(st.sampled_from([None, *CHOICES.sellers])), draw(st.sampled_from(CHOICES.currencies))
    )


@given(states())
def test_a_copied_address_shows_the_same_calendar(state: CalendarState) -> None:
    assert from_query(to_query(state), CHOICES, TODAY) == (state, [])
