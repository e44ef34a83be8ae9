"""Labels as PDFs: what they say, on how many pages, and that no text breaks them or runs over the edge."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from db.domain.carriers import DEFAULT_CARRIERS
from db.domain.labels import LabelFormat
from db.domain.postal import PostalAddress
from db.queries.labels import Parcel
from jobs.labels.address import AddressLabel
from jobs.labels.makers import maker_of
from jobs.labels.sheet import Box, Sheet

SELLER = PostalAddress(company="Maison du thé", street="12 rue de la Monnaie", postcode="35000", city="Rennes")
HOME = PostalAddress("Évelyne Œuvrard", "", "3 allée des Châtaigniers", "Bâtiment B", "35400", "Saint-Malo",
                     phone="06 12 34 56 78")  # fmt: skip
PARCEL = Parcel("N-398-001", SELLER, HOME, "Colissimo", "6A 12345678901", 1250, 31_90, "EUR", 1, 2)
POINT_MM = 25.4 / 72


def made(*parcels: Parcel, paper: LabelFormat = LabelFormat.A6, first_place: int = 1) -> pypdfium2.PdfDocument:
    sheet, out = Sheet(paper, first_place), io.BytesIO()
    for parcel in parcels:
        AddressLabel().draw(sheet, sheet.next_box(), parcel)
    sheet.write_to(out)
    return pypdfium2.PdfDocument(out.getvalue())


def text_of(document: pypdfium2.PdfDocument, page: int = 0) -> str:
    return document[page].get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\u00a0", " ")


def boxes(document: pypdfium2.PdfDocument, page: int = 0) -> list[tuple[float, ...]]:
    """Return left, bottom, right and top of each piece of text, in millimetres."""
    found = document[page].get_textpage()
    return [tuple(side * POINT_MM for side in found.get_rect(place)) for place in range(found.count_rects())]


def test_a_label_says_from_whom_to_whom_by_what() -> None:
    document = made(PARCEL)
    text = text_of(document)
    for words in (
        "Maison du thé", "12 rue de la Monnaie", "35000 RENNES", "Évelyne Œuvrard", "Bâtiment B",
        "3 allée des Châtaigniers", "35400 SAINT-MALO", "Tél. 06 12 34 56 78", "Colissimo", "6A12345678901",
        "N-398-001", "Colis 1/2", "1,25 kg",
    ):  # fmt: skip
        assert words in text
    assert [round(side * POINT_MM, 1) for side in document[0].get_size()] == [105.0, 148.5]


def test_four_labels_share_an_a4_from_the_first_free_place_on() -> None:
    document = made(*[replace(PARCEL, order_number=f"N-{number}") for number in range(1, 7)], paper=LabelFormat.A4,
                    first_place=3)  # fmt: skip
    assert len(document) == 2
    first, second = text_of(document), text_of(document, 1)
    assert [f"N-{number}" in first for number in range(1, 7)] == [True, True, False, False, False, False]
    assert all(f"N-{number}" in second for number in range(3, 7))
    # The third place is the lower left one.
    assert all(top < 148.6 for *_, top in boxes(document))


def test_what_is_not_known_is_not_shown() -> None:
    text = text_of(made(replace(PARCEL, tracking_number="", weight_g=0, place=1, parcels=1, carrier="")))
    assert "Colis" not in text
    assert "kg" not in text
    assert "Envoi" in text


def test_a_parcel_says_its_place_while_more_is_to_be_sent() -> None:
    text = text_of(made(replace(PARCEL, place=2, parcels=None)))
    assert "Colis 2" in text
    assert "Colis 2/" not in text


def bars(document: pypdfium2.PdfDocument) -> int:
    return sum(each.type == FPDF_PAGEOBJ_PATH for each in document[0].get_objects())


def test_a_number_has_bars_where_they_can_be_read() -> None:
    without = bars(made(replace(PARCEL, tracking_number="")))
    assert bars(made(PARCEL)) > without + 30
    assert bars(made(replace(PARCEL, tracking_number="numéro déjà vu"))) == without
    assert bars(made(replace(PARCEL, tracking_number="1" * 300))) == without


LONG = PostalAddress(
    "Marie-Antoinette de la Rochefoucauld-Montmorency-Bouteville " * 3,
    "Société coopérative d’intérêt collectif des producteurs réunis du Haut-Léon " * 3,
    "1234 bis boulevard du Général de Gaulle prolongé par l’avenue de la République " * 3,
    "X" * 400,
    "29233",
    "Cléder-sur-Mer-en-Bretagne-Armoricaine",
    "BE",
)


def check_all_is_inside(document: pypdfium2.PdfDocument) -> None:
    width, height = (side * POINT_MM for side in document[0].get_size())
    for left, bottom, right, top in boxes(document):
        assert 5 < left < right < width - 5
        assert 4 < bottom < top < height - 4


def test_a_long_address_shrinks_breaks_and_keeps_its_town() -> None:
    document = made(replace(PARCEL, recipient=LONG, carrier="Transporteur au nom interminable " * 5))
    text = text_of(document)
    assert "29233 CLEDER-SUR-MER-EN-BRETAGNE-ARMORICAINE" in text
    assert "BELGIQUE" in text
    check_all_is_inside(document)


def test_letters_that_the_font_lacks_are_replaced() -> None:
    sheet = Sheet(LabelFormat.A6)
    assert sheet.readable("E\u0301velyne Œuvrard ﬁn Ñandú Łódź ẞ") == "Évelyne Œuvrard fin Ñandú Łódź ẞ"
    assert sheet.readable("日本 😀 ש\x00\u200b\n  a") == "?? ? ? a"
    assert sheet.readable("1\u202f234\u00a0€") == "1\u202f234\u00a0€"
    assert sheet.readable("Ωραία Жук Nguyễn") == "Ωραία Жук Nguyễn"


def test_naughty_texts_break_no_label(shared_data: Path) -> None:
    texts = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    naughty = [
        replace(PARCEL, order_number=text, tracking_number=text, carrier=text,
                recipient=PostalAddress(text, text, text, text, text, text, "FR", text))
        for text in texts
    ]  # fmt: skip
    assert len(made(*naughty)) == len(texts)


@pytest.mark.parametrize(("carrier", "name"), [("Colissimo", "Recorder"), ("Inconnu", "AddressLabel")])
def test_a_carriers_own_labels_take_the_place_of_ours(carrier: str, name: str) -> None:
    class Recorder:
        def draw(self, sheet: Sheet, box: Box, parcel: Parcel) -> None: ...

    assert type(maker_of(DEFAULT_CARRIERS, carrier, {"colissimo": Recorder()})).__name__ == name
