"""What a bulk action's dry run counts of the documents it will cause."""

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.bulk import DuePayment
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.time import local_day
from db.services.bulk_actions import plan
from db.services.documents.issue import issue_invoice
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_issuer

UNPAID = {"status": OrderStatus.AWAITING_PAYMENT, "paid_cents": 0, "payment_state": PaymentState.UNPAID}


def test_payments_count_the_invoices_of_those_that_have_none(session: Session) -> None:
    seller = create_issuer(session)
    orders = [tea_order(session, seller, **UNPAID) for _ in range(3)]
    issue_invoice(session, SYSTEM, orders[0].id, NOW)
    payment = DuePayment(local_day(NOW), PaymentMethod.CHEQUE)

    sums = plan(session, SYSTEM, [order.id for order in orders], payment, NOW).sums

    assert (sums.invoices, sums.credit_notes) == (2, 0)


@pytest.mark.parametrize("invoiced", [0, 2])
def test_cancelling_counts_and_adds_up_the_credit_notes(session: Session, invoiced: int) -> None:
    seller = create_issuer(session)
    orders = [tea_order(session, seller, status=OrderStatus.PAID) for _ in range(3)]
    for order in orders[:invoiced]:
        issue_invoice(session, SYSTEM, order.id, NOW)
    cancel = Move(OrderStatus.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK)

    sums = plan(session, SYSTEM, [order.id for order in orders], cancel, NOW).sums

    # 61,31 each.
    assert (sums.credit_notes, sums.credited) == (invoiced, {"EUR": 122_62} if invoiced else {})
