"""A town hall needs an invoice before it pays; later a part is given back. The books add up, the files stay."""

import hashlib
import re

import pypdfium2
import pytest
import sqlalchemy as sa
from facturx import get_xml_from_pdf

from db.domain.credit import CreditRequest
from db.domain.documents import DocumentKind
from db.domain.files import FileState
from db.domain.moves import CancelReason
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import Document, DocumentCheck, StoredFile
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.services.documents.sending import send_document
from db.storage import storage
from tests.acceptance.house import House
from tests.factories import ISSUER_IDENTITY

TOWN_HALL = "mairie@example.org"


@pytest.fixture(autouse=True)
def own_storage(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", tmp_path_factory.mktemp("files").as_uri())


def documents(house: House) -> list[tuple[str, int]]:
    with reading(house.engine) as session:
        found = sa.select(Document.number, Document.gross_cents).order_by(Document.id)
        return [tuple(row) for row in session.execute(found)]


def stored(house: House, number: str) -> bytes:
    """Return the file of a document, checked as whoever gets it would."""
    with reading(house.engine) as session:
        found = sa.select(StoredFile).join(Document, Document.id == StoredFile.document_id)
        file = session.scalars(found.where(Document.number == number)).one()
    assert (file.state, file.is_flagged, file.faults) == (FileState.READY, False, [])
    with storage().open(file.ref) as content:
        whole = content.read()
    assert hashlib.sha256(whole).hexdigest() == file.sha256
    return whole


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_invoiced_before_payment_paid_partly_credited_then_cancelled_to_zero(house: House) -> None:
    house.opens("Papeterie en ligne", legal_name="Papeterie en ligne SAS", siren="732829320")
    house.welcomes_seller("Papèterie Le Goff", {"RAMETTE": 4_50, "STYLOS": 12_00}, **ISSUER_IDENTITY, code="LEGOFF")
    house.shop_sells(
        "M-1",
        {"RAMETTE": 10, "STYLOS": 2},
        customer_name="Mairie de Foix",
        customer_email=TOWN_HALL,
        payment_method=PaymentMethod.TRANSFER,
        shipping_cents=4_90,
    )
    finance = house.people[Role.FINANCE]

    # The town hall's accountant wants an invoice first: it says what is due, and leaves by e-mail.
    with transaction(house.engine) as session:
        invoice = issue_invoice(session, finance, house.order("M-1").id, house.now)
        send_document(session, finance, invoice.document_id, house.now)
    house.a_minute_later()
    assert documents(house) == [("F2026-LEGOFF-000001", 73_90)]
    assert house.status("M-1") is OrderStatus.AWAITING_PAYMENT
    sent = house.mails_to(TOWN_HALL)[-1]
    assert "F2026-LEGOFF-000001" in sent.subject + sent.text
    pdf = stored(house, "F2026-LEGOFF-000001")
    assert "73,90" in text_of(pdf)
    # All at 20 %: 73,90 / 1,20 = 61,5833 → 61,58 of base, 12,32 of VAT.
    _, xml = get_xml_from_pdf(pdf, check_xsd=True)
    assert re.findall(rb"<ram:(TaxBasisTotalAmount|DuePayableAmount)>([\d.]+)<", xml) == [
        (b"TaxBasisTotalAmount", b"61.58"),
        (b"DuePayableAmount", b"73.90"),
    ]

    # It pays a week later: no second invoice, and the e-mail brings the one there is.
    house.on(30, 11)
    house.finance_receives("M-1", 73_90, PaymentMethod.TRANSFER, "Mandat 1204")
    house.a_minute_later()
    assert house.order("M-1").payment_state is PaymentState.PAID
    assert documents(house) == [("F2026-LEGOFF-000001", 73_90)]
    assert "F2026-LEGOFF-000001" in house.mails_to(TOWN_HALL)[-1].text

    # Two reams were wet: credited. Then the town hall gives up the rest.
    with transaction(house.engine) as session:
        wet = CreditRequest(units={1: 2})
        issue_credit_note(session, finance, invoice.document_id, wet, "Deux ramettes mouillées", house.now)
    house.staff_moves("M-1", OrderStatus.CANCELLED, cancel_reason=CancelReason.CUSTOMER_REQUEST)
    house.a_minute_later()
    assert documents(house) == [
        ("F2026-LEGOFF-000001", 73_90),
        ("AV2026-LEGOFF-000001", -9_00),
        ("AV2026-LEGOFF-000002", -64_90),
    ]
    credit_note = text_of(stored(house, "AV2026-LEGOFF-000002"))
    assert "AVOIR" in credit_note.upper()
    assert "F2026-LEGOFF-000001" in credit_note
    told = house.mails_to(TOWN_HALL)[-1]
    assert "AV2026-LEGOFF-000002" in told.text

    # The customer's page has all three, as they are stored.
    page = house.customer_opens(told)
    links = re.findall(r'href="(/suivi/[^"]+/documents/\d+)"', page.html)
    files = [page.client.get(link).content for link in dict.fromkeys(links)]
    numbers = [number for number, _ in documents(house)]
    assert sorted(files) == sorted(stored(house, number) for number in numbers)

    # In the night the books are checked; the invoice is what it was on the first day.
    house.work()
    with reading(house.engine) as session:
        check = session.scalars(sa.select(DocumentCheck).order_by(DocumentCheck.id.desc()).limit(1)).one()
        assert (check.is_sound, check.documents) == (True, 3)
        kinds = session.scalars(sa.select(Document.kind).order_by(Document.id)).all()
    assert kinds == [DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE, DocumentKind.CREDIT_NOTE]
    assert stored(house, "F2026-LEGOFF-000001") == pdf
