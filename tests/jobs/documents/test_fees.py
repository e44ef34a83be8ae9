"""Fee invoices on paper and in XML: conform, the same bytes again, with the figures that their payouts explain."""

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from facturx import get_xml_from_pdf
from pypdf import PdfReader

from db.domain.documents import DocumentKind
from db.domain.fee_invoices import REASON, FeeSum, as_buyer, fee_mentions, fee_series_code, price
from db.domain.files import FileState
from db.domain.payouts import reference_of
from db.domain.postal import PostalAddress
from db.domain.snapshot import FeeSnapshot, Nature, Original, Party
from db.domain.snapshot_json import fees_from_json, to_json
from db.engine import reading, transaction
from db.models import FeeDocument, StoredFile
from db.services.document_files import fees_to_check
from db.storage import storage
from jobs.documents.check import check_files
from jobs.documents.facturx.cii import cii
from jobs.documents.facturx.validation import faults
from jobs.documents.fees import render_fees
from jobs.documents.make import make_documents
from jobs.payouts.fee_invoices import issue_fee_invoices
from jobs.run import Run
from tests.factories import create_payee
from tests.fees import create_house, paid, sell
from tests.jobs.documents import samples
from tests.jobs.documents.verapdf import violations, why_not
from tests.payouts import pays

BELGIAN = replace(samples.SELLER, siren="", siret="", vat_number="BE0403019261", city="Bruxelles", country_code="BE")


def fees(
    sums: list[FeeSum],
    kind: DocumentKind = DocumentKind.INVOICE,
    *,
    seller: Party = samples.SELLER,
    vat_rate_bp: int = 2000,
    originals: tuple[Original, ...] = (),
) -> FeeSnapshot:
    priced = price(sums, vat_rate_bp, seller.country_code)
    is_invoice = kind is DocumentKind.INVOICE
    return FeeSnapshot(
        kind=kind,
        number=f"{fee_series_code(kind, 2026)}-000001",
        series=fee_series_code(kind, 2026),
        sequence=1,
        issued_at=samples.ISSUED_AT,
        issued_on=samples.ISSUED_ON,
        currency="EUR",
        issuer=samples.MARKETPLACE,
        buyer=as_buyer(seller),
        billing=PostalAddress(
            company=seller.legal_name,
            street=seller.street,
            postcode=seller.postcode,
            city=seller.city,
            country_code=seller.country_code,
        ),
        nature=Nature.SERVICES,
        lines=priced.lines,
        vat=(priced.vat,),
        mentions=fee_mentions(samples.TEXTS, kind, priced.vat.exemption),
        paid_cents=priced.vat.gross_cents if is_invoice else 0,
        reason="" if is_invoice else REASON,
        seller_id=1,
        first_on=dt.date(2026, 11, 3),
        last_on=dt.date(2026, 11, 17),
        payouts=tuple(dict.fromkeys(reference_of(each.payout_id) for each in sums)),
        originals=originals,
    )


def one_sale() -> FeeSnapshot:
    return fees([FeeSum(12, 93, 1, 290)])


def partly_given_back() -> FeeSnapshot:
    return fees([FeeSum(12, 35_80, 41, 290), FeeSum(12, -2_17, 3)])


def a_month() -> FeeSnapshot:
    return fees([each for n in range(1, 23) for each in (FeeSum(n, 100 * n + 7, n, 290), FeeSum(n, -50, 1))])


def given_back() -> FeeSnapshot:
    originals = tuple(Original(f"FC2026-{n:06d}", dt.date(2026, 10, n)) for n in (1, 2))
    return fees([FeeSum(13, 10, 1, 290), FeeSum(13, -93, 1)], DocumentKind.CREDIT_NOTE, originals=originals)


def to_belgium() -> FeeSnapshot:
    return fees([FeeSum(12, 93, 1, 290)], seller=BELGIAN)


def without_vat() -> FeeSnapshot:
    return fees([FeeSum(12, 93, 1, 290)], vat_rate_bp=0)


CASES = (one_sale, partly_given_back, a_month, given_back, to_belgium, without_vat)


def pdf_of(snapshot: FeeSnapshot) -> bytes:
    out = io.BytesIO()
    assert render_fees(snapshot, out, xml=cii(snapshot), logo=None) == ()
    return out.getvalue()


def printed(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_official_rules_find_nothing_wrong(case: Callable[[], FeeSnapshot]) -> None:
    assert faults(cii(case())) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_document_is_read_back_as_it_was_kept_and_drawn_the_same(case: Callable[[], FeeSnapshot]) -> None:
    again = fees_from_json(to_json(case()))
    assert again == case()
    assert pdf_of(again) == pdf_of(case())


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_every_fee_invoice_is_pdf_a_3b(tmp_path: Path) -> None:
    paths = {tmp_path / f"{case.__name__}.pdf": case for case in CASES}
    for path, case in paths.items():
        path.write_bytes(pdf_of(case()))
    assert violations(list(paths)) == {path: [] for path in paths}


def test_an_invoice_says_who_what_and_that_nothing_is_left_to_pay() -> None:
    pdf = pdf_of(partly_given_back())
    name, xml = get_xml_from_pdf(pdf, check_xsd=True)
    assert (name, xml) == ("factur-x.xml", cii(partly_given_back()))
    # Withheld, of a period, by « clearing between partners » (UNTDID 4461: 97); the marketplace itself is the seller.
    assert b"<ram:TypeCode>97</ram:TypeCode>" in xml
    assert b"FR44732829320" in xml
    text = printed(pdf)
    for words in (
        "FACTURE N° FC2026-000001",
        "Place du Marché SAS",
        "Maison du thé SARL",
        "03/11/2026 – 17/11/2026",
        "Retenue sur le reversement REV-000012",
        "Prestation de services",
        "D441-5",
    ):
        assert words in text
    # 35.80 − 2.17 = 33.63 €; 33.63 / 1.2 = 28.03 €, 5.60 € of VAT.
    for figure in ("33,63", "28,03", "5,60", "−2,17", "0,00"):
        assert figure in text


def test_one_page_holds_a_short_invoice_and_two_hold_a_month() -> None:
    pages = [len(PdfReader(io.BytesIO(pdf_of(case()))).pages) for case in (one_sale, given_back, a_month)]
    assert pages == [1, 1, 2]


def test_a_credit_note_names_the_invoices_it_corrects() -> None:
    text = printed(pdf_of(given_back()))
    assert "AVOIR N° AC2026-000001" in text
    assert "Cet avoir corrige les factures FC2026-000001 du 01/10/2026, FC2026-000002 du 02/10/2026." in text
    xml = cii(given_back())
    assert xml.count(b"<ram:InvoiceReferencedDocument>") == 2
    assert "D441-5" not in text


def test_what_is_due_is_issued_made_and_checked(run: Run, files: Path) -> None:
    with transaction(run.engine) as session:
        create_house(session)
        pays(session)
        complete, incomplete = create_payee(session), create_payee(session, "Livres", street="")
        for seller in (incomplete, complete):
            sell(session, seller)
            paid(session, seller)
    assert issue_fee_invoices(run) == 1  # The other one waits, and holds up nobody.
    assert make_documents(run) == 1
    with reading(run.engine) as session:
        (made,) = session.scalars(sa.select(StoredFile).where(StoredFile.sha256 != "")).all()
        number = session.scalars(sa.select(FeeDocument.number)).one()
    assert (made.state, made.name, made.is_flagged, made.faults) == (FileState.READY, f"{number}.pdf", False, [])
    with storage().open(made.ref) as content:
        assert hashlib.sha256(content.read()).hexdigest() == made.sha256
    assert issue_fee_invoices(run) == 0


def test_a_file_that_is_lost_is_made_again_as_it_was(run: Run, files: Path) -> None:
    with transaction(run.engine) as session:
        create_house(session)
        pays(session)
        seller = create_payee(session)
        sell(session, seller)
        paid(session, seller)
    issue_fee_invoices(run)
    make_documents(run)
    with reading(run.engine) as session:
        before = session.scalars(sa.select(StoredFile).where(StoredFile.sha256 != "")).one()
    storage().delete(before.ref)
    assert check_files(run) == 1
    make_documents(run)
    with reading(run.engine) as session:
        after = session.get_one(StoredFile, before.id)
        assert (after.state, after.sha256) == (FileState.READY, before.sha256)
        assert fees_to_check(session, before.asked_at, 10) == []
    with storage().open(after.ref) as content:
        assert hashlib.sha256(content.read()).hexdigest() == before.sha256
