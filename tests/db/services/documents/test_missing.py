"""« À établir »: sales without an invoice, asked for by somebody; documents that are held up, and why."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.documents import DocumentKind, is_issuer_incomplete
from db.domain.errors import NotAllowedError
from db.domain.orders import OrderStatus, PaymentState
from db.domain.permissions import Role
from db.models import Document, DueDocument, Order
from db.queries import document_gaps
from db.queries.document_gaps import blocked_count, blocked_documents, documents_to_come, missing_invoices
from db.services.documents.due import issue_next
from db.services.documents.issue import issue_invoice
from db.services.documents.missing import owe_missing_invoices
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_issuer, create_person, create_seller, viewer_for

FINANCE = Actor.person(ADMIN)
OCTOBER = dt.datetime(2026, 10, 5, 10, tzinfo=dt.UTC)
SEPTEMBER = dt.datetime(2026, 9, 5, 10, tzinfo=dt.UTC)


def missing(session: Session, first: dt.date | None = None, last: dt.date | None = None) -> list[str]:
    return [row.number for row in missing_invoices(session, ADMIN, first, last).oldest]


def test_only_paid_sales_without_an_invoice_are_missed(session: Session) -> None:
    seller = create_issuer(session)
    tea_order(session, seller, number="PAID")
    tea_order(session, seller, number="OLD", placed_at=OCTOBER)
    tea_order(session, seller, number="OVERPAID", payment_state=PaymentState.OVERPAID)
    tea_order(session, seller, number="PARTLY-REFUNDED", payment_state=PaymentState.PARTLY_REFUNDED)
    tea_order(session, seller, payment_state=PaymentState.UNPAID)
    tea_order(session, seller, payment_state=PaymentState.PARTLY_PAID)
    tea_order(session, seller, payment_state=PaymentState.REFUNDED)
    tea_order(session, seller, status=OrderStatus.CANCELLED)
    tea_order(session, seller, status=OrderStatus.ERROR)
    tea_order(session, seller, total_cents=0)
    issue_invoice(session, SYSTEM, tea_order(session, seller).id, NOW)

    assert missing(session) == ["OLD", "PAID", "OVERPAID", "PARTLY-REFUNDED"]
    assert missing(session, dt.date(2026, 11, 1), None) == ["PAID", "OVERPAID", "PARTLY-REFUNDED"]
    assert missing(session, None, dt.date(2026, 10, 31)) == ["OLD"]
    found = missing_invoices(session, ADMIN, None, None)
    assert (found.orders, found.is_capped, found.sellers) == (4, False, 1)


def test_missing_invoices_are_issued_in_the_order_of_the_sales(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    tea_order(session, seller, number="NEW")
    tea_order(session, seller, number="OLD", placed_at=OCTOBER)

    assert owe_missing_invoices(session, FINANCE, None, None, NOW) == 2
    assert owe_missing_invoices(session, FINANCE, None, None, NOW) == 0
    assert missing(session) == []
    assert documents_to_come(session, ADMIN) == 2
    while issue_next(session, NOW):
        pass

    numbers = session.execute(sa.select(Order.number, Order.invoice_number).order_by(Order.invoice_number))
    assert [tuple(row) for row in numbers] == [("OLD", "F2026-THE-000001"), ("NEW", "F2026-THE-000002")]
    assert set(session.scalars(sa.select(Document.issued_on))) == {dt.date(2026, 11, 21)}
    assert documents_to_come(session, ADMIN) == 0
    assert owe_missing_invoices(session, FINANCE, None, None, NOW) == 0


def test_only_the_orders_of_the_period_are_invoiced(session: Session) -> None:
    seller = create_issuer(session)
    for placed_at in (SEPTEMBER, OCTOBER, NOW):
        tea_order(session, seller, placed_at=placed_at)
    assert owe_missing_invoices(session, FINANCE, dt.date(2026, 10, 1), dt.date(2026, 10, 31), NOW) == 1
    owed = session.scalars(sa.select(Order.placed_on).join(DueDocument, DueDocument.order_id == Order.id)).all()
    assert owed == [dt.date(2026, 10, 5)]


def test_so_many_are_asked_for_at_once_the_oldest_first(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_gaps, "MISSING_CAP", 2)
    monkeypatch.setattr("db.services.documents.missing.MISSING_CAP", 2)
    seller = create_issuer(session)
    for number, placed_at in (("C", NOW), ("A", SEPTEMBER), ("B", OCTOBER)):
        tea_order(session, seller, number=number, placed_at=placed_at)

    found = missing_invoices(session, ADMIN, None, None)

    assert (found.orders, found.is_capped) == (2, True)
    assert owe_missing_invoices(session, FINANCE, None, None, NOW) == 2
    assert missing(session) == ["C"]


def test_an_order_that_is_owed_a_credit_note_can_miss_its_invoice(session: Session) -> None:
    order = tea_order(session, create_issuer(session), number="PAID")
    session.add(DueDocument(order_id=order.id, kind=DocumentKind.CREDIT_NOTE, due_at=NOW))
    session.flush()
    assert missing(session) == ["PAID"]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER])
def test_only_who_issues_documents_asks_for_missing_ones(session: Session, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        owe_missing_invoices(session, Actor.person(viewer_for(create_person(session, role))), None, None, NOW)


def test_what_is_held_up_is_told_by_cause(session: Session) -> None:
    incomplete, unsigned = create_seller(session, "Sans papiers"), create_issuer(session, mandate_signed_on=None)
    for number in ("S-1", "S-2"):
        tea_order(session, incomplete, number=number)
    tea_order(session, unsigned, number="U-1")
    owe_missing_invoices(session, FINANCE, None, None, NOW)
    assert (blocked_count(session, ADMIN), documents_to_come(session, ADMIN)) == (0, 3)
    while issue_next(session, NOW):
        pass

    first, second = blocked_documents(session, ADMIN)

    assert (first.seller_name, first.documents, first.order_number) == ("Sans papiers", 2, "S-1")
    assert first.error.startswith(
        "La fiche de Sans papiers est incomplète\u00a0: il manque la raison sociale, le SIREN"
    )
    assert is_issuer_incomplete(first.error)
    assert (second.documents, second.order_number) == (1, "U-1")
    assert "il manque la date du mandat de facturation." in second.error
    assert (blocked_count(session, ADMIN), documents_to_come(session, ADMIN)) == (3, 0)


def test_a_seller_is_told_of_their_own_alone(session: Session) -> None:
    incomplete, other = create_seller(session, "Sans papiers"), create_seller(session, "Autre")
    for seller in (incomplete, other):
        tea_order(session, seller, number=seller.name)
        tea_order(session, seller, placed_at=OCTOBER)
    owe_missing_invoices(session, FINANCE, dt.date(2026, 11, 1), None, NOW)
    while issue_next(session, NOW):
        pass
    viewer = viewer_for(create_person(session, Role.SELLER, seller_id=other.id))
    assert [group.order_number for group in blocked_documents(session, viewer)] == ["Autre"]
    assert blocked_count(session, viewer) == 1
    assert missing_invoices(session, viewer, None, None).orders == 1
