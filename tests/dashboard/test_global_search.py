"""The search box: what its list shows, as data; tests/browser types into it."""

import pytest

from dashboard.global_search import GroupView, HitView, SearchView, search_view
from db.domain.orders import OrderStatus
from db.queries.global_search import CustomerHit, OrderHit, SellerHit
from tests.conftest import NOW

ORDER = OrderHit("A/1", "Évelyne Morin", "Maison du thé", OrderStatus.PAID, NOW, 31_90, "EUR")
EXACT = OrderHit("A", "", "Maison du thé", OrderStatus.PAID, NOW, 31_90, "EUR", is_exact=True)
CUSTOMER = CustomerHit(7, "Évelyne Morin", "", "e.morin@example.org")
SELLER = SellerHit(3, "Maison du thé", "THE")


def test_hits_are_grouped_by_kind_with_what_tells_them_apart_and_where_they_lead() -> None:
    view = search_view("mor", [ORDER, CUSTOMER, SELLER])

    assert view == SearchView(
        typed="mor",
        groups=(
            GroupView(
                "Commandes",
                (
                    HitView(
                        "A/1",
                        "Évelyne Morin · Maison du thé · 21/11/2026 · 31,90\u00a0€",
                        "/commande?n=A%2F1",
                        "Payée",
                        "#fddf49",
                        "#16181d",
                    ),
                ),
            ),
            GroupView("Clients", (HitView("Évelyne Morin", "e.morin@example.org", "/commandes?statut=tous&client=7"),)),
            GroupView("Vendeurs", (HitView("Maison du thé", "THE", "/commandes?vendeur=3"),)),
        ),
    )


def test_a_whole_number_goes_straight_to_its_order_whatever_else_was_found() -> None:
    assert search_view("A", [EXACT, ORDER, CUSTOMER]).direct_url == "/commande?n=A"


def test_two_orders_whose_number_differs_by_case_are_both_offered() -> None:
    other = OrderHit("a", "", "", OrderStatus.PAID, NOW, 1, "EUR", is_exact=True)
    assert search_view("A", [EXACT, other]).direct_url == ""


@pytest.mark.parametrize(
    ("hit", "url"),
    [(ORDER, "/commande?n=A%2F1"), (CUSTOMER, "/commandes?statut=tous&client=7"), (SELLER, "/commandes?vendeur=3")],
)
def test_the_only_hit_is_gone_to_straight_away(hit: OrderHit | CustomerHit | SellerHit, url: str) -> None:
    assert search_view("x", [hit]).direct_url == url


def test_who_may_read_accounts_is_led_to_the_customer_s_page() -> None:
    assert search_view("mor", [CUSTOMER], opens_accounts=True).direct_url == "/client?n=7"


@pytest.mark.parametrize(
    ("typed", "start"), [("zzzz", "Rien ne correspond."), ("zz", "Saisissez au moins trois caractères")]
)
def test_nothing_found_says_what_to_do(typed: str, start: str) -> None:
    view = search_view(typed, [])
    assert view.groups == ()
    assert view.sentence.startswith(start)
