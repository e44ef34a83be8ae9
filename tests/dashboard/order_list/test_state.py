import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.order_list.state import (
    PAGE_SIZES,
    SORTS,
    Column,
    GridState,
    Period,
    clean_text,
    from_query,
    from_query_string,
    in_order,
    query_string,
    to_query,
)
from db.domain.order_filter import ALL_STATUSES, Attention, OrderFilter, OrderSort, SortColumn
from db.domain.orders import OPEN_STATUSES, DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState

TODAY = dt.date(2026, 11, 21)


def test_an_empty_url_opens_on_open_orders_newest_first() -> None:
    state, notices = from_query({}, TODAY)
    assert state == GridState()
    assert state.filter.statuses == OPEN_STATUSES
    assert state.sort == OrderSort(SortColumn.PLACED_AT, descending=True)
    assert notices == []


def test_a_full_url_means_every_filter() -> None:
    state, notices = from_query(
        {
            "statut": "paid,preparing",
            "du": "2026-11-01",
            "au": "2026-11-30",
            "vendeur": "12",
            "client": "34",
            "paiement": "card,cheque",
            "etat": "unpaid",
            "livraison": "home",
            "origine": "google",
            "min": "12,50",
            "max": "1 000",
            "devise": "eur",
            "q": "  Morin ",
            "produit": "thé",
            "attente": "retard",
            "etiquette": "7",
            "tri": "total",
            "page": "3",
            "lignes": "100",
            "colonnes": "total,client",
        },
        TODAY,
    )
    assert notices == []
    assert state == GridState(
        filter=OrderFilter(
            statuses=frozenset({OrderStatus.PAID, OrderStatus.PREPARING}),
            first_day=dt.date(2026, 11, 1),
            last_day=dt.date(2026, 11, 30),
            seller_id=12,
            customer_id=34,
            payment_methods=frozenset({PaymentMethod.CARD, PaymentMethod.CHEQUE}),
            payment_states=frozenset({PaymentState.UNPAID}),
            delivery_modes=frozenset({DeliveryMode.HOME}),
            origins=frozenset({Origin.GOOGLE}),
            min_cents=1250,
            max_cents=100_000,
            currency="EUR",
            attention=Attention.LATE,
            tag_id=7,
            text="Morin",
            product="thé",
        ),
        sort=OrderSort(SortColumn.TOTAL, descending=False),
        page=3,
        page_size=100,
        columns=(Column.NUMBER, Column.CUSTOMER, Column.TOTAL),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("statut", "paid,lost"),
        ("du", "31/11/2026"),
        ("au", "9999-12-31"),
        ("vendeur", "-1"),
        ("vendeur", "99999999999999999999"),
        ("client", "٣"),
        ("min", "douze"),
        ("max", "-5"),
        ("devise", "EURO"),
        ("attente", "toujours"),
        ("etiquette", "fragile"),
        ("tri", "-facture"),
        ("page", "0"),
        ("lignes", "51"),
        ("colonnes", "total,secret"),
        ("periode", "siecle"),
    ],
)
def test_a_value_that_means_nothing_is_left_out_with_a_notice(name: str, value: str) -> None:
    state, notices = from_query({name: value}, TODAY)
    assert state == GridState()
    assert len(notices) == 1
    assert f"« {name} »" in notices[0]


def test_a_period_that_ends_before_it_starts_is_left_out_with_a_notice() -> None:
    state, notices = from_query({"du": "2026-11-30", "au": "2026-11-01"}, TODAY)
    assert (state.filter.first_day, state.filter.last_day) == (None, None)
    assert len(notices) == 1


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, "2026-11-21", "2026-11-21"),
        (Period.YESTERDAY, "2026-11-20", "2026-11-20"),
        (Period.LAST_7_DAYS, "2026-11-15", "2026-11-21"),
        (Period.LAST_30_DAYS, "2026-10-23", "2026-11-21"),
        (Period.THIS_MONTH, "2026-11-01", "2026-11-21"),
        (Period.LAST_MONTH, "2026-10-01", "2026-10-31"),
        (Period.THIS_YEAR, "2026-01-01", "2026-11-21"),
        (Period.LAST_YEAR, "2025-01-01", "2025-12-31"),
    ],
)
def test_a_relative_period_follows_the_day_it_is_opened_on(period: Period, first: str, last: str) -> None:
    state, _ = from_query({"periode": period.value}, TODAY)
    assert (state.filter.first_day, state.filter.last_day) == (
        dt.date.fromisoformat(first),
        dt.date.fromisoformat(last),
    )
    assert to_query(state) == {"periode": period.value}


def test_a_minimum_above_the_maximum_is_left_out_with_a_notice() -> None:
    state, notices = from_query({"min": "500", "max": "1"}, TODAY)
    assert (state.filter.min_cents, state.filter.max_cents) == (None, None)
    assert len(notices) == 1


def _subset(enum: type) -> st.SearchStrategy:
    return st.frozensets(st.sampled_from(list(enum)))


days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))
amounts = st.none() | st.integers(0, 10**12)
texts = st.text(max_size=250).map(clean_text)


def amounts_in_order(wanted: OrderFilter) -> OrderFilter:
    if wanted.min_cents is None or wanted.max_cents is None or wanted.min_cents <= wanted.max_cents:
        return wanted
    return replace(wanted, min_cents=wanted.max_cents, max_cents=wanted.min_cents)


filters = st.builds(
    OrderFilter,
    statuses=_subset(OrderStatus).filter(bool) | st.just(ALL_STATUSES) | st.just(OPEN_STATUSES),
    first_day=st.none() | days.filter(lambda d: d.year < 2050),
    last_day=st.none() | days.filter(lambda d: d.year >= 2050),
    seller_id=st.none() | st.integers(1, 2**63 - 1),
    customer_id=st.none() | st.integers(1, 2**63 - 1),
    payment_methods=_subset(PaymentMethod),
    payment_states=_subset(PaymentState),
    delivery_modes=_subset(DeliveryMode),
    origins=_subset(Origin),
    min_cents=amounts,
    max_cents=amounts,
    currency=st.none() | st.sampled_from(["EUR", "GBP"]),
    attention=st.none() | st.sampled_from(list(Attention)),
    text=texts,
    product=texts,
).map(amounts_in_order)
states = st.builds(
    GridState,
    filter=filters,
    sort=st.builds(OrderSort, st.sampled_from(sorted(SORTS.values())), st.booleans()),
    page=st.integers(1, 10**6),
    page_size=st.sampled_from(PAGE_SIZES),
    columns=_subset(Column).map(lambda chosen: in_order(chosen | {Column.NUMBER})),
)


@given(states)
def test_every_state_comes_back_from_its_url_unchanged(state: GridState) -> None:
    again, notices = from_query(to_query(state), TODAY)
    assert again == state
    assert notices == []
    assert from_query_string(query_string(state), TODAY) == (state, [])


@given(state=states, period=st.sampled_from(Period))
def test_a_relative_period_comes_back_from_its_url_as_relative(state: GridState, period: Period) -> None:
    first, last = period.days(TODAY)
    state = replace(state, period=period, filter=replace(state.filter, first_day=first, last_day=last))
    assert from_query(to_query(state), TODAY) == (state, [])


@given(st.dictionaries(st.sampled_from([*to_query(GridState(page=2)), "statut", "du", "au", "min", "tri"]), st.text()))
def test_no_text_in_the_url_breaks_the_page(params: dict[str, str]) -> None:
    state, _ = from_query(params, TODAY)
    assert isinstance(state, GridState)


def test_no_naughty_string_in_any_parameter_breaks_the_page(shared_data: Path) -> None:
    names = ("statut", "periode", "du", "au", "vendeur", "client", "paiement", "etat", "livraison", "origine")
    names += ("min", "max", "devise", "q", "produit", "attente", "etiquette", "tri", "page", "lignes", "colonnes")
    for text in json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8")):
        for name in names:
            state, _ = from_query({name: text}, TODAY)
            assert from_query(to_query(state), TODAY) == (state, [])
