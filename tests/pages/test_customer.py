"""One customer's page, and the list that leads there, as the people of the house use them."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.files import FileKind
from db.domain.loyalty import PointsKind, PointsReason
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import OrderStatus, ReturnStatus
from db.domain.permissions import Role
from db.domain.privacy import ERASED_NAME, PrivacyAct
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import (
    Address,
    Customer,
    CustomerNote,
    OutboxMessage,
    PointsMovement,
    PrivacyEntry,
    Return,
    StoredFile,
    Voucher,
)
from db.services.derived import complete_customers
from tests.dashboard.apptest import open_page
from tests.factories import create_customer, create_order


@pytest.fixture
def sam(signed_up):
    return signed_up(Role.SUPPORT, name="Sam Soutien")


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin")


def add_customer(name="Évelyne Morin", *, status=OrderStatus.COMPLETED, **columns):
    """Add a customer with one order that is over, and a little of all that may hang on them."""
    now = utc_now()
    with transaction() as session:
        customer = create_customer(session, name, "e.morin@example.org", phone="0611223344", **columns)
        order = create_order(session, customer=customer, number="ORD-1", status=status, invoice_number="F-1")
        session.add_all(
            [
                Address(customer_id=customer.id, label="Maison", name=name, street="3 rue Haute", city="Rennes"),
                Return(order_id=order.id, status=ReturnStatus.COMPLETED, requested_at=now, taken_in_at=now),
                OutboxMessage(
                    order_id=order.id,
                    event="e",
                    template=EmailTemplate.ORDER_CONFIRMATION,
                    recipient_kind=RecipientKind.CUSTOMER,
                    recipient="e.morin@example.org",
                    state=OutboxState.DELIVERED,
                ),
                Voucher(
                    code="ABCD-EFGH",
                    amount_cents=10_00,
                    used_cents=4_00,
                    expires_on=now.date() + dt.timedelta(days=9),
                    customer_id=customer.id,
                ),
            ]
        )
        session.flush()
        complete_customers(session, [customer.id])
        return customer.id


def opened(person_id, customer_id):
    at = open_page("/client", person_id=person_id, query={"n": str(customer_id)})
    assert not at.exception
    return at


def words_on(at):
    return " ".join(each.value for each in [*at.header, *at.markdown, *at.caption, *at.info, *at.warning])


def html_of(at):
    """The HTML parts of the page."""
    return "\n".join(part.proto.body for part in at.get("html"))


def test_the_list_finds_a_customer_by_part_of_their_e_mail(sam):
    add_customer()
    with transaction() as session:
        other = create_customer(session, "Zoé Lambert")
        complete_customers(session, [other.id])
    at = open_page("/clients", person_id=sam)
    assert list(at.dataframe[0].value["Client"]) == ["Zoé Lambert", "Évelyne Morin"]
    at = open_page("/clients", person_id=sam, query={"q": "e.mor"})
    table = at.dataframe[0].value
    assert list(table["Client"]) == ["Évelyne Morin"]
    assert list(table["Commandes"]) == ["1"]


def test_a_search_without_a_result_keeps_what_was_typed_and_offers_everybody(sam):
    add_customer()
    at = open_page("/clients", person_id=sam, query={"q": "inconnu"})
    assert "Aucun client ne correspond" in words_on(at)
    next(button for button in at.button if button.label == "Voir tous les clients").click().run()
    assert len(at.dataframe[0].value) == 1


@pytest.mark.parametrize("path", ["/clients", "/client"])
def test_sellers_have_no_way_there(signed_up, path):
    at = open_page(path, person_id=signed_up(Role.SELLER), query={"n": str(add_customer())})
    assert "Évelyne" not in words_on(at) + html_of(at)


def test_the_page_shows_all_that_hangs_on_the_customer(sam):
    at = opened(sam, add_customer(company="Mairie", loyalty_points=120))
    drawn = html_of(at)
    assert at.header[0].value == "Évelyne Morin"
    assert "Mairie · client depuis" in words_on(at).replace("\\", "")
    for part in ("ORD-1", "Retour n°", "ABCD-EFGH", "6,00", "Confirmation de commande", "3 rue Haute", "mailto:"):
        assert part in drawn
    assert "120\u00a0points" in words_on(at)
    assert "Solde de départ" in drawn


def test_a_customer_that_does_not_exist_is_said_so(sam):
    at = opened(sam, 404)
    assert at.header[0].value == "Client introuvable"


def test_a_note_is_added_shown_and_taken_away_again(sam):
    customer_id = add_customer()
    at = opened(sam, customer_id)
    field = at.text_area(key=f"customer_note_{customer_id}")
    field.set_value("Préfère le téléphone\nLe matin").run()
    at.button(key=f"customer_note_{customer_id}_add").click().run()
    assert "Préfère le téléphone" in words_on(at)
    assert at.text_area(key=f"customer_note_{customer_id}").value == ""
    with reading() as session:
        note_id = session.scalars(sa.select(CustomerNote.id)).one()
    at.button(key=f"customer_note_{note_id}_delete").click().run()
    with reading() as session:
        assert session.scalars(sa.select(CustomerNote.id)).all() == []


def test_a_colleague_s_note_is_not_for_everybody_to_take_away(sam, signed_up):
    customer_id = add_customer()
    at = opened(sam, customer_id)
    at.text_area(key=f"customer_note_{customer_id}").set_value("À rappeler").run()
    at.button(key=f"customer_note_{customer_id}_add").click().run()
    with reading() as session:
        note_id = session.scalars(sa.select(CustomerNote.id)).one()
    other = opened(signed_up(Role.FINANCE), customer_id)
    assert f"customer_note_{note_id}_delete" not in [button.key for button in other.button]


def test_points_are_corrected_with_a_reason_and_the_movement_says_so(sam):
    customer_id = add_customer(loyalty_points=120)
    at = opened(sam, customer_id)
    key = f"customer_points_{customer_id}_120"
    assert at.button(key=f"{key}_act").disabled
    at.text_input(key=f"{key}_wanted").set_value("cent").run()
    assert "« cent » n’est pas une quantité de points" in at.error[0].value.replace("\u00a0", " ")
    at.text_input(key=f"{key}_wanted").set_value("").run()
    assert at.button(key=f"{key}_act").disabled  # Nothing typed is not « no points ».
    at.text_input(key=f"{key}_wanted").set_value("150").run()
    at.selectbox(key=f"{key}_reason").set_value(PointsReason.GOODWILL).run()
    assert at.button(key=f"{key}_act").label == "Ajouter 30\u00a0points"
    at.button(key=f"{key}_act").click().run()
    assert "150\u00a0points" in words_on(at)
    with reading() as session:
        moved = session.scalars(sa.select(PointsMovement).order_by(PointsMovement.id.desc())).first()
    assert (moved.kind, moved.points, moved.note, moved.actor_name) == (
        PointsKind.CORRECTION,
        30,
        "Geste commercial",
        "Sam Soutien",
    )


def test_finance_sees_points_and_corrects_none(signed_up):
    customer_id = add_customer(loyalty_points=120)
    at = opened(signed_up(Role.FINANCE), customer_id)
    assert f"customer_points_{customer_id}_120_act" not in [button.key for button in at.button]


def test_an_export_is_asked_for_by_one_click_waited_for_and_logged(ada):
    customer_id = add_customer()
    at = opened(ada, customer_id)
    at.button(key="customer_export").click().run()
    with reading() as session:
        file = session.scalars(sa.select(StoredFile)).one()
        assert (file.kind, file.arguments["customer_id"]) == (FileKind.CUSTOMER_DATA, customer_id)
        assert session.scalars(sa.select(PrivacyEntry.act)).all() == [PrivacyAct.EXPORT]
    assert at.query_params["fichier"] == str(file.id)
    assert "Export des données" in words_on(at)


def test_erasing_says_what_goes_and_what_stays_then_does_it(ada):
    customer_id = add_customer(loyalty_points=120)
    at = opened(ada, customer_id)
    at.button(key="customer_erase").click().run()
    said = words_on(at)
    assert "Code de commerce, art. L123-22" in said
    assert "1\u00a0vente conservée sans nom" in said
    assert "1\u00a0bon d’achat reste utilisable" in said
    assert at.button(key="customer_erase_act").disabled
    at.checkbox(key="customer_erase_sure").check().run()
    at.button(key="customer_erase_act").click().run()
    assert at.header[0].value == ERASED_NAME
    assert "Les données de ce client ont été effacées" in words_on(at)
    assert "customer_erase" not in [button.key for button in at.button]
    with reading() as session:
        assert session.get_one(Customer, customer_id).email == ""
        assert session.scalars(sa.select(PrivacyEntry.act)).all() == [PrivacyAct.ERASURE]


def test_what_is_under_way_is_named_and_nothing_can_be_erased(ada):
    at = opened(ada, add_customer(status=OrderStatus.SHIPPED))
    at.button(key="customer_erase").click().run()
    assert "1\u00a0commande en cours (ORD-1)" in words_on(at).replace("\\", "")
    assert "customer_erase_act" not in [button.key for button in at.button]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER])
def test_only_administrators_see_what_hands_out_or_erases(signed_up, role):
    at = opened(signed_up(role), add_customer())
    assert not {"customer_export", "customer_erase"} & {button.key for button in at.button}
