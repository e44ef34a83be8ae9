"""Our documents as others read them: PDF/A-3B by veraPDF, Factur-X by the factur-x package, figures by pypdf."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from facturx import get_xml_from_pdf
from PIL import Image
from pypdf import PdfReader

from db.domain.formats import amount
from db.domain.snapshot import Snapshot
from jobs.documents.facturx.cii import cii
from jobs.documents.numbered import render
from tests.jobs.documents import samples
from tests.jobs.documents.facturx.reading import totals
from tests.jobs.documents.facturx.test_validation import CASES
from tests.jobs.documents.verapdf import violations, why_not


def pdf_of(snapshot: Snapshot, logo: bytes | None = None) -> bytes:
    out = io.BytesIO()
    render(snapshot, out, xml=cii(snapshot), logo=logo)
    return out.getvalue()


def transparent_logo() -> bytes:
    png = io.BytesIO()
    Image.new("RGBA", (120, 40), (15, 92, 77, 128)).save(png, "PNG")
    return png.getvalue()


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_every_document_is_pdf_a_3b(tmp_path: Path) -> None:
    paths = {tmp_path / f"{case.__name__}.pdf": case for case in CASES}
    for path, case in paths.items():
        path.write_bytes(pdf_of(case()))
    with_logo = tmp_path / "logo.pdf"
    with_logo.write_bytes(pdf_of(samples.sample(), transparent_logo()))
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(next(iter(paths)).read_bytes().replace(b"<pdfaid:part>3", b"<pdfaid:part>1"))

    found = violations([*paths, with_logo, plain])

    assert found.pop(plain) != []
    assert found == {path: [] for path in (*paths, with_logo)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_xml_in_a_document_is_found_and_states_what_is_printed(case: Callable[[], Snapshot]) -> None:
    snapshot = case()
    pdf = pdf_of(snapshot)

    name, xml = get_xml_from_pdf(pdf, check_xsd=True)

    assert (name, xml) == ("factur-x.xml", cii(snapshot))
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    stated = totals(xml)
    sign = -1 if snapshot.is_credit_note else 1
    for cents in (stated["net"], stated["vat"], stated["gross"]):
        assert amount(sign * cents) in printed
