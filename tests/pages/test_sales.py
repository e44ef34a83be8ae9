"""Piloter › Ventes, as managers see it."""

import datetime as dt

import pytest
import streamlit as st

from dashboard.sales.state import Tab
from db.domain.orders import DeliveryMode, OrderStatus
from db.domain.permissions import Role
from db.engine import transaction
from tests.dashboard.apptest import open_page
from tests.factories import create_order

DAYS = {"du": "2026-03-01", "au": "2026-03-31"}


@pytest.fixture(autouse=True)
def no_kept_figures():
    st.cache_data.clear()


@pytest.fixture
def march():
    with transaction() as session:
        noon = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)
        create_order(session, placed_at=noon, total_cents=30_00)
        create_order(session, placed_at=noon, total_cents=50_00, delivery_mode=DeliveryMode.PICKUP_POINT)
        create_order(session, placed_at=noon, total_cents=99_00, status=OrderStatus.CANCELLED)


def cards(page):
    return {card.label: card.value.replace("\u202f", " ").replace("\u00a0", " ") for card in page.metric}


def test_the_cards_count_what_was_sold_and_no_cancelled_order(signed_up, march):
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query=DAYS)
    assert not page.exception
    assert cards(page)["Chiffre d’affaires"] == "80,00 €"
    assert cards(page)["Commandes"] == "2"
    assert cards(page)["Panier moyen"] == "40,00 €"


def test_a_filter_of_the_url_is_the_grid_s_own(signed_up, march):
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query={**DAYS, "livraison": "pickup_point"})
    assert cards(page)["Chiffre d’affaires"] == "50,00 €"
    assert any(button.label == "Effacer" for button in page.button)


@pytest.mark.parametrize("tab", Tab)
def test_every_tab_opens_from_the_url_with_and_without_sales(signed_up, march, tab):
    manager = signed_up(Role.MANAGER)
    for days in (DAYS, {"du": "2020-03-01", "au": "2020-03-31"}):
        page = open_page("/ventes", person_id=manager, query={**days, "onglet": tab})
        assert not page.exception


def test_a_chart_is_a_table_where_the_url_says_so(signed_up, march):
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query={**DAYS, "tableaux": "commandes"})
    rows = page.dataframe[0].value
    assert rows["Commandes"].astype(str).tolist()[9] == "2"  # 10 March.
    page.button(key="view_commandes").click().run()
    assert "tableaux" not in page.query_params
    assert not page.dataframe


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE])
def test_only_managers_and_administrators_see_the_sales(signed_up, march, role):
    page = open_page("/ventes", person_id=signed_up(role), query=DAYS)
    assert not page.metric
