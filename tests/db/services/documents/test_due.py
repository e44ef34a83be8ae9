"""What happens to an order owes it documents: issued once it cannot be undone, and never twice."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.bulk import DuePayment
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind
from db.domain.errors import NotAllowedError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.moves import CancelReason, Move, Rest
from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.domain.snapshot_json import from_json
from db.models import Document, DueDocument, Order, OrderHistory, OutboxMessage, Payment, Seller, Task
from db.services.bulk_actions import plan
from db.services.documents.due import TRY_AGAIN_AFTER, UNDONE_WITHIN, Owed, issue_next, owe, try_again
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.due_payments import plan_due_payments
from db.services.intake import take_in
from db.services.moves import move_order, plan_moves
from db.services.payments import book_captured_payments, record_payment
from db.services.tasks import start_task, undo_task
from db.services.undo import OvertakenError, undo
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.db.services.test_moves import someone
from tests.factories import create_issuer, create_line, create_order

S = OrderStatus
TODAY = dt.date(2026, 11, 21)
BEFORE = NOW + dt.timedelta(seconds=59)
AFTER = NOW + dt.timedelta(seconds=60)
CHEQUE = Receipt(TODAY, 61_31, PaymentMethod.CHEQUE)
UNPAID = {"status": S.AWAITING_PAYMENT, "payment_state": PaymentState.UNPAID}
CANCEL = Move(S.CANCELLED, cancel_reason=CancelReason.CUSTOMER_REQUEST)


def issue_all(session: Session, now: dt.datetime = AFTER) -> list[str]:
    """Issue all that is due; return the numbers of all documents there are."""
    while issue_next(session, now):
        pass
    return list(session.scalars(sa.select(Document.number).order_by(Document.id)))


def owed(session: Session) -> list[DueDocument]:
    session.expire_all()
    return list(session.scalars(sa.select(DueDocument).order_by(DueDocument.id)))


def card_payment(order_id: int, cents: int) -> Payment:
    captured = PaymentRecordState.CAPTURED
    return Payment(order_id=order_id, method=PaymentMethod.CARD, state=captured, amount_cents=cents, received_at=NOW)


def test_an_order_that_becomes_paid_gets_its_invoice_once_the_payment_cannot_be_undone(session: Session) -> None:
    order = tea_order(session, **UNPAID)
    record_payment(session, someone(session, Role.FINANCE), order.id, 1, CHEQUE, NOW)

    assert issue_all(session, BEFORE) == []
    assert issue_all(session, AFTER) == ["F2026-THE-000001"]
    assert owed(session) == []
    (receipt,) = from_json(session.scalars(sa.select(Document.snapshot)).one()).receipts
    assert (receipt.method, receipt.received_on, receipt.amount_cents) == (PaymentMethod.CHEQUE, TODAY, 61_31)


def test_a_payment_taken_back_leaves_no_invoice(session: Session) -> None:
    order, actor = tea_order(session, **UNPAID), someone(session, Role.FINANCE)
    undo(session, actor, record_payment(session, actor, order.id, 1, CHEQUE, NOW).history_id, BEFORE)

    assert owed(session) == []
    assert issue_all(session) == []


def test_a_payment_that_is_invoiced_cannot_be_taken_back(session: Session) -> None:
    order, actor = tea_order(session, **UNPAID), someone(session, Role.FINANCE)
    recorded = record_payment(session, actor, order.id, 1, CHEQUE, NOW)
    issue_invoice(session, SYSTEM, order.id, NOW)

    with pytest.raises(OvertakenError):
        undo(session, actor, recorded.history_id, BEFORE)


def test_an_order_prepared_by_derogation_gets_its_invoice_when_the_money_comes(session: Session) -> None:
    order = tea_order(session, **UNPAID | {"status": S.PREPARING})
    half = Receipt(TODAY, 30_00, PaymentMethod.TRANSFER)
    rest = Receipt(TODAY, 31_31, PaymentMethod.TRANSFER)
    finance = someone(session, Role.FINANCE)

    record_payment(session, finance, order.id, 1, half, NOW)
    assert issue_all(session) == []
    record_payment(session, finance, order.id, 2, rest, NOW)

    assert issue_all(session) == ["F2026-THE-000001"]


def test_a_card_payment_of_the_shop_is_invoiced_at_once(session: Session) -> None:
    order = tea_order(session, **UNPAID)
    session.add(card_payment(order.id, 61_31))
    session.flush()
    book_captured_payments(session, NOW)

    assert issue_all(session, NOW) == ["F2026-THE-000001"]


def test_an_order_that_the_shop_wrote_as_paid_is_invoiced_when_it_is_taken_in(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    new, old = (
        create_order(session, seller, lines=[create_line(sku="")], intake_at=None, placed_at=placed_at)
        for placed_at in (NOW, NOW - dt.timedelta(days=400))
    )
    session.add_all(card_payment(order.id, order.total_cents) for order in (new, old))
    session.flush()
    assert take_in(session, [new.id, old.id], NOW).faulty == {}

    assert issue_all(session, NOW) == ["F2026-THE-000001"]
    assert session.scalars(sa.select(Document.order_id)).all() == [new.id]


def test_whoever_asks_for_it_and_however_often_an_order_gets_one_invoice(session: Session) -> None:
    order = tea_order(session)
    for _ in range(3):
        owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], NOW)
    assert len(owed(session)) == 1
    issue_invoice(session, SYSTEM, order.id, NOW)

    assert issue_all(session) == ["F2026-THE-000001"]
    assert owed(session) == []


def test_a_cancelled_order_gets_a_credit_note_of_its_whole_invoice_and_the_customer_is_told(session: Session) -> None:
    order, actor = tea_order(session), someone(session)
    issue_invoice(session, SYSTEM, order.id, NOW)
    move_order(session, actor, order.id, CANCEL, NOW)
    assert issue_all(session, BEFORE) == ["F2026-THE-000001"]

    assert issue_all(session, AFTER) == ["F2026-THE-000001", "AV2026-THE-000001"]
    assert session.scalar(sa.select(sa.func.sum(Document.gross_cents))) == 0
    letter = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.template == EmailTemplate.CREDIT_NOTE)).one()
    assert letter.variables == {"amount_cents": 61_31, "document": "AV2026-THE-000001", "refund_cents": 61_31}


def test_a_cancellation_taken_back_leaves_no_credit_note(session: Session) -> None:
    order, actor = tea_order(session), someone(session)
    issue_invoice(session, SYSTEM, order.id, NOW)
    undo(session, actor, move_order(session, actor, order.id, CANCEL, NOW), BEFORE)

    assert issue_all(session) == ["F2026-THE-000001"]


def test_an_order_cancelled_before_its_invoice_was_due_gets_neither(session: Session) -> None:
    order, actor = tea_order(session, **UNPAID), someone(session)
    recorded = record_payment(session, actor, order.id, 1, CHEQUE, NOW)
    assert recorded.outcome.pays
    move_order(session, actor, order.id, CANCEL, NOW)

    assert issue_all(session) == []
    assert issue_all(session, NOW + UNDONE_WITHIN) == []
    assert owed(session) == []


def test_an_order_whose_cancellation_is_taken_back_gets_its_invoice_after_all(session: Session) -> None:
    order, actor = tea_order(session, **UNPAID), someone(session)
    record_payment(session, actor, order.id, 1, CHEQUE, NOW)
    half, soon = NOW + dt.timedelta(seconds=30), NOW + dt.timedelta(seconds=80)
    cancelled = move_order(session, actor, order.id, CANCEL, half)
    assert issue_all(session, AFTER) == []
    undo(session, actor, cancelled, soon)
    assert issue_all(session, soon) == []

    assert issue_all(session, soon + dt.timedelta(seconds=60)) == ["F2026-THE-000001"]


def test_what_was_cancelled_before_any_invoice_is_not_invoiced(session: Session) -> None:
    lines = [create_line("Thé", 30_01, quantity=3, vat_rate_bp=550)]
    order = create_order(session, create_issuer(session, code="THE"), lines=lines, total_cents=30_01)
    actor = someone(session)
    move_order(session, actor, order.id, Move(S.SHIPPED, units={lines[0].id: 1}), NOW)
    move_order(session, actor, order.id, Move(S.SHIPPED, rest=Rest.CANCEL), NOW)
    (refund,) = session.scalars(sa.select(Payment.amount_cents).where(Payment.order_id == order.id))

    issue_invoice(session, SYSTEM, order.id, NOW)

    # 30,01 × 1/3 = 10,0033 → 10,00, and 20,01 is given back.
    stated = from_json(session.scalars(sa.select(Document.snapshot)).one())
    assert [(line.quantity, line.gross_cents) for line in stated.lines] == [(1, 10_00)]
    assert (stated.gross_cents, refund) == (10_00, 20_01)


def test_a_credit_note_that_is_owed_leaves_out_what_finance_credited_by_hand(session: Session) -> None:
    lines = [create_line("Thé", 30_00, quantity=3, vat_rate_bp=550)]
    order = create_order(session, create_issuer(session, code="THE"), lines=lines, total_cents=30_00)
    invoice = issue_invoice(session, SYSTEM, order.id, NOW)
    actor = someone(session)
    move_order(session, actor, order.id, Move(S.SHIPPED, units={lines[0].id: 1}), NOW)
    by_hand = CreditRequest(units={1: 1})
    issue_credit_note(session, SYSTEM, invoice.document_id, by_hand, "Rupture de stock", NOW)
    move_order(session, actor, order.id, Move(S.SHIPPED, rest=Rest.CANCEL), NOW)

    issue_all(session)

    amounts = session.scalars(sa.select(Document.gross_cents).order_by(Document.id)).all()
    assert amounts == [30_00, -10_00, -10_00]
    assert owed(session) == []


def test_an_invoice_that_comes_after_the_email_that_should_have_brought_it_is_sent_by_itself(session: Session) -> None:
    seller = create_issuer(session, code="THE", siren="")
    order, actor = tea_order(session, seller, **UNPAID), someone(session, Role.ADMIN)
    record_payment(session, actor, order.id, 1, CHEQUE, NOW)
    assert issue_all(session) == []
    left = [{"invoice": "current", "missing": "not_ready"}]
    of_payment = sa.update(OutboxMessage).where(OutboxMessage.template == EmailTemplate.PAYMENT_RECEIVED)
    session.execute(of_payment.values(state=OutboxState.SENT, attachments=left))
    session.execute(sa.update(Seller).values(siren="404833048"))
    session.expire_all()
    assert try_again(session, actor, AFTER, seller_id=seller.id) == 1

    assert issue_all(session, AFTER) == ["F2026-THE-000001"]
    sent = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.template == EmailTemplate.INVOICE)).all()
    assert [(mail.recipient, mail.variables["document"]) for mail in sent] == [
        (order.customer_email, "F2026-THE-000001")
    ]


def test_blocked_documents_are_tried_again_by_who_may_and_for_the_seller_that_is_meant(session: Session) -> None:
    sellers = [create_issuer(session, siren="") for _ in range(2)]
    owe(session, SYSTEM, [Owed(tea_order(session, each).id, DocumentKind.INVOICE) for each in sellers], NOW)
    issue_all(session)

    assert try_again(session, someone(session, Role.FINANCE), AFTER, seller_id=sellers[0].id) == 1
    assert try_again(session, someone(session, Role.FINANCE), AFTER) == 2
    with pytest.raises(NotAllowedError):
        try_again(session, someone(session, Role.SUPPORT), AFTER)


def test_the_articles_cancelled_of_a_partly_shipped_order_are_credited_and_no_more(session: Session) -> None:
    lines = [create_line("Thé", 30_00, quantity=3, vat_rate_bp=550), create_line("Tasse", 12_00, vat_rate_bp=2000)]
    order = create_order(session, create_issuer(session, code="THE"), lines=lines, total_cents=42_00)
    issue_invoice(session, SYSTEM, order.id, NOW)
    tea, cup = (line.id for line in lines)
    actor = someone(session)
    move_order(session, actor, order.id, Move(S.SHIPPED, units={tea: 1}), NOW)
    move_order(session, actor, order.id, Move(S.SHIPPED, rest=Rest.CANCEL), NOW)

    issue_all(session)

    note = session.scalars(sa.select(Document).where(Document.kind == DocumentKind.CREDIT_NOTE)).one()
    assert [(line.order_line_id, line.quantity, line.gross_cents) for line in from_json(note.snapshot).lines] == [
        (tea, -2, -20_00),
        (cup, -1, -12_00),
    ]
    assert note.gross_cents == -32_00


def test_what_cannot_be_issued_keeps_its_reason_and_is_tried_again(session: Session) -> None:
    seller = create_issuer(session, code="THE", mandate_signed_on=None)
    order = tea_order(session, seller)
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.INVOICE)], NOW)

    assert issue_all(session, NOW) == []
    (blocked,) = owed(session)
    assert "la date du mandat de facturation" in blocked.error
    assert blocked.due_at == NOW + TRY_AGAIN_AFTER
    session.execute(sa.update(Seller).values(mandate_signed_on=TODAY))
    session.expire_all()
    assert issue_all(session, AFTER) == []
    assert try_again(session, SYSTEM, AFTER) == 1

    assert issue_all(session, AFTER) == ["F2026-THE-000001"]


def test_one_that_cannot_be_issued_never_stops_the_others(session: Session) -> None:
    bad = tea_order(session, create_issuer(session, siren=""))
    good = tea_order(session)
    owe(session, SYSTEM, [Owed(each.id, DocumentKind.INVOICE) for each in (bad, good)], NOW)

    assert issue_all(session, NOW) == ["F2026-THE-000001"]


def test_the_invoices_of_a_bulk_action_wait_until_it_cannot_be_undone(session: Session) -> None:
    seller, actor = create_issuer(session, code="THE"), someone(session, Role.ADMIN)
    orders = [tea_order(session, seller, **UNPAID) for _ in range(3)]
    paying = DuePayment(TODAY, PaymentMethod.TRANSFER)
    ids = [order.id for order in orders]
    task = start_task(session, actor, plan(session, actor, ids, paying, NOW), NOW)
    assert session.get_one(Task, task).done == 3
    assert len(owed(session)) == 3
    assert issue_all(session, BEFORE) == []
    undo_task(session, actor, task, BEFORE)
    assert owed(session) == []

    again = BEFORE + dt.timedelta(seconds=1)
    start_task(session, actor, plan(session, actor, ids, paying, again), again)

    assert len(issue_all(session, again + dt.timedelta(seconds=60))) == 3


def test_the_dry_run_says_which_documents_follow(session: Session) -> None:
    actor = someone(session, Role.ADMIN)
    unpaid, invoiced = tea_order(session, **UNPAID), tea_order(session, create_issuer(session))
    issue_invoice(session, SYSTEM, invoiced.id, NOW)

    paying = plan_due_payments(session, actor, [unpaid.id], DuePayment(TODAY, PaymentMethod.CASH), NOW)
    cancelling = plan_moves(session, actor, [invoiced.id], CANCEL)

    assert [each.effects.invoices for each in paying.moves.planned] == [True]
    assert [each.effects.credited_cents for each in cancelling.planned] == [61_31]


def test_an_order_with_an_early_invoice_gets_no_other_when_it_is_paid(session: Session) -> None:
    order = tea_order(session, **UNPAID)
    issue_invoice(session, SYSTEM, order.id, NOW)
    version = session.scalars(sa.select(Order.version)).one()
    record_payment(session, someone(session, Role.FINANCE), order.id, version, CHEQUE, NOW)

    assert owed(session) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(OrderHistory)) == 3
