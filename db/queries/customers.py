"""« Clients »: the accounts page by page, the newest first, or those a search finds."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import Customer, Order
from db.queries.columns import columns
from db.queries.plans import materialized
from db.queries.text_match import matching_customer_ids, text_conditions

PAGE_SIZE = 50
#: How many accounts next to where the page begins are read before the trigram index is asked (global_search.py).
_WINDOW = 2_000

_PAGE_AND_ONE = PAGE_SIZE + 1

_Ids = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One account as the list shows it."""

    id: int
    name: str
    company: str
    email: str
    phone: str
    loyalty_points: int
    created_at: dt.datetime
    #: When the customer's data was erased; the account is then a number without a name.
    erased_at: dt.datetime | None
    #: Of any status.
    orders: int
    last_order_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One page of the list, the newest account first."""

    rows: tuple[CustomerRow, ...]
    has_newer: bool
    has_older: bool


def customer_page(
    session: Session, viewer: Viewer, text: str = "", *, before: int | None = None, after: int | None = None
) -> CustomerPage:
    """Return one page of the customers whose name, company, e-mail or phone hold every word.

    Args:
        session: An open session.
        viewer: Who looks.
        text: As typed; nothing for everybody.
        before: Only accounts older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read customers' accounts.
    """
    viewer.require(Permission.READ_CUSTOMERS)
    upwards = after is not None
    found = _ids(session, text, None if upwards else before, after)
    ids, has_more = sorted(found[:PAGE_SIZE], reverse=True), len(found) > PAGE_SIZE
    return CustomerPage(
        rows=_rows(session, ids),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def _ids(session: Session, text: str, before: int | None, after: int | None) -> list[int]:
    """Return the ids of a page and one more, from the bound on."""

    def walk(ids: _Ids, key: sa.SQLColumnExpression[int]) -> _Ids:
        if after is not None:
            return ids.where(key > after).order_by(key.asc())
        bounded = ids.where(key < before) if before is not None else ids
        return bounded.order_by(key.desc())

    if not text.strip():
        return list(session.scalars(walk(sa.select(Customer.id), Customer.id).limit(_PAGE_AND_ONE)))
    near = walk(sa.select(Customer.id, Customer.search_text), Customer.id).limit(_WINDOW).subquery("near")
    first = sa.select(near.c.id).where(*text_conditions(near.c.search_text, text))
    ids = list(session.scalars(walk(first, near.c.id).limit(_PAGE_AND_ONE)))
    if len(ids) == _PAGE_AND_ONE:
        return ids
    found = materialized(matching_customer_ids(session, text), "found")
    return list(session.scalars(walk(sa.select(found.c[0]), found.c[0]).limit(_PAGE_AND_ONE)))


def _rows(session: Session, ids: Sequence[int]) -> tuple[CustomerRow, ...]:
    if not ids:
        return ()
    bought = {
        row.customer_id: (row.orders, row.last_order_at)
        for row in session.execute(
            sa.select(
                Order.customer_id,
                sa.func.count().label("orders"),
                sa.func.max(Order.placed_at, type_=Order.placed_at.type).label("last_order_at"),
            )
            .where(Order.customer_id.in_(ids))
            .group_by(Order.customer_id)
        )
    }
    found = session.execute(sa.select(*columns(Customer, CustomerRow)).where(Customer.id.in_(ids)))
    accounts = {row.id: row for row in found}
    rows = []
    for customer_id in ids:
        orders, last_order_at = bought.get(customer_id, (0, None))
        rows.append(CustomerRow(**accounts[customer_id]._asdict(), orders=orders, last_order_at=last_order_at))
    return tuple(rows)
