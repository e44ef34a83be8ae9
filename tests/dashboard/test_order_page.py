"""The order page as people open it: through the shell, on a database of its own."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import transaction
from db.models import Order, OrderAddress, OrderHistory, Payment, Return
from db.models.orders import AddressKind
from tests.dashboard.apptest import open_page
from tests.factories import create_basket, create_customer, create_line, create_order, create_seller

SignUp = Callable[..., int]
ABSENT = "Cette commande n’existe pas ou ne vous est pas accessible."


def html_of(at: AppTest) -> str:
    """What the parts drawn as HTML contain."""
    return "\n".join(part.proto.body for part in at.get("html"))


def headings(at: AppTest) -> list[str]:
    return [heading.value for heading in at.header]


def words(at: AppTest) -> str:
    return "\n".join(text.value for text in (*at.markdown, *at.caption))


@pytest.fixture
def order(use_database: str) -> str:
    """An order with everything on it; returns its number."""
    now = utc_now()
    with transaction() as session:
        seller = create_seller(session, "Maison du thé")
        customer = create_customer(session, "Évelyne **Morin**", "e.morin@example.org", phone="06 12 34 56 78")
        basket = create_basket(session, customer)
        order = create_order(
            session,
            seller,
            customer,
            number="n°/1?x=2&y*_",
            status=OrderStatus.PREPARING,
            basket_id=basket.id,
            placed_at=now - dt.timedelta(days=3),
            ship_by=now.date() - dt.timedelta(days=9),
            lines=[create_line("Thé :red[vert]", total_cents=31_90, quantity=2, attributes={"Contenance": "<b>"})],
        )
        create_order(session, create_seller(session, "Grès"), customer, number="SIBLING", basket_id=basket.id)
        for kind in AddressKind:
            session.add(OrderAddress(order_id=order.id, kind=kind, name=customer.name, street="1 rue X", city="Aix"))
        session.add(Payment(order_id=order.id, method=order.payment_method, amount_cents=31_90, reference="CB-42"))
        session.add(Return(order_id=order.id, explanation="Cassé"))
        session.add(
            OrderHistory(
                order_id=order.id,
                event=HistoryEvent.STATUS_CHANGED,
                before={"status": "paid"},
                after={"status": "preparing"},
                actor_name="Samira",
            )
        )
        return order.number


def test_an_order_is_shown_with_all_its_parts(order: str, signed_up: SignUp) -> None:
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT), query={"n": order})

    assert not at.exception
    assert headings(at) == [r"Commande n°\/1\?x\=2\&y\*\_"]
    assert [total.value for total in at.subheader] == ["31\\,90\u00a0€"]
    for part in (
        "En\u00a0cours\u00a0de\u00a0traitement",
        "Réglée",
        "en\u00a0retard",
        "Maison du thé",
        "il y a 3\u00a0j",
    ):
        assert part in words(at)
    for part in (
        "Thé :red[vert]",
        "Contenance : &lt;b&gt;",
        "e.morin@example.org",
        "openstreetmap.org",
        "CB-42",
        "SIBLING",
        "« Cassé »",
        "Samira",
        "5,5\u00a0%",
    ):
        assert part in html_of(at), part


@pytest.mark.parametrize("number", ["ABSENT", "n°/1", "' OR 1=1 --", "\x00"])
def test_an_unknown_number_gets_a_page_that_says_what_to_do(order: str, signed_up: SignUp, number: str) -> None:
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT), query={"n": number})

    assert not at.exception
    assert headings(at) == ["Commande introuvable"]
    assert ABSENT in words(at)
    assert at.text_input(key="order_number").value == ""


def test_another_sellers_order_gets_the_very_same_page(order: str, signed_up: SignUp) -> None:
    seller = signed_up(Role.SELLER)
    foreign = open_page("/commande", person_id=seller, query={"n": order})
    unknown = open_page("/commande", person_id=seller, query={"n": "ABSENT"})

    assert headings(foreign) == ["Commande introuvable"]
    assert words(foreign) == words(unknown)
    assert "Thé" not in html_of(foreign)


def test_a_seller_opens_their_own_order_without_the_others_of_the_basket(order: str, signed_up: SignUp) -> None:
    with transaction() as session:
        seller_id = session.scalar(sa.select(Order.seller_id).where(Order.number == order))
    at = open_page("/commande", person_id=signed_up(Role.SELLER, seller_id=seller_id), query={"n": order})

    assert "Thé :red[vert]" in html_of(at)
    assert "SIBLING" not in html_of(at)
    assert "Fidélité" not in html_of(at)


def test_without_a_number_the_page_asks_for_one_and_opens_it(order: str, signed_up: SignUp) -> None:
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT))
    assert headings(at) == ["Quelle commande cherchez-vous ?"]

    at.text_input(key="order_number").set_value(f" {order} ").run()

    assert headings(at) == [r"Commande n°\/1\?x\=2\&y\*\_"]


def test_an_import_without_customer_address_lines_or_history_is_shown_bare(signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    with transaction() as session:
        session.add(Order(number="C536379", seller_id=create_seller(session).id, currency="GBP"))

    at = open_page("/commande", person_id=person_id, query={"n": "C536379"})

    assert not at.exception
    assert [total.value for total in at.subheader] == ["0\\,00\u00a0£"]
    for part in ("non renseigné", "aucun article", "Rien n’a encore été noté"):
        assert part in html_of(at)
    assert "Aucune adresse" in words(at)


def test_an_order_in_error_says_where_it_was_before(signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    with transaction() as session:
        create_order(session, number="E-1", status=OrderStatus.ERROR, status_before_error=OrderStatus.PAID)

    at = open_page("/commande", person_id=person_id, query={"n": "E-1"})

    assert "avant l’erreur\u00a0: Payée" in words(at)


@pytest.fixture
def list_of_orders(use_database: str) -> None:
    """Three open orders, newest first, and a finished one."""
    now = utc_now()
    with transaction() as session:
        seller = create_seller(session)
        create_order(session, seller, number="DONE", status=OrderStatus.COMPLETED)
        for day in range(3):
            create_order(session, seller, number=f"L-{day}", placed_at=now - dt.timedelta(days=day))


@pytest.mark.usefixtures("list_of_orders")
def test_an_order_opened_from_a_list_has_its_neighbours(signed_up: SignUp) -> None:
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT), query={"n": "L-1", "liste": "tri=-date"})
    assert "2/3" in words(at)

    at.button(key="order_right").click().run()
    assert headings(at) == [r"Commande L\-2"]
    assert "3/3" in words(at)
    assert at.button(key="order_right").disabled

    at.button(key="order_left").click().run()
    assert "2/3" in words(at)


@pytest.mark.usefixtures("list_of_orders")
def test_an_order_that_leaves_the_list_under_ones_hands_keeps_its_neighbours(signed_up: SignUp) -> None:
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT), query={"n": "L-1", "liste": "tri=-date"})
    with transaction() as session:
        session.execute(sa.update(Order).where(Order.number == "L-1").values(status=OrderStatus.COMPLETED))
    at.run()
    assert "sortie de la liste" in words(at)
    assert not at.button(key="order_left").disabled

    at.button(key="order_right").click().run()
    assert headings(at) == [r"Commande L\-2"]
    assert "2/2" in words(at)


@pytest.mark.usefixtures("list_of_orders")
def test_an_order_that_left_the_list_or_was_opened_alone_has_none(signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    for query in ({"n": "DONE", "liste": "tri=-date"}, {"n": "L-1"}):
        at = open_page("/commande", person_id=person_id, query=query)
        assert not at.exception
        assert not [button for button in at.button if button.key == "order_right"]


@pytest.mark.usefixtures("list_of_orders")
def test_a_list_that_nobody_understands_is_the_list_as_it_opens(signed_up: SignUp) -> None:
    query = {"n": "L-0", "liste": "statut=%F0%9F&vendeur=x&&=&page=-1"}
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT), query=query)
    assert not at.exception
    assert "1/3" in words(at)


def test_the_strangest_strings_are_numbers_that_do_not_exist(signed_up: SignUp, shared_data: Path) -> None:
    strings = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    at = open_page("/commande", person_id=signed_up(Role.SUPPORT), run=False)
    for text in [text for text in strings if text.strip()][::10]:
        at.query_params["n"] = text
        at.run()
        assert not at.exception, text
        assert headings(at) == ["Commande introuvable"], text
