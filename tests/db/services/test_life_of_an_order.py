"""Any sequence of services, by anybody, at any moment: no illegal state, no cent, unit or history row lost."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind
from db.domain.errors import MarketplaceError
from db.domain.mail import OutboxState
from db.domain.moves import MOVES, CancelReason, Move, Rest
from db.domain.orders import (
    ActorKind,
    DeliveryMode,
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    payment_state,
)
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.domain.time import local_day
from db.domain.timed import TimedRule
from db.models import (
    Document,
    DueDocument,
    Order,
    OrderHistory,
    OrderLine,
    OutboxMessage,
    Payment,
    Product,
    Shipment,
    ShipmentLine,
)
from db.services.documents.due import issue_next
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.error_state import put_in_error, repair
from db.services.moves import move_order
from db.services.order_facts import load_facts
from db.services.parcels import ParcelEdit, cancel_parcel, confirm_receipt, correct_parcel, mark_delivered
from db.services.payments import book_captured_payments, record_payment
from db.services.timed.rules import apply_rule, due_orders
from db.services.undo import undo
from tests.conftest import NOW
from tests.factories import create_issuer, create_line, create_order, create_person, create_product, viewer_for

S = OrderStatus
CUSTOMER = Actor(ActorKind.CUSTOMER, "Évelyne Morin")
STOCK = 7
#: The place of the administrator, who may do everything, among the people.
ADMIN = 3
DAY = dt.timedelta(days=1)
_LEFT_THE_HOUSE = frozenset({S.SHIPPED, S.DELIVERED, S.RECEIVED})

moves = st.builds(
    Move,
    target=st.sampled_from(OrderStatus),
    note=st.sampled_from(["", "Vu avec le client"]),
    message=st.sampled_from(["", "Bonjour"]),
    cancel_reason=st.none() | st.sampled_from(CancelReason),
    rest=st.sampled_from(Rest),
    notifies=st.booleans(),
)
cents = st.integers(-1, 40_00)


class LifeOfAnOrder(RuleBasedStateMachine):
    """One order of 31,90 € with two articles, one of them counted in stock, that its customer comes for or has sent.

    A clock; four people, the customer and the system.
    """

    engine: sa.Engine

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(self.engine)
        self.now = NOW
        seller = create_issuer(self.session, email="vendeur@example.org")
        self.product = create_product(self.session, seller, stock=STOCK)
        lines = [
            create_line(total_cents=20_01, quantity=3, product_id=self.product.id),
            create_line(total_cents=11_89, quantity=1),
        ]
        self.order_id = create_order(
            self.session,
            seller,
            status=S.AWAITING_PAYMENT,
            payment_state=PaymentState.UNPAID,
            delivery_mode=DeliveryMode.CLICK_AND_COLLECT,
            lines=lines,
        ).id
        self.people = [
            Actor.person(viewer_for(create_person(self.session, role)))
            for role in (Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.ADMIN)
        ]
        self.rows = 0
        self.last_version = 1

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Act as a click does: kept whole, or refused and nothing kept."""
        before = self.facts()
        try:
            with self.session.begin_nested():
                act()
        except MarketplaceError as error:
            refusal: MarketplaceError | None = error
        else:
            refusal = None
        if refusal is not None:
            assert str(refusal)
            assert self.facts() == before
        return refusal is None

    def facts(self) -> tuple[object, ...]:
        columns = (Order.status, Order.version, Order.paid_cents, Order.refunded_cents, Order.payment_state)
        order = self.session.execute(sa.select(*columns).where(Order.id == self.order_id)).one()
        return (*order, self.count(OrderHistory), self.count(OutboxMessage), self.count(Payment), self.count(Shipment))

    def count(self, model: type) -> int:
        return self.session.scalar(sa.select(sa.func.count()).where(model.order_id == self.order_id)) or 0

    def line_ids(self) -> list[int]:
        found = sa.select(OrderLine.id).where(OrderLine.order_id == self.order_id).order_by(OrderLine.position)
        return list(self.session.scalars(found))

    def order(self) -> sa.Row:
        return self.session.execute(sa.select(Order.__table__).where(Order.id == self.order_id)).one()

    @rule(who=st.integers(0, 4), move=moves, is_fresh=st.booleans())
    def move(self, who: int, move: Move, is_fresh: bool) -> None:  # noqa: FBT001  Hypothesis draws it
        actor = [*self.people, SYSTEM][who]
        order = self.order()
        version = order.version if is_fresh else order.version + 1
        moved = self.attempt(lambda: move_order(self.session, actor, self.order_id, move, self.now, version=version))
        assert not moved or (is_fresh and move.target in MOVES[S(order.status)])

    @precondition(lambda self: MOVES[S(self.order().status)])
    @rule(choice=st.integers(0, 5), reason=st.sampled_from(CancelReason), rest=st.sampled_from(Rest))
    def move_on(self, choice: int, reason: CancelReason, rest: Rest) -> None:
        targets = MOVES[S(self.order().status)]
        move = Move(targets[choice % len(targets)], note="Vu.", cancel_reason=reason, rest=rest)
        self.attempt(lambda: move_order(self.session, self.people[ADMIN], self.order_id, move, self.now))

    @rule(first=st.integers(0, 4), second=st.integers(0, 2), is_late=st.booleans())
    def ship_some(self, first: int, second: int, is_late: bool) -> None:  # noqa: FBT001  Hypothesis draws it
        one, two = self.line_ids()
        day = local_day(self.now - 2 * DAY) if is_late else None
        move = Move(S.SHIPPED, units={one: first, two: second}, carrier="Colissimo", happened_on=day)
        self.attempt(lambda: move_order(self.session, self.people[ADMIN], self.order_id, move, self.now))

    @rule(is_right=st.booleans())
    def hand_over(self, is_right: bool) -> None:  # noqa: FBT001  Hypothesis draws it
        code = self.order().pickup_code if is_right else "no"
        move = Move(S.SHIPPED, handed_over=True, pickup_code=code)
        moved = self.attempt(lambda: move_order(self.session, self.people[ADMIN], self.order_id, move, self.now))
        assert not moved or code

    @precondition(lambda self: self.count(Shipment))
    @rule(which=st.integers(0, 2), what=st.sampled_from(["recall", "deliver", "correct", "confirm"]))
    def follow_a_parcel(self, which: int, what: str) -> None:
        found = sa.select(Shipment.id).where(Shipment.order_id == self.order_id).order_by(Shipment.id)
        parcels = self.session.scalars(found).all()
        parcel, who = parcels[which % len(parcels)], self.people[ADMIN]
        version = self.order().version
        acts: dict[str, Callable[[], object]] = {
            "recall": lambda: cancel_parcel(self.session, who, parcel, version, "Resté au quai", self.now),
            "deliver": lambda: mark_delivered(self.session, who, parcel, version, None, self.now),
            "correct": lambda: correct_parcel(
                self.session, who, parcel, version, ParcelEdit("Chronopost", "XY123456789FR"), self.now, notifies=True
            ),
            "confirm": lambda: confirm_receipt(self.session, CUSTOMER, self.order_id, parcel, "192.0.2.7", self.now),
        }
        self.attempt(acts[what])

    @rule(days=st.sampled_from([1, 8]))
    def days_pass(self, days: int) -> None:
        self.now += days * DAY
        for each in (TimedRule.RECEIPT, TimedRule.SELLER_REMINDER, TimedRule.PICKUP_REMINDER):
            due = due_orders(self.session, each, self.now, limit=100)
            apply_rule(self.session, each, [one.id for one in due if one.id == self.order_id], self.now)

    @precondition(lambda self: self.count(OrderHistory))
    @rule()
    def take_the_last_back(self) -> None:
        last = self.session.scalars(
            sa.select(sa.func.max(OrderHistory.id)).where(OrderHistory.order_id == self.order_id)
        ).one()
        self.attempt(lambda: undo(self.session, self.people[ADMIN], last, self.now))

    @rule(who=st.integers(0, 3), amount=cents)
    def receive(self, who: int, amount: int) -> None:
        receipt = Receipt(local_day(self.now), amount, PaymentMethod.CHEQUE, "CH 1")
        version = self.order().version
        self.attempt(lambda: record_payment(self.session, self.people[who], self.order_id, version, receipt, self.now))

    @rule(amount=st.integers(1, 40_00))
    def card(self, amount: int) -> None:
        self.session.execute(
            sa.insert(Payment).values(
                order_id=self.order_id,
                method=PaymentMethod.CARD,
                state=PaymentRecordState.CAPTURED,
                amount_cents=amount,
                created_at=self.now,
            )
        )
        self.attempt(lambda: book_captured_payments(self.session, self.now))

    @rule()
    def break_down(self) -> None:
        self.attempt(lambda: put_in_error(self.session, SYSTEM, self.order_id, "Incohérente.", self.now))

    @rule(who=st.integers(0, 3))
    def mend(self, who: int) -> None:
        version = self.order().version
        self.attempt(lambda: repair(self.session, self.people[who], self.order_id, version, "Corrigée.", self.now))

    @precondition(lambda self: self.count(OrderHistory))
    @rule(who=st.integers(0, 3), back=st.integers(0, 2))
    def take_back(self, who: int, back: int) -> None:
        ids = self.session.scalars(
            sa.select(OrderHistory.id)
            .where(OrderHistory.order_id == self.order_id)
            .order_by(OrderHistory.id.desc())
            .limit(3)
        ).all()
        chosen = ids[min(back, len(ids) - 1)]
        self.attempt(lambda: undo(self.session, self.people[who], chosen, self.now))

    @rule()
    def issue_what_is_due(self) -> None:
        while issue_next(self.session, self.now):
            pass

    @rule(units=st.integers(0, 3), cents=st.integers(0, 12_00))
    def credit_some(self, units: int, cents: int) -> None:
        invoice = sa.select(Document.id).where(
            Document.order_id == self.order_id, Document.kind == DocumentKind.INVOICE
        )
        found = self.session.scalars(invoice.order_by(Document.id.desc()).limit(1)).one_or_none()
        if found is not None:
            request = CreditRequest(units={1: units}, amounts={2: cents})
            self.attempt(lambda: issue_credit_note(self.session, SYSTEM, found, request, "Geste", self.now))

    @rule(who=st.integers(0, 3))
    def invoice_early(self, who: int) -> None:
        self.attempt(lambda: issue_invoice(self.session, self.people[who], self.order_id, self.now))

    @rule()
    def mail_leaves(self) -> None:
        self.session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.state.in_([OutboxState.HELD, OutboxState.QUEUED]))
            .values(state=OutboxState.SENT)
        )

    @rule(seconds=st.sampled_from([1, 59, 61]))
    def time_passes(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @invariant()
    def every_unit_is_somewhere(self) -> None:
        lines = self.session.execute(sa.select(OrderLine.__table__).where(OrderLine.order_id == self.order_id)).all()
        status = S(self.order().status)
        for line in lines:
            left = line.quantity - line.quantity_shipped - line.quantity_cancelled
            assert left >= 0
            if status in _LEFT_THE_HOUSE or status is S.CANCELLED:
                assert left == 0
            in_parcels = self.session.scalar(
                sa.select(sa.func.coalesce(sa.func.sum(ShipmentLine.quantity), 0))
                .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
                .where(ShipmentLine.order_line_id == line.id, Shipment.cancelled_at.is_(None))
            )
            # An order that is ended without a parcel was handed over: it may come back.
            is_over = S.COMPLETED in {status, self.order().status_before_error}
            assert in_parcels == line.quantity_shipped or (is_over and in_parcels < line.quantity_shipped)
        stock = self.session.scalar(sa.select(Product.stock).where(Product.id == self.product.id))
        assert stock == STOCK + sum(line.quantity_cancelled for line in lines if line.product_id)

    @invariant()
    def the_status_says_where_the_parcels_are(self) -> None:
        found = sa.select(Shipment.__table__).where(Shipment.order_id == self.order_id)
        parcels = [each for each in self.session.execute(found) if each.cancelled_at is None]
        order = self.order()
        status = S(order.status_before_error or order.status)
        left = self.session.scalar(
            sa.select(
                sa.func.sum(OrderLine.quantity - OrderLine.quantity_shipped - OrderLine.quantity_cancelled)
            ).where(OrderLine.order_id == self.order_id)
        )
        assert all(each.delivered_at for each in parcels if each.received_at)
        assert bool(parcels) == (status in {S.PARTLY_SHIPPED, *_LEFT_THE_HOUSE}) or status is S.COMPLETED
        if status is S.PARTLY_SHIPPED:
            assert left > 0
        if status in {S.DELIVERED, S.RECEIVED}:
            assert all(each.delivered_at for each in parcels)
        if status is S.RECEIVED:
            assert all(each.received_at for each in parcels)
        if order.status == S.SHIPPED and self.history_ends_with_a_receipt():
            assert not all(each.received_at for each in parcels)

    def history_ends_with_a_receipt(self) -> bool:
        found = sa.select(OrderHistory.event).where(OrderHistory.order_id == self.order_id)
        last = self.session.scalars(found.order_by(OrderHistory.id.desc()).limit(1)).one_or_none()
        return last is HistoryEvent.PARCEL_RECEIVED

    @invariant()
    def every_cent_is_somewhere(self) -> None:
        order = self.order()
        payments = self.session.execute(sa.select(Payment.__table__).where(Payment.order_id == self.order_id)).all()
        captured = [each for each in payments if each.state == PaymentRecordState.CAPTURED]
        assert order.paid_cents == sum(p.amount_cents for p in captured if p.kind == PaymentKind.PAYMENT)
        assert order.refunded_cents == sum(p.amount_cents for p in captured if p.kind == PaymentKind.REFUND)
        # What was cancelled before it was paid is not asked for; the state is told at the last payment.
        claim = load_facts(self.session, SYSTEM, [self.order_id])[self.order_id].claim_cents
        asked = {order.total_cents, min(order.total_cents, max(claim, order.paid_cents))}
        assert order.payment_state in {payment_state(each, order.paid_cents, order.refunded_cents) for each in asked}
        owed = sum(p.amount_cents for p in payments if p.state == PaymentRecordState.PENDING)
        assert owed <= order.paid_cents
        if order.status == S.CANCELLED:
            assert owed == order.paid_cents
        if order.status == S.AWAITING_PAYMENT:
            assert order.paid_cents < order.total_cents

    @invariant()
    def the_history_explains_the_status(self) -> None:
        rows = self.session.scalars(
            sa.select(OrderHistory).where(OrderHistory.order_id == self.order_id).order_by(OrderHistory.id)
        ).all()
        assert len(rows) >= self.rows
        self.rows = len(rows)
        status = S.AWAITING_PAYMENT
        for row in rows:
            if row.event not in {HistoryEvent.STATUS_CHANGED, HistoryEvent.UNDONE, HistoryEvent.SHIPMENT_CANCELLED}:
                continue
            before, after = S(row.before["status"]), S(row.after["status"])
            assert before is status
            if row.event is HistoryEvent.SHIPMENT_CANCELLED:
                assert after in {S.PREPARING, S.PARTLY_SHIPPED}
            if row.event is HistoryEvent.STATUS_CHANGED and S.ERROR not in {before, after}:
                # What follows from quantities comes by the arrow « Expédier ».
                is_derived = after is S.PARTLY_SHIPPED or "handed_over" in row.after
                assert (S.SHIPPED if is_derived else after) in MOVES[before]
            status = after
        order = self.order()
        assert S(order.status) is status
        assert order.version >= self.last_version
        self.last_version = order.version

    @invariant()
    def what_is_invoiced_is_what_is_sold_and_never_twice(self) -> None:
        found = sa.select(Document.kind, Document.gross_cents).where(Document.order_id == self.order_id)
        documents = self.session.execute(found.order_by(Document.id)).all()
        claimed = 0
        for document in documents:
            if document.kind is DocumentKind.INVOICE:
                assert claimed == 0
                assert document.gross_cents <= self.order().total_cents
            claimed += document.gross_cents
            assert claimed >= 0
        owed = self.session.execute(
            sa.select(DueDocument.kind, DueDocument.due_at).where(DueDocument.order_id == self.order_id)
        ).all()
        order = self.order()
        if order.status == S.CANCELLED:
            assert not claimed or any(each.kind is DocumentKind.CREDIT_NOTE for each in owed)
        if order.status in {S.PAID, S.READY} and order.paid_cents >= order.total_cents:
            assert documents or any(each.kind is DocumentKind.INVOICE for each in owed)

    @invariant()
    def every_email_has_its_cause(self) -> None:
        mails = self.session.execute(
            sa.select(OutboxMessage.event, OutboxMessage.history_id).where(OutboxMessage.order_id == self.order_id)
        ).all()
        for mail in mails:
            cause, _, key = mail.event.partition(":")
            assert cause in {"move", "parcel", "document", "seller_reminder", "pickup_reminder"}
            assert cause.endswith("reminder") or cause == "document" or int(key) == mail.history_id
        assert len(set(mails)) == len(mails)


@pytest.fixture
def machine(shared_engine: sa.Engine) -> type[LifeOfAnOrder]:
    return type("LifeOfAnOrderOnOneDatabase", (LifeOfAnOrder,), {"engine": shared_engine})


def test_no_sequence_of_services_reaches_an_illegal_state(machine: type[LifeOfAnOrder]) -> None:
    examples = 60 if machine.engine.dialect.name == "sqlite" else 25
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
