"""A shop with returns, for the tests of their pages: what Évelyne Morin and others send back, days ago."""

import datetime as dt

from db.domain.orders import ActorKind, OrderStatus, ReturnStatus
from db.domain.returns import ReturnReason
from db.domain.text import fold
from db.domain.time import utc_now
from db.engine import transaction
from db.models import OrderSearch, Return, ReturnLine
from tests.factories import create_customer, create_issuer, create_line, create_order


def new_return(
    status: ReturnStatus = ReturnStatus.REQUESTED, *, days_ago: int = 2, number: str = "A-1", **columns: object
) -> int:
    """Add a return of two of three teas at 10 €, of an order that came five days before; return its id."""
    now = utc_now()
    asked_at = now - dt.timedelta(days=days_ago)
    with transaction() as session:
        seller = create_issuer(session, columns.pop("seller_name", "Maison du thé"), email="the@example.org")
        customer = create_customer(session, columns.pop("customer_name", "Évelyne Morin"), columns.pop("email", ""))
        lines = [
            create_line("Thé vert bio", 30_00, 3, quantity_shipped=3),
            create_line("Bol en grès", 12_00, quantity_shipped=1),
        ]
        order = create_order(
            session, seller, customer, number=number, status=OrderStatus.RECEIVED, total_cents=42_00, lines=lines,
            received_at=asked_at - dt.timedelta(days=5),
        )  # fmt: skip
        given = {"reason": ReturnReason.DEFECTIVE, "explanation": "Il fuit.", "requested_by": ActorKind.CUSTOMER}
        request = Return(order_id=order.id, status=status, requested_at=asked_at, taken_in_at=now, **given | columns)
        session.add(request)
        session.flush()
        session.add(OrderSearch(order_id=order.id, who=fold(f"{number} {customer.name}"), what=""))
        session.add(ReturnLine(return_id=request.id, order_line_id=lines[0].id, quantity=2))
        return request.id
