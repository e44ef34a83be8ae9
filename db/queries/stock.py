"""Vendre › Stock: what is on hand, what runs low, and the movements of one product with what they left on hand.

A catalogue has thousands of products where there are millions of orders: lists of products read it as it is. Of
movements, only those of the products shown are read, by the index that has them in order.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.permissions import Permission
from db.domain.stock import USUAL_LOW_STOCK, StockFilter, StockKind, StockLevel, StockList
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import Marketplace, Order, OrderLine, Product, Seller, StockMovement
from db.queries.columns import mapping

PAGE_SIZE = 50
MOVEMENTS_SHOWN = 50
#: How long a look back tells how fast a product sells.
SOLD_WITHIN = dt.timedelta(days=30)

_SOLD = (StockKind.SALE, StockKind.CANCELLATION)


@dataclass(frozen=True, slots=True)
class StockRow:
    """A product and how many units of it are there."""

    id: int
    sku: str
    name: str
    attributes: dict[str, str]
    seller_id: int
    seller_name: str
    #: None: nobody counts it.
    stock: int | None
    #: Its own; None: as the marketplace's settings say.
    own_low_stock_at: int | None
    #: The threshold that holds for it.
    low_stock_at: int
    is_returnable: bool
    is_active: bool
    #: Units sold in the last 30 days, cancellations taken off.
    sold: int

    @property
    def level(self) -> StockLevel:
        """Return how its stock is: few or none left of what is on sale is somebody's work."""
        if not self.is_active:
            return StockLevel.WITHDRAWN
        if self.stock is None:
            return StockLevel.NOT_COUNTED
        if self.stock <= 0:
            return StockLevel.OUT
        return StockLevel.LOW if self.stock <= self.low_stock_at else StockLevel.ENOUGH

    @property
    def title(self) -> str:
        """Return the name with what tells it from its variants: « Thé vert bio, 100 g »."""
        return ", ".join([self.name, *self.attributes.values()])


@dataclass(frozen=True, slots=True)
class StockPage:
    """One page of a list of products, and how many products the list has."""

    rows: tuple[StockRow, ...]
    products: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    """Units that came or went, and what was there afterwards."""

    id: int
    at: dt.datetime
    kind: StockKind
    units: int
    stock_after: int
    #: Of a sale, a cancellation or a return.
    order_number: str | None
    note: str
    actor_name: str


@dataclass(frozen=True, slots=True)
class MovementPage:
    """Some movements of one product, newest first."""

    rows: tuple[MovementRow, ...]
    has_older: bool


def stock_page(session: Session, viewer: Viewer, wanted: StockFilter, page: int, now: dt.datetime) -> StockPage:
    """Return one page of the products that a filter asks for: what runs out first, otherwise by name.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own products.
        wanted: Which products.
        page: From 1 on.
        now: The instant up to which sales are added up.

    Raises:
        NotAllowedError: The person may not read orders.
    """
    viewer.require(Permission.READ_ORDERS)
    ids = _matching(session, viewer, wanted)
    start = PAGE_SIZE * (page - 1)
    return StockPage(_rows(session, ids[start : start + PAGE_SIZE], now), len(ids))


def low_stock_count(session: Session, viewer: Viewer) -> int:
    """Return how many products run low."""
    viewer.require(Permission.READ_ORDERS)
    low = _where(viewer, StockFilter())
    return session.scalar(sa.select(sa.func.count()).select_from(Product).where(*low)) or 0


def product_stock(session: Session, viewer: Viewer, product_id: int, now: dt.datetime) -> StockRow:
    """Return one product.

    Raises:
        NotAllowedError: The person may not read orders.
        NotFoundError: There is no such product for this person.
    """
    viewer.require(Permission.READ_ORDERS)
    known = sa.select(Product.id).where(Product.id == product_id, *_own(viewer))
    rows = _rows(session, session.scalars(known).all(), now)
    if not rows:
        raise NotFoundError("Ce produit n’existe pas ou ne vous est pas accessible.")
    return rows[0]


def movements_of(session: Session, viewer: Viewer, product_id: int, *, before: int | None = None) -> MovementPage:
    """Return movements of one product with what each left on hand, newest first.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees only their own products.
        product_id: The product.
        before: Only movements older than this one (its id).

    Raises:
        NotAllowedError: The person may not read orders.
        NotFoundError: There is no such product for this person.
    """
    viewer.require(Permission.READ_ORDERS)
    moved = session.scalar(sa.select(Product.stock_moved).where(Product.id == product_id, *_own(viewer)))
    if moved is None:
        raise NotFoundError("Ce produit n’existe pas ou ne vous est pas accessible.")
    its_own = StockMovement.product_id == product_id
    place = (StockMovement.at, StockMovement.id)
    edge = session.execute(sa.select(*place).where(its_own, StockMovement.id == before)).one_or_none()
    older: list[sa.ColumnElement[bool]] = [its_own]
    if edge is not None:
        older.append(sa.tuple_(*place) < sa.tuple_(*edge))
        moved -= _sum(session, its_own, sa.tuple_(*place) >= sa.tuple_(*edge))
    found = session.execute(
        sa.select(
            StockMovement.id,
            StockMovement.at,
            StockMovement.kind,
            StockMovement.units,
            Order.number.label("order_number"),
            StockMovement.note,
            StockMovement.actor_name,
        )
        .outerjoin(OrderLine, OrderLine.id == StockMovement.order_line_id)
        .outerjoin(Order, Order.id == OrderLine.order_id)
        .where(*older)
        .order_by(StockMovement.at.desc(), StockMovement.id.desc())
        .limit(MOVEMENTS_SHOWN + 1)
    ).all()
    rows = []
    for row in found[:MOVEMENTS_SHOWN]:
        rows.append(MovementRow(**row._asdict(), stock_after=moved))
        moved -= row.units
    return MovementPage(tuple(rows), has_older=len(found) > MOVEMENTS_SHOWN)


def _sum(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    units = sa.cast(sa.func.coalesce(sa.func.sum(StockMovement.units), 0), sa.BigInteger)
    return session.scalar(sa.select(units).where(*conditions)) or 0


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [] if viewer.seller_id is None else [Product.seller_id == viewer.seller_id]


#: The threshold that holds for a product: its own, or the marketplace's.
_THRESHOLD = sa.func.coalesce(
    Product.low_stock_at, sa.select(Marketplace.low_stock_at).scalar_subquery(), USUAL_LOW_STOCK
)


def _where(viewer: Viewer, wanted: StockFilter) -> Sequence[sa.ColumnElement[bool]]:
    conditions = _own(viewer)
    if wanted.list is StockList.LOW:
        conditions += [Product.is_active.is_(True), Product.stock <= _THRESHOLD]
    else:
        is_counted = wanted.list is StockList.COUNTED
        conditions.append(Product.stock.is_not(None) if is_counted else Product.stock.is_(None))
    if wanted.seller_id is not None:
        conditions.append(Product.seller_id == wanted.seller_id)
    return conditions


def _matching(session: Session, viewer: Viewer, wanted: StockFilter) -> list[int]:
    """Return the products that a filter asks for, in their order.

    Found and ordered here: neither database looks for words, or sorts names, whatever their accents.
    """
    matching = _where(viewer, wanted)
    told = sa.select(Product.id, Product.stock, Product.name, Product.sku).where(*matching)
    is_low = wanted.list is StockList.LOW
    places = [((row.stock or 0) if is_low else 0, fold(row.name), row.sku, row.id) for row in session.execute(told)]
    words = fold(wanted.text).split()
    named = _named(session, matching, words) if words else None
    return [product_id for *_, product_id in sorted(places) if named is None or product_id in named]


def _named(session: Session, matching: Sequence[sa.ColumnElement[bool]], words: Sequence[str]) -> set[int]:
    """Return the products that hold every word."""
    told = sa.select(Product.id, Product.name, Product.sku, Product.category, Product.attributes).where(*matching)
    texts = {
        row.id: fold(" ".join([row.name, row.sku, row.category, *_attributes(row.attributes).values()]))
        for row in session.execute(told)
    }
    return {product_id for product_id, text in texts.items() if all(word in text for word in words)}


def _rows(session: Session, ids: Sequence[int], now: dt.datetime) -> tuple[StockRow, ...]:
    """Return the products in the order of their ids as given."""
    found = session.execute(
        sa.select(
            Product.id,
            Product.sku,
            Product.name,
            Product.attributes,
            Product.seller_id,
            Seller.name.label("seller_name"),
            Product.stock,
            Product.low_stock_at.label("own_low_stock_at"),
            _THRESHOLD.label("low_stock_at"),
            Product.is_returnable,
            Product.is_active,
        )
        .join(Seller, Seller.id == Product.seller_id)
        .where(Product.id.in_(ids))
    )
    sold = _sold(session, ids, now)
    rows = {row.id: _row(row._asdict(), sold) for row in found}
    return tuple(rows[key] for key in ids)


def _row(facts: Mapping[str, Any], sold: Mapping[int, int]) -> StockRow:
    attributes = _attributes(facts["attributes"])
    return StockRow(**{**facts, "attributes": attributes}, sold=sold.get(facts["id"], 0))


def _attributes(value: object) -> dict[str, str]:
    return {name: str(each) for name, each in mapping(value).items()}


def _sold(session: Session, ids: Sequence[int], now: dt.datetime) -> dict[int, int]:
    sold = (
        sa.select(StockMovement.product_id, sa.cast(-sa.func.sum(StockMovement.units), sa.BigInteger))
        .where(
            StockMovement.product_id.in_(ids),
            StockMovement.at > now - SOLD_WITHIN,
            StockMovement.kind.in_(_SOLD),
        )
        .group_by(StockMovement.product_id)
    )
    return {row[0]: row[1] for row in session.execute(sold)}
