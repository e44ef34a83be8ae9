"""Laws that hold for each of 2,000 generated orders: sums, statuses, payments, quantities, dates."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.business_days import add_business_days
from db.domain.orders import (
    OPEN_STATUSES,
    ORDER_PAYMENT_METHODS,
    UNSHIPPED_PAID_STATUSES,
    DeliveryMode,
    HistoryEvent,
    OrderStatus,
    Origin,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
    payment_state,
)
from db.domain.time import local_day
from db.domain.vat import totals_per_rate
from db.models import (
    Basket,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    Payment,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
)
from db.models.orders import AddressKind
from tests.conftest import NOW
from tests.db.demo.conftest import ORDERS

S = OrderStatus

#: DOMAIN.md, « Allowed moves », and the system's way into ``error`` and the administrator's way out.
MOVES = {
    S.AWAITING_PAYMENT: {S.PAID, S.CANCELLED, S.PREPARING},
    S.PAID: {S.CONFIRMING, S.PREPARING, S.READY, S.SHIPPED, S.PARTLY_SHIPPED, S.COMPLETED, S.CANCELLED, S.ERROR},
    S.CONFIRMING: {S.PREPARING, S.READY, S.CANCELLED, S.COMPLETED},
    S.PREPARING: {S.READY, S.SHIPPED, S.PARTLY_SHIPPED, S.COMPLETED, S.CANCELLED, S.ERROR},
    S.READY: {S.SHIPPED, S.PARTLY_SHIPPED, S.COMPLETED, S.CANCELLED},
    S.PARTLY_SHIPPED: {S.SHIPPED},
    S.SHIPPED: {S.DELIVERED, S.RECEIVED, S.COMPLETED},
    S.DELIVERED: {S.RECEIVED, S.COMPLETED},
    S.RECEIVED: {S.COMPLETED},
    S.ERROR: {S.PAID, S.PREPARING},
    S.COMPLETED: set(),
    S.CANCELLED: set(),
}
HANDED_OVER = {S.SHIPPED, S.DELIVERED, S.RECEIVED, S.COMPLETED}


@pytest.fixture
def orders(demo: Session) -> list[Order]:
    found = list(demo.scalars(sa.select(Order)))
    assert len(found) == ORDERS
    return found


def by_order(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def test_lines_discounts_shipping_and_totals_add_up(demo: Session, orders: list[Order]) -> None:
    lines = by_order(demo.scalars(sa.select(OrderLine).order_by(OrderLine.position)))
    for order in orders:
        own = lines[order.id]
        assert [line.position for line in own] == list(range(1, len(own) + 1))
        for line in own:
            assert line.total_cents == line.quantity * line.unit_price_cents - line.discount_cents
        assert order.items_cents == sum(line.total_cents for line in own)
        assert order.discount_cents == sum(line.discount_cents for line in own)
        assert order.total_cents == order.items_cents + order.shipping_cents
        assert order.weight_g == sum(line.weight_g for line in own)
        assert order.item_count == sum(line.quantity for line in own)
        rates = [(line.vat_rate_bp, line.total_cents) for line in own]
        rates.append((order.shipping_vat_rate_bp, order.shipping_cents))
        assert sum(rate.gross_cents for rate in totals_per_rate(rates)) == order.total_cents


def test_what_was_paid_and_given_back_is_the_sum_of_captured_payments(demo: Session, orders: list[Order]) -> None:
    payments = by_order(demo.scalars(sa.select(Payment)))
    for order in orders:
        captured = [p for p in payments[order.id] if p.state is PaymentRecordState.CAPTURED]
        paid = sum(p.amount_cents for p in captured if p.kind is PaymentKind.PAYMENT)
        refunded = sum(p.amount_cents for p in captured if p.kind is PaymentKind.REFUND)
        assert (order.paid_cents, order.refunded_cents) == (paid, refunded)
        assert refunded <= paid
        assert order.payment_state is payment_state(order.total_cents, paid, refunded)
        for payment in payments[order.id]:
            assert payment.method is order.payment_method
            assert payment.created_at <= NOW
            assert (payment.received_at is not None) == (payment.state is PaymentRecordState.CAPTURED)


def test_history_tells_the_way_to_the_status_by_allowed_moves(demo: Session, orders: list[Order]) -> None:
    # Issuing its documents leaves the order as it is; what the services gave back is told by their own tests.
    of_life = sa.select(OrderHistory).where(OrderHistory.event != HistoryEvent.DOCUMENT_ISSUED)
    given_back = {HistoryEvent.SETTLED, HistoryEvent.VOUCHER_GIVEN}
    changed = set(demo.scalars(sa.select(OrderHistory.order_id).where(OrderHistory.event.in_(given_back))))
    history = by_order(demo.scalars(of_life.order_by(OrderHistory.at, OrderHistory.id)))
    for order in orders:
        own = history[order.id]
        assert own[0].event is HistoryEvent.CREATED
        assert own[0].at == order.placed_at
        assert own[-1].at <= NOW
        assert order.id in changed or (own[-1].at, len(own)) == (order.updated_at, order.version)
        status = S.AWAITING_PAYMENT
        for entry in own:
            if entry.event is HistoryEvent.STATUS_CHANGED:
                assert entry.before == {"status": status}
                assert entry.after["status"] in MOVES[status]
                assert entry.note or entry.after["status"] not in {S.CANCELLED, S.ERROR}
                status = S(entry.after["status"])
        assert status is order.status


def test_money_in_the_history_is_the_money_in_the_payments(demo: Session) -> None:
    events = (HistoryEvent.PAYMENT_RECORDED, HistoryEvent.REFUND_RECORDED)
    told = demo.execute(
        sa.select(OrderHistory.order_id, OrderHistory.at, OrderHistory.after).where(OrderHistory.event.in_(events))
    ).all()
    kept = demo.scalars(sa.select(Payment).where(Payment.state == PaymentRecordState.CAPTURED)).all()
    assert sorted((row.order_id, row.at, row.after["amount_cents"], row.after["reference"]) for row in told) == sorted(
        (p.order_id, p.received_at, p.amount_cents, p.reference) for p in kept
    )


def test_quantities_follow_the_status(demo: Session, orders: list[Order]) -> None:
    lines = by_order(demo.scalars(sa.select(OrderLine)))
    for order in orders:
        bought = sum(line.quantity for line in lines[order.id])
        shipped = sum(line.quantity_shipped for line in lines[order.id])
        cancelled = sum(line.quantity_cancelled for line in lines[order.id])
        if order.status is S.PARTLY_SHIPPED:
            assert 0 < shipped < bought
        elif order.status in HANDED_OVER:
            assert shipped + cancelled == bought
            assert shipped > 0
        elif order.status is S.CANCELLED:
            assert (shipped, cancelled) == (0, bought)
        else:
            assert (shipped, cancelled) == (0, 0)


def test_parcels_hold_what_was_shipped_and_tell_when_it_arrived(demo: Session, orders: list[Order]) -> None:
    held: dict[int, int] = defaultdict(int)
    for line_id, units in demo.execute(sa.select(ShipmentLine.order_line_id, ShipmentLine.quantity)):
        held[line_id] += units
    shipped = sa.select(OrderLine.id, OrderLine.quantity_shipped).where(OrderLine.quantity_shipped > 0)
    assert held == dict(demo.execute(shipped).all())
    by_id = {order.id: order for order in orders}
    for parcel in demo.scalars(sa.select(Shipment)):
        order = by_id[parcel.order_id]
        assert parcel.shipped_at > order.placed_at
        assert parcel.delivered_at == order.delivered_at
        assert (parcel.received_at is None) == (parcel.received_by is None)
        assert not parcel.received_at or parcel.received_at >= parcel.delivered_at


def test_returned_units_belong_to_a_completed_return(demo: Session) -> None:
    returned = dict(
        demo.execute(
            sa.select(ReturnLine.order_line_id, ReturnLine.quantity)
            .join(Return, Return.id == ReturnLine.return_id)
            .where(Return.status == ReturnStatus.COMPLETED)
        ).all()
    )
    lines = demo.execute(sa.select(OrderLine.id, OrderLine.quantity_returned).where(OrderLine.quantity_returned > 0))
    assert dict(lines.all()) == returned
    assert returned


def test_dates_are_those_of_paris_and_of_business_days(demo: Session, orders: list[Order]) -> None:
    for order in orders:
        assert order.placed_on == local_day(order.placed_at)
        assert order.placed_at <= NOW
        assert (order.ship_by is None) == (order.expected_delivery_on is None)
        if order.ship_by is not None:
            assert order.ship_by > order.placed_on
            assert order.expected_delivery_on == add_business_days(order.ship_by, 3)
        assert (order.status in {S.DELIVERED, S.RECEIVED, S.COMPLETED}) == (order.delivered_at is not None)


def test_open_orders_are_recent_and_few(orders: list[Order]) -> None:
    still_open = [order for order in orders if order.status in OPEN_STATUSES]
    assert all(order.is_open for order in still_open)
    assert all((NOW - order.placed_at).days < 75 for order in still_open)
    assert 0.015 * ORDERS < len(still_open) < 0.03 * ORDERS


def test_only_paid_orders_are_prepared_unless_somebody_said_why(demo: Session, orders: list[Order]) -> None:
    excused = set(demo.scalars(sa.select(OrderHistory.order_id).where(OrderHistory.note.startswith("Dérogation"))))
    prepared = UNSHIPPED_PAID_STATUSES | HANDED_OVER
    unpaid = [o for o in orders if o.status in prepared and o.payment_state is PaymentState.UNPAID]
    assert {order.id for order in unpaid} <= excused


def test_addresses_and_pick_up_points_fit_the_delivery_mode(demo: Session, orders: list[Order]) -> None:
    addresses = by_order(demo.scalars(sa.select(OrderAddress)))
    for order in orders:
        kinds = {address.kind for address in addresses[order.id]}
        is_collected = order.delivery_mode in {DeliveryMode.CLICK_AND_COLLECT, DeliveryMode.IN_STORE}
        assert kinds == ({AddressKind.BILLING} if is_collected else set(AddressKind))
        assert (order.carrier == "") == is_collected
        assert (order.pickup_address == "") == (order.delivery_mode is DeliveryMode.HOME)
        if is_collected:
            assert order.shipping_cents == 0


def test_numbers_are_their_baskets_and_count_its_sellers(demo: Session) -> None:
    rows = demo.execute(
        sa.select(Order.number, Basket.reference, Order.seller_id)
        .join(Basket, Basket.id == Order.basket_id)
        .order_by(Order.id)
    ).all()
    baskets = defaultdict(list)
    for number, reference, seller_id in rows:
        assert len(reference) == len("62038bc9-f390060031-398dfb")
        baskets[reference].append(seller_id)
        assert number == f"{reference}-{len(baskets[reference]):03d}"
    assert all(len(set(sellers)) == len(sellers) for sellers in baskets.values())
    assert {len(sellers) for sellers in baskets.values()} == {1, 2, 3}


def test_every_value_a_screen_can_meet_is_there(demo: Session) -> None:
    def values(column: sa.ColumnElement) -> set:
        return set(demo.scalars(sa.select(column).distinct()))

    assert values(Order.status) == set(OrderStatus)
    assert values(Order.payment_method) == set(ORDER_PAYMENT_METHODS)
    assert values(Order.payment_state) == set(PaymentState)
    assert values(Order.delivery_mode) == set(DeliveryMode)
    assert values(Order.origin) == set(Origin)
    assert values(Payment.state) >= set(PaymentRecordState) - {PaymentRecordState.SENT}
    assert values(Payment.kind) == set(PaymentKind)
    written_by_acts = {
        HistoryEvent.MESSAGE_SENT,
        HistoryEvent.EMAIL_RESENT,
        HistoryEvent.REMINDED,
        HistoryEvent.TAGGED,
        HistoryEvent.UNDONE,
        HistoryEvent.SHIPMENT_CORRECTED,
        HistoryEvent.SHIPMENT_CANCELLED,
        HistoryEvent.PARCEL_DELIVERED,
        HistoryEvent.PARCEL_RECEIVED,
        HistoryEvent.SELLER_REMINDED,
        HistoryEvent.LINKS_REVOKED,
        HistoryEvent.DOCUMENT_SENT,
        HistoryEvent.RETURN_REQUESTED,
        HistoryEvent.RETURN_INSPECTED,
        HistoryEvent.RETURN_MESSAGE,
        HistoryEvent.RETURN_MOVED,
        HistoryEvent.SETTLED,
        HistoryEvent.REFUND_MOVED,
        HistoryEvent.VOUCHER_CANCELLED,
        HistoryEvent.CUSTOMER_ERASED,
        HistoryEvent.PAYOUT_RELEASED,
    }
    assert values(OrderHistory.event) >= set(HistoryEvent) - {HistoryEvent.IMPORTED} - written_by_acts
    assert values(Return.status) >= set(ReturnStatus) - {ReturnStatus.PARCEL_RECEIVED}


def test_the_odd_ones_are_there(demo: Session, orders: list[Order]) -> None:
    lines = by_order(demo.scalars(sa.select(OrderLine)))
    addresses = by_order(demo.scalars(sa.select(OrderAddress)))
    errors = [order for order in orders if order.status is S.ERROR]
    reasons = demo.scalars(sa.select(OrderHistory.note).where(OrderHistory.after["status"].as_string() == "error"))
    assert errors
    assert all(order.status_before_error is S.PAID for order in errors)
    assert all(reason.endswith(".") for reason in reasons)
    assert max(len(own) for own in lines.values()) == 40
    assert any(len({line.vat_rate_bp for line in own}) == 3 for own in lines.values())
    assert any(line.unit_price_cents == 0 for own in lines.values() for line in own)
    assert any(line.discount_cents > 0 for own in lines.values() for line in own)
    assert any(address.country_code != "FR" for own in addresses.values() for address in own)
    assert any(len(order.customer_name) > 80 for order in orders)
    assert any(o.payment_method is PaymentMethod.CHEQUE and o.payment_state is PaymentState.PARTLY_PAID for o in orders)
    assert any(o.payment_method is PaymentMethod.TRANSFER and o.payment_state is PaymentState.OVERPAID for o in orders)
    late = [o for o in orders if o.status in UNSHIPPED_PAID_STATUSES and o.ship_by and o.ship_by < local_day(NOW)]
    assert late
