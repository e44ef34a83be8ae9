"""What the database knows of some orders on their way in: their sellers, their products, and whether they are there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.domain.incoming import IncomingOrder
from db.models import Order, OrderLine, Payment, Product, Seller, Supplier

#: Values in one IN (…): SQLite takes 32,766 parameters, PostgreSQL 65,535.
_AT_ONCE = 5_000

_Value = TypeVar("_Value", int, str)
#: Seller, currency, delivery, and the articles: what two orders of one number must have in common to be the same.
Content = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class KnownSeller:
    """A seller that an order names."""

    id: int
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A product that an article names, and what the article copies of it where the sender does not say."""

    id: int
    attributes: Mapping[str, str]
    supplier: str
    weight_g: int


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that is there under an incoming one's number or reference."""

    id: int
    seller_id: int
    external_ref: str | None
    content: Content


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the database knows around some incoming orders."""

    sellers: Mapping[str, KnownSeller]
    #: Seller and reference → product.
    products: Mapping[tuple[int, str], KnownProduct]
    orders_by_ref: Mapping[str, KnownOrder]
    orders_by_number: Mapping[str, KnownOrder]
    #: References of payments that are there, with the order they belong to.
    payment_refs: Mapping[str, int]

    def seller_of(self, order: IncomingOrder) -> KnownSeller | None:
        """Return the seller that an order names, in whatever case."""
        code = order.seller_code.strip()
        return self.sellers.get(code) or self.sellers.get(code.casefold())

    def known_seller_of(self, order: IncomingOrder) -> KnownSeller:
        """Return the seller of an order that was checked.

        Raises:
            LookupError: It was not.
        """
        seller = self.seller_of(order)
        if seller is None:
            raise LookupError(order.seller_code)
        return seller


def surroundings_of(session: Session, orders: Sequence[IncomingOrder]) -> Surroundings:
    """Return what is known around some orders, in a handful of statements whatever their number."""
    sellers = _sellers(session, {order.seller_code.strip() for order in orders})
    seller_ids = {seller.id for seller in sellers.values()}
    skus = {line.sku.strip() for order in orders for line in order.lines} - {""}
    payment_refs = {payment.external_ref for order in orders for payment in order.payments} - {""}
    by_ref = _orders(session, Order.external_ref, {order.external_ref for order in orders} - {""})
    by_number = _orders(session, Order.number, {order.number for order in orders} - {""})
    return Surroundings(
        sellers=sellers,
        products=_products(session, seller_ids, skus),
        orders_by_ref=by_ref,
        orders_by_number=by_number,
        payment_refs=_payment_refs(session, payment_refs),
    )


def content_of(order: IncomingOrder, seller_id: int) -> Content:
    """Return an incoming order's content, comparable with a known one's."""
    lines = tuple(
        (line.name, line.sku.strip(), line.quantity, line.unit_price_cents, line.discount_cents) for line in order.lines
    )
    return (seller_id, order.currency, order.shipping_cents, lines)


def _sellers(session: Session, codes: set[str]) -> dict[str, KnownSeller]:
    """Return sellers by code, as it is written and folded; the exact one wins where two differ in case only."""
    if not codes:
        return {}
    folded = {code.casefold() for code in codes}
    any_case = sa.or_(Seller.code.in_(codes), sa.func.lower(Seller.code).in_(folded))
    rows = session.execute(sa.select(Seller.id, Seller.code, Seller.name, Seller.is_active).where(any_case)).all()
    known = {row.code: KnownSeller(row.id, row.name, row.is_active) for row in rows}
    return {code.casefold(): seller for code, seller in known.items()} | known


def _products(session: Session, seller_ids: set[int], skus: set[str]) -> dict[tuple[int, str], KnownProduct]:
    supplier = sa.func.coalesce(Supplier.name, "").label("supplier")
    chosen = (
        sa.select(Product.seller_id, Product.sku, Product.id, Product.attributes, supplier, Product.weight_g)
        .outerjoin(Supplier, Supplier.id == Product.supplier_id)
        .where(Product.seller_id.in_(seller_ids))
    )
    return {
        (row.seller_id, row.sku): KnownProduct(row.id, row.attributes, row.supplier, row.weight_g)
        for some in _slices(skus if seller_ids else ())
        for row in session.execute(chosen.where(Product.sku.in_(some)))
    }


def _orders(session: Session, key: InstrumentedAttribute[Any], values: set[str]) -> dict[str, KnownOrder]:
    """Return known orders by number or by reference."""
    columns = (Order.id, Order.seller_id, Order.external_ref, Order.currency, Order.shipping_cents)
    found = [
        row
        for some in _slices(values)
        for row in session.execute(sa.select(key.label("key"), *columns).where(key.in_(some)))
    ]
    lines = _lines(session, [row.id for row in found])
    return {
        row.key: KnownOrder(
            row.id,
            row.seller_id,
            row.external_ref,
            (row.seller_id, row.currency, row.shipping_cents, tuple(lines[row.id])),
        )
        for row in found
    }


def _lines(session: Session, order_ids: Sequence[int]) -> Mapping[int, list[tuple[object, ...]]]:
    columns = (OrderLine.name, OrderLine.sku, OrderLine.quantity, OrderLine.unit_price_cents, OrderLine.discount_cents)
    lines: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    chosen = sa.select(OrderLine.order_id, *columns).order_by(OrderLine.order_id, OrderLine.position)
    for some in _slices(order_ids):
        for order_id, *line in session.execute(chosen.where(OrderLine.order_id.in_(some))):
            lines[order_id].append(tuple(line))
    return lines


def _payment_refs(session: Session, refs: set[str]) -> dict[str, int]:
    chosen = sa.select(Payment.external_ref, Payment.order_id)
    return {
        row.external_ref: row.order_id
        for some in _slices(refs)
        for row in session.execute(chosen.where(Payment.external_ref.in_(some)))
    }


def _slices(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    ordered = sorted(values)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
