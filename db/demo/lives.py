"""What has happened to an order by now: its plan, cut.

So whatever is seen of an order is consistent with its age: status, payments, quantities, dates and history.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from db.demo.baskets import Draft, DraftLine, Oddity
from db.demo.facts import Money, Move, Remark, SentBack
from db.demo.plans import DAYS_TO_DELIVER, Plan, business_day_after, draw_plan
from db.domain.order_facts import LineFacts
from db.domain.orders import (
    OrderStatus,
    PaymentKind,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
    payment_state,
)
from db.domain.time import local_day

#: What never went on from there.
_STUCK_AT: dict[Oddity | None, OrderStatus] = {
    Oddity.ERROR: OrderStatus.ERROR,
    Oddity.STUCK_CONFIRMING: OrderStatus.CONFIRMING,
    Oddity.STUCK_READY: OrderStatus.READY,
    Oddity.STUCK_PARTLY_SHIPPED: OrderStatus.PARTLY_SHIPPED,
}
_RETURN_STUCK_AT: dict[Oddity | None, ReturnStatus] = {
    Oddity.RETURN_REQUESTED: ReturnStatus.REQUESTED,
    Oddity.RETURN_AWAITING_PARCEL: ReturnStatus.AWAITING_PARCEL,
}
_HANDED_OVER = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.COMPLETED})


@dataclass(frozen=True, slots=True)
class Units:
    """How many units of each line (by its index) left, were given up, came back."""

    shipped: list[int]
    cancelled: list[int]
    returned: list[int]


@dataclass(frozen=True, slots=True)
class Life:
    """What has happened to an order by now."""

    moves: list[Move]
    money: list[Money]
    remarks: list[Remark]
    sent_back: SentBack | None
    units: Units
    ship_by: dt.date | None
    expected_delivery_on: dt.date | None

    @property
    def status(self) -> OrderStatus:
        """Return where the order stands."""
        return _status_after(self.moves)

    @property
    def status_before_error(self) -> OrderStatus | None:
        """Return where an administrator would bring an order in error back to."""
        return _status_after(self.moves[:-1]) if self.status is OrderStatus.ERROR else None

    @property
    def delivered_at(self) -> dt.datetime | None:
        """Return when the carrier, or the shop, handed it over."""
        return next((move.at for move in self.moves if move.status is OrderStatus.DELIVERED or move.is_handover), None)

    def captured(self, kind: PaymentKind) -> int:
        """Return what was really received or given back."""
        return sum(m.amount_cents for m in self.money if m.kind is kind and m.state is PaymentRecordState.CAPTURED)

    def payment_state(self, total_cents: int) -> PaymentState:
        """Return the payment state by the domain's own rule."""
        return payment_state(total_cents, self.captured(PaymentKind.PAYMENT), self.captured(PaymentKind.REFUND))


def draw_life(rng: Random, draft: Draft, now: dt.datetime, books_begin_at: dt.datetime) -> Life:
    """Draw a whole life and return what has happened of it by ``now``; the services settle returns of our books."""
    plan = draw_plan(rng, draft)
    moves = _moves_until(now, plan, draft.oddity)
    sent_back = _return_until(now, plan, draft.oddity, books_begin_at)
    units = _count_units(plan, draft.lines, moves, sent_back)
    money = [*plan.payments, *_refunds(plan, draft.lines, moves, units)]
    ship_by = _ship_by(now, plan, draft)
    return Life(
        moves=moves,
        money=[each.known_at(now) for each in money if each.created_at <= now],
        remarks=[remark for remark in plan.remarks if remark.at <= now],
        sent_back=sent_back,
        units=units,
        ship_by=ship_by,
        expected_delivery_on=business_day_after(ship_by, DAYS_TO_DELIVER) if ship_by else None,
    )


def _status_after(moves: Sequence[Move]) -> OrderStatus:
    return moves[-1].status if moves else OrderStatus.AWAITING_PAYMENT


def _moves_until(now: dt.datetime, plan: Plan, oddity: Oddity | None) -> list[Move]:
    stuck_at = _STUCK_AT.get(oddity)
    moves = []
    for move in plan.moves:
        if move.at > now:
            break
        moves.append(move)
        if move.status is stuck_at:
            break
    return moves


def _return_until(now: dt.datetime, plan: Plan, oddity: Oddity | None, books_begin_at: dt.datetime) -> SentBack | None:
    reached = [status for at, status in plan.return_steps if at <= now]
    if plan.sent_back is None or not reached:
        return None
    stuck_at = _RETURN_STUCK_AT.get(oddity)
    status = stuck_at if stuck_at in reached else reached[-1]
    if status is ReturnStatus.COMPLETED and plan.return_steps[-1][0] >= books_begin_at:
        status = ReturnStatus.PARCEL_RECEIVED  # The services settle it (``db/demo/settlements.py``).
    steps = tuple(plan.return_steps[: reached.index(status) + 1])
    return replace(plan.sent_back, status=status, steps=steps)


def _ship_by(now: dt.datetime, plan: Plan, draft: Draft) -> dt.date | None:
    if plan.released_at is None or plan.released_at > now or draft.is_collected:
        return None
    return business_day_after(local_day(plan.released_at), draft.seller.lead_days)


def _count_units(plan: Plan, lines: Sequence[DraftLine], moves: Sequence[Move], sent_back: SentBack | None) -> Units:
    """Derive the quantities per line from where the order and its return stand."""
    everything, nothing = [line.quantity for line in lines], [0] * len(lines)
    first, rest = [everything[0], *nothing[1:]], [0, *everything[1:]]
    status = _status_after(moves)
    if status is OrderStatus.CANCELLED:
        return Units(nothing, everything, nothing)
    if status is OrderStatus.PARTLY_SHIPPED:
        return Units(first, nothing, nothing)
    if status not in _HANDED_OVER:
        return Units(nothing, nothing, nothing)
    if plan.rest_is_cancelled:
        return Units(first, rest, nothing)
    if sent_back and sent_back.status is ReturnStatus.COMPLETED:
        return Units(everything, nothing, [sent_back.quantities.get(index, 0) for index in range(len(lines))])
    return Units(everything, nothing, nothing)


def given_back(units: Units) -> list[int]:
    """Return how many units of each line were cancelled or came back."""
    return [sum(pair) for pair in zip(units.cancelled, units.returned, strict=True)]


def _refunds(plan: Plan, lines: Sequence[DraftLine], moves: Sequence[Move], units: Units) -> list[Money]:
    """Return what is given back: all that was paid for a cancelled order, else what came off its lines."""
    if plan.refund is None:
        return []
    if _status_after(moves) is OrderStatus.CANCELLED:
        amount = sum(money.amount_cents for money in plan.payments if money.state is PaymentRecordState.CAPTURED)
    else:
        kept = [
            LineFacts(index, None, line.quantity, 0, 0, line.total_cents).cancelling(back).claim_cents
            for index, (line, back) in enumerate(zip(lines, given_back(units), strict=True))
        ]
        amount = sum(line.total_cents for line in lines) - sum(kept)
    return [replace(plan.refund, amount_cents=amount)] if amount else []
