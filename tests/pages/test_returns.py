"""Vendre › Retours, as the people of the house use it."""

import pytest
from streamlit.testing.v1 import AppTest

from db.domain.orders import ActorKind, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnReason
from db.engine import transaction
from db.models import Order, Return, ReturnMessage
from tests.dashboard.apptest import open_page
from tests.pages.returned import new_return


@pytest.fixture
def sophie(signed_up):
    return signed_up(Role.SUPPORT, name="Sophie Support")


@pytest.fixture
def shop(use_database):
    """One return of each kind: late, asked for yesterday, with its parcel here, over."""
    return {
        "late": new_return(ReturnStatus.AWAITING_PARCEL, days_ago=20, number="T-1"),
        "new": new_return(days_ago=1, number="T-2", customer_name="Paul Duval", reason=ReturnReason.CHANGED_MIND),
        "here": new_return(ReturnStatus.PARCEL_RECEIVED, days_ago=12, number="T-3", gesture_reason="Fidèle"),
        "over": new_return(ReturnStatus.DENIED, days_ago=30, number="T-4"),
    }


def open_returns(person_id: int, **query: str) -> AppTest:
    at = open_page("/retours", person_id=person_id, query=query)
    assert not at.exception
    return at


def cells(at: AppTest, column: str) -> list[object]:
    return at.dataframe[0].value[column].tolist() if at.dataframe else []


def numbers(at: AppTest) -> list[int]:
    return [int(number) for number in cells(at, "N°")]


def texts(at: AppTest) -> str:
    return "\n".join(each.value for each in (*at.markdown, *at.caption))


def button(at: AppTest, label: str):
    return next((each for each in at.button if each.label == label), None)


def test_it_opens_on_what_is_under_way_from_the_oldest_with_the_days_left(sophie, shop):
    at = open_returns(sophie)
    assert numbers(at) == [shop["late"], shop["here"], shop["new"]]
    # Fourteen days after the request: six days ago, in two days, in thirteen.
    assert [list(cell) for cell in cells(at, "À rembourser")] == [
        ["en retard de 6\u00a0j"],
        ["reste 2\u00a0j"],
        ["reste 13\u00a0j"],
    ]
    assert cells(at, "Articles") == ["2 × Thé vert bio"] * 3
    assert cells(at, "Valeur") == ["20,00\u00a0€"] * 3
    assert [sign for sign in cells(at, "Signes") if isinstance(sign, str)] == ["geste"]
    assert "**3 retours**" in texts(at)


def test_each_list_says_how_much_it_has(sophie, shop):
    with transaction() as session:
        session.add(ReturnMessage(return_id=shop["new"], author_kind=ActorKind.CUSTOMER, body="Alors ?"))
    at = open_returns(sophie)
    assert at.button_group[0].options == [
        "En cours  **3**",
        "À accepter  **1**",
        "Colis attendus  **1**",
        "À rembourser  **1**",
        ":red[:material/warning:] En retard  **1**",
        ":red[:material/warning:] À répondre  **1**",
        "Terminés",
        "Refusés",
        "Tous",
    ]
    assert "1\u00a0message" in cells(at, "Signes")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"liste": "en-retard"}, ["late"]),
        ({"liste": "a-accepter"}, ["new"]),
        ({"liste": "refuses"}, ["over"]),
        ({"liste": "tous"}, ["new", "here", "late", "over"]),
        ({"liste": "tous", "q": "T-3"}, ["here"]),
        ({"q": "Duval"}, ["new"]),
        ({"motif": "changed_mind"}, ["new"]),
        ({"periode": "7j"}, ["new"]),
    ],
)
def test_every_filter_stands_in_the_address(sophie, shop, query, found):
    assert numbers(open_returns(sophie, **query)) == [shop[name] for name in found]


def test_a_return_is_found_by_its_number(sophie, shop):
    assert numbers(open_returns(sophie, q=str(shop["here"]))) == [shop["here"]]


def test_what_is_typed_goes_into_the_address(sophie, shop):
    at = open_returns(sophie)
    at.text_input[0].input("Morin").run()
    assert at.query_params == {"q": "Morin"}
    button(at, "Effacer").click().run()
    assert at.query_params == {}


def test_nothing_found_offers_the_ways_on(sophie, shop):
    at = open_returns(sophie, liste="termines", q="personne")
    assert "Aucun retour ne correspond à ces filtres" in texts(at)
    button(at, "Chercher dans tous les retours").click().run()
    assert at.query_params == {"liste": "tous", "q": "personne"}
    button(at, "Effacer les filtres").click().run()
    assert at.query_params == {"liste": "tous"}


def test_an_empty_list_says_what_that_means(sophie, use_database):
    assert "Aucun retour en cours" in texts(open_returns(sophie))
    assert "Aucun remboursement n’est en retard" in texts(open_returns(sophie, liste="en-retard"))


@pytest.mark.parametrize("value", ["abc", "99999999999999999999", "' OR 1=1", "\u0000"])
def test_nothing_in_the_address_breaks_the_page(sophie, shop, value):
    open_returns(sophie, **dict.fromkeys(("liste", "q", "vendeur", "motif", "periode", "avant", "apres"), value))


def test_a_seller_sees_returns_of_their_own_orders_alone(signed_up, shop):
    with transaction() as session:
        order = session.get_one(Order, session.get_one(Return, shop["new"]).order_id)
        seller_id = order.seller_id
    at = open_returns(signed_up(Role.SELLER, seller_id=seller_id))
    assert numbers(at) == [shop["new"]]
    assert not [words for words in at.button_group[0].options if "répondre" in words]
    assert numbers(open_returns(signed_up(Role.SELLER))) == []
