"""Labels asked for on the grid: the dialog, the bar that survives a reload, the download."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.files.words import size_words
from db.domain.carrier_files import CarrierFile
from db.domain.files import FileKind, FileState
from db.domain.labels import LabelFormat
from db.domain.orders import OrderStatus
from db.domain.permissions import Role
from db.engine import engine, reading, transaction
from db.models import Order, OrderAddress, Shipment, StoredFile
from db.models.orders import AddressKind
from db.storage import storage_at
from jobs.files import make_files
from jobs.run import Run
from tests.dashboard.apptest import open_page
from tests.factories import create_order, create_seller

SignUp = Callable[..., int]


@pytest.fixture
def orders(use_database: str) -> dict[str, int]:
    """Two orders to ship and one that waits for its payment; number → id."""
    with transaction() as session:
        seller = create_seller(session)
        made = [create_order(session, seller, number=number) for number in ("P-1", "P-2")]
        made.append(create_order(session, seller, number="U-1", status=OrderStatus.AWAITING_PAYMENT))
        for order in made:
            session.add(OrderAddress(order_id=order.id, kind=AddressKind.DELIVERY, name="É. Morin", city="Rennes"))
        return {order.number: order.id for order in made}


def grid(person_id: int, ids: list[int]) -> AppTest:
    at = open_page("/commandes", person_id=person_id, query={"statut": "tous"})
    at.session_state["selection_ids"] = frozenset(ids)
    at.session_state["selection_generation"] += 1
    return at.run()


def choose(at: AppTest, kind: FileKind) -> AppTest:
    next(menu for menu in at.get("menu_button") if menu.proto.label == "Imprimer").click(kind)
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label.replace("\u00a0", " ") == label).click()
    return at.run()


def words(at: AppTest) -> str:
    shown = (*at.markdown, *at.caption, *at.error)
    return "\n".join(element.value for element in shown).replace("\u00a0", " ").replace("\\", "").replace("**", "")


def links(at: AppTest) -> list[str]:
    return [link.proto.url for link in at.get("link_button")]


def make_all(tmp_path: Path) -> None:
    make_files(Run(engine(), "w", Event()), place=storage_at(f"file://{tmp_path}"))


def test_labels_are_asked_for_followed_and_fetched(signed_up: SignUp, orders: dict[str, int], tmp_path: Path) -> None:
    person = signed_up(Role.SUPPORT)
    at = choose(grid(person, list(orders.values())), FileKind.LABELS)
    assert "2 commandes à expédier : tout ce qui reste." in words(at)
    assert "Rien à expédier au statut « En attente de paiement »." in words(at)
    press(at, "Préparer 2 étiquettes")
    assert not at.exception
    with reading() as session:
        file_id, state = session.execute(sa.select(StoredFile.id, StoredFile.state)).one()
    assert state is FileState.QUEUED
    assert at.query_params["fichier"] == str(file_id)
    assert links(at) == []
    make_all(tmp_path)
    # The same address in another tab, or after a reload.
    at = open_page("/commandes", person_id=person, query={"fichier": str(file_id)})
    assert "2 étiquettes d’envoi, A6 · fichier prêt" in words(at)
    assert links(at) == [f"/fichiers/{file_id}?voir=1", f"/fichiers/{file_id}"]
    press(at, "Fermer")
    assert links(at) == []
    assert "fichier" not in at.query_params
    at = open_page("/fichiers-produits", person_id=person)
    assert list(at.dataframe[0].value["Fichier"]) == ["2\u00a0étiquettes d’envoi, A6"]
    assert list(at.dataframe[0].value["Lien"]) == [f"/fichiers/{file_id}"]


def test_the_first_free_place_is_asked_of_a_sheet_of_four(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = choose(grid(signed_up(Role.SUPPORT), [orders["P-1"]]), FileKind.LABELS)
    at.session_state["file_paper"] = LabelFormat.A4
    at.run()
    at.selectbox(key="file_place").set_value(3).run()
    press(at, "Préparer l’étiquette")
    with reading() as session:
        arguments = session.scalars(sa.select(StoredFile.arguments)).one()
    assert (arguments["paper"], arguments["first_place"]) == ("a4", 3)


def carried(orders: dict[str, int], **carriers: str) -> None:
    with transaction() as session:
        for number, carrier in carriers.items():
            session.get_one(Order, orders[number.replace("_", "-")]).carrier = carrier


def test_a_carriers_file_says_what_to_know_before_it_is_uploaded(signed_up: SignUp, orders: dict[str, int]) -> None:
    carried(orders, P_1="Colissimo", P_2="colissimo")
    at = choose(grid(signed_up(Role.SUPPORT), [orders["P-1"], orders["P-2"]]), FileKind.CARRIER_CSV)
    assert "À importer dans Coliship" in words(at)
    assert "2 Colissimo" in words(at)
    assert "file_includes_others" not in [box.key for box in at.checkbox]
    press(at, "Préparer le fichier de 2 colis")
    with reading() as session:
        assert session.scalars(sa.select(StoredFile.kind)).one() is FileKind.CARRIER_CSV


def test_a_carriers_file_leaves_out_the_parcels_of_others_unless_asked(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    carried(orders, P_1="Chronopost", P_2="Colissimo")
    at = choose(grid(signed_up(Role.SUPPORT), [orders["P-1"], orders["P-2"]]), FileKind.CARRIER_CSV)
    assert "1 Chronopost" in words(at)
    assert "1 Colissimo" in words(at)
    at.selectbox(key="file_layout").set_value(CarrierFile.COLISHIP).run()
    assert [button for button in at.button if button.label == "Préparer le fichier de 1\u00a0colis"]
    at.checkbox(key="file_includes_others").check().run()
    assert [button for button in at.button if button.label == "Préparer le fichier de 2\u00a0colis"]
    at.checkbox(key="file_includes_others").uncheck().run()
    press(at, "Préparer le fichier de 1 colis")
    with reading() as session:
        assert session.scalars(sa.select(StoredFile.arguments)).one()["parcels"] == [[orders["P-2"], None]]


def test_labels_come_as_the_list_is_sorted(signed_up: SignUp, orders: dict[str, int]) -> None:
    person = signed_up(Role.SUPPORT)
    for sort, first, second in (("numero", "P-1", "P-2"), ("-numero", "P-2", "P-1")):
        at = open_page("/commandes", person_id=person, query={"statut": "tous", "tri": sort})
        at.session_state["selection_ids"] = frozenset([orders["P-1"], orders["P-2"]])
        at.session_state["selection_generation"] += 1
        press(choose(at.run(), FileKind.LABELS), "Préparer 2 étiquettes")
        with reading() as session:
            newest = session.scalars(sa.select(StoredFile.arguments).order_by(StoredFile.id.desc())).first()
        assert newest is not None
        assert newest["parcels"] == [[orders[first], None], [orders[second], None]]


def test_who_does_not_ship_is_offered_no_labels(signed_up: SignUp, orders: dict[str, int]) -> None:
    at = grid(signed_up(Role.FINANCE), list(orders.values()))
    (menu,) = [menu for menu in at.get("menu_button") if menu.proto.label == "Imprimer"]
    assert "Étiquettes d’envoi" not in menu.proto.options
    assert "Factures" in menu.proto.options


@pytest.mark.parametrize("wanted", ["999", "x", "9" * 30])
def test_a_file_that_is_not_there_is_not_told_of(signed_up: SignUp, use_database: str, wanted: str) -> None:
    at = open_page("/commandes", person_id=signed_up(Role.SUPPORT), query={"fichier": wanted})
    assert not at.exception
    assert links(at) == []


@pytest.mark.parametrize(("size", "said"), [(0, "1 Ko"), (1000, "1 Ko"), (1001, "2 Ko"), (1_000_000, "1 Mo")])
def test_sizes_are_never_less_than_is_there(size: int, said: str) -> None:
    assert size_words(size).replace("\u00a0", " ") == said


def test_an_orders_page_offers_the_label_of_each_parcel_and_of_what_is_to_leave(
    signed_up: SignUp, orders: dict[str, int]
) -> None:
    person = signed_up(Role.SUPPORT)
    at = press(open_page("/commande", person_id=person, query={"n": "P-1"}), "Étiquette d’envoi")
    press(at, "Préparer l’étiquette")
    with transaction() as session:
        parcel = Shipment(order_id=orders["P-2"], carrier="Colissimo", tracking_number="6A12345678901")
        session.add(parcel)
        session.flush()
        shipment_id = parcel.id
    at = press(open_page("/commande", person_id=person, query={"n": "P-2"}), "Étiquette")
    assert not at.exception
    press(at, "Préparer l’étiquette")
    with reading() as session:
        asked = session.scalars(sa.select(StoredFile.arguments).order_by(StoredFile.id)).all()
    assert [each["parcels"] for each in asked] == [[[orders["P-1"], None]], [[orders["P-2"], shipment_id]]]
    at = open_page("/commande", person_id=person, query={"n": "U-1"})
    assert not [button for button in at.button if button.label.startswith("Étiquette")]
