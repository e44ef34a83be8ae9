"""Which slips an order has: counted before a printing is asked for and drawn afterwards by the very same rules."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from db.domain.orders import COLLECTED_MODES, UNSHIPPED_PAID_STATUSES, DeliveryMode, OrderStatus
from db.domain.text import fold


class Article(Protocol):
    """What the rules need to know of an order's line."""

    @property
    def supplier(self) -> str:
        """Who makes or delivers it."""

    @property
    def quantity(self) -> int:
        """Units bought."""

    @property
    def quantity_shipped(self) -> int:
        """Units that left."""

    @property
    def quantity_cancelled(self) -> int:
        """Units that never will."""

    @property
    def quantity_returned(self) -> int:
        """Units that came back."""


Line = TypeVar("Line", bound=Article)

#: Nobody orders, hands over or sends anything of such an order.
_GONE = frozenset({OrderStatus.CANCELLED, OrderStatus.ERROR})


def kept(line: Article) -> int:
    """Return how many units were not cancelled."""
    return line.quantity - line.quantity_cancelled


def left_to_send(line: Article) -> int:
    """Return how many units are neither sent nor cancelled."""
    return kept(line) - line.quantity_shipped


def with_customer(line: Article) -> int:
    """Return how many units could come back."""
    return line.quantity_shipped - line.quantity_returned


def is_to_prepare(status: OrderStatus, lines: Iterable[Article]) -> bool:
    """Tell whether something of an order is to be taken off the shelf."""
    return status in UNSHIPPED_PAID_STATUSES and any(left_to_send(line) > 0 for line in lines)


def suppliers_of(status: OrderStatus, lines: Iterable[Article]) -> list[str]:
    """Return whom the articles of an order are ordered from, in alphabetical order; « nobody » comes last."""
    if status in _GONE:
        return []
    return sorted({line.supplier.strip() for line in lines if kept(line)}, key=lambda name: (not name, fold(name)))


def delivery_slips(status: OrderStatus, mode: DeliveryMode, lines: Sequence[Article], parcels: int) -> int:
    """Return how many delivery slips an order has: one of each parcel, one of what is about to leave.

    What left before anybody noted parcels (an imported order) has one for all of it.
    """
    if mode in COLLECTED_MODES:
        return 0
    return (parcels or any(line.quantity_shipped for line in lines)) + is_to_prepare(status, lines)


def return_slips(lines: Iterable[Article], requests: int) -> int:
    """Return how many return slips an order has: one of each open request, else a blank one."""
    return requests or int(any(with_customer(line) > 0 for line in lines))


def pickup_notes(status: OrderStatus, mode: DeliveryMode, lines: Iterable[Article]) -> int:
    """Return how many pick-up notes an order has: one where the customer comes for it."""
    return int(mode in COLLECTED_MODES and status not in _GONE and any(kept(line) for line in lines))


def grouped_by_supplier(status: OrderStatus, lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    """Return the articles that are ordered from each supplier, those of nobody last."""
    return {
        supplier: [line for line in lines if kept(line) and line.supplier.strip() == supplier]
        for supplier in suppliers_of(status, lines)
    }
