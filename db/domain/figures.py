"""The figures of the sales that are kept ready for charts: what is counted of each day, by which of its sides.

A *figure* is how many orders of one day and currency have one value of one facet, and what they are worth. Figures of
days add up to those of months and years; what does not add up (an average, a median) is computed from what does.
"""

from dataclasses import dataclass
from enum import StrEnum


class Facet(StrEnum):
    """A side from which the orders of a day are counted; a comment says what its values are and what ``cents`` sums.

    All count sales alone (every order but the cancelled ones), but for the stages, which follow every order.
    """

    SALES = "sales"  # one value: "". cents: totals; units: articles
    SELLER = "seller"  # the seller's id. cents: totals; units: articles
    PRODUCT = "product"  # the product's id, or "?" and its name. cents: the lines' totals; units: articles
    DELIVERY = "delivery"  # the delivery mode. cents: totals
    PAYMENT = "payment"  # the payment method. cents: totals
    PAYMENT_STATE = "payment_state"  # the payment state. cents: totals; units: cents still to be paid
    ORIGIN = "origin"  # where the buyer came from. cents: totals
    PLACE = "place"  # « 75|Paris »: department, or country outside of France, and town. cents: totals
    HOUR = "hour"  # weekday × 24 + hour in Paris, Monday midnight being 0. cents: totals
    CUSTOMER = "customer"  # a ``CustomerShare``. cents: totals
    STAGE = "stage"  # a ``Stage`` that the order reached. cents: totals
    TO_PAID = "to_paid"  # whole hours from the order to its payment
    TO_SHIPPED = "to_shipped"  # whole hours from the payment to the first parcel
    TO_DELIVERED = "to_delivered"  # whole hours from the first parcel to the delivery
    TO_RECEIVED = "to_received"  # whole hours from the delivery to the receipt
    SHIPPING = "shipping"  # a ``Punctuality`` of the first parcel. cents: totals
    RETURNED = "returned"  # a ``ReturnReason`` of what is sent back, denied requests aside. cents: totals
    REFUNDED = "refunded"  # one value: "". orders of which money was given back; cents: that money


class CustomerShare(StrEnum):
    """Whether the customer had bought before; guests have no account by which to know them again."""

    NEW = "new"
    RETURNING = "returning"
    GUEST = "guest"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return CUSTOMER_SHARE_LABELS[self]


CUSTOMER_SHARE_LABELS = {
    CustomerShare.NEW: "Nouveaux clients",
    CustomerShare.RETURNING: "Clients fidèles",
    CustomerShare.GUEST: "Sans compte",
}


class Stage(StrEnum):
    """How far orders come; each stage holds those of the next one."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RECEIVED = "received"
    #: Beside the way: given up.
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return STAGE_LABELS[self]


STAGE_LABELS = {
    Stage.PLACED: "Passées",
    Stage.PAID: "Payées",
    Stage.SHIPPED: "Expédiées",
    Stage.DELIVERED: "Livrées",
    Stage.RECEIVED: "Reçues",
    Stage.CANCELLED: "Annulées",
}


class Punctuality(StrEnum):
    """Whether the first parcel left by the order's « ship by » day."""

    ON_TIME = "on_time"
    LATE = "late"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return "À temps" if self is Punctuality.ON_TIME else "En retard"


#: The steps whose lengths are counted, in the order in which an order takes them.
DURATIONS = (Facet.TO_PAID, Facet.TO_SHIPPED, Facet.TO_DELIVERED, Facet.TO_RECEIVED)
DURATION_LABELS = {
    Facet.TO_PAID: "De la commande au paiement",
    Facet.TO_SHIPPED: "Du paiement à l’expédition",
    Facet.TO_DELIVERED: "De l’expédition à la livraison",
    Facet.TO_RECEIVED: "De la livraison à la réception",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """How many orders have a value of a facet, what they are worth (cents of the one currency asked for), in units."""

    value: str
    orders: int
    cents: int
    units: int

    def __add__(self, other: "Figure") -> "Figure":
        """Return what both count together, under the value of the first."""
        return Figure(self.value, self.orders + other.orders, self.cents + other.cents, self.units + other.units)
