"""A sale that was paid and invoiced since the books began is in them; one of before, or that is none, is not missed."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.orders import OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState, PaymentState
from db.models import Order, Payment, Seller
from db.services.accounts import reconcile
from db.services.balance_check import Finding, order_findings, orders_to_check
from db.services.documents.issue import issue_invoice
from tests.conftest import NOW
from tests.db.services.payouts.plans import asked_of, steps_of
from tests.db.services.test_settlements import a_history_row
from tests.factories import book, create_order, create_payee
from tests.payouts import TODAY

BEFORE, SINCE = NOW - dt.timedelta(hours=1), NOW + dt.timedelta(hours=1)


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


@pytest.fixture
def first_sale(session: Session, seller: Seller) -> int:
    """The first entry of the books, of NOW."""
    return book(session, seller, 10_00, TODAY)


def sold(session: Session, seller: Seller, paid_at: dt.datetime = SINCE, **columns: object) -> Order:
    """An order of 31,90 € that was paid and invoiced, and that nobody told the books of."""
    order = create_order(session, seller, **({"placed_at": paid_at} | columns))
    if order.paid_cents:
        received = {
            "method": PaymentMethod.CARD,
            "state": PaymentRecordState.CAPTURED,
            "amount_cents": order.paid_cents,
        }
        session.add(Payment(order_id=order.id, booked_at=paid_at, **received))
    issue_invoice(session, SYSTEM, order.id, SINCE)
    session.flush()
    return order


def findings(session: Session) -> list[Finding]:
    session.expire_all()
    newest = session.scalar(sa.select(sa.func.max(Order.id))) or 0
    return order_findings(session, orders_to_check(session, 0, newest))


@pytest.mark.usefixtures("first_sale")
def test_a_sale_that_the_books_lack_is_found_and_leads_to_its_order(session: Session, seller: Seller) -> None:
    order = sold(session, seller)
    (finding,) = findings(session)
    # 31,90 less 2,9 % of it (0,9251 → 0,93).
    assert (finding["subject"], finding["order_id"], finding["expected"], finding["found"]) == (
        "ledger",
        order.id,
        30_97,
        0,
    )
    assert finding["sentence"] == (
        f"Commande {order.number}\u00a0: elle est payée et facturée, mais sa vente manque au compte du vendeur, "
        "qui devrait porter 30,97\u00a0€."
    )


@pytest.mark.usefixtures("first_sale")
def test_an_order_of_before_that_was_paid_since_is_found(session: Session, seller: Seller) -> None:
    order = sold(session, seller, placed_at=BEFORE)
    assert [finding["order_id"] for finding in findings(session)] == [order.id]


@pytest.mark.usefixtures("first_sale")
def test_what_is_in_the_books_is_no_finding(session: Session, seller: Seller) -> None:
    order = sold(session, seller)
    reconcile(session, SYSTEM, {order.id: a_history_row(session, order)}, SINCE, selling=[order.id])
    assert findings(session) == []


def in_error(session: Session, order: Order) -> None:
    order.status, order.status_before_error = OrderStatus.ERROR, OrderStatus.PAID


def never_paid(session: Session, order: Order) -> None:
    session.execute(sa.delete(Payment).where(Payment.order_id == order.id))
    order.paid_cents, order.payment_state = 0, PaymentState.UNPAID


def given_back(session: Session, order: Order) -> None:
    back = {"kind": PaymentKind.REFUND, "method": PaymentMethod.CARD, "state": PaymentRecordState.CAPTURED}
    session.add(Payment(order_id=order.id, amount_cents=31_90, booked_at=SINCE, **back))
    order.status, order.refunded_cents, order.payment_state = OrderStatus.CANCELLED, 31_90, PaymentState.REFUNDED


def brought_here_long_after(session: Session, order: Order) -> None:
    order.intake_at = SINCE + dt.timedelta(days=15)


def not_taken_in_yet(session: Session, order: Order) -> None:
    order.intake_at = None


@pytest.mark.usefixtures("first_sale")
@pytest.mark.parametrize("become", [in_error, never_paid, given_back, brought_here_long_after, not_taken_in_yet])
def test_what_is_no_sale_of_ours_is_not_missed(
    session: Session, seller: Seller, become: Callable[[Session, Order], None]
) -> None:
    order = sold(session, seller)
    become(session, order)
    session.flush()
    assert findings(session) == []


@pytest.mark.usefixtures("first_sale")
def test_what_was_paid_just_before_the_books_began_is_not_missed(session: Session, seller: Seller) -> None:
    sold(session, seller, paid_at=NOW - dt.timedelta(seconds=1))
    assert findings(session) == []


@pytest.mark.usefixtures("first_sale")
def test_what_another_programme_invoiced_or_what_was_free_is_not_missed(session: Session, seller: Seller) -> None:
    create_order(session, seller, placed_at=SINCE, invoice_number="FA2026-000012")
    create_order(session, seller, placed_at=SINCE, total_cents=0)
    assert findings(session) == []


def test_nothing_is_missed_while_there_are_no_books(session: Session, seller: Seller) -> None:
    sold(session, seller)
    assert findings(session) == []


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("first_sale")
def test_the_check_reads_the_documents_and_payments_of_its_orders_alone(session: Session, seller: Seller) -> None:
    sold(session, seller)
    with asked_of(session) as asked:
        assert findings(session)
    steps = [
        step
        for statement, bound in asked
        if "documents" in statement
        for step in steps_of(session, statement, bound)
        if any(table in step for table in (" documents", " payments", " orders"))
    ]
    # The ranges of orders, then what is known of one: by the order's number each time.
    assert steps
    assert not [step for step in steps if "order_id" not in step and "rowid" not in step], steps
