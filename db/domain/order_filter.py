"""What a person asks of the order grid, and in which order: the same object for rows, counter, links and views."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from db.domain.figures import Facet
from db.domain.orders import (
    OPEN_STATUSES,
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentState,
)

ALL_STATUSES = frozenset(OrderStatus)


class Attention(StrEnum):
    """A reason why an order needs somebody that no single column tells."""

    #: Paid, not shipped, and its « ship by » day has passed.
    LATE = "late"
    #: It left, the day it should have arrived has passed, and nobody has said that it did.
    LATE_DELIVERY = "late_delivery"
    #: The customer asked to send something back, and that is not settled.
    OPEN_RETURN = "open_return"


#: These wait mostly among orders that the grid does not open on.
BEYOND_OPEN_ORDERS = frozenset({Attention.LATE_DELIVERY, Attention.OPEN_RETURN})


class SortColumn(StrEnum):
    """The columns of the grid that sort. Those that hold a handful of values group, by date inside a group."""

    NUMBER = "number"
    PLACED_AT = "placed_at"
    CUSTOMER = "customer"
    SELLER = "seller"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    STATUS = "status"
    ORIGIN = "origin"
    TOTAL = "total"

    @property
    def groups(self) -> bool:
        """Tell whether the column holds a handful of values, so that sorting by it means grouping."""
        return self not in (SortColumn.NUMBER, SortColumn.PLACED_AT, SortColumn.CUSTOMER, SortColumn.TOTAL)


@dataclass(frozen=True, slots=True)
class OrderSort:
    """One column and a direction; ties are broken by the order's id in the same direction."""

    column: SortColumn = SortColumn.PLACED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Every filter of the grid; an empty set or None means « any »."""

    statuses: frozenset[OrderStatus] = OPEN_STATUSES
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    seller_id: int | None = None
    customer_id: int | None = None
    payment_methods: frozenset[PaymentMethod] = frozenset()
    payment_states: frozenset[PaymentState] = frozenset()
    delivery_modes: frozenset[DeliveryMode] = frozenset()
    origins: frozenset[Origin] = frozenset()
    min_cents: int | None = None
    max_cents: int | None = None
    currency: str | None = None
    attention: Attention | None = None
    tag_id: int | None = None
    #: Those that a chart counts: the side from which it looks at them, and there the values (``db/domain/figures.py``).
    facet: Facet | None = None
    facet_values: frozenset[str] = frozenset()
    #: Order number, customer's name, e-mail or phone, as typed.
    text: str = ""
    #: Product, reference, supplier or attribute, as typed.
    product: str = ""

    @property
    def has_text(self) -> bool:
        """Tell whether one of the two search boxes is filled."""
        return bool(self.text or self.product)

    @property
    def counts_from_roll_up(self) -> bool:
        """Tell whether only columns that ``daily_sales`` holds are filtered, so that it can count exactly."""
        return self == replace(
            OrderFilter(),
            statuses=self.statuses,
            first_day=self.first_day,
            last_day=self.last_day,
            seller_id=self.seller_id,
            currency=self.currency,
        )
