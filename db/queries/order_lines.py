"""The lines of many orders as papers and labels count them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models import OrderLine


def lines_by_order(session: Session, order_ids: Collection[int]) -> Mapping[int, list[sa.Row[*tuple[Any, ...]]]]:
    """Return the lines of orders with their units and weights; none of an order that has no line."""
    found = sa.select(
        OrderLine.id,
        OrderLine.order_id,
        OrderLine.supplier,
        OrderLine.quantity,
        OrderLine.quantity_shipped,
        OrderLine.quantity_cancelled,
        OrderLine.quantity_returned,
        OrderLine.weight_g,
    ).where(OrderLine.order_id.in_(order_ids))
    by_order: dict[int, list[sa.Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in session.execute(found):
        by_order[row.order_id].append(row)
    return by_order
