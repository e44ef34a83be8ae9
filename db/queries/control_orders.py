"""Down to the orders: which of them differ, by how much, and why."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.control import Control, Equality, OrderControl, Why
from db.domain.files import FileKind
from db.domain.viewer import Viewer
from db.models import DayControl, Order, Seller
from db.queries.control import ControlFilter
from db.queries.control_sources import AMOUNTS, controlled, why_column
from db.queries.figures import stale_days

#: As many are shown; the counters say how many there are.
SHOWN = 200
_DAYS_AT_ONCE = 31


@dataclass(frozen=True, slots=True)
class DifferingOrders:
    """Orders that differ, the unexplained ones first; ``is_capped``: there are more."""

    orders: tuple[OrderControl, ...]
    is_capped: bool


def differing_orders(
    session: Session,
    viewer: Viewer,
    wanted: ControlFilter,
    *,
    only_unexplained: bool = False,
    at_most: int | None = None,
) -> DifferingOrders:
    """Return the orders of a period of which something differs.

    Only days on which something differs are looked into: what is kept names them, and days that are stale are all
    looked into.

    Args:
        session: An open session.
        viewer: Who looks.
        wanted: Which orders.
        only_unexplained: Whether those with a reason are left out.
        at_most: How many there are, where that is known; nothing more is looked for.

    Raises:
        NotAllowedError: The person may not see all sellers' accounts.
    """
    viewer.require(FileKind.CONTINUITY.permission)
    counter = DayControl.unexplained_orders if only_unexplained else DayControl.differing_orders
    within = (wanted.first_day, wanted.last_day)
    days = set(session.scalars(sa.select(DayControl.day).where(DayControl.day.between(*within), counter > 0)))
    days |= {day for day in stale_days(session) if within[0] <= day <= within[1]}
    conditions = [Order.currency == wanted.currency]
    if wanted.seller_id is not None:
        conditions.append(Order.seller_id == wanted.seller_id)
    found: list[OrderControl] = []
    explained: list[OrderControl] = []
    # The newest days first, a few at once: whoever looks for one order does not wait for a year of them.
    left = sorted(days, reverse=True)
    most = SHOWN + 1 if at_most is None else min(at_most, SHOWN + 1)
    while left and len(found) + len(explained) < most:
        some, left = left[:_DAYS_AT_ONCE], left[_DAYS_AT_ONCE:]
        for order in _of_days(session, [Order.placed_on.in_(some), *conditions], only_unexplained=only_unexplained):
            (explained if order.is_explained else found).append(order)
    rows = [*found, *explained]
    return DifferingOrders(tuple(rows[:SHOWN]), is_capped=len(rows) > SHOWN)


def _of_days(
    session: Session, conditions: list[sa.ColumnElement[bool]], *, only_unexplained: bool
) -> list[OrderControl]:
    each = controlled(conditions)
    rows = session.execute(
        sa.select(each, Seller.name.label("seller_name"))
        .join(Seller, Seller.id == each.c.seller_id)
        .where(each.c.unexplained > 0 if only_unexplained else each.c.differs > 0)
        .order_by(each.c.unexplained.desc(), each.c.day.desc(), each.c.id.desc())
        .limit(SHOWN + 1)
    )
    return [
        OrderControl(
            row.id,
            row.number,
            row.seller_name,
            row.currency,
            Control(1, *(getattr(row, name) for name in AMOUNTS)),
            {equality: Why(why) for equality in Equality if (why := getattr(row, why_column(equality)))},
        )
        for row in rows
    ]
