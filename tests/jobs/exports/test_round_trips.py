"""What an export says, read back by other programs, is what the database holds: in all formats, on both databases."""

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
import python_calamine
import sqlalchemy as sa

from db.domain.exports import ExportFormat, ExportSubject
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.orders import OrderStatus
from db.domain.spreadsheets import SPACES, as_meant
from db.engine import transaction
from tests.conftest import SHARED_DATA
from tests.factories import create_customer, create_line, create_order, create_seller
from tests.jobs.exports.making import csv_rows, exported

EVERYTHING = OrderFilter(ALL_STATUSES)
#: 23:30 in Paris on the last day of the year; and twice half past two on the night when clocks go back.
NEW_YEAR = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)
FIRST_HALF_PAST_TWO = dt.datetime(2026, 10, 25, 0, 30, 15, 123456, tzinfo=dt.UTC)
SECOND_HALF_PAST_TWO = dt.datetime(2026, 10, 25, 1, 30, 15, 654321, tzinfo=dt.UTC)

ORDERS = (
    # Number, placed at, customer, phone, cents.
    ("00042", NEW_YEAR, "=1+1", "+33 6 12 34 56 78", 1_234_567_89),
    ("T-2", FIRST_HALF_PAST_TWO, 'Dupont; "Frères"\nParis', "0612345678", 5),
    ("T-3", SECOND_HALF_PAST_TWO, "'s-Hertogenbosch, \\N", "", 0),
)
COLUMNS = ("number", "placed_at", "customer", "customer_phone", "item_count", "total", "currency", "ship_by")
SHIP_BY = dt.date(2027, 1, 5)


@pytest.fixture
def orders(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller = create_seller(session)
        for number, placed_at, name, phone, cents in ORDERS:
            customer = create_customer(session, name, phone=phone)
            create_order(
                session, seller, customer, number=number, placed_at=placed_at, total_cents=cents, ship_by=SHIP_BY
            )


def newest_first() -> list[tuple[Any, ...]]:
    return sorted(ORDERS, key=lambda order: order[1], reverse=True)


@pytest.mark.usefixtures("orders")
def test_the_french_csv_is_what_excel_opens_as_it_is(engine: sa.Engine) -> None:
    content = exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.CSV, COLUMNS)
    rows = csv_rows(content)
    assert [as_meant(row["Commande"]) for row in rows] == [order[0] for order in newest_first()]
    assert [as_meant(row["Client"]) for row in rows] == [order[2] for order in newest_first()]
    assert [row["Téléphone"] for row in rows] == [order[3] for order in newest_first()]
    assert [row["Total TTC"] for row in rows] == ["1234567,89", "0,00", "0,05"]
    assert [row["Passée le"] for row in rows] == ["31/12/2026 23:30:00", "25/10/2026 02:30:15", "25/10/2026 02:30:15"]
    assert {row["À expédier avant le"] for row in rows} == {"05/01/2027"}


@pytest.mark.usefixtures("orders")
def test_both_databases_write_the_same_bytes(engine: sa.Engine) -> None:
    """Every line ends as RFC 4180 has it; what is empty is empty, and a row of one empty cell is no empty line."""
    columns = ("number", "customer", "customer_phone", "total", "carrier")
    assert (
        exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.CSV, columns)
        == (
            "\ufeffCommande;Client;Téléphone;Total TTC;Transporteur\r\n"
            "00042;'=1+1;+33 6 12 34 56 78;1234567,89;\r\n"
            "T-3;'s-Hertogenbosch, \\N;;0,00;\r\n"
            'T-2;"Dupont; ""Frères""\nParis";0612345678;0,05;\r\n'
        ).encode()
    )
    assert exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.CSV, ("carrier",)) == (
        b'\xef\xbb\xbfTransporteur\r\n""\r\n""\r\n""\r\n'
    )


@pytest.mark.usefixtures("orders")
def test_the_csv_of_programs_loses_nothing(engine: sa.Engine) -> None:
    content = exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.CSV_COMMA, COLUMNS)
    read = [
        (
            as_meant(row["Commande"]),
            dt.datetime.fromisoformat(row["Passée le"]),
            as_meant(row["Client"]),
            as_meant(row["Téléphone"]),
            int(Decimal(row["Total TTC"]) * 100),
        )
        for row in csv_rows(content, ",")
    ]
    assert read == newest_first()


@pytest.mark.usefixtures("orders")
def test_parquet_keeps_every_type(engine: sa.Engine) -> None:
    content = exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.PARQUET, COLUMNS)
    table = pq.read_table(io.BytesIO(content))
    assert table.column_names == list(COLUMNS)
    assert str(table.schema.field("total").type) == "decimal128(20, 2)"
    assert table.schema.field("total").metadata == {b"title": b"Total TTC"}
    rows = table.to_pylist()
    assert [
        (row["number"], row["placed_at"], row["customer"], row["customer_phone"], int(row["total"] * 100))
        for row in rows
    ] == newest_first()
    assert {row["ship_by"] for row in rows} == {SHIP_BY}


@pytest.mark.usefixtures("orders")
def test_a_workbook_s_cells_have_their_types_and_its_foot_the_sums(engine: sa.Engine) -> None:
    content = exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.XLSX, COLUMNS)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    head, *rows, blank, foot = book.get_sheet_by_name("Commandes").to_python()
    assert head[0] == "Commande"
    assert [(row[0], row[2], row[3], round(row[5] * 100)) for row in rows] == [
        (number, name, phone, cents) for number, _, name, phone, cents in newest_first()
    ]
    wall = [order[1].astimezone(ZoneInfo("Europe/Paris")).replace(tzinfo=None) for order in newest_first()]
    assert [row[1].replace(microsecond=0) for row in rows] == [at.replace(microsecond=0) for at in wall]
    assert rows[0][7] == SHIP_BY
    assert set(blank) == {""}
    # 1 234 567,89 + 0,00 + 0,05.
    assert (foot[0], foot[5]) == ("Total EUR", 1234567.94)


def test_currencies_are_never_added_up(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        for currency, cents in (("EUR", 10_00), ("CHF", 7_00), ("EUR", 5_50)):
            create_order(session, currency=currency, total_cents=cents)
    content = exported(engine, ExportSubject.ORDERS, EVERYTHING, ExportFormat.XLSX, ("number", "total"))
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[-2:] == [["Total CHF", 7.0], ["Total EUR", 15.5]]


#: What a spreadsheet might run, and what a writer of CSV or SQL might get wrong.
NASTY = (
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "\u3000@1",
    "\u2009-1+1",
    "\U000e0020=1",
    "＝1",
    "'=1",
    "''=1",
    "+1",
    "+1 (2)",
    "-1,5",
    "+1-1",
    "\\.",
    "a\\b%%c",
)


def test_naughty_texts_come_back_as_they_were_from_every_format(engine: sa.Engine) -> None:
    """NUL and lone surrogates are not there: no database takes them."""
    naughty = [
        each for each in json.loads((SHARED_DATA / "fuzz" / "blns.json").read_text()) if each and "\0" not in each
    ]
    naughty += NASTY
    with transaction(engine) as session:
        seller, customer = create_seller(session), create_customer(session)
        lines = [create_line(name, 1_00) for name in naughty]
        create_order(session, seller, customer, lines=lines, total_cents=len(naughty) * 100)
    for file_format, separator in ((ExportFormat.CSV, ";"), (ExportFormat.CSV_COMMA, ",")):
        content = exported(engine, ExportSubject.LINES, EVERYTHING, file_format, ("name", "total"))
        assert [as_meant(row["Article"]) for row in csv_rows(content, separator)] == naughty
        assert not [
            row for row in csv_rows(content, separator) if row["Article"].lstrip(SPACES).startswith(("=", "@", "＝"))
        ]
    content = exported(engine, ExportSubject.LINES, EVERYTHING, ExportFormat.PARQUET, ("name",))
    assert pq.read_table(io.BytesIO(content)).column("name").to_pylist() == naughty
    content = exported(engine, ExportSubject.LINES, EVERYTHING, ExportFormat.XLSX, ("name", "total"))
    assert b"<f>=" not in content


def test_attributes_are_told_by_name_and_status_as_the_settings_call_it(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        line = create_line("T-shirt", 20_00, 2, attributes={"Taille": "M", "Couleur": "rouge"}, supplier="Filature")
        create_order(session, lines=[line], total_cents=40_00, status=OrderStatus.PREPARING)
    (row,) = csv_rows(exported(engine, ExportSubject.LINES, EVERYTHING, ExportFormat.CSV))
    assert row["Attributs"] == "Couleur\u00a0: rouge, Taille\u00a0: M"
    assert (row["Fournisseur"], row["Quantité"], row["Taux de TVA (%)"]) == ("Filature", "2", "5,50")
    assert row["Statut"] == "En cours de traitement"
