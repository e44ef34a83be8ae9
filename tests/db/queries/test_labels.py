"""Which parcel of an order gets a label, and what is said of it."""

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.orders import DeliveryMode, OrderStatus
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Order, OrderAddress, Shipment, ShipmentLine
from db.models.orders import AddressKind
from db.queries.label_plan import CarriedBy, order_of_parcel, plan_labels
from db.queries.labels import Labelled, parcels_to_label
from tests.conftest import NOW
from tests.factories import ADMIN, create_line, create_order, create_person, create_seller, viewer_for

S = OrderStatus


@pytest.fixture
def support(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.SUPPORT))


def addressed(session: Session, **columns: object) -> Order:
    order = create_order(session, **columns)
    address = OrderAddress(order_id=order.id, kind=AddressKind.DELIVERY, name="Évelyne Morin", street="3 rue Neuve",
                           postcode="35000", city="Rennes")  # fmt: skip
    session.add(address)
    session.flush()
    return order


def send(session: Session, order: Order, number: str = "", **columns: object) -> Shipment:
    parcel = Shipment(order_id=order.id, carrier="Colissimo", tracking_number=number, **columns)
    session.add(parcel)
    session.flush()
    return parcel


def test_an_order_that_has_not_left_gets_a_label_for_what_it_is_about_to_send(
    session: Session, support: Viewer
) -> None:
    lines = [
        create_line(quantity=3, total_cents=30_00, weight_g=900, quantity_cancelled=1),
        create_line(quantity=1, total_cents=5_00, weight_g=50),
    ]
    order = addressed(session, lines=lines, carrier="Chronopost", total_cents=35_00)
    assert plan_labels(session, support, [order.id]).parcels == (Labelled(order.id),)
    (parcel,) = parcels_to_label(session, [Labelled(order.id)])
    # Two of three units at 300 g, and 50 g.
    assert (parcel.weight_g, parcel.place, parcel.parcels) == (650, 1, 1)
    assert (parcel.carrier, parcel.tracking_number) == ("Chronopost", "")
    assert parcel.recipient.lines == ("Évelyne Morin", "3 rue Neuve", "35000 RENNES")


def test_an_order_that_has_left_gets_the_label_of_its_newest_parcel(session: Session, support: Viewer) -> None:
    line = create_line(quantity=4, total_cents=40_00, weight_g=400, quantity_shipped=4)
    order = addressed(session, lines=[line], status=S.DELIVERED, total_cents=40_00)
    first, second = send(session, order, "1"), send(session, order, "2")
    recalled = send(session, order, "3", cancelled_at=NOW)
    session.add_all([ShipmentLine(shipment_id=first.id, order_line_id=line.id, quantity=1),
                     ShipmentLine(shipment_id=second.id, order_line_id=line.id, quantity=3)])  # fmt: skip
    session.flush()
    assert plan_labels(session, support, [order.id]).parcels == (Labelled(order.id, second.id),)
    gone = Labelled(order.id, recalled.id)
    one, two = parcels_to_label(session, [Labelled(order.id, first.id), Labelled(order.id, second.id), gone])
    assert (one.tracking_number, one.weight_g, one.place, one.parcels) == ("1", 100, 1, 2)
    assert (two.tracking_number, two.weight_g, two.place, two.parcels) == ("2", 300, 2, 2)
    assert order_of_parcel(session, support, second.id) == Labelled(order.id, second.id)
    assert order_of_parcel(session, support, recalled.id) is None


def test_how_many_parcels_there_are_is_not_said_while_more_is_to_be_sent(session: Session) -> None:
    line = create_line(quantity=2, total_cents=20_00, quantity_shipped=1)
    order = addressed(session, lines=[line], status=S.PARTLY_SHIPPED, total_cents=20_00)
    (parcel,) = parcels_to_label(session, [Labelled(order.id, send(session, order).id)])
    assert (parcel.place, parcel.parcels) == (1, None)


def test_orders_without_a_label_say_why(session: Session, support: Viewer) -> None:
    fine = addressed(session)
    for number, columns in {
        "collected": {"delivery_mode": DeliveryMode.CLICK_AND_COLLECT},
        "unpaid": {"status": S.AWAITING_PAYMENT},
        "cancelled": {"status": S.CANCELLED},
    }.items():
        addressed(session, number=number, **columns)
    create_order(session, number="nowhere")
    ids = [row.id for row in session.query(Order)]
    plan = plan_labels(session, support, ids)
    assert plan.parcels == (Labelled(fine.id),)
    assert {each.number: each.reason for each in plan.refused} == {
        "collected": "Le client vient la chercher\u00a0: rien ne part.",
        "unpaid": "Rien à expédier au statut «\u00a0En attente de paiement\u00a0».",
        "cancelled": "Rien à expédier au statut «\u00a0Annulée\u00a0».",
        "nowhere": "Aucune adresse de livraison.",
    }


def test_a_parcel_goes_to_its_pickup_point(session: Session) -> None:
    order = addressed(session, delivery_mode=DeliveryMode.PICKUP_POINT,
                      pickup_address="Tabac de la Poste\n4 place du Marché\n35400 Saint-Malo")  # fmt: skip
    (parcel,) = parcels_to_label(session, [Labelled(order.id)])
    assert parcel.is_pickup_point
    assert parcel.recipient.lines == ("Tabac de la Poste", "Évelyne Morin", "4 place du Marché", "35400 SAINT-MALO")


def test_the_sender_is_the_seller(session: Session) -> None:
    seller = create_seller(session, street="12 rue de la Monnaie", postcode="35000", city="Rennes")
    (parcel,) = parcels_to_label(session, [Labelled(addressed(session, seller=seller).id)])
    assert parcel.sender.lines == ("Maison du thé", "12 rue de la Monnaie", "35000 RENNES")


def test_labels_are_for_who_ships(session: Session) -> None:
    order = addressed(session)
    with pytest.raises(NotAllowedError):
        plan_labels(session, viewer_for(create_person(session, Role.FINANCE)), [order.id])
    assert plan_labels(session, ADMIN, [order.id]).parcels
    assert parcels_to_label(session, [Labelled(10**9)]) == []


def test_labels_come_in_the_order_of_the_list_each_with_its_carrier(session: Session, support: Viewer) -> None:
    chosen = addressed(session, number="A-1", carrier="CHRONOPOST")
    sent = addressed(session, number="A-2", carrier="Chronopost")
    send(session, sent)
    nobody = addressed(session, number="A-3", carrier="")
    stranger = addressed(session, number="A-4", carrier="Coursier Martin")
    plan = plan_labels(session, support, [stranger.id, chosen.id, sent.id, nobody.id, chosen.id])
    assert [each.order_id for each in plan.parcels] == [stranger.id, chosen.id, sent.id, nobody.id]
    assert plan.carriers == {
        stranger.id: CarriedBy("Coursier Martin"),
        chosen.id: CarriedBy("Chronopost", "chronopost"),
        sent.id: CarriedBy("Colissimo", "colissimo"),
        nobody.id: CarriedBy(),
    }
    assert [each.order_id for each in plan.carried_by("chronopost")] == [chosen.id]
