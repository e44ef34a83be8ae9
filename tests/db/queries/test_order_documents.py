"""The documents of one order: its own, in order, with how their files are; a seller's own alone."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind, DocumentNotFoundError
from db.domain.files import FileState
from db.domain.permissions import Role
from db.domain.settlement import SettlementRequest
from db.domain.viewer import Viewer
from db.models import Order, StoredFile
from db.queries.follow_up_documents import customers_documents, customers_download
from db.queries.order_documents import order_documents
from db.services.documents.due import Owed, owe
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.settlement_documents import credit_settlement
from db.services.settlements import settle_order
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_issuer, create_seller


def test_an_order_shows_its_own_documents_and_what_it_is_owed(session: Session) -> None:
    seller = create_issuer(session, code="THE")
    order, other = tea_order(session, seller), tea_order(session, seller)
    invoice = issue_invoice(session, SYSTEM, order.id, NOW)
    issue_invoice(session, SYSTEM, other.id, NOW)
    issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(units={2: 1}), "Abîmée", NOW)
    owe(session, SYSTEM, [Owed(order.id, DocumentKind.CREDIT_NOTE, reason="Le reste")], NOW)

    found = order_documents(session, ADMIN, order.id)

    assert [(each.number, each.gross_cents, each.is_in_preparation) for each in found.issued] == [
        ("F2026-THE-000001", 61_31, True),
        ("AV2026-THE-000001", -31_41, True),
    ]
    # 61,31 − 31,41.
    assert (found.invoiced_cents, found.is_moving, found.awaits_invoice) == (29_90, True, False)
    assert [(each.kind, each.due_at) for each in found.owed] == [(DocumentKind.CREDIT_NOTE, NOW)]


def test_a_seller_sees_no_document_of_another(session: Session) -> None:
    seller, stranger = create_issuer(session), create_seller(session)
    order = tea_order(session, seller)
    issue_invoice(session, SYSTEM, order.id, NOW)
    for viewer_seller, count in ((seller, 1), (stranger, 0)):
        viewer = Viewer(2, "Sam", "sam@example.org", Role.SELLER, viewer_seller.id)
        assert len(order_documents(session, viewer, order.id).issued) == count


def test_a_customer_is_given_what_is_ready_and_fit_of_this_order_alone(session: Session) -> None:
    seller = create_issuer(session)
    order, other = tea_order(session, seller), tea_order(session, seller)
    issued = issue_invoice(session, SYSTEM, order.id, NOW)
    assert customers_documents(session, order.id) == []
    made = {"state": FileState.READY, "ref": "document/1", "sha256": "ab" * 32, "name": "F.pdf"}
    session.execute(sa.update(StoredFile).values(made))

    assert [each.id for each in customers_documents(session, order.id)] == [issued.document_id]
    assert customers_download(session, order.id, issued.document_id).ref == "document/1"
    assert customers_documents(session, other.id) == []
    with pytest.raises(DocumentNotFoundError):
        customers_download(session, other.id, issued.document_id)
    session.execute(sa.update(StoredFile).values(is_flagged=True))
    with pytest.raises(DocumentNotFoundError):
        customers_download(session, order.id, issued.document_id)


def test_only_what_was_given_back_after_the_invoice_lacks_a_credit_note(session: Session) -> None:
    """An invoice that is issued later states less from the start."""
    order = tea_order(session, create_issuer(session))
    issued_at = NOW + dt.timedelta(hours=1)
    for key, settled_at in (("before", NOW), ("after", NOW + dt.timedelta(hours=2))):
        request = SettlementRequest(gesture_cents=5_00, has_credit_note=False, reason="Retard")
        version = session.scalar(sa.select(Order.version).where(Order.id == order.id)) or 0
        settle_order(session, SYSTEM, order.id, version, request, key, settled_at)
        if key == "before":
            assert order_documents(session, ADMIN, order.id).uncredited == ()  # There is no invoice yet.
            issue_invoice(session, SYSTEM, order.id, issued_at)
            assert order_documents(session, ADMIN, order.id).uncredited == ()

    found = order_documents(session, ADMIN, order.id)

    # 61,31 − 5,00 is stated; the other 5,00 are to be credited.
    assert found.invoiced_cents == 56_31
    assert [(each.settled_at, each.total_cents) for each in found.uncredited] == [(NOW + dt.timedelta(hours=2), 5_00)]
    credit_settlement(session, SYSTEM, found.uncredited[0].id, NOW + dt.timedelta(hours=3))
    found = order_documents(session, ADMIN, order.id)
    assert (found.invoiced_cents, found.uncredited) == (51_31, ())


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_they_are_found_by_their_order(session: Session) -> None:
    asked: list[tuple[str, object]] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", listen)
    order_documents(session, ADMIN, 1)
    customers_documents(session, 1)
    sa.event.remove(connection, "before_cursor_execute", listen)
    plans = [
        row.detail
        for statement, parameters in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
    ]
    assert [plan for plan in plans if plan.startswith("SCAN")] == []
    assert any("ix_documents_order_id" in plan for plan in plans)
