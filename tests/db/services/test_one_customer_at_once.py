"""One customer's two orders are settled at the same moment: nobody waits for the other in a circle."""

import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.settlement import SettlementRequest
from db.engine import reading, transaction
from db.models import Customer, Marketplace, Order, PointsMovement
from db.services.accounts import reconcile
from db.services.documents.issue import issue_invoice
from db.services.settlements import settle_order
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.db.services.test_settlements import a_history_row
from tests.db.services.test_two_at_once import at_once
from tests.factories import create_customer, create_issuer


def test_two_orders_of_one_customer_are_settled_at_once(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        session.add(Marketplace(id=1, name="Le Marché", points_per_euro=1))
        customer = create_customer(session)
        known = {"customer_id": customer.id, "received_at": NOW, "status": "received"}
        orders = [tea_order(session, create_issuer(session), **known) for _ in range(4)]
        for order in orders:
            issue_invoice(session, SYSTEM, order.id, NOW)
            happened = {order.id: a_history_row(session, order)}
            reconcile(session, SYSTEM, happened, NOW, earning=happened, selling=happened)
        ids = [order.id for order in orders]
    with reading(engine) as session:
        versions = {row.id: row.version for row in session.execute(sa.select(Order.id, Order.version))}
    request = SettlementRequest(gesture_cents=61_31, voucher_cents=30_00, reason="Tout")

    refusals = at_once(
        engine,
        *(
            lambda session, key=key: settle_order(session, SYSTEM, key, versions[key], request, f"k{key}", NOW)
            for key in ids
        ),
    )

    assert refusals == [None] * 4
    with reading(engine) as session:
        assert session.scalar(sa.select(Customer.loyalty_points)) == 0
        assert session.scalar(sa.select(sa.func.sum(PointsMovement.points))) == 0
