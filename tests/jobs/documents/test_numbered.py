"""Invoices and credit notes as PDFs: what they say to the cent, how they go over pages, and that they never change."""

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import facturx
import pypdf
import pytest
from PIL import Image

from db.domain.orders import DeliveryMode, PaymentMethod
from db.domain.postal import PostalAddress
from db.domain.snapshot import Delivery, Mention, Receipt, Snapshot
from jobs.documents.facturx.cii import cii
from jobs.documents.numbered import draw_document, render
from jobs.documents.sheet import Sheet
from tests.jobs.documents import samples
from tests.jobs.documents.reading import boxes, drawn, pages, words

CASES: list[Callable[[], Snapshot]] = [
    samples.one_line, samples.sample, samples.sixty_lines, samples.long_names, samples.company, samples.three_rates,
    samples.elsewhere, samples.everything, samples.pickup_point, samples.abroad, samples.small_business,
    samples.greek_and_cyrillic, samples.chinese, samples.credit_note, samples.credit_amount,
]  # fmt: skip


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (300, 80), (15, 92, 77, 200)).save(out, "PNG")
    return out.getvalue()


def test_an_invoice_states_its_figures_to_the_cent() -> None:
    said = words(drawn(samples.sample()))

    # 25,00 / 1,055 = 23,70; (31,41 + 4,90) / 1,20 = 30,26; teapot before its discount: 26,18 + 3,49 / 1,2 = 29,09.
    assert "THE-SENCHA Thé vert bio Sencha" in said
    assert "2 11,85 12,50 5,5 % – 23,70 25,00" in said
    assert "1 29,09 34,90 20 % −3,49 26,18 31,41" in said
    assert "Frais de port 1 4,08 4,90 20 % – 4,08 4,90" in said
    assert "5,5 % 23,70 1,30 25,00 20 % 30,26 6,05 36,31" in said
    for line in ("Total HT 53,96 €", "TVA 7,35 €", "Total TTC 61,31 €", "Déjà réglé 61,31 €", "Reste à payer 0,00 €"):
        assert line in said


def test_an_invoice_names_everybody_and_everything_that_the_law_wants() -> None:
    said = words(drawn(samples.sample()))
    for each in (
        "FACTURE", "N° F2026-THE-000001", "22/11/2026", "62038bc9-f390060031-398dfb-001", "du 21/11/2026",
        "Maison du thé SARL", "12 rue de la Monnaie", "35000 Rennes", "SIREN 404 833 048", "N° TVA FR83404833048",
        "SARL au capital de 10 000 € – RCS Rennes 404 833 048", "Place du Marché SAS", "RCS Paris 732 829 320",
        "Document établi par Place du Marché SAS au nom et pour le compte de Maison du thé SARL, sous mandat du 15/01",
        "Évelyne Morin", "3 allée des Châtaigniers", "35400 SAINT-MALO", "Livraison de biens.",
        "À domicile", "Colissimo", "prévue le 25/11/2026", "Poids : 100 g", "Origine : Japon", "Page 1/1",
        "Facture acquittée", "Carte bancaire, le 21/11/2026 : 61,31 €", "Suivre la commande",
    ):  # fmt: skip
        assert each in said, each


def test_the_address_shows_in_an_envelopes_window() -> None:
    address = ("Mairie de Saint-Malo", "Service achats", "Place Chateaubriand", "CS 21826", "35418 SAINT-MALO CEDEX")
    inside = [place for _, said, place in boxes(drawn(samples.company())) if said.strip() in address]
    # A DL envelope's window, 100 × 35 mm, 20 mm from its right and lower edges, over an A4 folded in three; the sheet
    # may slip by 10 mm to the side and 11 mm down.
    assert len(inside) == 5
    for left, top, right, bottom in inside:
        assert 110 < left < right < 200
        assert 49 < top < bottom < 79


def test_a_company_has_its_numbers_the_mentions_between_professionals_and_a_date_to_pay_by() -> None:
    said = words(drawn(samples.company()))
    for each in (
        "SIREN 213 502 883 · N° TVA FR30213502883", "Échéance", "61,31 € à payer au plus tard le 22/12/2026",
        "une pénalité de trois fois le taux d’intérêt légal", "frais de recouvrement en cas de retard : 40 €",
        "Pas d’escompte", "Déjà réglé 0,00 €", "Reste à payer 61,31 €",
    ):  # fmt: skip
        assert each in said, each
    assert "acquittée" not in said


def test_three_rates_each_have_their_line_and_unit_prices_come_to_the_total() -> None:
    said = words(drawn(samples.three_rates()))
    # 20,70 / 1,021 = 20,274; 42,00 / 1,055 = 39,810; 30,00 / 1,2 = 25.
    assert "2,1 % 20,27 0,43 20,70 5,5 % 39,81 2,19 42,00 20 % 25,00 5,00 30,00" in said
    assert "3 6,757 6,90 2,1 % 20,27 20,70" in said  # 3 × 6,757 = 20,271.
    assert "10 3,981 4,20 5,5 % 39,81 42,00" in said
    assert "42,70 € à payer au plus tard le 22/12/2026" in said
    assert "Chèque, réf. 0004521, le 20/11/2026 : 30,00 € Virement, le 21/11/2026 : 20,00 €" in said


def test_a_credit_note_says_so_names_its_invoice_and_takes_away() -> None:
    said = words(drawn(samples.credit_note()))
    for each in (
        "AVOIR", "N° AV2026-THE-000001", "Avoir sur la facture F2026-THE-000001 du 22/11/2026",
        "Motif : Retour du client : théière ébréchée", "−2 11,85 12,50 5,5 % – −23,70 −25,00",
        "−1 29,09 34,90 20 % 3,49 −26,18 −31,41", "20 % −30,26 −6,05 −36,31", "Total HT −53,96 €", "TVA −7,35 €",
        "Total de l’avoir TTC −61,31 €",
    ):  # fmt: skip
        assert each in said, each
    assert "Reste à payer" not in said


@pytest.mark.parametrize(
    ("days", "said", "unsaid"),
    [
        (
            {"delivered_on": dt.date(2026, 11, 22), "expected_on": dt.date(2026, 11, 25)},
            "livrée le 22/11/2026",
            "prévue",
        ),
        ({"expected_on": dt.date(2026, 11, 25)}, "prévue le 25/11/2026", "livrée"),
        ({}, "Colissimo", "le 25"),
    ],
)
def test_a_day_that_is_only_expected_is_not_told_as_that_of_the_delivery(
    days: dict[str, dt.date], said: str, unsaid: str
) -> None:
    text = words(drawn(samples.sample(delivery=Delivery(DeliveryMode.HOME, "Colissimo", **days))))
    assert (said in text, unsaid in text) == (True, False)


def test_what_was_given_back_before_is_told_apart_from_what_was_received() -> None:
    paid = Receipt(PaymentMethod.TRANSFER, dt.date(2026, 11, 20), 70_00)
    back = Receipt(PaymentMethod.TRANSFER, dt.date(2026, 11, 21), -8_69)
    said = words(drawn(samples.sample(receipts=(paid, back))))
    assert "Virement, le 20/11/2026 : 70,00 €" in said
    assert "Remboursement (Virement), le 21/11/2026 : −8,69 €" in said


def test_an_amount_given_back_has_no_quantity() -> None:
    said = words(drawn(samples.credit_amount()))
    assert "– – – 20 % −4,17 −5,00" in said  # 9,90 / 1,2 = 8,25 over 5,00 and 4,90: 4,166 and 4,083.
    assert "Montant accordé, sans retour" in said


def test_an_exemption_says_why_and_a_foreign_address_its_country() -> None:
    said = words(drawn(samples.abroad()))
    assert "8001 ZURICH SUISSE" in said
    assert said.count("Exonération de TVA, art. 262 I du CGI.") == 1
    assert "0 % 50,00 0,00 50,00" in said
    assert "TVA non applicable, art. 293 B du CGI." in words(drawn(samples.small_business()))


def test_a_delivery_elsewhere_or_to_a_pick_up_point_is_told() -> None:
    said = words(drawn(samples.elsewhere()))
    for each in ("Adresse de livraison", "Paul Morin", "8 impasse du Port", "56000 VANNES"):
        assert each in said
    said = words(drawn(samples.pickup_point()))
    for each in ("Point relais", "Mondial Relay", "Tabac de la Gare", "4 place de la Gare"):
        assert each in said
    assert "Adresse de livraison" not in words(drawn(samples.sample()))


def test_sixty_lines_go_over_three_pages_with_their_head_and_number() -> None:
    first, second, third = pages(drawn(samples.sixty_lines()))
    for number, page in enumerate((first, second, third), start=1):
        assert f"Page {number}/3" in page
        assert page.count("Désignation") == 1
        assert "Maison du thé SARL" in page
    assert "Facture F2026-THE-000001" in second
    assert "FACTURE" not in second
    articles = [f"REF-{number:03d}" for number in range(1, 61)]
    assert [name for page in (first, second, third) for name in articles if name in page] == articles
    assert "740,40 €" in third
    assert "Total TTC" not in first.replace("Total TTC (€)", "")


@pytest.mark.parametrize("count", [*range(8, 24)])
def test_the_totals_never_stand_without_a_line(count: int) -> None:
    lines = [samples.line(f"Article {number}", 10_00, reference=f"REF-{number}") for number in range(count)]
    last = pages(drawn(samples.sample(lines)))[-1]
    assert f"REF-{count - 1}" in last
    assert "Total HT" in last.replace("Total HT (€)", "")
    assert "Suivre la commande" in last


def test_a_line_higher_than_a_page_and_mentions_longer_than_one_are_shown_whole() -> None:
    story = " ".join(f"mot{number}" for number in range(3000))
    clauses = tuple(Mention("AAI", f"Clause {number} de la vente.") for number in range(200))
    snapshot = replace(samples.sample((samples.line(story, 10_00),)), mentions=clauses)
    said = words(drawn(snapshot)).split()
    assert [word for word in said if word.startswith("mot")] == story.split()
    assert "199 de la vente." in " ".join(said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_nothing_runs_over_the_edge_or_into_the_foot(case: Callable[[], Snapshot]) -> None:
    for _, said, (left, top, right, bottom) in boxes(drawn(case())):
        assert 16 < left < right < 194, said
        assert 12 < top < bottom < 292, said


def test_figures_are_never_broken() -> None:
    said = words(drawn(samples.long_names()))
    for figure in ("1 249 998,75", "1 499 998,50", "1 501 617,42 €", "−179,88"):
        assert figure in said


def test_greek_cyrillic_and_vietnamese_names_are_drawn_as_they_are() -> None:
    out = io.BytesIO()
    assert render(samples.greek_and_cyrillic(), out, xml=None, logo=None) == ()
    said = words(out.getvalue())
    for name in ("Ελένη Παπαδοπούλου", "ООО «Чайный дом»", "Самовар тульский", "Nguyễn Thị Ánh", "125009 МОСКВА"):
        assert name in said


def test_what_no_font_draws_is_told() -> None:
    out = io.BytesIO()
    assert set(render(samples.chinese(), out, xml=None, logo=None)) == {"王小明", "龙井茶"}
    assert "???" in words(out.getvalue())


def test_the_logo_takes_the_place_of_the_name() -> None:
    named, pictured = drawn(samples.sample()), drawn(samples.sample(), logo=logo())
    places = [
        [said.strip() for _, said, (_, top, right, _) in boxes(each) if top < 30 and right < 100]
        for each in (named, pictured)
    ]
    assert places == [["Place du Marché"], []]
    for damaged in (b"no picture", logo()[:60]):
        assert words(drawn(samples.sample(), logo=damaged)) == words(named)


def test_documents_of_one_file_are_numbered_each_by_itself() -> None:
    sheet, out = Sheet("Factures", samples.ISSUED_AT), io.BytesIO()
    for snapshot in (samples.sample(), samples.sixty_lines(), samples.credit_note()):
        draw_document(sheet, snapshot)
    sheet.write_to(out)
    numbers = [page.partition("Page ")[2][:3] for page in pages(out.getvalue())]
    assert numbers == ["1/1", "1/3", "2/3", "3/3", "1/1"]


def test_the_same_document_is_the_same_bytes_in_every_process() -> None:
    script = (
        "import hashlib, io\n"
        "from jobs.documents.facturx.cii import cii\n"
        "from tests.jobs.documents import samples\n"
        "from tests.jobs.documents.reading import drawn\n"
        "from tests.jobs.documents.test_numbered import logo\n"
        "for snapshot in (samples.sample(), samples.greek_and_cyrillic()):\n"
        "    print(hashlib.sha256(drawn(snapshot, xml=cii(snapshot), logo=logo())).hexdigest())"
    )
    made = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert len(made[0].split()) == 2
    assert made[0] == made[1]


def test_a_file_says_what_it_is_and_carries_the_invoice_that_machines_read() -> None:
    snapshot = samples.sample()
    contents = drawn(snapshot, xml=cii(snapshot))
    name, xml = facturx.get_xml_from_pdf(contents, check_xsd=True)
    assert (name, xml) == ("factur-x.xml", cii(snapshot))
    reader = pypdf.PdfReader(io.BytesIO(contents))
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_title == {"x-default": "Facture F2026-THE-000001"}
    assert xmp.dc_creator == ["Maison du thé SARL"]
    assert xmp.dc_description == {"x-default": "Facture de la commande 62038bc9-f390060031-398dfb-001"}
    assert xmp.xmp_create_date == samples.ISSUED_AT.replace(tzinfo=None)
    stated = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    for each in (
        "<fx:DocumentType>INVOICE<", "<fx:DocumentFileName>factur-x.xml<", "<fx:Version>1.0<",
        "<fx:ConformanceLevel>EN 16931<", "<pdfaid:part>3<", "<xmp:ModifyDate>2026-11-22T09:30:00+00:00<",
    ):  # fmt: skip
        assert each in stated
    (attached,) = reader.trailer["/Root"]["/AF"]
    assert attached.get_object()["/AFRelationship"] == "/Alternative"


def test_a_file_without_that_invoice_does_not_claim_it() -> None:
    reader = pypdf.PdfReader(io.BytesIO(drawn(samples.sample())))
    assert "fx:" not in reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


@pytest.mark.parametrize("colour", ["#ffd400", "#ffffff", "#000000", "rouge"])
def test_any_brand_colour_is_read_on_paper(colour: str) -> None:
    said = words(drawn(replace(samples.sample(), brand_colour=colour)))
    assert "Total TTC 61,31 €" in said


def test_naughty_texts_break_no_document(shared_data: Path) -> None:
    texts = json.loads((shared_data / "fuzz" / "blns.json").read_text(encoding="utf-8"))
    lines = [samples.line(text, 10_00, reference=text, attributes={text: text}) for text in texts]
    party = replace(samples.SELLER, legal_name="".join(texts[:200]), legal_notice=" ".join(texts[200:300]))
    assert len(pages(drawn(samples.sample(lines, issuer=party, order_number=texts[-1], reason=texts[5])))) > 10


def test_an_empty_delivery_address_is_not_shown() -> None:
    snapshot = replace(samples.sample(), delivery_address=PostalAddress())
    assert "Adresse de livraison" not in words(drawn(snapshot))


def test_what_is_left_to_pay_says_how_it_is_paid() -> None:
    how = "Virement à FR76 3000 6000 0112 3456 7890 189\nChèque à l’ordre de Place du Marché"
    said = words(drawn(replace(samples.sample(), paid_cents=0, due_cents=61_31, payment_words=how)))
    assert "FR76 3000 6000 0112 3456 7890 189 Chèque à l’ordre de Place du Marché" in said
