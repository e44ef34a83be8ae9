"""A click & collect marketplace: the seller is told at once, the customer comes with a code."""

import re

import pytest

from db.domain.moves import WrongPickupCodeError
from db.domain.orders import DeliveryMode, OrderStatus
from tests.acceptance.house import House

SELLER, MOBILE, CUSTOMER = "maison@example.org", "+33612345678", "zoe@example.org"


def test_an_order_is_paid_confirmed_prepared_ready_handed_over_and_finished(house: House) -> None:
    house.opens("Marché du Capitole", texts_customers=True, copy_email="copie@example.org")
    house.welcomes_seller(
        "Maison du thé",
        {"THE-VERT": 12_50},
        email=SELLER,
        mobile="06 12 34 56 78",
        street="3 place du Capitole",
        postcode="31000",
        city="Toulouse",
        opening_hours="Du mardi au samedi, de 10 h à 19 h",
    )

    # The shop sells two boxes of tea, paid by card; within seconds everybody knows.
    house.shop_sells(
        "C-1",
        {"THE-VERT": 2},
        card=True,
        delivery_mode=DeliveryMode.CLICK_AND_COLLECT,
        customer_phone="07 98 76 54 32",
    )
    assert house.status("C-1") is OrderStatus.PAID
    assert house.subjects_to(SELLER) == ["Marché du Capitole – Nouvelle commande C-1"]
    (text,) = house.texts_to(MOBILE)
    assert "nouvelle commande C-1" in text
    assert "25,00" in text
    assert house.subjects_to(CUSTOMER) == [
        "Marché du Capitole – Confirmation de commande C-1",
        "Marché du Capitole – Paiement reçu pour votre commande C-1",
    ]
    assert house.subjects_to("copie@example.org") == house.subjects_to(CUSTOMER)
    new_order = house.mails_to(SELLER)[0].text
    for said in ("25,00\u00a0€", "2\u00a0articles", "Click & Collect", "3 place du Capitole"):
        assert said in new_order

    # The seller confirms, prepares, has it ready.
    house.staff_moves("C-1", OrderStatus.CONFIRMING)
    house.staff_moves("C-1", OrderStatus.PREPARING, message="Nous mettons votre thé de côté.")
    house.staff_moves("C-1", OrderStatus.READY)
    house.a_minute_later()
    ready = house.mails_to(CUSTOMER)[-1]
    assert ready.subject == "Marché du Capitole – Votre commande C-1 est prête"
    for said in ("3 place du Capitole", "Du mardi au samedi, de 10 h à 19 h"):
        assert said in ready.text
    code = house.order("C-1").pickup_code
    assert re.fullmatch(r"\d{6}", code)
    assert code in ready.text
    assert code in house.texts_to("+33798765432")[0]

    # Somebody comes with a wrong code, then the customer with the right one.
    with pytest.raises(WrongPickupCodeError):
        house.staff_moves("C-1", OrderStatus.SHIPPED, handed_over=True, pickup_code="no")
    assert house.status("C-1") is OrderStatus.READY
    house.staff_moves("C-1", OrderStatus.SHIPPED, handed_over=True, pickup_code=f"{code[:3]} {code[3:]}")
    assert house.status("C-1") is OrderStatus.RECEIVED
    house.a_minute_later()
    assert house.subjects_to(SELLER)[-1] == "Marché du Capitole – Réception confirmée pour la commande C-1"

    # Finished.
    house.staff_moves("C-1", OrderStatus.COMPLETED)
    house.a_minute_later()
    assert house.status("C-1") is OrderStatus.COMPLETED
    assert house.subjects_to(CUSTOMER)[-1] == "Marché du Capitole – Votre commande C-1 est terminée"
    assert "Commande envoyée" not in " ".join(house.subjects_to(CUSTOMER))  # Nothing was sent to anybody.


def test_an_order_that_nobody_comes_for_is_reminded(house: House) -> None:
    house.opens("Marché du Capitole")
    house.welcomes_seller("Maison du thé", {"THE-VERT": 12_50}, email=SELLER)
    house.shop_sells("C-2", {"THE-VERT": 1}, card=True, delivery_mode=DeliveryMode.CLICK_AND_COLLECT)
    house.staff_moves("C-2", OrderStatus.READY)
    house.on(5, 12)  # Twelve days later: reminded after five and after ten.
    subject = "Marché du Capitole – Votre commande C-2 vous attend"
    assert house.subjects_to(CUSTOMER).count(subject) == 2
    assert house.order("C-2").pickup_code in house.mails_to(CUSTOMER)[-1].text
