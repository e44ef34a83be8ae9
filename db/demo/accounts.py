"""The sellers' ledger and the customers' points of the last weeks, as the services would have booked them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.documents import SINCE
from db.domain.actor import SYSTEM
from db.domain.ledger import Happening
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.time import local_day
from db.models import OrderHistory
from db.services.accounts import book_ledger, book_points, points_changes
from db.services.order_facts import load_facts

_AT_ONCE = 500


def add_accounts(session: Session, now: dt.datetime) -> None:
    """Book what was paid, cancelled and received since our books began; what was before is in nobody's books."""
    for at, causes in _days(session, (OrderStatus.PAID,), now):
        sold = dict.fromkeys(causes, Happening(sells=True))
        book_ledger(session, SYSTEM, load_facts(session, SYSTEM, list(causes)), causes, at, sold)
    for at, causes in _days(session, (OrderStatus.RECEIVED,), now):
        orders = load_facts(session, SYSTEM, list(causes))
        book_points(session, SYSTEM, points_changes(session, orders, earning=causes), causes, at)


def _days(
    session: Session, statuses: tuple[OrderStatus, ...], now: dt.datetime
) -> Iterator[tuple[dt.datetime, Mapping[int, int]]]:
    """Return day by day which orders reached some statuses: the last instant, and by order the row that says so."""
    found = session.execute(
        sa.select(OrderHistory.id, OrderHistory.order_id, OrderHistory.at)
        .where(
            OrderHistory.at >= now - SINCE,
            OrderHistory.event == HistoryEvent.STATUS_CHANGED,
            OrderHistory.after["status"].as_string().in_([status.value for status in statuses]),
        )
        .order_by(OrderHistory.at, OrderHistory.id)
    )
    days: dict[dt.date, list[tuple[dt.datetime, int, int]]] = defaultdict(list)
    for history_id, order_id, at in found:
        days[local_day(at)].append((at, order_id, history_id))
    for rows in days.values():
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            yield some[-1][0], {order_id: history_id for _, order_id, history_id in some}
