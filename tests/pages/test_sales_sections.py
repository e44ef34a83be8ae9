"""Piloter › Ventes: places, the way of the orders, customers, sellers; empty, and with orders."""

import datetime as dt

import pytest

from db.domain.orders import OrderStatus, PaymentState
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import transaction
from tests.dashboard.apptest import open_page
from tests.factories import create_customer, create_order

TABS = {
    "lieux": ["Par département de livraison", "Par ville de livraison"],
    "parcours": ["Jusqu’où vont les commandes", "Temps entre les étapes", "Expédiées en retard par mois",
                 "Taux de retour par mois", "Motifs de retour", "Reste à encaisser"],
    "clients": ["Commandes par type de client", "Nouveaux et fidèles par mois", "Commandes par jour et heure"],
    "vendeurs": ["Vendeurs encore actifs", "Chiffre d’affaires par génération"],
}  # fmt: skip


def titles(page) -> str:
    return " ".join(each.value for each in page.markdown)


@pytest.mark.parametrize("tab", TABS)
def test_a_house_without_a_sale_is_told_so_in_every_section(signed_up, tab: str):
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query={"onglet": tab})
    assert not page.exception
    for title in TABS[tab]:
        assert title in titles(page)
    assert not page.get("plotly_chart")
    assert any("Auc" in each.value for each in page.caption)


@pytest.mark.parametrize("tab", TABS)
def test_every_section_draws_its_charts_once_something_was_sold(signed_up, tab: str):
    with transaction() as session:
        placed_at = utc_now() - dt.timedelta(days=3)
        create_order(session, customer_id=create_customer(session).id, placed_at=placed_at, status=OrderStatus.PAID)
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query={"onglet": tab})
    assert not page.exception
    assert page.get("plotly_chart")


def test_what_is_late_and_unpaid_leads_to_its_orders(signed_up):
    with transaction() as session:
        today = local_day(utc_now())
        create_order(session, status=OrderStatus.PAID, ship_by=today - dt.timedelta(days=2))
        create_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID, total_cents=12_30)
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query={"onglet": "parcours"})
    said = {metric.label: metric.value for metric in page.metric}
    assert said["En retard en ce moment"] == "1"
    links = " ".join(each.value for each in page.caption)
    assert "attente=retard" in links
    assert "etat=partly_paid%2Cunpaid" in links


def test_every_section_is_a_table_for_those_who_ask(signed_up):
    with transaction() as session:
        create_order(session, placed_at=utc_now() - dt.timedelta(days=3), status=OrderStatus.PAID)
    query = {"onglet": "parcours", "tableaux": "etapes"}
    page = open_page("/ventes", person_id=signed_up(Role.MANAGER), query=query)
    (table, *_) = page.dataframe
    assert list(table.value["Étape"]) == ["Passées", "Payées", "Expédiées", "Livrées", "Reçues", "Annulées"]
    assert list(table.value["Commandes"]) == ["1", "1", "0", "0", "0", "0"]


def test_support_and_sellers_have_no_such_page(signed_up):
    page = open_page("/ventes", person_id=signed_up(Role.SUPPORT), query={"onglet": "parcours"})
    assert "Ventes" not in [each.value for each in page.header]
