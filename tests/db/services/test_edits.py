"""Correcting an order before it leaves, on both databases."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import OutboxState
from db.domain.moves import Move
from db.domain.orders import DeliveryMode, HistoryEvent, OrderStatus
from db.domain.permissions import Role
from db.models import Order, OrderAddress, OrderSearch
from db.models.orders import AddressKind
from db.services.edits import AddressEdit, ContactEdit, DeliveryEdit, Edit, TooLateToEditError, edit_order
from db.services.moves import move_order
from db.services.order_facts import ChangedMeanwhileError
from tests.conftest import NOW
from tests.db.services.test_moves import history_of, mails_of, someone
from tests.factories import create_customer, create_order

S = OrderStatus
ADDRESS = AddressEdit(AddressKind.DELIVERY, "Paul Morin", "", "3 rue du Port", "", "13100", "Aix", "FR", "")


def order_of_evelyne(session: Session, **columns: object) -> Order:
    customer = create_customer(session, "Évelyne Morin", "evelyne@example.org", phone="0612345678")
    return create_order(session, customer=customer, **columns)


def test_a_corrected_contact_is_told_found_and_written_to(session: Session) -> None:
    order, actor = order_of_evelyne(session), someone(session, Role.SUPPORT)
    move_order(session, actor, order.id, Move(S.PREPARING), NOW)

    edit = ContactEdit(" Évelyne  Morin ", "evelyne.m@Example.org", "06 12 34 56 78")
    history_id = edit_order(session, actor, order.id, 2, edit, NOW)

    told = history_of(session, order)[-1]
    assert (told.id, told.event) == (history_id, HistoryEvent.EDITED)
    assert told.before == {"customer_email": "evelyne@example.org", "customer_phone": "0612345678"}
    assert told.after == {"customer_email": "evelyne.m@example.org", "customer_phone": "06 12 34 56 78"}
    who = session.scalars(sa.select(OrderSearch.who).where(OrderSearch.order_id == order.id)).one()
    assert "evelyne.m@example.org" in who
    assert [(mail.recipient, mail.state) for mail in mails_of(session, order)] == [
        ("evelyne.m@example.org", OutboxState.HELD)
    ]
    assert session.scalars(sa.select(Order.version).where(Order.id == order.id)).one() == 3


def test_what_has_left_stays_where_it_went(session: Session) -> None:
    order, actor = order_of_evelyne(session), someone(session)
    move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    mails_of(session, order)[0].state = OutboxState.SENT
    session.flush()
    edit_order(session, actor, order.id, 2, ContactEdit("Évelyne", "new@example.org", ""), NOW)
    assert [mail.recipient for mail in mails_of(session, order)] == ["evelyne@example.org"]


def test_an_address_is_added_then_corrected_field_by_field(session: Session) -> None:
    order, actor = order_of_evelyne(session), someone(session)

    edit_order(session, actor, order.id, 1, ADDRESS, NOW)
    edit_order(session, actor, order.id, 2, replace(ADDRESS, city="Arles", postcode="13200"), NOW)

    first, second = history_of(session, order)
    assert first.after["delivery.city"] == "Aix"
    assert second.before == {"delivery.postcode": "13100", "delivery.city": "Aix"}
    assert second.after == {"delivery.postcode": "13200", "delivery.city": "Arles"}
    kept = session.execute(
        sa.select(OrderAddress.kind, OrderAddress.city, OrderAddress.street).where(OrderAddress.order_id == order.id)
    ).all()
    assert kept == [(AddressKind.DELIVERY, "Arles", "3 rue du Port")]


def test_the_delivery_mode_and_the_pick_up_point_go_together(session: Session) -> None:
    order, actor = order_of_evelyne(session), someone(session)
    point = DeliveryEdit(DeliveryMode.PICKUP_POINT, " Tabac du Port \n\n 3 rue du Port, 13100 Aix ")

    edit_order(session, actor, order.id, 1, point, NOW)

    there = sa.select(Order.delivery_mode, Order.pickup_address).where(Order.id == order.id)
    assert session.execute(there).one() == (DeliveryMode.PICKUP_POINT, "Tabac du Port\n3 rue du Port, 13100 Aix")
    with pytest.raises(InvalidInputError, match="adresse de livraison"):
        edit_order(session, actor, order.id, 2, DeliveryEdit(DeliveryMode.HOME, ""), NOW)
    edit_order(session, actor, order.id, 2, ADDRESS, NOW)
    edit_order(session, actor, order.id, 3, DeliveryEdit(DeliveryMode.HOME, "ignoré"), NOW)
    assert session.execute(there).one() == (DeliveryMode.HOME, "")


def test_an_edit_that_changes_nothing_writes_nothing(session: Session) -> None:
    order, actor = order_of_evelyne(session), someone(session)
    same = ContactEdit("Évelyne Morin", "EVELYNE@example.org ", "0612345678")
    assert edit_order(session, actor, order.id, 1, same, NOW) is None
    assert history_of(session, order) == []
    assert session.scalars(sa.select(Order.version).where(Order.id == order.id)).one() == 1


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (ContactEdit("", "", ""), "Saisissez le nom"),
        (ContactEdit("x" * 121, "", ""), "dépasse 120"),
        (ContactEdit("Paul", "paul@", ""), "adresse e-mail complète"),
        (ContactEdit("Paul", "", "appelez-moi"), "numéro de téléphone"),
        (ContactEdit("Paul", "", "06"), "numéro de téléphone"),
        (replace(ADDRESS, name=" \x00 "), "Saisissez le nom"),
        (replace(ADDRESS, street=""), "Saisissez la rue"),
        (replace(ADDRESS, city=""), "Saisissez la ville"),
        (replace(ADDRESS, postcode="1310"), "cinq chiffres"),
        (replace(ADDRESS, country_code="France"), "deux lettres"),
        (DeliveryEdit(DeliveryMode.PICKUP_POINT, " \n "), "point relais"),
        (DeliveryEdit(DeliveryMode.IN_STORE, "x" * 401), "dépasse 400"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_to_type(session: Session, edit: Edit, sentence: str) -> None:
    order, actor = order_of_evelyne(session), someone(session)
    with pytest.raises(InvalidInputError, match=sentence):
        edit_order(session, actor, order.id, 1, edit, NOW)


def test_abroad_a_postcode_may_be_anything_or_nothing() -> None:
    assert replace(ADDRESS, country_code="ie", postcode="D02 X285").checked().country_code == "IE"
    assert replace(ADDRESS, country_code="AE", postcode="").checked().postcode == ""


@pytest.mark.parametrize("status", [S.PARTLY_SHIPPED, S.SHIPPED, S.COMPLETED, S.CANCELLED])
def test_an_order_that_left_is_not_edited(session: Session, status: OrderStatus) -> None:
    order, actor = order_of_evelyne(session, status=status), someone(session)
    with pytest.raises(TooLateToEditError, match="avant l’expédition"):
        edit_order(session, actor, order.id, 1, ADDRESS, NOW)


def test_an_order_in_error_is_edited_as_long_as_it_had_not_left(session: Session) -> None:
    actor = someone(session)
    order = order_of_evelyne(session, status=S.ERROR, status_before_error=S.PAID)
    assert edit_order(session, actor, order.id, 1, ADDRESS, NOW)
    gone = order_of_evelyne(session, status=S.ERROR, status_before_error=S.SHIPPED)
    with pytest.raises(TooLateToEditError):
        edit_order(session, actor, gone.id, 1, ADDRESS, NOW)


def test_two_people_never_edit_over_each_other(session: Session) -> None:
    order, actor = order_of_evelyne(session), someone(session)
    edit_order(session, actor, order.id, 1, ADDRESS, NOW)
    with pytest.raises(ChangedMeanwhileError, match=actor.name):
        edit_order(session, actor, order.id, 1, replace(ADDRESS, city="Arles"), NOW)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER])
def test_who_may_not_act_on_orders_edits_none(session: Session, role: Role) -> None:
    order = order_of_evelyne(session)
    with pytest.raises(NotAllowedError):
        edit_order(session, someone(session, role), order.id, 1, ADDRESS, NOW)
