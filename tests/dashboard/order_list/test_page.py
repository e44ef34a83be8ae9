"""The order grid as a page: through the shell, signed in, on its own database."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from dashboard.order_list.state import Column
from db.domain.order_filter import Attention
from db.domain.orders import OrderStatus, PaymentMethod
from db.domain.permissions import Role
from db.engine import transaction
from db.models import SavedView
from db.services.derived import complete_orders
from tests.dashboard.apptest import open_page
from tests.factories import create_customer, create_line, create_order, create_seller

SignUp = Callable[..., int]


@pytest.fixture
def orders(use_database: str) -> dict[str, int]:
    """Three open orders, a finished and a cancelled one, of two sellers; number → seller id."""
    with transaction() as session:
        tea, books = create_seller(session, "Maison du thé"), create_seller(session, "Librairie")
        morin, other = create_customer(session, "Évelyne Morin"), create_customer(session, "Paul Le Bihan")
        made = [
            create_order(session, tea, morin, number="A-1", total_cents=10_00),
            create_order(session, tea, other, number="A-2", total_cents=20_00, payment_method=PaymentMethod.CHEQUE),
            create_order(session, books, other, number="A-3", status=OrderStatus.READY, total_cents=5_50,
                         lines=[create_line("Roman", total_cents=5_50, sku="LIV-1")]),
            create_order(session, books, other, number="A-4", status=OrderStatus.COMPLETED, total_cents=40_00),
            create_order(session, books, other, number="A-5", status=OrderStatus.CANCELLED, total_cents=80_00),
        ]  # fmt: skip
        complete_orders(session, [order.id for order in made])
        return {order.number: order.seller_id for order in made}


def table(at: AppTest) -> pd.DataFrame:
    return at.dataframe[0].value


def numbers(at: AppTest) -> set[str]:
    return set(table(at)[Column.NUMBER]) if at.dataframe else set()


def box(at: AppTest, label: str) -> TextInput:
    return next(found for found in at.main.text_input if found.label == label)


def texts(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption))


def test_the_grid_opens_on_open_orders_with_their_number_and_sum(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    assert not at.exception
    assert numbers(at) == {"A-1", "A-2", "A-3"}
    assert "**3\u00a0commandes · 35,50\u00a0€**" in texts(at)


def test_the_tab_toutes_shows_every_order_each_with_its_counter(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    tabs = at.segmented_control[0]
    assert tabs.options == [
        "En cours  **3**",
        "En attente de paiement  **0**",
        "À préparer  **2**",
        "À expédier  **1**",
        "Expédition en retard  **0**",
        "Retours  **0**",
        "Toutes  **5**",
    ]
    tabs.set_value(6)
    at.run()
    assert numbers(at) == set(orders)


def test_filters_in_the_url_filter_the_grid_and_fill_the_widgets(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"statut": "tous", "produit": "liv-1 ROMAN"})
    assert numbers(at) == {"A-3"}
    assert box(at, "Recherche produit").value == "liv-1 ROMAN"


def test_typing_in_a_search_box_filters_the_grid(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    box(at, "Rechercher").set_value("evelyne").run()
    assert numbers(at) == {"A-1"}
    at.query_params["q"] = "evelyne"  # What the browser's address bar keeps from one run to the next.
    box(at, "Recherche produit").set_value("roman").run()
    assert numbers(at) == set()
    assert "Aucune commande ne correspond" in texts(at)


def test_an_empty_result_keeps_the_filters_and_offers_to_clear_them(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"q": "introuvable"})
    assert box(at, "Rechercher").value == "introuvable"
    next(button for button in at.button if button.label == "Effacer les filtres").click().run()
    assert numbers(at) == {"A-1", "A-2", "A-3"}
    assert box(at, "Rechercher").value == ""


def test_late_deliveries_are_looked_for_among_shipped_orders_too(signed_up: SignUp, orders: dict[str, int]) -> None:
    expected = {"expected_delivery_on": dt.date(2020, 1, 2)}
    with transaction() as session:
        create_order(session, number="LATE", status=OrderStatus.SHIPPED, **expected)
        create_order(session, number="THERE", status=OrderStatus.DELIVERED, **expected)
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    next(pills for pills in at.pills if pills.label == "À traiter").set_value(Attention.LATE_DELIVERY).run()
    assert not at.exception
    assert numbers(at) == {"LATE"}
    status, late = table(at)[Column.STATUS][0]
    assert status == "Livraison/retrait en cours"
    assert late.startswith("Livr. +")
    assert (at.query_params["attente"], at.query_params["statut"]) == ("livraison", "tous")


def test_a_value_that_means_nothing_is_told_and_the_rest_holds(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"min": "cher", "paiement": "cheque"})
    assert not at.exception
    assert numbers(at) == {"A-2"}
    assert len(at.toast) == 1
    assert "« min »" in at.toast[0].value
    assert "« cher »" in at.toast[0].value


def test_a_page_beyond_the_last_one_shows_the_last_one(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"page": "9000000000000000000"})
    assert not at.exception
    assert numbers(at) == {"A-1", "A-2", "A-3"}


def test_ticked_rows_are_orders_and_stay_ticked_when_the_list_is_sorted(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"tri": "total"})
    assert list(table(at)[Column.NUMBER]) == ["A-3", "A-1", "A-2"]
    at.session_state[at.dataframe[0].key] = {"selection": {"rows": [0, 1], "columns": []}}
    at.run()
    assert "2\u00a0sélectionnées** · 15,50\u00a0€" in texts(at)
    at.query_params["tri"] = "-total"
    at.run()
    assert list(table(at)[Column.NUMBER]) == ["A-2", "A-1", "A-3"]
    assert "2\u00a0sélectionnées** · 15,50\u00a0€" in texts(at)
    next(button for button in at.button if button.label.startswith("Tout sélectionner")).click().run()
    assert "3\u00a0sélectionnées** · 35,50\u00a0€" in texts(at)
    at.query_params["q"] = "morin"
    at.run()
    assert "sélectionnée" not in texts(at)


def test_a_seller_sees_only_their_own_orders_and_counters(signed_up: SignUp, orders: dict[str, int]) -> None:
    person = signed_up(Role.SELLER, seller_id=orders["A-3"])
    at = open_page("/commandes", person_id=person, query={"statut": "tous", "vendeur": str(orders["A-1"])})
    assert numbers(at) == set()
    at = open_page("/commandes", person_id=person, query={"statut": "tous"})
    assert numbers(at) == {"A-3", "A-4", "A-5"}
    assert at.segmented_control[0].options[-1] == "Toutes  **3**"


def test_a_list_is_saved_as_a_view_and_becomes_a_tab(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"paiement": "cheque"})
    box(at, "Nom de la vue").set_value("Mes *chèques*")
    next(button for button in at.button if button.label == "Enregistrer cette vue").click()
    at.run()
    assert at.segmented_control[0].options[-1] == r"Mes \*chèques\*  **1**"
    with transaction() as session:
        assert session.query(SavedView.name, SavedView.query).all() == [("Mes *chèques*", "paiement=cheque")]


def test_no_naughty_string_in_the_search_boxes_breaks_the_page(
    signed_up: SignUp, orders: dict[str, int], shared_data: Path
) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    strings = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    for text in strings[::7]:
        box(at, "Rechercher").set_value(text).run()
        assert not at.exception, text
        box(at, "Recherche produit").set_value(text).run()
        assert not at.exception, text
