"""Whatever is cancelled, settled, refunded and undone, in whatever order: everything agrees, to the cent, always."""

import datetime as dt
import itertools
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import MarketplaceError
from db.domain.money import share_of
from db.domain.moves import CancelReason, Move, Rest
from db.domain.order_facts import OrderFacts
from db.domain.orders import OWED_REFUND_STATES, OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.domain.settlement import LineBack, SettlementRequest
from db.domain.snapshot_json import from_json
from db.domain.time import local_day
from db.models import (
    Customer,
    Document,
    DueDocument,
    LedgerEntry,
    Marketplace,
    Order,
    OrderHistory,
    OrderLine,
    Payment,
    PointsMovement,
    Product,
    Settlement,
    SettlementLine,
    StockMovement,
)
from db.services.documents.due import issue_next
from db.services.intake import take_in
from db.services.moves import move_order
from db.services.order_facts import load_facts
from db.services.payments import book_captured_payments
from db.services.refunds import do_again, mark_done, mark_refused
from db.services.settlements import plan_settlement, settle_order
from db.services.undo import undo
from tests.conftest import NOW
from tests.factories import (
    create_customer,
    create_issuer,
    create_line,
    create_order,
    create_person,
    create_product,
    viewer_for,
)

FEE_BP = 290


@dataclass(frozen=True)
class Article:
    quantity: int
    unit_cents: int
    discount_cents: int
    rate_bp: int

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_cents - self.discount_cents


@st.composite
def articles(draw: st.DrawFn) -> Article:
    quantity, unit = draw(st.integers(1, 5)), draw(st.integers(1, 50_00))
    discount = draw(st.just(0) | st.integers(0, quantity * unit // 2))
    return Article(quantity, unit, discount, draw(st.sampled_from([0, 210, 550, 1000, 2000])))


class House:
    """One order and all that can be done to it; a refusal is as good as an act, and nothing may have changed by it."""

    def __init__(
        self, session: Session, sold: list[Article], shipping_cents: int, by_voucher: float = 0, too_much: int = 0
    ) -> None:
        self.session, self.now, self.keys = session, NOW, itertools.count()
        session.add(Marketplace(id=1, name="Le Marché", points_per_euro=1))
        seller = create_issuer(session)
        self.products = [create_product(session, seller, stock=100) for _ in sold]
        lines = [
            create_line(
                f"Article {place}",
                each.total_cents,
                each.quantity,
                unit_price_cents=each.unit_cents,
                discount_cents=each.discount_cents,
                vat_rate_bp=each.rate_bp,
                product_id=product.id,
            )
            for place, (each, product) in enumerate(zip(sold, self.products, strict=True))
        ]
        items = sum(each.total_cents for each in sold)
        totals = {"total_cents": items + shipping_cents, "items_cents": items, "shipping_cents": shipping_cents}
        order = create_order(
            session,
            seller,
            create_customer(session),
            status=OrderStatus.AWAITING_PAYMENT,
            payment_state="unpaid",
            discount_cents=sum(each.discount_cents for each in sold),
            lines=lines,
            intake_at=None,
            **totals,
        )
        self.order_id = order.id
        self.finance = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
        take_in(session, [order.id], NOW)
        whole = items + shipping_cents + too_much
        in_vouchers = int(whole * by_voucher)
        for method, cents in ((PaymentMethod.CARD, whole - in_vouchers), (PaymentMethod.VOUCHER, in_vouchers)):
            if cents:
                session.add(Payment(order_id=order.id, method=method, state="captured", amount_cents=cents))
        self.too_much = too_much
        session.flush()
        book_captured_payments(session, NOW)
        self.issue()

    @property
    def facts(self) -> OrderFacts:
        return load_facts(self.session, SYSTEM, [self.order_id])[self.order_id]

    def issue(self) -> None:
        """Let the undo window pass, and the worker issue what is owed."""
        self.now += dt.timedelta(minutes=5)
        while issue_next(self.session, self.now):
            pass
        self.session.expire_all()

    def act(self, step: str, data: st.DataObject) -> None:
        try:
            with self.session.begin_nested():
                getattr(self, step)(data)
        except MarketplaceError:
            pass
        self.session.expire_all()

    def ship(self, data: st.DataObject) -> None:
        left = {line.id: line.quantity_left for line in self.facts.lines if line.quantity_left}
        units = {line_id: data.draw(st.integers(0, most)) for line_id, most in left.items()}
        move_order(self.session, self.finance, self.order_id, Move(OrderStatus.SHIPPED, units=units), self.now)

    def receive(self, _data: st.DataObject) -> None:
        move_order(self.session, self.finance, self.order_id, Move(OrderStatus.RECEIVED), self.now)

    def cancel(self, _data: st.DataObject) -> None:
        move = Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK)
        move_order(self.session, self.finance, self.order_id, move, self.now)

    def cancel_rest(self, _data: st.DataObject) -> None:
        move_order(self.session, self.finance, self.order_id, Move(OrderStatus.SHIPPED, rest=Rest.CANCEL), self.now)

    def settle(self, data: st.DataObject) -> None:
        facts = self.facts
        lines = {}
        for line in facts.lines:
            most = line.quantity_left + line.quantity_kept
            units = data.draw(st.integers(0, most))
            amount = data.draw(st.none() | st.integers(0, line.claim_cents))
            if units or amount:
                lines[line.id] = LineBack(units, amount, restocks=data.draw(st.booleans()))
        request = SettlementRequest(
            lines=lines,
            shipping_cents=data.draw(st.sampled_from([0, facts.shipping_claim_cents, facts.shipping_claim_cents // 3])),
            gesture_cents=data.draw(st.sampled_from([0, 0, facts.claim_cents // 7, facts.claim_cents])),
            voucher_cents=data.draw(st.sampled_from([0, 0, 1_00])),
            has_credit_note=data.draw(st.sampled_from([True, True, True, False])),
            reason="Retour",
            deduction_reason="Abîmé",
        )
        planned = plan_settlement(self.session, self.finance, self.order_id, request, self.now)
        key = f"key-{next(self.keys)}"
        done = settle_order(self.session, self.finance, self.order_id, facts.version, request, key, self.now)
        again = settle_order(self.session, self.finance, self.order_id, facts.version, request, key, self.now)
        assert (again.is_new, again.settlement_id) == (False, done.settlement_id)
        assert done.total_cents == planned.settled.total_cents
        assert self.facts.claim_cents == planned.settled.claim_cents
        if not request.gesture_cents:  # No unit is worth more than it cost, whatever was kept of another one.
            for each in planned.settled.lines:
                whole = each.line.total_cents * each.units / each.line.quantity
                assert not each.units or each.amount_cents <= whole + 1
        if planned.credited:
            assert self.session.get_one(Document, done.document_id).gross_cents == planned.credited.gross_cents

    def refund(self, data: st.DataObject) -> None:
        states = sorted(OWED_REFUND_STATES)
        owed = sa.select(Payment.id).where(Payment.kind == PaymentKind.REFUND, Payment.state.in_(states))
        ids = list(self.session.scalars(owed.order_by(Payment.id)))
        act = data.draw(st.sampled_from([mark_done, mark_refused, do_again]))
        if act is mark_done:
            mark_done(self.session, self.finance, ids, "VIR 1", local_day(self.now), self.now)
        elif act is mark_refused:
            mark_refused(self.session, self.finance, ids, "Compte clos", self.now)
        else:
            do_again(self.session, self.finance, ids, self.now)

    def spend(self, _data: st.DataObject) -> None:
        """The customer spends all points in the shop."""
        sa_points = sa.select(Customer.id, Customer.loyalty_points).where(Customer.loyalty_points > 0)
        for row in self.session.execute(sa_points).all():
            spent = {"customer_id": row.id, "kind": "spent", "points": -row.loyalty_points}
            self.session.add(PointsMovement(**spent, cause=f"shop:{next(self.keys)}"))
            self.session.flush()

    def undo(self, _data: st.DataObject) -> None:
        last = sa.select(OrderHistory.id).where(OrderHistory.order_id == self.order_id).order_by(OrderHistory.id.desc())
        undo(self.session, self.finance, self.session.scalars(last.limit(1)).one(), self.now)

    def wait(self, _data: st.DataObject) -> None:
        self.issue()

    def check(self) -> None:
        """Everything agrees, whatever was done."""
        facts = self.facts
        self._check_payments(facts)
        self._check_stock(facts)
        claim = facts.claim_cents
        sums = self.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_cents), 0)))
        assert sums == claim - share_of(claim, FEE_BP)
        received = self.session.scalar(sa.select(Order.received_at).where(Order.id == self.order_id)) is not None
        of_order = sa.select(sa.func.coalesce(sa.func.sum(PointsMovement.points), 0))
        points = self.session.scalar(of_order.where(PointsMovement.order_id == self.order_id))
        assert points == (claim // 100 if received else 0)
        customer = sa.select(Customer.loyalty_points, Customer.points_moved)
        assert all(row[0] == row[1] >= 0 for row in self.session.execute(customer))

    def _check_payments(self, facts: OrderFacts) -> None:
        kept = {*OWED_REFUND_STATES, PaymentRecordState.CAPTURED}
        rows = self.session.execute(sa.select(Payment.kind, Payment.state, Payment.amount_cents)).all()
        paid = sum(row.amount_cents for row in rows if row.kind is PaymentKind.PAYMENT)
        back = sum(row.amount_cents for row in rows if row.kind is PaymentKind.REFUND and row.state in kept)
        # What was paid too much stays, but for what an act on the whole order gave back with the rest.
        assert 0 <= paid - back - facts.claim_cents <= self.too_much

    def _check_stock(self, facts: OrderFacts) -> None:
        restocked: Counter[int] = Counter()
        for line_id, units in self.session.execute(
            sa.select(SettlementLine.order_line_id, SettlementLine.units_restocked - SettlementLine.units_cancelled)
        ):
            restocked[line_id] += units
        for line, product in zip(facts.lines, self.products, strict=True):
            stock, moved = self.session.execute(
                sa.select(Product.stock, Product.stock_moved).where(Product.id == product.id)
            ).one()
            by_rows = sa.select(sa.func.sum(StockMovement.units)).where(StockMovement.product_id == product.id)
            assert stock == moved == self.session.scalar(by_rows)
            assert stock == 100 - line.quantity + line.quantity_cancelled + restocked[line.id]

    def check_documents(self) -> None:
        """Invoice − credit notes − what is left = 0, per line and per rate, once the worker has caught up."""
        self.issue()
        assert not self.session.scalars(sa.select(DueDocument.error).where(DueDocument.error != "")).all()
        facts = self.facts
        stated: Counter[int | None] = Counter()
        rates: Counter[int] = Counter()
        split: Counter[tuple[int, str]] = Counter()
        for said in self.session.scalars(sa.select(Document.snapshot)):
            snapshot = from_json(said)
            for line in snapshot.lines:
                stated[line.order_line_id] += line.gross_cents
            for each in snapshot.vat:
                rates[each.rate_bp] += each.gross_cents
                split[each.rate_bp, "net"] += each.net_cents
                split[each.rate_bp, "vat"] += each.vat_cents
        if not stated:
            return
        uncredited = self._uncredited()
        claims = {line.id: line.claim_cents for line in facts.lines} | {None: facts.shipping_claim_cents}
        if facts.is_cancelled:
            claims = dict.fromkeys(claims, 0)
        else:
            for line_id, claim in claims.items():
                assert stated[line_id] - uncredited[line_id] == claim, line_id
        left: Counter[int] = Counter()
        line_rates = sa.select(OrderLine.id, OrderLine.vat_rate_bp).where(OrderLine.order_id == self.order_id)
        for line_id, rate in self.session.execute(line_rates):
            left[rate] += claims[line_id] + (0 if facts.is_cancelled else uncredited[line_id])
        left[2000] += claims[None] + (0 if facts.is_cancelled else uncredited[None])
        for rate in {*rates, *left}:
            assert rates[rate] == left[rate]
            assert split[rate, "net"] + split[rate, "vat"] == rates[rate]
            if not rates[rate]:
                assert (split[rate, "net"], split[rate, "vat"]) == (0, 0)

    def _uncredited(self) -> Counter[int | None]:
        """Return what settlements gave back without a credit note, although there was an invoice: by line."""
        without = (Settlement.document_id.is_(None), Settlement.has_credit_note.is_(False))
        amounts: Counter[int | None] = Counter()
        for line_id, cents in self.session.execute(
            sa.select(SettlementLine.order_line_id, SettlementLine.amount_cents)
            .join(Settlement, Settlement.id == SettlementLine.settlement_id)
            .where(*without)
        ):
            amounts[line_id] += cents
        shipping = sa.select(sa.func.coalesce(sa.func.sum(Settlement.shipping_cents), 0)).where(*without)
        amounts[None] = self.session.scalar(shipping) or 0
        return amounts


STEPS = (
    *("ship", "ship", "receive", "settle", "settle", "settle", "cancel", "cancel_rest", "refund", "undo", "wait"),
    "spend",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sold=st.lists(articles(), min_size=1, max_size=4).filter(lambda each: sum(one.total_cents for one in each) > 0),
    shipping_cents=st.sampled_from([0, 4_90, 7_13]),
    by_voucher=st.sampled_from([0, 0, 0.3, 1]),
    too_much=st.sampled_from([0, 0, 2_00]),
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=9),
    data=st.data(),
)
def test_invoice_payments_stock_ledger_and_points_agree_after_anything(
    session: Session,
    sold: list[Article],
    shipping_cents: int,
    by_voucher: float,
    too_much: int,
    steps: list[str],
    data: st.DataObject,
) -> None:
    example = session.begin_nested()
    try:
        house = House(session, sold, shipping_cents, by_voucher, too_much)
        house.check()
        house.check_documents()
        for step in steps:
            house.act(step, data)
            house.check()
        house.check_documents()
    finally:
        example.rollback()
        session.expire_all()
