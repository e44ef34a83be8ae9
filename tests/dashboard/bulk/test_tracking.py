"""« Expédier » with a number per order: typed, pasted, or out of a file that says which orders."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.bulk.tracking import Way
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import Order, Shipment
from tests.dashboard.apptest import open_page
from tests.dashboard.bulk.test_dialog import choose_status, grid, labels, press, words
from tests.factories import create_order, create_seller

SignUp = Callable[..., int]
S = OrderStatus


@pytest.fixture
def orders(use_database: str) -> dict[str, int]:
    """Three paid orders; number → id."""
    with transaction() as session:
        seller = create_seller(session)
        made = [create_order(session, seller, number=f"P-100{place}") for place in (1, 2, 3)]
        return {order.number: order.id for order in made}


def parcels() -> dict[str, tuple[str, str]]:
    with reading() as session:
        found = sa.select(Order.number, Shipment.carrier, Shipment.tracking_number).join(Shipment)
        return {row.number: (row.carrier, row.tracking_number) for row in session.execute(found)}


def paste(at: AppTest, text: str) -> AppTest:
    at.session_state["bulk_field_move_shipped_way"] = Way.READ
    at.run()
    at.text_area(key="bulk_field_move_shipped_pasted").set_value(text)
    return at.run()


def test_pasted_numbers_are_told_apart_and_given_to_their_orders(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), [orders["P-1001"], orders["P-1002"]]), S.SHIPPED)
    at.selectbox(key="bulk_field_move_shipped_carrier").set_value("Colissimo").run()
    paste(at, "P-1001;6A12345678901\nP-1002;12\nP-1003;6A12345678903\nP-9999;6A12345678904")
    assert "1 numéro reconnu · 1 numéro douteux, repris quand même · 1 commande inconnue · 1 commande non" in words(at)
    remarks = at.dataframe[-1].value["Remarque"].tolist()
    assert [remark[:25] for remark in remarks] == [
        "12 ne ressemble pas à un ", "Cette commande n’est pas ", "Aucune commande de ce num",
    ]  # fmt: skip
    press(at, "Expédier 2 commandes")
    assert not at.exception
    assert parcels() == {"P-1001": ("Colissimo", "6A12345678901"), "P-1002": ("Colissimo", "12")}


def test_orders_without_a_number_stay_unless_the_person_says_so(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), list(orders.values())), S.SHIPPED)
    assert "Expédier 3 commandes" in labels(at)
    paste(at, "P-1001 6A 12345678901")
    assert "Expédier 1 commande" in labels(at)
    at.toggle(key="bulk_field_move_shipped_all").set_value(True).run()
    press(at, "Expédier 3 commandes")
    assert parcels() == {"P-1001": ("", "6A 12345678901"), "P-1002": ("", ""), "P-1003": ("", "")}


def test_a_file_says_which_orders_leave(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    press(at, "Importer des numéros de suivi")
    assert "le fichier dit quelles commandes" in words(at)
    content = "Référence;Numéro de colis\nP-1002;6A12345678902\nP-1003;6A12345678903\n"
    at.get("file_uploader")[-1].set_value(("suivi.csv", content.encode("cp1252"), "text/csv"))
    at.run()
    assert "2 numéros reconnus" in words(at)
    press(at, "Expédier 2 commandes")
    assert not at.exception
    assert set(parcels()) == {"P-1002", "P-1003"}


def test_an_order_that_has_left_is_counted_apart_with_the_way_to_its_page(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    with transaction() as session:
        session.get_one(Order, orders["P-1003"]).status = S.SHIPPED
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT))
    press(at, "Importer des numéros de suivi")
    at.text_area(key="bulk_field_move_shipped_pasted").set_value("P-1002;6A12345678902\nP-1003\t6A12345678903")
    at.run()
    assert "1 numéro reconnu · 1 commande déjà expédiée" in words(at)
    shown = at.dataframe[-1].value
    assert shown["Remarque"].tolist() == ["Déjà expédiée\u00a0: corrigez son colis sur sa page."]
    assert "P-1003" in shown["Page"].tolist()[0]
    press(at, "Expédier 1 commande")
    assert set(parcels()) == {"P-1002"}


def test_columns_that_are_not_clear_are_chosen(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), [orders["P-1001"]]), S.SHIPPED)
    paste(at, "P-1001;x1;y1")
    numbers = next(box for box in at.selectbox if box.label == "Colonne des numéros de suivi")
    assert numbers.value is None
    numbers.set_value(2).run()
    press(at, "Expédier 1 commande")
    assert parcels() == {"P-1001": ("", "y1")}


def test_numbers_typed_in_the_grid_survive_a_slip(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose_status(grid(signed_up(Role.SUPPORT), list(orders.values())), S.SHIPPED)
    at.session_state["bulk_field_move_shipped_typed"] = {"P-1002": "6A12345678902"}
    at.session_state["bulk_field_move_shipped_way"] = Way.TYPED
    at.run()
    assert not at.exception
    assert "1 numéro reconnu" in words(at)
    for way in (Way.READ, Way.TYPED):
        at.session_state["bulk_field_move_shipped_way"] = way
        at.run()
    press(at, "Expédier 1 commande")
    assert parcels() == {"P-1002": ("", "6A12345678902")}


def test_who_does_not_ship_imports_no_numbers(signed_up: SignUp, orders: dict[str, int]) -> None:
    assert "Importer des numéros de suivi" not in labels(open_page("/commandes", person_id=signed_up(Role.FINANCE)))
