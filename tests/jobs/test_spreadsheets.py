"""Writers of lists: amounts with a comma, full sheets that go on, sums that follow the filter."""

import datetime as dt
import io
import re
import zipfile

import pytest
import python_calamine

from db.domain.spreadsheets import Cell, decimal_comma
from jobs.spreadsheets import CsvWriter, Foot, ListColumn, XlsxWriter

COLUMNS = (ListColumn("Jour", Cell.DAY, 11), ListColumn("Nom", Cell.TEXT, 20), ListColumn("Total", Cell.MONEY, 12))
ROW = (dt.date(2026, 11, 21), "=1+1", 12_50)


@pytest.mark.parametrize(
    ("hundredths", "words"), [(0, "0,00"), (5, "0,05"), (-5, "-0,05"), (-1234_56, "-1234,56"), (100, "1,00")]
)
def test_amounts_have_a_decimal_comma_and_no_other_sign(hundredths: int, words: str) -> None:
    assert decimal_comma(hundredths) == words


def test_a_full_sheet_is_followed_by_another() -> None:
    out = io.BytesIO()
    writer = XlsxWriter(out, COLUMNS, "Documents", rows_of_a_sheet=3)
    writer.write([ROW] * 5)
    writer.write_foot([Foot("Total EUR", {2: 62_50})])
    writer.close()
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue()))
    sheets = [book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names]
    assert [len(rows) for rows in sheets] == [2, 2, 1, 2]
    assert sheets[-1][-1] == ["Total EUR", "", 62.5]
    assert b"SUBTOTAL" not in sheet_xml(out)  # It would add up one sheet alone.


def test_the_sum_of_one_sheet_follows_its_filter_and_is_computed_already() -> None:
    out = io.BytesIO()
    writer = XlsxWriter(out, COLUMNS, "Documents")
    writer.write([ROW, ROW])
    writer.write_foot([Foot("Total EUR", {2: 25_00})])
    writer.close()
    assert re.search(rb"<f>SUBTOTAL\(109,C2:C3\)</f><v>25(\.0)?</v>", sheet_xml(out))


def test_no_text_of_a_workbook_is_a_formula_and_flags_and_instants_have_their_types() -> None:
    columns = (*COLUMNS, ListColumn("Vu le", Cell.INSTANT, 18), ListColumn("Vu", Cell.FLAG, 6))
    out = io.BytesIO()
    writer = XlsxWriter(out, columns, "Liste")
    seen = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)
    writer.write([(*ROW, seen, True), (None, "x" * 40_000, None, None, False)])
    writer.close()
    first, second = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()[1:]
    )
    assert first == [ROW[0], "=1+1", 12.5, dt.datetime(2026, 12, 31, 23, 30), True]  # noqa: DTZ001  a workbook knows no time zones
    # Excel's cells hold no more letters.
    assert (len(second[1]), second[4]) == (32_767, False)
    assert b"<f>" not in sheet_xml(out)


def test_the_file_stays_open_for_whoever_stores_it() -> None:
    out = io.BytesIO()
    writer = CsvWriter(out, COLUMNS)
    writer.close()
    assert not out.closed


def sheet_xml(out: io.BytesIO) -> bytes:
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as book:
        return b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
