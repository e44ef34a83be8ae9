"""The figures that a manager looks at first, told from the figures of the sales; what they divide is said here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.domain.figures import CustomerShare, Facet, Figure, Punctuality, Stage
from db.domain.money import divide_half_up, ratio_bp

#: What ``indicators`` is told from.
INDICATOR_FACETS = (
    Facet.SALES,
    Facet.CUSTOMER,
    Facet.STAGE,
    Facet.SHIPPING,
    Facet.RETURNED,
    Facet.PAYMENT_STATE,
)


@dataclass(frozen=True, slots=True)
class Indicators:
    """What the sales of some days come to; a rate of nothing is None. Cents, basis points."""

    orders: int
    revenue_cents: int
    items: int
    #: Orders of customers with an account: of those who had not bought before, and of all.
    new_customers: int
    known_customers: int
    shipped: int
    #: Orders whose first parcel left after its « ship by » day, and all that had such a day and left.
    late: int
    timed: int
    #: Orders with a return that was not denied.
    returned: int
    #: What is still to be paid for orders that stand.
    due_cents: int

    @property
    def average_basket_cents(self) -> int | None:
        """Return what an order is worth on average."""
        return _quotient(self.revenue_cents, self.orders)

    @property
    def hundredths_of_items_per_order(self) -> int | None:
        """Return how many articles an order has on average, in hundredths."""
        return _quotient(self.items * 100, self.orders)

    @property
    def new_customers_bp(self) -> int | None:
        """Return the share of new customers' orders among those of customers with an account."""
        return ratio_bp(self.new_customers, self.known_customers)

    @property
    def returned_bp(self) -> int | None:
        """Return the share of orders sent back, in whole or in part, among those that were shipped."""
        return ratio_bp(self.returned, self.shipped)

    @property
    def late_bp(self) -> int | None:
        """Return the share of orders that left late among those that left and had a day to leave by."""
        return ratio_bp(self.late, self.timed)


def indicators(figures: Mapping[Facet, Sequence[Figure]]) -> Indicators:
    """Return the indicators that some figures tell; facets that are absent count as nothing."""
    sales, due = figures.get(Facet.SALES, ()), figures.get(Facet.PAYMENT_STATE, ())

    def orders(facet: Facet, *values: str) -> int:
        return sum(figure.orders for figure in figures.get(facet, ()) if not values or figure.value in values)

    return Indicators(
        orders=orders(Facet.SALES),
        revenue_cents=sum(figure.cents for figure in sales),
        items=sum(figure.units for figure in sales),
        new_customers=orders(Facet.CUSTOMER, CustomerShare.NEW),
        known_customers=orders(Facet.CUSTOMER, CustomerShare.NEW, CustomerShare.RETURNING),
        shipped=orders(Facet.STAGE, Stage.SHIPPED),
        late=orders(Facet.SHIPPING, Punctuality.LATE),
        timed=orders(Facet.SHIPPING),
        returned=orders(Facet.RETURNED),
        due_cents=sum(figure.units for figure in due),
    )


def by_facet(figures: Iterable[tuple[Facet, Figure]]) -> dict[Facet, list[Figure]]:
    """Return figures by their facets."""
    told: dict[Facet, list[Figure]] = {}
    for facet, figure in figures:
        told.setdefault(facet, []).append(figure)
    return told


def _quotient(part: int, whole: int) -> int | None:
    return divide_half_up(part, whole) if whole else None
