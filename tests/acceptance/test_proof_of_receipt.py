"""A marketplace with proof of receipt: two parcels, one confirmed by the customer, one by seven days of silence."""

import sqlalchemy as sa

from db.domain.orders import ActorKind, OrderStatus
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import Shipment
from db.services.parcels import mark_delivered
from tests.acceptance.house import House

SELLER, CUSTOMER = "atelier@example.org", "zoe@example.org"


def parcels(house: House, number: str) -> list[Shipment]:
    with reading(house.engine) as session:
        found = sa.select(Shipment).where(Shipment.order_id == house.order(number).id).order_by(Shipment.id)
        return list(session.scalars(found))


def delivered(house: House, number: str, parcel: Shipment) -> None:
    order = house.order(number)
    with transaction(house.engine) as session:
        mark_delivered(session, house.people[Role.SUPPORT], parcel.id, order.version, None, house.now)


def test_partial_shipments_are_delivered_and_each_is_proven_received(house: House) -> None:
    house.opens("Les Ateliers")
    house.welcomes_seller("Atelier Bleu", {"BOL": 18_00, "ASSIETTE": 25_00}, email=SELLER)
    house.shop_sells("P-1", {"BOL": 4, "ASSIETTE": 2}, card=True, shipping_cents=9_90)
    house.staff_moves("P-1", OrderStatus.PREPARING)

    # Three bowls leave first; the rest two days later.
    lines = house.line_ids("P-1")
    house.staff_moves(
        "P-1", OrderStatus.SHIPPED, units={lines["BOL"]: 3}, carrier="Chronopost", tracking_number="XY123456789FR"
    )
    assert house.status("P-1") is OrderStatus.PARTLY_SHIPPED
    house.a_minute_later()
    part = house.mails_to(CUSTOMER)[-1]
    assert part.subject == "Les Ateliers – Une partie de votre commande P-1 est en route"
    assert "XY123456789FR" in part.text
    assert "Assiette" not in part.text
    house.on(25, 11)
    house.staff_moves("P-1", OrderStatus.SHIPPED, carrier="Chronopost", tracking_number="XY123456790FR")
    assert house.status("P-1") is OrderStatus.SHIPPED
    house.a_minute_later()
    first, second = parcels(house, "P-1")

    # Both arrive on 26 November: the customer is asked to confirm.
    house.on(26, 11)
    delivered(house, "P-1", first)
    assert house.status("P-1") is OrderStatus.SHIPPED
    house.a_minute_later()
    assert "Un colis de votre commande P-1" in house.mails_to(CUSTOMER)[-1].text
    delivered(house, "P-1", second)
    assert house.status("P-1") is OrderStatus.DELIVERED
    house.a_minute_later()
    asked = house.mails_to(CUSTOMER)[-1]
    assert asked.subject == "Les Ateliers – Avez-vous bien reçu votre commande P-1\u00a0?"
    assert "au bout de 7\u00a0jours" in asked.text

    # The customer follows the link and confirms the first parcel: proof is kept, the seller is told.
    page = house.customer_opens(asked)
    assert "P-1" in page.html
    page.confirms(first.id)
    page.confirms(first.id)  # Twice changes nothing.
    house.work()
    first, second = parcels(house, "P-1")
    assert (first.received_by, first.received_at, first.received_from) == (
        ActorKind.CUSTOMER,
        house.now,
        "testclient",
    )
    assert second.received_at is None
    assert house.status("P-1") is OrderStatus.DELIVERED
    receipts = "Les Ateliers – Réception confirmée pour la commande P-1"
    assert house.subjects_to(SELLER).count(receipts) == 1

    # Of the other nothing is heard: seven days after its delivery it is received by itself.
    house.on(3, 12, hour=9)
    assert house.status("P-1") is OrderStatus.DELIVERED
    house.on(3, 12, hour=12)
    _, second = parcels(house, "P-1")
    assert second.received_by is ActorKind.SYSTEM
    assert house.status("P-1") is OrderStatus.RECEIVED
    assert house.subjects_to(SELLER).count(receipts) == 2
    assert house.history("P-1")[-1].actor_kind is ActorKind.SYSTEM
