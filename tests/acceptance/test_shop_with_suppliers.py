"""A shop with suppliers: cheques that are waited for, and parcels that leave together with their numbers."""

from db.domain.moves import Move
from db.domain.orders import OrderStatus, PaymentMethod
from db.domain.permissions import Role
from db.domain.tasks import TaskState
from db.engine import reading, transaction
from db.models import Task
from db.services.bulk_actions import plan
from db.services.tasks import start_task
from tests.acceptance.house import House

CUSTOMER = "zoe@example.org"


def test_an_unpaid_order_is_reminded_paid_by_cheque_prepared_and_shipped_in_bulk(house: House) -> None:
    house.opens("Épices & Co")
    house.welcomes_seller("Comptoir", {"POIVRE": 6_00, "CURRY": 4_50}, email="comptoir@example.org")
    for number in ("E-1", "E-2"):
        house.shop_sells(
            number,
            {"POIVRE": 1, "CURRY": 2},
            payment_method=PaymentMethod.CHEQUE,
            shipping_cents=4_90,
            carrier="Colissimo",
        )
    assert house.status("E-1") is OrderStatus.AWAITING_PAYMENT

    # Nobody pays for three days: the customer is reminded, once.
    house.on(26, 11, hour=12)
    reminder = "Épices & Co – Votre commande E-1 attend son règlement"
    assert house.subjects_to(CUSTOMER).count(reminder) == 1
    assert "19,90\u00a0€" in next(mail.text for mail in house.mails_to(CUSTOMER) if mail.subject == reminder)

    # The cheques arrive: 6,00 + 2 × 4,50 + 4,90 = 19,90.
    house.finance_receives("E-1", 19_90, PaymentMethod.CHEQUE, "CH 0042")
    house.finance_receives("E-2", 19_90, PaymentMethod.CHEQUE, "CH 0043")
    house.a_minute_later()
    assert house.status("E-1") is OrderStatus.PAID
    assert "Épices & Co – Paiement reçu pour votre commande E-1" in house.subjects_to(CUSTOMER)
    for number in ("E-1", "E-2"):
        house.staff_moves(number, OrderStatus.PREPARING, message="Votre poivre arrive de Kampot jeudi.")
    house.a_minute_later()
    assert "Votre poivre arrive de Kampot jeudi." in house.mails_to(CUSTOMER)[-1].text

    # Both leave together, each with its number.
    ids = [house.order(number).id for number in ("E-1", "E-2")]
    numbers = {ids[0]: "6A12345678901", ids[1]: "6A12345678902"}
    move = Move(OrderStatus.SHIPPED, carrier="Colissimo", tracking_numbers=numbers)
    staff = house.people[Role.SUPPORT]
    with reading(house.engine) as session:
        seen = plan(session, staff, ids, move, house.now)
    assert (len(seen.versions), seen.refused) == (2, ())
    with transaction(house.engine) as session:
        task_id = start_task(session, staff, seen, house.now)
    house.a_minute_later()
    with reading(house.engine) as session:
        task = session.get_one(Task, task_id)
        assert (task.state, task.done) == (TaskState.DONE, 2)
    for number, tracking in zip(("E-1", "E-2"), numbers.values(), strict=True):
        assert house.status(number) is OrderStatus.SHIPPED
        subject = f"Épices & Co – Commande envoyée (Numéro de commande {number})"
        (mail,) = [mail for mail in house.mails_to(CUSTOMER) if mail.subject == subject]
        assert f"https://www.laposte.fr/outils/suivre-vos-envois?code={tracking}" in mail.text

    # And nobody is reminded of what is paid, however long it takes.
    house.on(10, 12)
    assert house.subjects_to(CUSTOMER).count(reminder) == 1
