"""What the grid's filters can be set to."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.viewer import Viewer
from db.models import DailySales, Seller
from db.queries.tags import tag_names


@dataclass(frozen=True, slots=True)
class OrderChoices:
    """The sellers and tags (id → name, by name) and the currencies a viewer can filter by."""

    sellers: dict[int, str]
    currencies: list[str]
    #: The staff's own words; no seller sees them.
    tags: dict[int, str]


def order_choices(session: Session, viewer: Viewer) -> OrderChoices:
    """Return the sellers and tags the viewer may see and the currencies that orders were placed in."""
    sellers = sa.select(Seller.id, Seller.name).order_by(sa.func.lower(Seller.name), Seller.id)
    currencies = sa.select(DailySales.currency).distinct()
    if viewer.seller_id is not None:
        sellers = sellers.where(Seller.id == viewer.seller_id)
        currencies = currencies.where(DailySales.seller_id == viewer.seller_id)
    return OrderChoices(
        sellers={row.id: row.name for row in session.execute(sellers)},
        # Sorted here: SQLite would walk the whole index twice for DISTINCT with ORDER BY.
        currencies=sorted(session.scalars(currencies)),
        tags=tag_names(session) if viewer.seller_id is None else {},
    )
