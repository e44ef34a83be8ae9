"""PDFs joined into one: every page of every part, once, in order, as other programs read it."""

import io
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader

from jobs.documents.papers.joining import join
from jobs.documents.sheet import BODY, LEFT, Running, Sheet
from tests.conftest import NOW
from tests.jobs.documents.verapdf import violations, why_not


def part(*pages: str) -> io.BytesIO:
    sheet, out = Sheet("Trois parties", NOW, author="Place du Marché"), io.BytesIO()
    for words in pages:
        sheet.begin(Running(words))
        sheet.write(LEFT, 50, sheet.text(words, BODY, 100))
        sheet.link(LEFT, 50, 20, 5, f"https://example.org/{words}")
    sheet.write_to(out)
    return out


def joined(*parts: io.BytesIO) -> io.BytesIO:
    out = io.BytesIO()
    join(parts, out)
    return out


def test_all_pages_come_in_their_order() -> None:
    out = io.BytesIO()
    pages = join([part("un", "deux"), part("trois"), part("quatre", "cinq")], out)
    words = ["un", "deux", "trois", "quatre", "cinq"]
    document = pypdfium2.PdfDocument(out.getvalue())
    assert pages == len(document) == 5
    assert [document[place].get_textpage().get_text_range().split()[0] for place in range(5)] == words


def test_links_and_letters_stay_with_their_page() -> None:
    reader = PdfReader(joined(part("un"), part("Ωμέγα"), part("Жуков")))
    assert [page.extract_text().split()[0] for page in reader.pages] == ["un", "Ωμέγα", "Жуков"]
    links = [page["/Annots"][0].get_object()["/A"]["/URI"] for page in reader.pages]
    assert links[0] == "https://example.org/un"
    assert len(set(links)) == 3


def test_it_is_called_as_the_first_part_is_and_read_without_repair() -> None:
    reader = PdfReader(joined(part("un"), part("deux")), strict=True)
    said = reader.xmp_metadata
    assert (said.dc_title, said.dc_creator) == ({"x-default": "Trois parties"}, ["Place du Marché"])
    assert reader.root_object["/Lang"] == "fr-FR"
    assert [len(page.extract_text()) > 0 for page in reader.pages] == [True, True]


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_what_is_joined_of_pdf_a_is_pdf_a(tmp_path: Path) -> None:
    path = tmp_path / "joined.pdf"
    path.write_bytes(joined(part("un", "deux"), part("trois")).getvalue())
    assert violations([path]) == {path: []}
