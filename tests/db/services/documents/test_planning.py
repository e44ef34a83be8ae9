"""What a document would state, read before it is issued: the same as what is issued then, and nothing is written."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.documents import AlreadyInvoicedError, DocumentNotFoundError, IssuerIncompleteError
from db.domain.snapshot_json import from_json
from db.models import Document, DocumentSeries
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.documents.planning import credit_basis, plan_invoice
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_seller


def test_an_invoice_is_planned_as_it_will_be_and_takes_no_number(session: Session) -> None:
    order = tea_order(session)
    plan = plan_invoice(session, SYSTEM, order.id, NOW)
    assert (plan.series, plan.gross_cents, plan.paid_cents, plan.due_cents) == ("F2026-THE", 61_31, 61_31, 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(DocumentSeries)) == 0

    issued = issue_invoice(session, SYSTEM, order.id, NOW)

    stated = from_json(session.get_one(Document, issued.document_id).snapshot)
    assert (stated.lines, stated.vat, stated.mentions) == (plan.lines, plan.vat, tuple(plan.mentions))
    with pytest.raises(AlreadyInvoicedError):
        plan_invoice(session, SYSTEM, order.id, NOW)


def test_a_plan_refuses_what_the_act_refuses(session: Session) -> None:
    with pytest.raises(IssuerIncompleteError):
        plan_invoice(session, SYSTEM, tea_order(session, create_seller(session)).id, NOW)


def test_what_can_be_credited_is_what_is_left(session: Session) -> None:
    invoice = issue_invoice(session, SYSTEM, tea_order(session).id, NOW)
    issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(units={1: 1}), "Abîmé", NOW)

    basis = credit_basis(session, SYSTEM, invoice.document_id, NOW)

    # 61,31 − 12,50.
    assert (basis.series, basis.left_cents) == ("AV2026-THE", 48_81)
    assert basis.credited(CreditRequest(whole=True)).gross_cents == -48_81
    with pytest.raises(DocumentNotFoundError):
        credit_basis(session, SYSTEM, invoice.document_id + 5, NOW)
