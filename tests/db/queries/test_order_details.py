"""What an e-mail or the follow-up page says of orders."""

from sqlalchemy.orm import Session

from db.domain.orders import PaymentState
from db.models import Shipment
from db.queries.order_details import order_details
from tests.conftest import NOW
from tests.factories import create_line, create_order


def test_a_parcel_keeps_its_rank_where_one_was_called_back_and_each_order_counts_its_own(session: Session) -> None:
    first, second = create_order(session), create_order(session)
    for order, cancelled_at in ((first, NOW), (second, None), (first, None), (first, None)):
        session.add(Shipment(order_id=order.id, shipped_at=NOW, cancelled_at=cancelled_at))
        session.flush()
    found = order_details(session, [first.id, second.id])
    assert [each.rank for each in found[first.id].shipments] == [2, 3]
    assert [each.rank for each in found[second.id].shipments] == [1]


def test_what_was_cancelled_or_given_back_is_not_asked_for_any_more(session: Session) -> None:
    # Three cups at 10 €, one of them cancelled; a teapot at 20 €, of which 5 € were given back; 4,90 € of shipping, of
    # which 2 € were. Of 54,90 €, then, 10 + 5 + 2 = 17 € are not asked for, and 37,90 € less 20 € paid are due.
    lines = [
        create_line("Tasse", 30_00, 3, quantity_cancelled=1),
        create_line("Théière", 20_00, settled_cents=5_00),
    ]
    order = create_order(
        session,
        lines=lines,
        total_cents=54_90,
        shipping_cents=4_90,
        shipping_settled_cents=2_00,
        paid_cents=20_00,
        payment_state=PaymentState.PARTLY_PAID,
    )
    found = order_details(session, [order.id])[order.id]
    assert (found.given_back_cents, found.due_cents) == (17_00, 17_90)
