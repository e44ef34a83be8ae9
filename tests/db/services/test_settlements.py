"""« Remboursement de produits »: what a settlement writes, to the cent, and what it refuses."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.mail import EmailTemplate
from db.domain.moves import Move
from db.domain.orders import (
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
)
from db.domain.permissions import Role
from db.domain.settlement import (
    CancelInsteadError,
    LineBack,
    NoReasonError,
    NothingGivenBackError,
    NothingLeftError,
    SettlementRequest,
    TooManyUnitsError,
    TooMuchGivenBackError,
)
from db.models import (
    Customer,
    Document,
    DocumentVat,
    DueDocument,
    LedgerEntry,
    Marketplace,
    Order,
    OrderLine,
    OutboxMessage,
    Payment,
    PointsMovement,
    Product,
    Return,
    Seller,
    Settlement,
    StockMovement,
    Voucher,
)
from db.services.accounts import reconcile
from db.services.documents.due import Owed, issue_next, owe
from db.services.documents.issue import issue_invoice
from db.services.history import Entry, record
from db.services.moves import move_order
from db.services.order_facts import ChangedMeanwhileError, load_facts
from db.services.payments import recount_payments
from db.services.settlement_documents import NoCreditNoteError, credit_settlement
from db.services.settlement_rows import SettledOrder
from db.services.settlements import PlannedSettlement, plan_settlement, settle_order
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer, create_line, create_order, create_person, create_product, viewer_for


@pytest.fixture
def finance(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


def received_order(session: Session) -> Order:
    """The tea order of 61,31 €, paid by card, shipped, received, invoiced, booked: 61 points, 1,78 € of fee."""
    session.add(Marketplace(id=1, name="Le Marché", points_per_euro=1))
    seller = create_issuer(session, code="THE")
    teas, pot = create_product(session, seller, stock=10), create_product(session, seller, "Théière", stock=3)
    order = tea_order(session, seller, status=OrderStatus.RECEIVED, received_at=NOW)
    for line, product in zip(lines_of(session, order), (teas, pot), strict=True):
        line.product_id, line.quantity_shipped = product.id, line.quantity
    pay(session, order, PaymentMethod.CARD, 61_31)
    issue_invoice(session, SYSTEM, order.id, NOW)
    reconcile(session, SYSTEM, {order.id: a_history_row(session, order)}, NOW, earning=[order.id], selling=[order.id])
    session.expire_all()
    return order


def pay(session: Session, order: Order, method: PaymentMethod, cents: int) -> None:
    payment = Payment(order_id=order.id, method=method, state=PaymentRecordState.CAPTURED, amount_cents=cents)
    session.add(payment)
    session.flush()


def a_history_row(session: Session, order: Order) -> int:
    return record(session, SYSTEM, Entry(order.id, HistoryEvent.CREATED), NOW)


def lines_of(session: Session, order: Order) -> list[OrderLine]:
    return list(
        session.scalars(sa.select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position))
    )


def settle(
    session: Session, actor: Actor, order: Order, request: SettlementRequest, key: str = "k1", *, notifies: bool = True
) -> SettledOrder:
    version = session.scalar(sa.select(Order.version).where(Order.id == order.id)) or 0
    done = settle_order(session, actor, order.id, version, request, key, NOW, notifies=notifies)
    session.expire_all()
    return done


def plan(session: Session, actor: Actor, order: Order, request: SettlementRequest) -> PlannedSettlement:
    return plan_settlement(session, actor, order.id, request, NOW)


def sum_of(session: Session, column: sa.ColumnElement[int]) -> int:
    return session.scalar(sa.select(sa.func.coalesce(sa.func.sum(column), 0))) or 0


def damaged_pot(session: Session, order: Order) -> SettlementRequest:
    """One tea back on the shelf, the teapot damaged: 20,00 of its 31,41; and the shipping."""
    tea, pot = lines_of(session, order)
    return SettlementRequest(
        lines={tea.id: LineBack(1, restocks=True), pot.id: LineBack(1, amount_cents=20_00)},
        shipping_cents=4_90,
        reason="Retour de produits",
        deduction_reason="Théière ébréchée",
    )


def test_everything_follows_from_a_settlement_to_the_cent(session: Session, finance: Actor) -> None:
    order = received_order(session)
    request = damaged_pot(session, order)
    planned = plan(session, finance, order, request)

    done = settle(session, finance, order, request)

    # 12,50 + 20,00 + 4,90 = 37,40; the sale still asks for 61,31 − 37,40 = 23,91.
    assert (done.total_cents, done.refund_cents, done.voucher_cents) == (37_40, 37_40, 0)
    assert planned.settled.total_cents == 37_40
    assert planned.settled.claim_cents == load_facts(session, SYSTEM, [order.id])[order.id].claim_cents == 23_91
    # 12,50 / 1,055 = 11,848 → 11,85; 24,90 / 1,20 = 20,75.
    rows = session.execute(sa.select(DocumentVat).where(DocumentVat.document_id == done.document_id)).scalars()
    stated = [(each.rate_bp, each.net_cents, each.vat_cents) for each in rows]
    assert sorted(stated) == [(550, -11_85, -65), (2000, -20_75, -4_15)]
    assert planned.credited
    assert [(each.rate_bp, each.net_cents) for each in planned.credited.vat] == [(550, -11_85), (2000, -20_75)]
    refund = session.scalars(sa.select(Payment).where(Payment.kind == PaymentKind.REFUND)).one()
    assert (refund.method, refund.state, refund.amount_cents) == (PaymentMethod.CARD, PaymentRecordState.PENDING, 37_40)
    # 2,9 % of 61,31 = 1,778 → 1,78; of 23,91 = 0,693 → 0,69: 1,09 comes back.
    entries = session.execute(sa.select(LedgerEntry.kind, LedgerEntry.amount_cents).order_by(LedgerEntry.id))
    assert {each.kind: each.amount_cents for each in entries} == {
        "sale": 61_31, "fee": -1_78, "refund": -37_40, "fee_back": 1_09,
    }  # fmt: skip
    assert (planned.seller_cents, planned.fee_back_cents) == (-37_40, 1_09)
    # 61 points for 61,31 €; 23 for 23,91 €.
    assert planned.points == -38
    assert session.scalars(sa.select(PointsMovement.points).order_by(PointsMovement.id)).all() == [61, -38]
    assert session.scalar(sa.select(Customer.loyalty_points)) == 23
    assert session.scalars(sa.select(Product.stock).order_by(Product.id)).all() == [11, 3]
    assert list(planned.restocked.values()) == [1]
    assert session.scalars(sa.select(StockMovement.units).where(StockMovement.kind == "return")).all() == [1]
    tea, pot = lines_of(session, order)
    assert (tea.quantity_returned, tea.settled_cents, pot.quantity_returned, pot.settled_cents) == (1, 12_50, 1, 20_00)


def test_the_last_settlement_takes_the_exact_remainder(session: Session, finance: Actor) -> None:
    order = received_order(session)
    settle(session, finance, order, damaged_pot(session, order))

    with pytest.raises(TooMuchGivenBackError, match="23,91"):
        settle(session, finance, order, SettlementRequest(gesture_cents=23_92, reason="Geste"), "k2")
    done = settle(session, finance, order, SettlementRequest(gesture_cents=23_91, reason="Geste"), "k3")

    assert done.total_cents == 23_91
    assert sum_of(session, Document.gross_cents) == 0
    per_rate = sa.select(sa.func.sum(DocumentVat.net_cents), sa.func.sum(DocumentVat.vat_cents))
    assert [tuple(row) for row in session.execute(per_rate.group_by(DocumentVat.rate_bp))] == [(0, 0), (0, 0)]
    assert sum_of(session, LedgerEntry.amount_cents) == 0
    assert sum_of(session, PointsMovement.points) == 0
    with pytest.raises(NothingLeftError):
        settle(session, finance, order, SettlementRequest(gesture_cents=1, reason="Geste"), "k4")


def test_the_same_key_gives_back_once(session: Session, finance: Actor) -> None:
    order = received_order(session)
    version = order.version
    request = SettlementRequest(shipping_cents=4_90, reason="Frais de port")

    first = settle_order(session, finance, order.id, version, request, "clic", NOW)
    again = settle_order(session, finance, order.id, version, request, "clic", NOW)

    assert (first.is_new, again.is_new) == (True, False)
    assert (again.settlement_id, again.document_number) == (first.settlement_id, first.document_number)
    assert sum_of(session, Settlement.total_cents) == 4_90


def test_another_screen_that_settles_the_same_is_refused(session: Session, finance: Actor) -> None:
    order = received_order(session)
    version = order.version
    request = SettlementRequest(shipping_cents=4_90, reason="Frais de port")
    settle_order(session, finance, order.id, version, request, "un", NOW)

    with pytest.raises(ChangedMeanwhileError):
        settle_order(session, finance, order.id, version, request, "deux", NOW)
    with pytest.raises(TooMuchGivenBackError, match="0,00"):
        settle(session, finance, order, request, "trois")


def test_what_cannot_be_given_back_is_refused_with_its_limit(session: Session, finance: Actor) -> None:
    order = received_order(session)
    tea, pot = lines_of(session, order)

    def refusal(kind: type[Exception], **asked: object) -> str:
        with pytest.raises(kind) as caught:
            plan(session, finance, order, SettlementRequest(**({"reason": "Retour"} | asked)))  # type: ignore[arg-type]
        return str(caught.value)

    assert "Il reste 61,31\u00a0€" in refusal(NothingGivenBackError)
    assert "61,31" in refusal(NothingGivenBackError, lines={tea.id: LineBack(0)})
    assert "Saisissez 2 au plus" in refusal(TooManyUnitsError, lines={tea.id: LineBack(3)})
    assert "31,41" in refusal(TooMuchGivenBackError, lines={pot.id: LineBack(1, amount_cents=31_42)})
    assert "4,90" in refusal(TooMuchGivenBackError, shipping_cents=4_91)
    assert "motif" in refusal(NoReasonError, shipping_cents=4_90, reason=" ")
    assert "moins que le prix" in refusal(NoReasonError, lines={pot.id: LineBack(1, amount_cents=1_00)})
    assert "4,90" in refusal(TooMuchGivenBackError, shipping_cents=4_90, voucher_cents=4_91)


def test_support_gives_no_money_back(session: Session) -> None:
    order = received_order(session)
    support = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
    with pytest.raises(NotAllowedError):
        plan(session, support, order, SettlementRequest(shipping_cents=4_90, reason="Port"))
    with pytest.raises(NotAllowedError):
        settle(session, support, order, SettlementRequest(shipping_cents=4_90, reason="Port"))


def test_a_part_may_be_given_as_a_voucher(session: Session, finance: Actor) -> None:
    order = received_order(session)
    pot = lines_of(session, order)[1]

    request = SettlementRequest(lines={pot.id: LineBack(1)}, voucher_cents=20_00, reason="Retour")
    done = settle(session, finance, order, request)

    assert (done.refund_cents, done.voucher_cents) == (11_41, 20_00)
    voucher = session.scalars(sa.select(Voucher)).one()
    assert (voucher.amount_cents, voucher.settlement_id, voucher.code) == (20_00, done.settlement_id, done.voucher_code)
    refunds = sa.select(Payment.method, Payment.state, Payment.amount_cents).where(Payment.kind == PaymentKind.REFUND)
    assert [tuple(row) for row in session.execute(refunds.order_by(Payment.id))] == [
        (PaymentMethod.CARD, PaymentRecordState.PENDING, 11_41),
        (PaymentMethod.VOUCHER, PaymentRecordState.CAPTURED, 20_00),
    ]
    # Payments less refunds, done or promised, are what the sale still asks for: 61,31 − 31,41 = 29,90.
    facts = load_facts(session, SYSTEM, [order.id])[order.id]
    assert (facts.refundable_cents, facts.claim_cents) == (29_90, 29_90)


def test_money_goes_back_by_the_means_it_came_by_and_vouchers_last(session: Session, finance: Actor) -> None:
    order = received_order(session)
    session.execute(sa.delete(Payment))
    pay(session, order, PaymentMethod.CARD, 40_00)
    pay(session, order, PaymentMethod.VOUCHER, 21_31)

    done = settle(session, finance, order, SettlementRequest(gesture_cents=50_00, reason="Geste"))

    assert (done.refund_cents, done.voucher_cents) == (40_00, 10_00)


def test_a_return_is_closed_with_its_settlement_and_told_once(session: Session, finance: Actor) -> None:
    order = received_order(session)
    back = Return(order_id=order.id, status=ReturnStatus.PARCEL_RECEIVED, taken_in_at=NOW)
    session.add(back)
    session.flush()
    tea = lines_of(session, order)[0]

    request = SettlementRequest(
        lines={tea.id: LineBack(2, restocks=True)}, voucher_cents=5_00, reason="Retour", return_id=back.id
    )
    done = settle(session, finance, order, request)

    assert session.get_one(Return, back.id).status is ReturnStatus.COMPLETED
    mails = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.template != EmailTemplate.LOYALTY_POINTS)
    ).all()
    (mail,) = mails
    assert mail.template is EmailTemplate.RETURN_COMPLETED
    assert mail.variables["amount_cents"] == 25_00
    assert mail.variables["code"] == done.voucher_code
    assert mail.attachments == [{"document_id": str(done.document_id)}]


def test_articles_that_have_not_left_are_cancelled_and_go_back_to_the_shelf(session: Session, finance: Actor) -> None:
    seller = create_issuer(session, code="THE")
    product = create_product(session, seller, stock=5)
    order = create_order(
        session,
        seller,
        total_cents=40_00,
        lines=[create_line("Thé", 30_00, quantity=3, product_id=product.id), create_line("Filtre", 10_00)],
    )
    tea, filters = lines_of(session, order)

    done = settle(session, finance, order, SettlementRequest(lines={tea.id: LineBack(1)}, reason="Rupture"))

    assert (done.total_cents, done.refund_cents, done.document_id) == (10_00, 10_00, None)
    assert lines_of(session, order)[0].quantity_cancelled == 1
    assert session.scalar(sa.select(Product.stock)) == 6
    # The invoice that follows states what is left: 30,00.
    issue_invoice(session, SYSTEM, order.id, NOW)
    assert session.scalar(sa.select(Document.gross_cents)) == 30_00
    everything = {tea.id: LineBack(2), filters.id: LineBack(1)}
    with pytest.raises(CancelInsteadError, match="Annulez la commande"):
        plan(session, finance, order, SettlementRequest(lines=everything, reason="Rupture"))


def test_what_was_paid_too_much_is_given_back_without_touching_the_sale(session: Session, finance: Actor) -> None:
    order = received_order(session)
    order.paid_cents = 70_00
    session.flush()

    done = settle(session, finance, order, SettlementRequest(overpaid_cents=8_69, reason="Trop-perçu"))

    assert (done.total_cents, done.refund_cents, done.document_id) == (0, 8_69, None)
    assert load_facts(session, SYSTEM, [order.id])[order.id].claim_cents == 61_31
    assert sum_of(session, LedgerEntry.amount_cents) == 61_31 - 1_78


def test_a_gesture_on_an_unpaid_order_lowers_what_is_due(session: Session, finance: Actor) -> None:
    order = create_order(
        session, create_issuer(session), status=OrderStatus.AWAITING_PAYMENT, payment_state="unpaid", total_cents=31_90
    )

    done = settle(session, finance, order, SettlementRequest(gesture_cents=1_90, reason="Geste"))

    assert (done.total_cents, done.refund_cents) == (1_90, 0)
    assert load_facts(session, SYSTEM, [order.id])[order.id].due_cents == 30_00


def test_an_order_paid_in_part_is_paid_once_nothing_more_is_asked_for(session: Session, finance: Actor) -> None:
    order = create_order(
        session,
        create_issuer(session),
        status=OrderStatus.AWAITING_PAYMENT,
        payment_state="partly_paid",
        paid_cents=30_00,
    )
    pay(session, order, PaymentMethod.TRANSFER, 30_00)

    settle(session, finance, order, SettlementRequest(gesture_cents=1_90, reason="Geste"))

    assert (order.status, order.payment_state) == (OrderStatus.PAID, PaymentState.PAID)


def test_a_programme_that_begins_later_owes_no_points_for_what_was_received_before(
    session: Session, finance: Actor
) -> None:
    session.add(Marketplace(id=1, name="Le Marché", points_per_euro=1))
    order = tea_order(session, status=OrderStatus.RECEIVED, received_at=NOW)
    pay(session, order, PaymentMethod.CARD, 61_31)

    settle(session, finance, order, SettlementRequest(shipping_cents=4_90, reason="Port"))

    assert sum_of(session, PointsMovement.points) == 0


def test_a_seller_keeps_the_fee_rate_of_the_day_of_the_sale(session: Session, finance: Actor) -> None:
    order = received_order(session)
    session.execute(sa.update(Seller).values(fee_rate_bp=1000))

    planned = plan(session, finance, order, SettlementRequest(gesture_cents=61_31, reason="Tout"))

    assert planned.fee_back_cents == 1_78


def test_a_credit_note_that_is_made_good_later_states_what_was_given_back_once(
    session: Session, finance: Actor
) -> None:
    order = received_order(session)
    gesture = SettlementRequest(gesture_cents=10_00, has_credit_note=False, reason="Retard")
    done = settle(session, finance, order, gesture)
    assert done.document_id is None

    credit_settlement(session, finance, done.settlement_id, NOW)

    assert sum_of(session, Document.gross_cents) == 51_31
    with pytest.raises(NoCreditNoteError, match="déjà son avoir"):
        credit_settlement(session, finance, done.settlement_id, NOW)


def two_vases(session: Session, **columns: object) -> Order:
    """Two vases at 10,00 €, paid by card, received and in our books."""
    seller = create_issuer(session)
    shipped = create_line("Vase", 20_00, quantity=2, quantity_shipped=2)
    order = create_order(
        session, seller, total_cents=20_00, lines=[shipped], **({"status": OrderStatus.RECEIVED} | columns)
    )
    pay(session, order, PaymentMethod.CARD, 20_00)
    return order


def test_what_was_kept_of_a_damaged_unit_is_not_given_back_with_the_next_one(session: Session, finance: Actor) -> None:
    order = two_vases(session)
    (vase,) = lines_of(session, order)
    damaged = {vase.id: LineBack(1, amount_cents=4_00)}
    settle(session, finance, order, SettlementRequest(lines=damaged, reason="Retour", deduction_reason="Ébréché"))

    done = settle(session, finance, order, SettlementRequest(lines={vase.id: LineBack(1)}, reason="Retour"), "k2")

    assert done.total_cents == 10_00
    # 6,00 were kept; they can still be given back, as such.
    kept = {vase.id: LineBack(amount_cents=6_00)}
    assert settle(session, finance, order, SettlementRequest(lines=kept, reason="Geste"), "k3").total_cents == 6_00
    assert load_facts(session, SYSTEM, [order.id])[order.id].claim_cents == 0


def test_a_gesture_is_shared_by_the_units_whether_they_are_cancelled_or_come_back(
    session: Session, finance: Actor
) -> None:
    order = two_vases(session, status=OrderStatus.PAID)
    session.execute(sa.update(OrderLine).values(quantity_shipped=0))
    (vase,) = lines_of(session, order)
    settle(session, finance, order, SettlementRequest(gesture_cents=10_00, reason="Retard"))

    done = settle(session, finance, order, SettlementRequest(lines={vase.id: LineBack(1)}, reason="Rupture"), "k2")

    assert done.total_cents == 5_00
    assert load_facts(session, SYSTEM, [order.id])[order.id].claim_cents == 5_00


def test_a_sale_of_before_the_books_is_not_booked_by_what_is_given_back_of_it(session: Session, finance: Actor) -> None:
    order = two_vases(session)
    (vase,) = lines_of(session, order)

    planned = plan(session, finance, order, SettlementRequest(lines={vase.id: LineBack(1)}, reason="Retour"))
    settle(session, finance, order, SettlementRequest(lines={vase.id: LineBack(1)}, reason="Retour"))

    # 2,9 % of 20,00 = 0,58; of 10,00 = 0,29.
    entries = session.execute(sa.select(LedgerEntry.kind, LedgerEntry.amount_cents)).all()
    assert {row.kind: row.amount_cents for row in entries} == {"refund": -10_00, "fee_back": 29}
    assert (planned.seller_cents, planned.fee_back_cents) == (-10_00, 29)


def test_an_order_ended_in_the_shop_can_come_back(session: Session, finance: Actor) -> None:
    order = two_vases(session, status=OrderStatus.PREPARING)
    session.execute(sa.update(OrderLine).values(quantity_shipped=0))
    support = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
    row = move_order(session, support, order.id, Move(OrderStatus.COMPLETED), NOW)
    (vase,) = lines_of(session, order)
    assert vase.quantity_shipped == 2

    undo(session, support, row, NOW)
    session.expire_all()
    assert vase.quantity_shipped == 0
    move_order(session, support, order.id, Move(OrderStatus.COMPLETED), NOW)

    done = settle(session, finance, order, SettlementRequest(lines={vase.id: LineBack(2)}, reason="Retour"))
    assert done.total_cents == 20_00


def test_points_that_were_spent_are_not_owed(session: Session, finance: Actor) -> None:
    order = received_order(session)
    customer = order.customer_id
    session.add(PointsMovement(customer_id=customer, kind="spent", cause="shop:1", points=-61))
    session.flush()

    planned = plan(session, finance, order, SettlementRequest(shipping_cents=4_90, reason="Port"))
    settle(session, finance, order, SettlementRequest(shipping_cents=4_90, reason="Port"))
    session.add(PointsMovement(customer_id=customer, kind="correction", cause="gift:1", points=100))
    session.flush()
    # 61 − 56 = 5 were not there to be taken; the next cent takes only its own: 56 → 55.
    settle(session, finance, order, SettlementRequest(gesture_cents=1_00, reason="Geste"), "k2")

    assert planned.points == 0
    assert session.scalar(sa.select(Customer.loyalty_points)) == 99


def test_nothing_is_asked_twice_of_who_paid_after_a_refund(session: Session, finance: Actor) -> None:
    order = two_vases(session)
    settle(session, finance, order, SettlementRequest(gesture_cents=10_00, reason="Geste"))
    assert load_facts(session, SYSTEM, [order.id])[order.id].due_cents == 0
    pay(session, order, PaymentMethod.CARD, 5_00)
    recount_payments(session, [order.id], NOW)
    assert load_facts(session, SYSTEM, [order.id])[order.id].due_cents == -5_00


def test_all_of_an_order_that_waits_for_its_payment_is_cancelled_not_given_away(
    session: Session, finance: Actor
) -> None:
    order = create_order(session, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    with pytest.raises(CancelInsteadError, match="Annulez la commande"):
        plan(session, finance, order, SettlementRequest(gesture_cents=31_90, reason="Geste"))


def test_an_order_given_back_wholly_before_its_invoice_owes_none(session: Session, finance: Actor) -> None:
    order = two_vases(session)
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], NOW)
    settle(session, finance, order, SettlementRequest(gesture_cents=20_00, reason="Geste"))

    issue_next(session, NOW)

    assert session.scalar(sa.select(sa.func.count()).select_from(DueDocument)) == 0
    assert sum_of(session, Document.gross_cents) == 0
