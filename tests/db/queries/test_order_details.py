"""What an e-mail or the follow-up page says of orders."""

from sqlalchemy.orm import Session

from db.models import Shipment
from db.queries.order_details import order_details
from tests.conftest import NOW
from tests.factories import create_order


def test_a_parcel_keeps_its_rank_where_one_was_called_back_and_each_order_counts_its_own(session: Session) -> None:
    first, second = create_order(session), create_order(session)
    for order, cancelled_at in ((first, NOW), (second, None), (first, None), (first, None)):
        session.add(Shipment(order_id=order.id, shipped_at=NOW, cancelled_at=cancelled_at))
        session.flush()
    found = order_details(session, [first.id, second.id])
    assert [each.rank for each in found[first.id].shipments] == [2, 3]
    assert [each.rank for each in found[second.id].shipments] == [1]
