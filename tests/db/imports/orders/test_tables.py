"""CSV and XLSX tables: what was written is what is read, and rubbish gets one clear sentence."""

import csv
import datetime as dt
import io
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from db.domain.order_files import MAX_BYTES, OrderFormat, ReadOrder, UnreadableOrdersError
from db.domain.orders import DeliveryMode, PaymentMethod
from db.imports.orders.columns import REQUIRED, Field, guess
from db.imports.orders.recognise import open_file
from db.imports.orders.table import Table
from db.imports.orders.table_orders import read_table_orders
from db.imports.orders.template import EXAMPLES, template_csv, template_xlsx

HEADER = "Numéro;Vendeur;Article;Quantité;Prix;Total;Client;Pays"


def table_of(content: bytes) -> Table:
    opened = open_file(content)
    assert opened.table is not None
    return opened.table


def orders_of(content: bytes, seller_code: str = "") -> list[ReadOrder]:
    table = table_of(content)
    return read_table_orders(table, guess(table.header), seller_code)


def of_rows(*rows: str) -> list[ReadOrder]:
    return orders_of("\n".join([HEADER, *rows]).encode())


def workbook(rows: list[list[object]]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return content.getvalue()


@pytest.mark.parametrize("content", [template_csv(), template_xlsx()], ids=["csv", "xlsx"])
def test_the_template_reads_as_its_two_orders(content: bytes) -> None:
    first, second = orders_of(content)
    assert (first.place, second.place) == ("ligne 2", "lignes 3 à 4")
    assert (first.faults, second.faults) == ((), ())
    assert first.order is not None
    assert second.order is not None
    assert (first.order.sum_cents, second.order.sum_cents) == (29_90, 69_00)
    assert (first.order.payments[0].amount_cents, second.order.payments) == (29_90, ())
    assert (second.order.payment_method, second.order.delivery_mode) == (
        PaymentMethod.TRANSFER, DeliveryMode.CLICK_AND_COLLECT,
    )  # fmt: skip
    assert second.order.lines[0].attributes == {"Couleur": "noir", "Contenance": "1 l"}
    assert first.note == "Merci de sonner deux fois."


def test_the_workbook_explains_every_column() -> None:
    explained = CalamineWorkbook.from_filelike(io.BytesIO(template_xlsx())).get_sheet_by_name("Explications")
    assert [row[0] for row in explained.to_python()[1:]] == [field.value for field in Field]


def test_every_header_of_the_template_is_its_field_and_the_required_ones_have_an_example() -> None:
    assert list(guess([field.value for field in Field]).values()) == list(Field)
    assert all(field in EXAMPLES[0] for field in REQUIRED)


def test_english_headers_are_known_and_strange_ones_left_out() -> None:
    found = guess(["Order number", "Zodiac", "Product name", "Qty", "Unit price", "Shipping city", "Order no"])
    assert found == {
        0: Field.NUMBER,
        2: Field.ARTICLE,
        3: Field.QUANTITY,
        4: Field.UNIT_PRICE,
        5: Field.DELIVERY_CITY,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encoding_and_separator_are_found_out(encoding: str, separator: str) -> None:
    text = f"{HEADER}\nA-1;THE;Thé d’été;2;12.50;25.00;Évelyne;France\n".replace(";", separator)
    (read,) = orders_of(text.encode(encoding))
    assert read.order is not None
    assert (read.order.lines[0].name, read.order.customer_name) == ("Thé d’été", "Évelyne")


def test_excels_own_line_about_the_separator_is_no_header() -> None:
    (read,) = orders_of(b"sep=;\r\nNumero;Article;Qte;Prix\r\nA-1;The;1;2,50\r\n")
    assert (read.place, read.faults) == ("ligne 3", ())


def test_articles_may_repeat_the_order_or_leave_it_out() -> None:
    repeated, left_out, far = of_rows(
        "A-1;THE;Thé;1;10;22;Évelyne;", "A-1;THE;Tasse;1;12;22;Évelyne;",
        "A-2;THE;Thé;1;10;22;Jean;", ";;Tasse;1;12;;;",
        "A-3;THE;Thé;1;10;;Zoé;",
    )  # fmt: skip
    assert [len(read.order.lines) if read.order else 0 for read in (repeated, left_out, far)] == [2, 2, 1]
    assert (left_out.place, left_out.faults) == ("lignes 4 à 5", ())
    assert far.corrections == ("Le taux de TVA manquait\u00a0: 20\u00a0%.", "Le total manquait\u00a0: 10,00\u00a0€.")


def test_an_order_that_contradicts_itself_or_does_not_add_up_is_refused_with_figures() -> None:
    first, second = of_rows("A-1;THE;Thé;1;10;12;X;", "A-2;THE;Thé;1;10;10;X;", "A-2;THE;Thé;1;10;12;X;")
    assert first.faults == (
        "Le total annoncé (12,00\u00a0€) n’est pas la somme des articles et du port (10,00\u00a0€).",
    )
    assert second.faults[0] == "Total TTC change d’une ligne à l’autre\u00a0: «\u00a010\u00a0» et «\u00a012\u00a0»."


def test_a_row_that_was_cut_by_its_own_separator_is_refused() -> None:
    (read,) = of_rows("A-1;THE;Thé; vert;1;10;10;X;FR")
    assert any("9 colonnes au lieu de 8" in fault for fault in read.faults)


def test_a_row_without_a_number_above_all_orders_is_refused() -> None:
    (read,) = of_rows(";THE;Thé;1;10;10;X;")
    assert (read.order, read.faults) == (None, ("Le numéro de commande manque.",))


def test_the_numbers_and_dates_of_a_workbook_are_read_as_what_they_are() -> None:
    content = workbook(
        [
            ["Numéro", "Date", "Article", "Référence", "Qté", "Prix", "TVA", "CP", "Tél"],
            [1001, dt.datetime(2026, 7, 1, 14, 32), "Thé", 3760123456789, 3, 4.1, 0.055, 1000, 612345678],  # noqa: DTZ001
        ]
    )
    (read,) = orders_of(content, "THE")
    assert read.order is not None
    (line,) = read.order.lines
    assert (read.order.number, line.sku, line.unit_price_cents, line.vat_rate_bp) == ("1001", "3760123456789", 410, 550)
    assert read.order.placed_at == dt.datetime(2026, 7, 1, 12, 32, tzinfo=dt.UTC)
    assert read.order.delivery is not None
    assert (read.order.delivery.postcode, read.order.customer_phone) == ("01000", "06 12 34 56 78")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b" \n \n", "vide"),
        (b"a;b\0c", "pas du texte"),
        (b"<!DOCTYPE html><html></html>", "page web"),
        (b'Numero;Article\n"A-1;The\n', "guillemet"),
        (b"PK\x03\x04 and nothing more", "abîmé"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", "ancien Excel"),
        (b'{"orders": [', "mal formé"),
        (b'{"products": []}', "aucune commande"),
        (b"[" * 100_000, "illisible"),
        (b"x" * (MAX_BYTES + 1), "20 Mo"),
        (b"\x81\x8d\x8f\x90\x9d;\xff", "encodage"),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableOrdersError, match=said):
        open_file(content)


def _packed(name: str, content: bytes) -> bytes:
    """A workbook whose one sheet is this XML."""
    packed = io.BytesIO()
    source = io.BytesIO(workbook([["Numéro"]]))
    with zipfile.ZipFile(source) as book, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as changed:
        for member in book.namelist():
            changed.writestr(member, content if member == name else book.read(member))
    return packed.getvalue()


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
        b"<row r='1'><c r='&#88;FD1'><v>1</v></c></row>",
    ],
)
def test_a_cell_far_away_does_not_fill_our_memory(cells: bytes) -> None:
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + cells + b"</sheetData></worksheet>"
    )
    with pytest.raises(UnreadableOrdersError, match="trop grand"):
        open_file(_packed("xl/worksheets/sheet1.xml", sheet))


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(UnreadableOrdersError, match="trop grand"):
        open_file(_packed("xl/sharedStrings.xml", b"<sst>" + b" " * 160_000_000 + b"</sst>"))


@given(st.binary())
def test_no_bytes_ever_raise_anything_else(content: bytes) -> None:
    for wanted in (None, *OrderFormat):
        with suppress(UnreadableOrdersError):
            opened = open_file(content, wanted)
            if opened.table:
                read_table_orders(opened.table, guess(opened.table.header))


@settings(max_examples=50)
@given(st.lists(st.lists(st.text(max_size=12), min_size=9, max_size=9), min_size=1, max_size=6))
def test_no_table_ever_raises_anything(cells: list[list[str]]) -> None:
    fields = [Field.NUMBER, Field.ARTICLE, Field.QUANTITY, Field.UNIT_PRICE, Field.PLACED_AT, Field.DELIVERY_COUNTRY,
              Field.PAID, Field.MODE, Field.VAT_RATE]  # fmt: skip
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([[field.value for field in fields], *cells])
    with suppress(UnreadableOrdersError, UnicodeEncodeError):
        orders_of(text.getvalue().encode())


_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\ufeff"), min_size=1, max_size=20
)


@settings(max_examples=50)
@given(st.lists(st.tuples(_NAMES, st.integers(1, 999), st.integers(0, 10**7)), min_size=1, max_size=5))
def test_a_table_that_we_write_reads_back_the_same(articles: list[tuple[str, int, int]]) -> None:
    header = ["Numéro", "Article", "Quantité", "Prix", "TVA"]
    rows = [["A-1", name, str(units), f"{cents // 100},{cents % 100:02d}", "20"] for name, units, cents in articles]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header, *rows])
    for content in (text.getvalue().encode("utf-8-sig"), workbook([list(header), *map(list, rows)])):
        (read,) = orders_of(content, "THE")
        assert read.faults == ()
        assert read.order is not None
        assert [(line.name, line.quantity, line.unit_price_cents) for line in read.order.lines] == articles
