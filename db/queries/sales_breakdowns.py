"""What sells, who sells it and how: the figures of a period by seller, product, category and ways to buy."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.figures import Facet, Figure
from db.domain.order_filter import OrderFilter
from db.domain.viewer import Viewer
from db.models import Product
from db.queries.figures import figures

#: What is added up by category; the figures name a product that the shop does not know by « ? » and its name.
UNKNOWN_PRODUCT = "?"
_WAYS = (Facet.SELLER, Facet.DELIVERY, Facet.PAYMENT, Facet.ORIGIN)
_IDS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class ProductFigure:
    """A product's sales; an unknown one has a name alone. ``figure.orders`` holds each order once."""

    name: str
    sku: str
    category: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """A category's sales, delivery aside; how many orders that was is not known, for one can have several products."""

    name: str
    cents: int
    articles: int


@dataclass(frozen=True, slots=True)
class ProductSales:
    """The dearest products, and every category, the dearest first."""

    products: tuple[ProductFigure, ...]
    #: How many products were sold in all.
    count: int
    categories: tuple[CategoryFigure, ...]


def ways(session: Session, viewer: Viewer, wanted: OrderFilter) -> Mapping[Facet, list[Figure]]:
    """Return the sales of a period by seller, delivery mode, payment method and origin, the dearest first."""
    return figures(session, viewer, wanted, _WAYS)


def product_sales(session: Session, viewer: Viewer, wanted: OrderFilter, limit: int) -> ProductSales:
    """Return what was sold: the ``limit`` dearest products, and what every category came to. Delivery is not in it."""
    found = figures(session, viewer, wanted, [Facet.PRODUCT])[Facet.PRODUCT]
    categories = _categories(session, [figure.value for figure in found])
    return ProductSales(
        products=tuple(_named(session, found[:limit], categories)),
        count=len(found),
        categories=_added_up(found, categories),
    )


def _added_up(found: Sequence[Figure], categories: Mapping[str, str]) -> tuple[CategoryFigure, ...]:
    cents: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    for figure in found:
        name = categories.get(figure.value, "")
        cents[name] += figure.cents
        articles[name] += figure.units
    dearest_first = sorted(cents, key=lambda name: (-cents[name], name))
    return tuple(CategoryFigure(name, cents[name], articles[name]) for name in dearest_first)


def _categories(session: Session, values: Collection[str]) -> dict[str, str]:
    """Return the category of each known product that has one."""
    told: dict[str, str] = {}
    ids = _ids(values)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        some = ids[start : start + _IDS_AT_ONCE]
        rows = session.execute(sa.select(Product.id, Product.category).where(Product.id.in_(some)))
        told |= {str(product_id): category for product_id, category in rows if category}
    return told


def _named(session: Session, found: Sequence[Figure], categories: Mapping[str, str]) -> list[ProductFigure]:
    ids = _ids([figure.value for figure in found])
    rows = session.execute(sa.select(Product.id, Product.name, Product.sku).where(Product.id.in_(ids)))
    known = {str(product_id): (name, sku) for product_id, name, sku in rows}
    return [
        ProductFigure(
            *known.get(figure.value, (figure.value.removeprefix(UNKNOWN_PRODUCT), "")),
            categories.get(figure.value, ""),
            figure,
        )
        for figure in found
    ]


def _ids(values: Collection[str]) -> list[int]:
    return [int(value) for value in values if not value.startswith(UNKNOWN_PRODUCT)]
