"""Each rule on the facts it asks for: in time, once, never where it must not."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.moves import Move
from db.domain.orders import (
    ActorKind,
    DeliveryMode,
    HistoryEvent,
    OrderStatus,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
)
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.domain.time import PARIS, local_day
from db.domain.timed import TimedRule
from db.models import Order, OrderHistory, OrderLine, OutboxMessage, Payment, Shipment, TimedSetting
from db.services.messages import remind
from db.services.moves import move_order
from db.services.parcels import mark_delivered
from db.services.payments import record_payment
from db.services.timed.rules import apply_rule, count_due, due_orders
from tests.conftest import NOW
from tests.factories import create_line, create_order, create_person, create_product, create_seller, viewer_for

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
T = EmailTemplate


def run(session: Session, rule: TimedRule, now: dt.datetime) -> int:
    """What the job does in one round."""
    due = due_orders(session, rule, now, limit=100)
    done = apply_rule(session, rule, [each.id for each in due], now)
    session.flush()
    session.expire_all()
    return done


def switch(session: Session, rule: TimedRule, *, is_on: bool = True, delay: int, extra: int = 0) -> None:
    session.add(TimedSetting(rule=rule, is_on=is_on, delay=delay, extra=extra))
    session.flush()


def mails(session: Session, order: Order) -> list[tuple[EmailTemplate, RecipientKind]]:
    found = sa.select(OutboxMessage.template, OutboxMessage.recipient_kind).where(OutboxMessage.order_id == order.id)
    return [tuple(row) for row in session.execute(found.order_by(OutboxMessage.id))]


def events(session: Session, order: Order) -> list[OrderHistory]:
    found = sa.select(OrderHistory).where(OrderHistory.order_id == order.id)
    return list(session.scalars(found.order_by(OrderHistory.id)))


def unpaid(session: Session, placed_at: dt.datetime, **columns: Any) -> Order:
    values = {
        "status": OrderStatus.AWAITING_PAYMENT,
        "payment_state": PaymentState.UNPAID,
        "payment_method": PaymentMethod.CHEQUE,
        "placed_at": placed_at,
    }
    return create_order(session, **(values | columns))


def two_parcels(session: Session, left_at: dt.datetime) -> tuple[Order, Shipment, Shipment]:
    """An order of two articles that left one by one."""
    seller = create_seller(session, email="vendeur@example.org")
    order = create_order(
        session,
        seller,
        status=OrderStatus.PREPARING,
        total_cents=40_00,
        lines=[create_line("Théière", 15_00), create_line("Thé", 25_00)],
    )
    first, second = session.scalars(
        sa.select(OrderLine.id).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    )
    for line in (first, second):
        move_order(session, SYSTEM, order.id, Move(OrderStatus.SHIPPED, units={line: 1}, carrier="Colissimo"), left_at)
    session.expire_all()
    one, two = session.scalars(sa.select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id))
    return order, one, two


def deliver(session: Session, parcel: Shipment, now: dt.datetime) -> None:
    order = session.get_one(Order, parcel.order_id)
    mark_delivered(session, SYSTEM, parcel.id, order.version, None, now)
    session.expire_all()


class TestReceipt:
    rule = TimedRule.RECEIPT

    def test_a_delivered_parcel_of_which_nobody_speaks_is_received_after_seven_days(self, session: Session) -> None:
        order, one, two = two_parcels(session, NOW)
        deliver(session, one, NOW)
        deliver(session, two, NOW)
        assert order.status is OrderStatus.DELIVERED
        assert run(session, self.rule, NOW + 7 * DAY - MINUTE) == 0
        assert run(session, self.rule, NOW + 7 * DAY) == 1
        assert order.status is OrderStatus.RECEIVED
        assert (one.received_by, one.received_at) == (ActorKind.SYSTEM, NOW + 7 * DAY)

    def test_each_parcel_has_its_own_seven_days_and_the_seller_is_told_of_each(self, session: Session) -> None:
        order, one, two = two_parcels(session, NOW)
        deliver(session, one, NOW)
        deliver(session, two, NOW + 3 * DAY)
        run(session, self.rule, NOW + 7 * DAY)
        assert (order.status, one.received_at, two.received_at) == (OrderStatus.DELIVERED, NOW + 7 * DAY, None)
        run(session, self.rule, NOW + 10 * DAY)
        assert (order.status, two.received_at) == (OrderStatus.RECEIVED, NOW + 10 * DAY)
        told = [each for each in mails(session, order) if each[0] is T.SELLER_RECEIPT_CONFIRMED]
        assert told == [(T.SELLER_RECEIPT_CONFIRMED, RecipientKind.SELLER)] * 2

    def test_a_worker_that_slept_for_three_days_does_it_once_and_dates_it_when_it_was_due(
        self, session: Session
    ) -> None:
        order, one, two = two_parcels(session, NOW)
        deliver(session, one, NOW)
        deliver(session, two, NOW)
        late = NOW + 10 * DAY
        assert run(session, self.rule, late) == 1
        assert run(session, self.rule, late) == 0
        assert (order.received_at, events(session, order)[-1].at) == (NOW + 7 * DAY, late)
        assert "7 jours après la livraison" in events(session, order)[-2].note

    def test_an_order_without_parcels_is_received_as_a_whole(self, session: Session) -> None:
        order = create_order(session, status=OrderStatus.DELIVERED, delivered_at=NOW)
        assert run(session, self.rule, NOW + 9 * DAY) == 1
        assert (order.status, order.received_at) == (OrderStatus.RECEIVED, NOW + 7 * DAY)

    def test_a_parcel_that_is_on_its_way_waits(self, session: Session) -> None:
        order, *_ = two_parcels(session, NOW)
        assert run(session, self.rule, NOW + 30 * DAY) == 0
        assert order.status is OrderStatus.SHIPPED

    def test_what_was_delivered_long_ago_is_left_alone(self, session: Session) -> None:
        create_order(session, status=OrderStatus.DELIVERED, delivered_at=NOW - 400 * DAY)
        assert run(session, self.rule, NOW) == 0

    def test_seven_days_over_the_end_of_summer_time_end_at_the_same_hour_in_paris(self, session: Session) -> None:
        delivered = dt.datetime(2026, 10, 20, 10, 0, tzinfo=PARIS)
        order = create_order(session, status=OrderStatus.DELIVERED, delivered_at=delivered)
        assert run(session, self.rule, dt.datetime(2026, 10, 27, 9, 59, tzinfo=PARIS)) == 0
        assert run(session, self.rule, dt.datetime(2026, 10, 27, 10, 0, tzinfo=PARIS)) == 1
        assert order.received_at == dt.datetime(2026, 10, 27, 9, 0, tzinfo=dt.UTC)

    def test_seven_days_after_22_february_of_a_leap_year_is_29_february(self, session: Session) -> None:
        delivered = dt.datetime(2028, 2, 22, 18, 0, tzinfo=PARIS)
        order = create_order(session, status=OrderStatus.DELIVERED, delivered_at=delivered)
        assert run(session, self.rule, dt.datetime(2028, 2, 28, 18, 0, tzinfo=PARIS)) == 0
        assert run(session, self.rule, dt.datetime(2028, 2, 29, 18, 0, tzinfo=PARIS)) == 1
        assert order.status is OrderStatus.RECEIVED


class TestPaymentReminder:
    rule = TimedRule.PAYMENT_REMINDER

    def reminders(self, session: Session, order: Order) -> list[str]:
        found = sa.select(OutboxMessage.event).where(
            OutboxMessage.order_id == order.id, OutboxMessage.template == T.PAYMENT_REMINDER
        )
        return list(session.scalars(found.order_by(OutboxMessage.id)))

    def test_an_unpaid_order_is_reminded_every_three_days_twice_at_most(self, session: Session) -> None:
        order = unpaid(session, NOW)
        done = [run(session, self.rule, NOW + days * DAY) for days in range(1, 13)]
        assert done == [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        assert self.reminders(session, order) == [f"payment_reminder:{order.id}:1", f"payment_reminder:{order.id}:2"]
        assert [each.event for each in events(session, order)] == [HistoryEvent.REMINDED] * 2
        assert {each.actor_kind for each in events(session, order)} == {ActorKind.SYSTEM}

    def test_after_a_sleep_of_a_week_one_reminder_leaves_and_the_next_three_days_later(self, session: Session) -> None:
        order = unpaid(session, NOW)
        assert [run(session, self.rule, NOW + days * DAY) for days in (7, 7, 8, 9, 10)] == [1, 0, 0, 0, 1]
        assert len(self.reminders(session, order)) == 2

    def test_a_reminder_by_hand_counts(self, session: Session) -> None:
        order = unpaid(session, NOW)
        remind(session, SYSTEM, [order.id], NOW + 2 * DAY)
        assert [run(session, self.rule, NOW + days * DAY) for days in (3, 4, 5, 8)] == [0, 0, 1, 0]

    @pytest.mark.parametrize(
        "columns",
        [
            {"payment_state": PaymentState.PAID, "paid_cents": 31_90, "status": OrderStatus.PAID},
            {"status": OrderStatus.PREPARING},  # By derogation: a town hall pays later.
            {"status": OrderStatus.CANCELLED},
            {"customer_email": ""},
        ],
        ids=["paid", "prepared by derogation", "cancelled", "nobody to write to"],
    )
    def test_nobody_else_is_reminded(self, session: Session, columns: Mapping[str, Any]) -> None:
        unpaid(session, NOW, **columns)
        assert run(session, self.rule, NOW + 4 * DAY) == 0

    @pytest.mark.parametrize(
        ("state", "announced", "reminded"),
        [
            (PaymentRecordState.CAPTURED, NOW, 0),
            (PaymentRecordState.PENDING, NOW + 4 * DAY - HOUR, 0),
            # A transfer that was announced with the order and never came.
            (PaymentRecordState.PENDING, NOW, 1),
            (PaymentRecordState.FAILED, NOW + 4 * DAY - HOUR, 1),
        ],
    )
    def test_money_that_is_there_or_being_paid_just_now_keeps_the_reminder_back(
        self, session: Session, state: PaymentRecordState, announced: dt.datetime, reminded: int
    ) -> None:
        order = unpaid(session, NOW)
        values = {"method": PaymentMethod.CARD, "state": state, "amount_cents": 31_90, "created_at": announced}
        session.add(Payment(order_id=order.id, **values))
        session.flush()
        assert run(session, self.rule, NOW + 4 * DAY) == reminded

    def test_a_reminder_that_staff_gave_up_does_not_come_back_within_the_hour(self, session: Session) -> None:
        order = unpaid(session, NOW)
        run(session, self.rule, NOW + 3 * DAY)
        session.execute(sa.update(OutboxMessage).values(state=OutboxState.CANCELLED))
        assert [run(session, self.rule, NOW + 3 * DAY + hours * HOUR) for hours in (1, 2)] == [0, 0]
        assert len(self.reminders(session, order)) == 1

    def test_a_reminder_that_waits_is_dropped_by_the_payment(self, session: Session) -> None:
        order = unpaid(session, NOW)
        run(session, self.rule, NOW + 3 * DAY)
        receipt = Receipt(local_day(NOW), 31_90, PaymentMethod.CHEQUE)
        admin = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
        record_payment(session, admin, order.id, order.version, receipt, NOW + 4 * DAY)
        found = sa.select(OutboxMessage.state).where(OutboxMessage.template == T.PAYMENT_REMINDER)
        assert session.scalars(found).all() == [OutboxState.CANCELLED]

    def test_switched_off_it_does_nothing(self, session: Session) -> None:
        switch(session, self.rule, is_on=False, delay=3, extra=2)
        unpaid(session, NOW)
        assert run(session, self.rule, NOW + 4 * DAY) == 0

    def test_other_numbers_are_obeyed(self, session: Session) -> None:
        switch(session, self.rule, delay=1, extra=3)
        unpaid(session, NOW)
        assert [run(session, self.rule, NOW + days * DAY) for days in range(1, 6)] == [1, 1, 1, 0, 0]

    def test_candidates_that_are_not_due_hide_none_that_is(self, session: Session, monkeypatch: Any) -> None:
        monkeypatch.setattr("db.services.timed.rules._PAGE", 2)
        # Reminded half an hour ago and candidates again within the hour that a change of clocks may take.
        early = [unpaid(session, NOW - HOUR) for _ in range(5)]
        remind(session, SYSTEM, [order.id for order in early], NOW + 30 * MINUTE)
        order = unpaid(session, NOW)
        (due,) = due_orders(session, self.rule, NOW + 3 * DAY, limit=1)
        assert due.id == order.id
        assert due_orders(session, self.rule, NOW + 3 * DAY, limit=1, after=due) == []


class TestUnpaidCancel:
    rule = TimedRule.UNPAID_CANCEL

    def told(self, session: Session, at: dt.datetime, state: OutboxState = OutboxState.SENT) -> None:
        """What becomes of the warning once it has left."""
        warning = OutboxMessage.template == T.UNPAID_WARNING
        session.execute(sa.update(OutboxMessage).where(warning).values(state=state, sent_at=at))
        session.expire_all()

    def test_it_is_off_until_somebody_switches_it_on(self, session: Session) -> None:
        unpaid(session, NOW)
        assert run(session, self.rule, NOW + 20 * DAY) == 0

    def test_the_customer_is_warned_then_the_order_cancelled_and_its_articles_back_in_stock(
        self, session: Session
    ) -> None:
        switch(session, self.rule, delay=15, extra=3)
        seller = create_seller(session)
        product = create_product(session, seller, stock=4)
        order = unpaid(session, NOW, seller=seller, lines=[create_line(product_id=product.id, quantity=2)])
        assert [run(session, self.rule, NOW + days * DAY) for days in (11, 12)] == [0, 1]
        self.told(session, NOW + 12 * DAY)
        assert [run(session, self.rule, NOW + days * DAY) for days in (13, 14, 15, 16)] == [0, 0, 1, 0]
        assert (order.status, product.stock) == (OrderStatus.CANCELLED, 6)
        assert mails(session, order) == [(T.UNPAID_WARNING, RecipientKind.CUSTOMER)]
        (said,) = session.scalars(sa.select(OutboxMessage.variables).where(OutboxMessage.order_id == order.id))
        assert said == {"cancelled_on": "2026-12-06"}  # 21 November and fifteen days.
        assert (events(session, order)[-1].after or {})["reason"] == "unpaid"

    def test_after_a_sleep_the_notice_is_given_in_full_before_it_is_cancelled(self, session: Session) -> None:
        switch(session, self.rule, delay=15, extra=3)
        order = unpaid(session, NOW)
        assert [run(session, self.rule, NOW + 18 * DAY) for _ in range(2)] == [1, 0]
        self.told(session, NOW + 18 * DAY)
        assert [run(session, self.rule, NOW + days * DAY) for days in (20, 21)] == [0, 1]
        (said,) = session.scalars(sa.select(OutboxMessage.variables).where(OutboxMessage.order_id == order.id))
        assert said == {"cancelled_on": "2026-12-12"}
        assert order.status is OrderStatus.CANCELLED

    def test_who_pays_after_the_warning_keeps_the_order(self, session: Session) -> None:
        switch(session, self.rule, delay=15, extra=3)
        order = unpaid(session, NOW)
        run(session, self.rule, NOW + 12 * DAY)
        self.told(session, NOW + 12 * DAY)
        card = Payment(
            order_id=order.id, method=PaymentMethod.CARD, state=PaymentRecordState.CAPTURED, amount_cents=31_90
        )
        session.add(card)
        session.flush()
        assert run(session, self.rule, NOW + 15 * DAY) == 0

    @pytest.mark.parametrize(
        "state", [OutboxState.FAILED, OutboxState.BOUNCED, OutboxState.UNCERTAIN, OutboxState.CANCELLED]
    )
    def test_a_warning_that_did_not_arrive_cancels_nothing_and_is_not_repeated(
        self, session: Session, state: OutboxState
    ) -> None:
        switch(session, self.rule, delay=15, extra=3)
        order = unpaid(session, NOW)
        run(session, self.rule, NOW + 12 * DAY)
        self.told(session, NOW + 12 * DAY, state)
        assert [run(session, self.rule, NOW + days * DAY) for days in (13, 15, 20)] == [0, 0, 0]
        assert (order.status, len(events(session, order))) == (OrderStatus.AWAITING_PAYMENT, 1)

    def test_who_cannot_be_warned_is_never_cancelled(self, session: Session) -> None:
        switch(session, self.rule, delay=15, extra=3)
        unpaid(session, NOW, customer_email="")
        assert run(session, self.rule, NOW + 20 * DAY) == 0

    def test_a_part_that_was_paid_is_left_to_staff(self, session: Session) -> None:
        switch(session, self.rule, delay=15, extra=3)
        unpaid(session, NOW, payment_state=PaymentState.PARTLY_PAID, paid_cents=10_00)
        assert run(session, self.rule, NOW + 20 * DAY) == 0


class TestPickupReminder:
    rule = TimedRule.PICKUP_REMINDER

    def test_an_order_that_waits_in_the_shop_is_reminded_twice_at_most(self, session: Session) -> None:
        order = create_order(
            session, status=OrderStatus.READY, delivery_mode=DeliveryMode.CLICK_AND_COLLECT, ready_at=NOW
        )
        assert [run(session, self.rule, NOW + days * DAY) for days in (4, 5, 9, 10, 15, 20)] == [0, 1, 0, 1, 0, 0]
        assert mails(session, order) == [(T.PICKUP_REMINDER, RecipientKind.CUSTOMER)] * 2

    def test_an_order_that_is_sent_waits_for_nobody(self, session: Session) -> None:
        create_order(session, status=OrderStatus.READY, delivery_mode=DeliveryMode.HOME, ready_at=NOW)
        assert run(session, self.rule, NOW + 6 * DAY) == 0


class TestSellerReminder:
    rule = TimedRule.SELLER_REMINDER

    def test_a_seller_who_does_nothing_for_two_days_is_reminded_once(self, session: Session) -> None:
        seller = create_seller(session, email="vendeur@example.org")
        order = create_order(session, seller, status=OrderStatus.PAID, paid_at=NOW)
        assert [run(session, self.rule, NOW + hours * HOUR) for hours in (47, 48, 49, 100)] == [0, 1, 0, 0]
        assert mails(session, order) == [(T.SELLER_REMINDER, RecipientKind.SELLER)]
        assert [each.event for each in events(session, order)] == [HistoryEvent.SELLER_REMINDED]

    def test_a_seller_without_an_address_is_not_tried_again_and_again(self, session: Session) -> None:
        create_order(session, create_seller(session, email=""), status=OrderStatus.PAID, paid_at=NOW)
        assert [run(session, self.rule, NOW + hours * HOUR) for hours in (48, 49)] == [1, 0]

    def test_an_order_that_was_taken_in_hand_is_left_alone(self, session: Session) -> None:
        create_order(session, status=OrderStatus.PREPARING, paid_at=NOW)
        assert run(session, self.rule, NOW + 60 * HOUR) == 0


def test_what_a_rule_would_do_is_counted_without_doing_it(session: Session) -> None:
    for _ in range(3):
        unpaid(session, NOW)
    rule = TimedRule.PAYMENT_REMINDER
    assert count_due(session, rule, rule.plan.default, NOW + 4 * DAY) == 3
    assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0


def test_nothing_of_the_system_is_held(session: Session) -> None:
    order = unpaid(session, NOW)
    run(session, TimedRule.PAYMENT_REMINDER, NOW + 3 * DAY)
    states = session.scalars(sa.select(OutboxMessage.state).where(OutboxMessage.order_id == order.id)).all()
    assert states == [OutboxState.QUEUED]


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("rule", "indexes"),
    [
        (TimedRule.RECEIPT, {"ix_shipments_awaiting_receipt", "ix_orders_delivered_at"}),
        (TimedRule.PAYMENT_REMINDER, {"ix_orders_status"}),
        (TimedRule.UNPAID_CANCEL, {"ix_orders_status"}),
        (TimedRule.PICKUP_REMINDER, {"ix_orders_ready_at"}),
        (TimedRule.SELLER_REMINDER, {"ix_orders_paid_at"}),
    ],
)
def test_each_rule_looks_into_a_small_index(session: Session, rule: TimedRule, indexes: set[str]) -> None:
    statements: list[tuple[str, Any]] = []
    connection = session.connection()
    listener = lambda *arguments: statements.append((arguments[2], arguments[3]))  # noqa: E731  removed below
    sa.event.listen(connection, "before_cursor_execute", listener)
    count_due(session, rule, rule.plan.default, NOW)
    sa.event.remove(connection, "before_cursor_execute", listener)
    asked, values = statements[0]
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values)]
    assert indexes <= {index for line in plan for index in indexes if f"INDEX {index} " in line}
    assert not [line for line in plan if line.startswith(("SCAN orders", "SCAN shipments"))]


def test_whom_we_did_not_tell_of_an_imported_order_is_not_chased(session: Session) -> None:
    quiet, told = (unpaid(session, NOW, source="shopify") for _ in range(2))
    letter = {"order_id": told.id, "event": "intake", "template": T.ORDER_CONFIRMATION}
    session.add(OutboxMessage(**letter, recipient_kind=RecipientKind.CUSTOMER, recipient="zoe@example.org"))
    session.flush()
    due = due_orders(session, TimedRule.PAYMENT_REMINDER, NOW + 3 * DAY, limit=10)
    assert [each.id for each in due] == [told.id]
    assert quiet.id != told.id
