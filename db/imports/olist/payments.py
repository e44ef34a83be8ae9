"""Payments of one Olist order, shared between the orders that it is to us."""

from collections.abc import Iterator, Sequence

from db.domain.money import split_by_weight
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState
from db.imports.olist.files import OlistOrder, OlistPayment
from db.imports.olist.words import CURRENCY, SOURCE
from db.imports.writing import Row

#: In these, money was taken only if the payment was approved.
_UNPAID_UNLESS_APPROVED = {
    OrderStatus.AWAITING_PAYMENT: PaymentRecordState.PENDING,
    OrderStatus.CANCELLED: PaymentRecordState.CANCELLED,
}


def payment_rows(order: OlistOrder, payments: Sequence[OlistPayment], totals: Sequence[int]) -> list[list[Row]]:
    """Return the payments of each of our orders, given what each costs."""
    shares = share_payments([payment.cents for payment in payments], totals)
    return [list(_rows_of(order, payments, shares, rank)) for rank in range(1, len(totals) + 1)]


def share_payments(payments: Sequence[int], totals: Sequence[int]) -> list[list[int]]:
    """Share each payment of a basket between its orders, in proportion to what they cost.

    It adds up to the cent both ways: the shares of a payment make the payment, and where the basket is paid exactly
    the shares of an order make its total, however many payments there were.

    Args:
        payments: Amounts in cents.
        totals: What each order costs, in cents; at least one.

    Returns:
        For each payment, one share per order.
    """
    due = split_by_weight(sum(payments), totals)
    shares = []
    for cents in payments:
        share = split_by_weight(cents, due)
        due = [left - part for left, part in zip(due, share, strict=True)]
        shares.append(share)
    return shares


def payment_record_state(order: OlistOrder) -> PaymentRecordState:
    """Return whether the payments of an order are money."""
    if order.approved_at:
        return PaymentRecordState.CAPTURED
    return _UNPAID_UNLESS_APPROVED.get(order.status, PaymentRecordState.CAPTURED)


def _rows_of(
    order: OlistOrder, payments: Sequence[OlistPayment], shares: Sequence[Sequence[int]], rank: int
) -> Iterator[Row]:
    for payment, parts in zip(payments, shares, strict=True):
        cents = parts[rank - 1]
        # A payment of nothing is kept once, with the first order; a share of nothing says nothing.
        if cents or (payment.cents == 0 and rank == 1):
            yield _payment_row(order, payment, cents, rank)


def _payment_row(order: OlistOrder, payment: OlistPayment, cents: int, rank: int) -> Row:
    state = payment_record_state(order)
    return {
        "external_ref": f"{SOURCE}:{order.id}:{rank:03d}:{payment.number}",
        "kind": PaymentKind.PAYMENT,
        "method": payment.method,
        "state": state,
        "amount_cents": cents,
        "currency": CURRENCY,
        "reference": payment.wording,
        "installments": max(1, payment.installments),
        "received_at": (order.approved_at or order.placed_at) if state is PaymentRecordState.CAPTURED else None,
        "created_at": order.placed_at,
        # An archive's payments are counted by the import itself.
        "booked_at": order.placed_at if state is PaymentRecordState.CAPTURED else None,
    }
