"""The search box of every page: an order, a customer or a seller by number, name, e-mail or phone.

Each kind is looked for on its own, so that no search joins them all: sellers are few, customers and orders have
their trigram indexes. Among many matches the newest come first, and are found among the newest rows before any
index is asked, because PostgreSQL would rather walk the primary key than use the trigrams (notes: 600 ms).
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus
from db.domain.permissions import Permission
from db.domain.text import fold, is_storable
from db.domain.viewer import Viewer
from db.models import Customer, Order, OrderSearch, Seller
from db.queries.plans import materialized
from db.queries.text_match import (
    SHORTEST_INDEXED_WORD,
    matching_customer_ids,
    matching_order_ids,
    text_conditions,
)

#: Per kind: a list one can take in at a glance.
DEFAULT_LIMIT = 5
#: How many of the newest rows are read before the trigram index is asked: words too common for it are found there.
_WINDOW = 2_000
#: How many of the newest matching orders a seller's customers are taken from.
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class OrderHit:
    """An order; ``is_exact`` where its whole number was typed."""

    number: str
    customer_name: str
    seller_name: str
    status: OrderStatus
    placed_at: dt.datetime
    total_cents: int
    currency: str
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer account."""

    id: int
    name: str
    company: str
    email: str


@dataclass(frozen=True, slots=True)
class SellerHit:
    """A seller; only staff finds them."""

    id: int
    name: str
    code: str


SearchHit = OrderHit | CustomerHit | SellerHit


def global_search(session: Session, viewer: Viewer, text: str, limit: int = DEFAULT_LIMIT) -> list[SearchHit]:
    """Return what the text finds: the order with exactly this number, else orders, then customers, then sellers.

    Under three characters only numbers that start so are looked for, among the newest orders.

    Args:
        session: An open session.
        viewer: Who looks; a seller finds their own orders and the customers of these, and no sellers.
        text: As typed.
        limit: How many hits of each kind at most.

    Raises:
        NotAllowedError: The person may not read orders.
    """
    viewer.require(Permission.READ_ORDERS)
    folded = fold(text)
    if not folded:
        return []
    exact = _exact_number(session, viewer, text)
    if len(folded) < SHORTEST_INDEXED_WORD:
        return [*_merged(exact, _numbers_that_start(session, viewer, folded, limit), limit)]
    if exact:
        return [*exact]
    order_ids = newest_matching_orders(session, viewer, text, limit if viewer.seller_id is None else _LOOKED_AT)
    return [
        *_hits(session, order_ids[:limit]),
        *_customers(session, viewer, text, order_ids, limit),
        *_sellers(session, viewer, text, limit),
    ]


def _merged(exact: list[OrderHit], others: list[OrderHit], limit: int) -> list[OrderHit]:
    known = {hit.number for hit in exact}
    return [*exact, *(hit for hit in others if hit.number not in known)][:limit]


def _exact_number(session: Session, viewer: Viewer, text: str) -> list[OrderHit]:
    typed = text.strip()
    if not is_storable(typed):
        return []
    # Numbers are told apart by case; people type « ord-00012 » all the same.
    variants = {typed, typed.upper(), typed.lower()}
    ids = sa.select(Order.id).where(Order.number.in_(variants), *_own(viewer))
    hits = _hits(session, list(session.scalars(ids)), is_exact=True)
    return [hit for hit in hits if hit.number == typed] or hits


def _numbers_that_start(session: Session, viewer: Viewer, folded: str, limit: int) -> list[OrderHit]:
    newest = _newest_orders(viewer)
    ids = session.scalars(
        sa.select(newest.c.order_id)
        .where(newest.c.who.startswith(folded, autoescape=True))
        .order_by(newest.c.order_id.desc())
        .limit(limit)
    )
    return _hits(session, list(ids))


def newest_matching_orders(session: Session, viewer: Viewer, text: str, limit: int) -> list[int]:
    """Return the ids of the newest orders whose number, customer, e-mail or phone hold every word."""
    newest = _newest_orders(viewer)
    near = sa.select(newest.c.order_id).where(*text_conditions(newest.c.who, text)).order_by(newest.c.order_id.desc())
    ids = list(session.scalars(near.limit(limit)))
    if len(ids) == limit:
        return ids
    found = materialized(matching_order_ids(session, OrderSearch.who, text), "found")
    order_id = found.c[0]
    everywhere = sa.select(order_id).order_by(order_id.desc()).limit(limit)
    if viewer.seller_id is not None:
        everywhere = everywhere.join(Order, Order.id == order_id).where(*_own(viewer))
    return list(session.scalars(everywhere))


def _newest_orders(viewer: Viewer) -> sa.Subquery:
    newest = sa.select(OrderSearch.order_id, OrderSearch.who).order_by(OrderSearch.order_id.desc()).limit(_WINDOW)
    if viewer.seller_id is not None:
        own = sa.select(Order.id).where(*_own(viewer)).order_by(Order.placed_at.desc(), Order.id.desc()).limit(_WINDOW)
        near = own.subquery("own")
        newest = sa.select(OrderSearch.order_id, OrderSearch.who).join(near, near.c.id == OrderSearch.order_id)
    return newest.subquery("newest")


def _hits(session: Session, ids: list[int], *, is_exact: bool = False) -> list[OrderHit]:
    if not ids:
        return []
    found = session.execute(
        sa.select(
            Order.number,
            Order.customer_name,
            Seller.name.label("seller_name"),
            Order.status,
            Order.placed_at,
            Order.total_cents,
            Order.currency,
        )
        .join(Seller, Seller.id == Order.seller_id)
        .where(Order.id.in_(ids))
        .order_by(Order.placed_at.desc(), Order.id.desc())
    )
    return [OrderHit(**row._asdict(), is_exact=is_exact) for row in found]


def _customers(session: Session, viewer: Viewer, text: str, order_ids: list[int], limit: int) -> list[CustomerHit]:
    if viewer.seller_id is None:
        ids = _matching_customers(session, text, limit)
    else:
        ids = _matching_customers_of(session, order_ids, text, limit)
    found = session.execute(
        sa.select(Customer.id, Customer.name, Customer.company, Customer.email)
        .where(Customer.id.in_(ids))
        .order_by(Customer.id.desc())
    )
    return [CustomerHit(**row._asdict()) for row in found]


def _matching_customers(session: Session, text: str, limit: int) -> list[int]:
    newest = sa.select(Customer.id, Customer.search_text).order_by(Customer.id.desc()).limit(_WINDOW).subquery("newest")
    near = sa.select(newest.c.id).where(*text_conditions(newest.c.search_text, text)).order_by(newest.c.id.desc())
    ids = list(session.scalars(near.limit(limit)))
    if len(ids) == limit:
        return ids
    found = materialized(matching_customer_ids(session, text), "found")
    return list(session.scalars(sa.select(found.c[0]).order_by(found.c[0].desc()).limit(limit)))


def _matching_customers_of(session: Session, order_ids: list[int], text: str, limit: int) -> list[int]:
    return list(
        session.scalars(
            sa.select(Customer.id)
            .where(
                Customer.id.in_(sa.select(Order.customer_id).where(Order.id.in_(order_ids))),
                *text_conditions(Customer.search_text, text),
            )
            .order_by(Customer.id.desc())
            .limit(limit)
        )
    )


def _sellers(session: Session, viewer: Viewer, text: str, limit: int) -> list[SellerHit]:
    if viewer.seller_id is not None:
        return []
    found = session.execute(
        sa.select(Seller.id, Seller.name, Seller.code)
        .where(*text_conditions(Seller.search_text, text))
        .order_by(sa.func.lower(Seller.name), Seller.id)
        .limit(limit)
    )
    return [SellerHit(**row._asdict()) for row in found]


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]
