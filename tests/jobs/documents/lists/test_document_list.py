"""The accountant's list: one row for each document and rate, sums that are right, cells that no spreadsheet runs."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import python_calamine
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import CreditRequest
from db.domain.document_filter import DocumentFilter, DocumentStatus, ListFormat, filter_from_json
from db.domain.documents import DocumentKind
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileState
from db.domain.permissions import Role
from db.engine import transaction
from db.models import StoredFile
from db.services.document_lists import ask_for_document_list
from db.services.documents.issue import issue_credit_note, issue_invoice
from db.storage import storage_at
from jobs.documents.lists import make
from jobs.documents.lists.columns import COLUMNS
from jobs.files import make_files
from jobs.run import Run
from jobs.spreadsheets import CsvWriter, XlsxWriter, decimal_comma
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_customer, create_issuer, create_person, viewer_for

COUNT = 99  # As the screen counted: only for the progress.


def shop(session: Session) -> None:
    """An invoice of 25,00 at 5.5 % and 36,31 at 20 %, one tea of it credited, and an invoice of another seller."""
    tea = create_issuer(session, code="THE")
    formula = create_customer(session, '=HYPERLINK("http://mal.example")')
    order = tea_order(session, tea, number="T-1", customer=formula)
    invoice = issue_invoice(session, SYSTEM, order.id, NOW)
    issue_credit_note(session, SYSTEM, invoice.document_id, CreditRequest(units={1: 1}), "Un thé", NOW)
    books = create_issuer(session, 'Livres; "Cie"', code="LIVRES")
    issue_invoice(session, SYSTEM, tea_order(session, books, number="L-1").id, NOW)


def listed(
    engine: sa.Engine, folder: Path, wanted: DocumentFilter, list_format: ListFormat, person: dict[str, Any]
) -> tuple[StoredFile, bytes]:
    """Ask for a list as a person would, have the worker make it, and return its row and its content."""
    with transaction(engine) as session:
        actor = Actor.person(viewer_for(create_person(session, **({"role": Role.FINANCE} | person))))
        file_id = ask_for_document_list(session, actor, wanted, list_format, COUNT, NOW)
    place = storage_at(folder.as_uri())
    make_files(Run(engine, "worker", Event()), place=place)
    with transaction(engine) as session:
        row = session.get_one(StoredFile, file_id)
        session.expunge(row)
    if row.state is not FileState.READY:
        return row, b""
    with place.open(row.ref) as content:
        return row, content.read()


def cells(content: bytes) -> Sequence[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_the_csv_has_one_row_for_each_document_and_rate(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        shop(session)

    row, content = listed(engine, tmp_path, DocumentFilter(), ListFormat.CSV, {})

    head, *rows = cells(content)
    assert head[9:] == ["Taux de TVA (%)", "Base HT à ce taux", "TVA à ce taux", "TTC à ce taux"]
    # 25,00 / 1,055 = 23,70; (31,41 + 4,90) / 1,20 = 30,26; the credit note: 12,50 / 1,055 = 11,85.
    assert [(*each[:4], *each[9:]) for each in rows] == [
        ("21/11/2026", "Facture", "F2026-THE-000001", "", "5,50", "23,70", "1,30", "25,00"),
        ("21/11/2026", "Facture", "F2026-THE-000001", "", "20,00", "30,26", "6,05", "36,31"),
        ("21/11/2026", "Avoir", "AV2026-THE-000001", "F2026-THE-000001", "5,50", "-11,85", "-0,65", "-12,50"),
        ("21/11/2026", "Facture", "F2026-LIVRES-000001", "", "5,50", "23,70", "1,30", "25,00"),
        ("21/11/2026", "Facture", "F2026-LIVRES-000001", "", "20,00", "30,26", "6,05", "36,31"),
    ]
    assert rows[3][4:9] == ["L-1", "LIVRES", 'Livres; "Cie"', "Évelyne Morin", "EUR"]
    assert (row.done, row.media_type) == (3, "text/csv")


def test_no_customer_s_name_is_a_formula_and_no_amount_is_text(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        shop(session)

    _, content = listed(engine, tmp_path, DocumentFilter(kind=DocumentKind.CREDIT_NOTE), ListFormat.CSV, {})

    (row,) = cells(content)[1:]
    assert row[7] == '\'=HYPERLINK("http://mal.example")'
    assert row[10:] == ["-11,85", "-0,65", "-12,50"]


def test_the_workbook_holds_numbers_days_and_plain_text(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        shop(session)

    row, content = listed(engine, tmp_path, DocumentFilter(), ListFormat.XLSX, {})

    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Documents")
    head, *rows = sheet.to_python()
    assert head[0] == "Date"
    assert rows[0] == [
        dt.date(2026, 11, 21),
        "Facture",
        "F2026-THE-000001",
        "",
        "T-1",
        "THE",
        "Maison du thé",
        '=HYPERLINK("http://mal.example")',
        "EUR",
        5.5,
        23.7,
        1.3,
        25.0,
    ]
    assert sum(Decimal(str(each[12])) for each in rows) == Decimal("110.12")  # 2 × 61,31 − 12,50.
    assert row.name.endswith(".xlsx")


@pytest.mark.parametrize("few", [2_000, 0], ids=["found", "walked"])
def test_it_lists_what_the_screen_lists(
    engine: sa.Engine, tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queries.document_conditions.FEW", few)
    monkeypatch.setattr(make, "_READ_AT_ONCE", 1)
    with transaction(engine) as session:
        shop(session)

    _, content = listed(engine, tmp_path, DocumentFilter(number="F2026"), ListFormat.CSV, {})

    numbers = [row[2] for row in cells(content)[1:]]
    assert numbers == ["F2026-THE-000001"] * 2 + ["F2026-LIVRES-000001"] * 2


def test_what_is_issued_later_is_not_in_it(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        shop(session)
        actor = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
        ask_for_document_list(session, actor, DocumentFilter(), ListFormat.CSV, COUNT, NOW)
        issue_invoice(session, SYSTEM, tea_order(session, create_issuer(session)).id, NOW)
    make_files(Run(engine, "worker", Event()), place=storage_at(tmp_path.as_uri()))
    with transaction(engine) as session:
        assert session.scalars(sa.select(StoredFile.done).where(StoredFile.document_id.is_(None))).one() == 3


def test_who_may_not_export_any_more_gets_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        shop(session)
        person = create_person(session, Role.FINANCE)
        actor = Actor.person(viewer_for(person))
        file_id = ask_for_document_list(session, actor, DocumentFilter(), ListFormat.CSV, COUNT, NOW)
        person.role = Role.SUPPORT
    make_files(Run(engine, "worker", Event()), place=storage_at(tmp_path.as_uri()))
    with transaction(engine) as session:
        row = session.get_one(StoredFile, file_id)
        assert (row.state, row.error) == (
            FileState.FAILED,
            "Votre rôle ne permet pas cette action. Demandez à un administrateur.",
        )


def test_a_list_that_has_become_empty_says_so(engine: sa.Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        shop(session)
    row, _ = listed(engine, tmp_path, DocumentFilter(status=DocumentStatus.TO_CHECK), ListFormat.CSV, {})
    assert row.error == "Plus aucun document ne correspond à ces filtres\u00a0: il n’y a rien à exporter."


def test_an_empty_list_is_not_asked_for_and_support_exports_nothing(session: Session) -> None:
    finance, support = (Actor.person(viewer_for(create_person(session, role))) for role in (Role.FINANCE, Role.SUPPORT))
    with pytest.raises(InvalidInputError):
        ask_for_document_list(session, finance, DocumentFilter(), ListFormat.CSV, 0, NOW)
    with pytest.raises(NotAllowedError):
        ask_for_document_list(session, support, DocumentFilter(), ListFormat.CSV, 1, NOW)


def test_a_filter_outlives_its_way_through_the_database() -> None:
    wanted = DocumentFilter(
        DocumentKind.INVOICE, dt.date(2026, 1, 1), dt.date(2026, 12, 31), 7, DocumentStatus.SETTLED, 1, 2, "F", "zoé"
    )
    assert filter_from_json(wanted.to_json()) == wanted
    assert filter_from_json(DocumentFilter().to_json()) == DocumentFilter()


@pytest.mark.parametrize(
    ("hundredths", "words"), [(0, "0,00"), (5, "0,05"), (-5, "-0,05"), (-1234_56, "-1234,56"), (100, "1,00")]
)
def test_amounts_have_a_decimal_comma_and_no_other_sign(hundredths: int, words: str) -> None:
    assert decimal_comma(hundredths) == words


def test_a_full_sheet_is_followed_by_another() -> None:
    out = io.BytesIO()
    writer = XlsxWriter(out, COLUMNS, "Documents", rows_of_a_sheet=3)
    row = (dt.date(2026, 11, 21), *["x"] * 8, 2000, 100, 20, 120)
    writer.write([row] * 5)
    writer.close()
    out.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(out)
    assert [len(book.get_sheet_by_name(name).to_python()) - 1 for name in book.sheet_names] == [2, 2, 1]


def test_the_file_stays_open_for_whoever_stores_it() -> None:
    out = io.BytesIO()
    writer = CsvWriter(out, COLUMNS)
    writer.close()
    assert not out.closed
