import datetime as dt
import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.domain.permissions import Role
from db.domain.search_text import customer_text, seller_text
from db.domain.viewer import Viewer
from db.models import Customer, Order, Seller
from db.queries import global_search as module
from db.queries.global_search import CustomerHit, OrderHit, SellerHit, global_search
from db.services.derived import complete_customers, complete_orders
from tests.conftest import NOW
from tests.factories import ADMIN, create_customer, create_order, create_seller


def searchable_order(session: Session, seller: Seller, customer: Customer, number: str, **columns: object) -> Order:
    order = create_order(session, seller, customer, number=number, **columns)
    complete_orders(session, [order.id])
    complete_customers(session, [customer.id])
    session.expire_all()
    return order


@pytest.fixture
def tea(session: Session) -> Seller:
    return create_seller(session, "Maison du thé", code="THE", search_text="maison du the | the")


@pytest.fixture
def evelyne(session: Session) -> Customer:
    return create_customer(session, "Évelyne Œuvrard", "e.oeuvrard@example.org", phone="06 12 34 56 78")


@pytest.fixture
def order(session: Session, tea: Seller, evelyne: Customer) -> Order:
    return searchable_order(session, tea, evelyne, "62038bc9-f390060031-398dfb-001")


def found(session: Session, text: str, viewer: Viewer = ADMIN, limit: int = 5) -> list[str]:
    """What a search finds, as « kind: name »."""
    names = []
    for hit in global_search(session, viewer, text, limit):
        match hit:
            case OrderHit():
                names.append(f"order: {hit.number}")
            case CustomerHit():
                names.append(f"customer: {hit.name}")
            case SellerHit():
                names.append(f"seller: {hit.name}")
    return names


@pytest.mark.parametrize("typed", ["62038bc9-f390060031-398dfb-001", " 62038BC9-F390060031-398DFB-001\n"])
def test_a_whole_number_is_an_exact_hit_whatever_its_case_and_the_spaces_around(
    session: Session, order: Order, typed: str
) -> None:
    (hit,) = global_search(session, ADMIN, typed)
    assert isinstance(hit, OrderHit)
    assert (hit.number, hit.customer_name, hit.seller_name, hit.is_exact) == (
        order.number,
        "Évelyne Œuvrard",
        "Maison du thé",
        True,
    )


def test_of_two_numbers_that_differ_by_case_the_one_typed_is_exact(
    session: Session, tea: Seller, evelyne: Customer
) -> None:
    for number in ("ABC-1", "abc-1"):
        searchable_order(session, tea, evelyne, number)
    exact = [hit for hit in global_search(session, ADMIN, "abc-1") if isinstance(hit, OrderHit) and hit.is_exact]
    assert [hit.number for hit in exact] == ["abc-1"]


@pytest.mark.parametrize("typed", ["398dfb", "oeuvrard evelyne", "ÉVELYNE", "E.Oeuvrard@", "+33 6 12 34 56 78"])
def test_an_order_and_its_customer_are_found_by_part_of_number_name_email_or_phone(
    session: Session, order: Order, typed: str
) -> None:
    assert f"order: {order.number}" in found(session, typed)
    assert ("customer: Évelyne Œuvrard" in found(session, typed)) == (typed != "398dfb")


@pytest.mark.parametrize("typed", ["maison du THÉ", "the"])
def test_a_seller_is_found_by_name_or_code(session: Session, tea: Seller, typed: str) -> None:
    assert found(session, typed) == ["seller: Maison du thé"]


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "\u202e", "\ud800"])
def test_an_empty_search_finds_nothing(session: Session, order: Order, typed: str) -> None:
    assert found(session, typed) == []


@pytest.mark.parametrize("typed", ["%%%", "___", "é_", "%", "62038%001", "evelyne_oeuvrard"])
def test_signs_that_like_reads_as_any_are_taken_as_themselves(session: Session, order: Order, typed: str) -> None:
    assert found(session, typed) == []


def test_a_percent_sign_in_a_name_is_found(session: Session, tea: Seller) -> None:
    searchable_order(session, tea, create_customer(session, "Cent 100% lin"), "A-1")
    assert found(session, "100%") == ["order: A-1", "customer: Cent 100% lin"]


def test_under_three_characters_only_the_start_of_a_number_counts(session: Session, order: Order) -> None:
    assert found(session, "62") == found(session, "6") == [f"order: {order.number}"]
    assert found(session, "01") == found(session, "év") == []


def test_a_number_of_one_character_is_exact(session: Session, tea: Seller, evelyne: Customer) -> None:
    searchable_order(session, tea, evelyne, "7")
    searchable_order(session, tea, evelyne, "71")
    assert found(session, "7") == ["order: 7", "order: 71"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("paul.martin@here.example", "A-1"),
        ("paul.martin@there.example", "A-2"),
        ("abcdefghijklmnopqrstuvwxyz1", "A-1"),
        ("abcdefghijklmnopqrstuvwxyz2", "A-2"),
        ("mairie bureau service comptabilite des ouest", "A-1"),
        ("mairie bureau service comptabilite des est_", "A-2"),
    ],
)
def test_what_the_index_is_not_asked_for_is_checked_all_the_same(
    session: Session, tea: Seller, typed: str, number: str
) -> None:
    for at, domain, side in (("1", "here", "ouest"), ("2", "there", "est_")):
        customer = create_customer(
            session,
            f"abcdefghijklmnopqrstuvwxyz{at}",
            f"paul.martin@{domain}.example",
            company=f"Mairie, bureau du service comptabilité des {side}",
        )
        searchable_order(session, tea, customer, f"A-{at}")
    assert [name for name in found(session, typed) if name.startswith("order")] == [f"order: {number}"]
    assert len(found(session, typed)) == 2


def test_the_newest_orders_come_first_and_each_kind_has_its_limit(
    session: Session, tea: Seller, evelyne: Customer
) -> None:
    for day in range(4):
        searchable_order(session, tea, evelyne, f"A-{day}", placed_at=NOW + dt.timedelta(days=day))
    assert found(session, "evelyne", limit=3) == [
        "order: A-3",
        "order: A-2",
        "order: A-1",
        "customer: Évelyne Œuvrard",
    ]


def test_what_is_older_than_the_newest_rows_is_found_through_the_index(
    session: Session, tea: Seller, evelyne: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WINDOW", 1)
    searchable_order(session, tea, evelyne, "A-1")
    searchable_order(session, tea, create_customer(session, "Paul Martin"), "A-2")
    assert found(session, "evelyne") == ["order: A-1", "customer: Évelyne Œuvrard"]
    assert found(session, "evelyne", Viewer(2, "Sam", "s@example.org", Role.SELLER, tea.id)) == found(
        session, "evelyne"
    )


class TestSeller:
    @pytest.fixture
    def viewer(self, tea: Seller) -> Viewer:
        return Viewer(2, "Sam Vendeur", "sam@example.org", Role.SELLER, tea.id)

    @pytest.fixture
    def elsewhere(self, session: Session) -> Order:
        seller = create_seller(session, "Grès & Terre", search_text=seller_text("Grès & Terre", "GRES", ""))
        paul = create_customer(session, "Paul Grès", "paul@example.org")
        return searchable_order(session, seller, paul, "B-398-001")

    @pytest.mark.usefixtures("elsewhere")
    def test_a_seller_finds_their_own_orders_and_customers_only(
        self, session: Session, viewer: Viewer, order: Order
    ) -> None:
        assert found(session, "398", viewer) == [f"order: {order.number}"]
        assert found(session, "evelyne", viewer) == [f"order: {order.number}", "customer: Évelyne Œuvrard"]
        assert found(session, "paul", viewer) == []

    def test_another_sellers_number_is_not_found_even_exactly(
        self, session: Session, viewer: Viewer, elsewhere: Order
    ) -> None:
        assert found(session, elsewhere.number, viewer) == []

    @pytest.mark.usefixtures("order", "elsewhere")
    def test_a_seller_finds_no_sellers(self, session: Session, viewer: Viewer) -> None:
        assert found(session, "maison", viewer) == []
        assert found(session, "gres", viewer) == []

    def test_a_customer_of_others_is_not_found_by_an_account_name_that_changed_since(
        self, session: Session, viewer: Viewer, order: Order, evelyne: Customer
    ) -> None:
        evelyne.search_text = customer_text("Nouveau Nom", "", "", "")
        session.flush()
        assert found(session, "evelyne", viewer) == [f"order: {order.number}"]


def test_every_naughty_string_is_searched_without_an_error(session: Session, order: Order, shared_data: Path) -> None:
    for text in json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8")):
        global_search(session, ADMIN, text)
