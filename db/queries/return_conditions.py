"""The filters of Vendre › Retours as SQL.

Returns are few among orders: what is under way has its small index, what is over is walked by its status or its day.
A text names orders: few of them are looked up, many are checked on the way.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OPEN_RETURN_STATUSES, ReturnStatus
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.domain.text import is_storable
from db.domain.time import PARIS
from db.domain.viewer import Viewer
from db.domain.withdrawal import first_instant_in_time
from db.models import Order, OrderSearch, Return, ReturnMessage
from db.models.returns import IS_UNREAD
from db.queries.plans import literally, not_indexed
from db.queries.text_match import matching_order_ids, text_conditions, words

Condition = sa.ColumnElement[bool]

#: More orders than that are not looked up: their returns are met soon where all are walked.
_FEW = 2_000
_LONGEST_ID = 15


def conditions(session: Session, viewer: Viewer, wanted: ReturnFilter, today: dt.date) -> list[Condition]:
    """Return what a filter asks of ``Return``; whose a seller sees is part of it."""
    found = [*of_tab(wanted.tab, today), *of_seller(viewer.seller_id), *of_seller(wanted.seller_id)]
    if wanted.reason:
        found.append(not_indexed(Return.reason == wanted.reason))
    if wanted.first_day:
        found.append(Return.requested_at >= _midnight(wanted.first_day))
    if wanted.last_day:
        found.append(Return.requested_at < _midnight(wanted.last_day + dt.timedelta(days=1)))
    if wanted.text.strip():
        found.append(_holds(session, wanted.text.strip()))
    return found


def of_tab(tab: ReturnTab, today: dt.date) -> list[Condition]:
    """Return the conditions of one list."""
    if tab is ReturnTab.TO_ANSWER:
        return [has_unread()]
    if tab.statuses == frozenset(ReturnStatus):
        return []
    if tab.statuses != OPEN_RETURN_STATUSES:
        return [Return.status.in_(sorted(tab.statuses))]
    return [is_open(), *([is_late(today)] if tab is ReturnTab.LATE else [])]


def of_seller(seller_id: int | None) -> list[Condition]:
    """Return the condition that returns are of a seller's orders; none for everybody's.

    Looked up order by order: a join would begin with the seller's orders, of which few ever come back.
    """
    if seller_id is None:
        return []
    of_order = sa.select(Order.seller_id).where(Order.id == Return.order_id).correlate(Return).scalar_subquery()
    return [of_order == seller_id]


def is_open() -> Condition:
    """Return the condition that a return waits for something, in the words of its index."""
    return Return.status.in_(literally(OPEN_RETURN_STATUSES))


def is_late(today: dt.date) -> Condition:
    """Return the condition that the money of a return should be back: the last day to refund has passed."""
    return not_indexed(Return.requested_at < first_instant_in_time(today))


def has_unread() -> Condition:
    """Return the condition that the customer wrote something that nobody read."""
    return Return.id.in_(sa.select(ReturnMessage.return_id).where(sa.text(IS_UNREAD)))


def _holds(session: Session, text: str) -> Condition:
    if not is_storable(text) or not words(text):
        return sa.false()
    number = text.lower().removeprefix("n°").strip()
    by_number = (
        [Return.id == int(number)] if number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID else []
    )
    named = matching_order_ids(session, OrderSearch.who, text).limit(_FEW + 1)
    order_ids = list(session.scalars(named))
    if len(order_ids) <= _FEW:
        return sa.or_(*by_number, Return.order_id.in_(order_ids))
    said = sa.exists().where(OrderSearch.order_id == Return.order_id, *text_conditions(OrderSearch.who, text))
    return not_indexed(sa.or_(*by_number, said))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
