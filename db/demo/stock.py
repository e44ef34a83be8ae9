"""The stock of the last weeks as the services would have moved it: the rest is what the house opened its books with.

Only counted products have movements. What comes back with returns is settled, and put in stock, by the services.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from db.demo.baskets import Draft
from db.demo.lives import Life
from db.demo.names import STAFF
from db.domain.actor import SYSTEM
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.stock import StockKind, StockReason, sale_cause

Row = dict[str, Any]

#: Between the sale and the intake that takes it off.
_SECONDS_TO_INTAKE = 4
_SHARE_DELIVERED = 0.35
_SHARE_COUNTED_AGAIN = 0.12
_LARGEST_DELIVERY = 48
_LOST = StockReason.LOST
_REMARKS = {-1: StockReason.UNSELLABLE, -2: StockReason.OWN_USE, 1: StockReason.INVENTORY}


class StockBook:
    """Writes down what moved since the books begin; at the end, what each product opened with."""

    def __init__(self, begins_at: dt.datetime, now: dt.datetime) -> None:
        """Begin with nothing counted.

        Args:
            begins_at: The instant from which movements are written down.
            now: The instant the demo goes up to.
        """
        #: Product id → what is there at ``now``; it never ran out before.
        self._stocks: dict[int, int] = {}
        self._begins_at = begins_at
        self._now = now
        #: Product id → when units moved, and how many.
        self._moved: dict[int, list[tuple[dt.datetime, int]]] = defaultdict(list)

    def count(self, products: Iterable[Row]) -> None:
        """Take over the products that somebody counts."""
        self._stocks |= {row["id"]: row["stock"] for row in products if row["stock"] is not None}

    def of_order(self, draft: Draft, life: Life, line_ids: Sequence[int]) -> list[Row]:
        """Return what an order took off, and what its cancellation gave back."""
        rows: list[Row] = []
        sold_at = draft.placed_at + dt.timedelta(seconds=_SECONDS_TO_INTAKE)
        cancelled_at = _cancelled_at(life)
        for line, line_id, cancelled in zip(draft.lines, line_ids, life.units.cancelled, strict=True):
            if line.product is None or line.product.id not in self._stocks:
                continue
            sold = _row(line.product.id, StockKind.SALE, sale_cause(line_id), -line.quantity, sold_at, line_id)
            rows.append(sold)
            if cancelled and cancelled_at is not None:
                cause = f"cancel:{line_id}:0"  # No later act has version 0.
                rows.append(_row(line.product.id, StockKind.CANCELLATION, cause, cancelled, cancelled_at, line_id))
        return self._since_the_beginning(rows)

    def first_rows(self, seed: int) -> Iterator[Row]:
        """Return what each product opened with, and the deliveries and counts since; when all orders are there."""
        for product_id, stock in sorted(self._stocks.items()):
            rng = Random(f"{seed}/stock/{product_id}")
            yield from self._since_the_beginning(list(self._corrections(rng, product_id, stock)))
            opened_with = stock - sum(units for _, units in self._moved[product_id])
            missing = self._most_missing(product_id, opened_with)
            if missing:  # What was sold and cancelled was there: it is gone since.
                opened_with += missing
                yield self._correction(rng, product_id, -missing, _LOST) | {"at": self._now}
            if opened_with:
                cause = f"opening:{product_id}"
                yield _row(product_id, StockKind.OPENING, cause, opened_with, self._begins_at)

    def _most_missing(self, product_id: int, opened_with: int) -> int:
        """Return by how many units there would have been fewer than none at the worst moment."""
        on_hand = accumulate((units for _, units in sorted(self._moved[product_id])), initial=opened_with)
        return max(0, -min(on_hand))

    def _corrections(self, rng: Random, product_id: int, stock: int) -> Iterator[Row]:
        """Draw a delivery of no more than is left, so that there were never fewer than none, and a count."""
        if stock and rng.random() < _SHARE_DELIVERED:
            units = min(rng.randint(6, _LARGEST_DELIVERY), stock)
            yield self._correction(rng, product_id, units, StockReason.RECEIVED)
        if stock and rng.random() < _SHARE_COUNTED_AGAIN:
            units = rng.choice(tuple(_REMARKS))
            yield self._correction(rng, product_id, units, _REMARKS[units])

    def _correction(self, rng: Random, product_id: int, units: int, reason: StockReason) -> Row:
        at = self._begins_at + (self._now - self._begins_at) * rng.random()
        cause = f"correction:{product_id}:demo:{reason}"
        row = _row(product_id, StockKind.CORRECTION, cause, units, at)
        return row | {"note": reason.label, "actor_name": rng.choice(STAFF)}

    def _since_the_beginning(self, rows: Sequence[Row]) -> list[Row]:
        kept = [row for row in rows if self._begins_at < row["at"] <= self._now]
        for row in kept:
            self._moved[row["product_id"]].append((row["at"], row["units"]))
        return kept


def _cancelled_at(life: Life) -> dt.datetime | None:
    """Return when units of an order were cancelled, all of them or the rest of a part."""
    moves = (move.at for move in life.moves if move.status is OrderStatus.CANCELLED)
    remarks = (remark.at for remark in life.remarks if remark.event is HistoryEvent.LINE_CANCELLED)
    return next(moves, None) or next(remarks, None)


def _row(product_id: int, kind: StockKind, cause: str, units: int, at: dt.datetime, line_id: int | None = None) -> Row:
    return {
        "product_id": product_id,
        "kind": kind,
        "cause": cause,
        "units": units,
        "order_line_id": line_id,
        "note": "",
        "actor_name": "" if kind is StockKind.OPENING else SYSTEM.name,
        "at": at,
    }
