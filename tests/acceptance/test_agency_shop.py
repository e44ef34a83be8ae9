"""A small agency's shop: accounts that accepted the terms, cheques, an e-mail sent once more, a delivery told."""

import datetime as dt

from db.domain.orders import OrderStatus, PaymentMethod
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.queries.order_page import order_page
from db.services.resend import resend_confirmation
from tests.acceptance.house import House

CUSTOMER = "mairie@example.org"


def test_terms_cheque_confirmation_once_more_delivered_and_told(house: House) -> None:
    house.opens("Agence Plein Sud")
    house.welcomes_seller("Agence Plein Sud", {"AFFICHES": 180_00}, email="agence@example.org")
    accepted = house.now - dt.timedelta(minutes=1)
    house.shop_sells(
        "A-1",
        {"AFFICHES": 1},
        customer_name="Mairie de Foix",
        customer_email=CUSTOMER,
        payment_method=PaymentMethod.CHEQUE,
        terms_accepted_at=accepted,
    )
    staff = house.people[Role.SUPPORT]
    with reading(house.engine) as session:
        assert staff.viewer is not None
        assert order_page(session, staff.viewer, "A-1").header.terms_accepted_at == accepted

    # The town hall did not find the confirmation: it is sent once more.
    with transaction(house.engine) as session:
        resend_confirmation(session, staff, house.order("A-1").id, house.now)
    house.a_minute_later()
    assert house.subjects_to(CUSTOMER) == ["Agence Plein Sud – Confirmation de commande A-1"] * 2

    # A cheque that is short by 80 € does not make it paid; the second one does.
    house.finance_receives("A-1", 100_00, PaymentMethod.CHEQUE, "CH 7001")
    assert house.status("A-1") is OrderStatus.AWAITING_PAYMENT
    house.finance_receives("A-1", 80_00, PaymentMethod.CHEQUE, "CH 7002")
    house.a_minute_later()
    assert house.status("A-1") is OrderStatus.PAID
    assert house.subjects_to(CUSTOMER)[-1] == "Agence Plein Sud – Paiement reçu pour votre commande A-1"

    # Prepared, brought by the agency itself, delivered: the delivery e-mail asks to confirm.
    house.staff_moves("A-1", OrderStatus.PREPARING)
    house.staff_moves("A-1", OrderStatus.SHIPPED, carrier="Livraison par nos soins")
    house.staff_moves("A-1", OrderStatus.DELIVERED)
    house.a_minute_later()
    told = house.mails_to(CUSTOMER)[-1]
    assert told.subject == "Agence Plein Sud – Avez-vous bien reçu votre commande A-1\u00a0?"
    assert "A-1" in house.customer_opens(told).html
