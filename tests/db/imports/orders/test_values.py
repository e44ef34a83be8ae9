"""Money, days and rates as people write them: read exactly, or refused with the reason."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.formats import money
from db.imports.orders import values
from db.imports.orders.notes import Notes, UnreadableError
from db.imports.orders.places import country_code, phone, postcode


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("12", 12_00),
        ("12,5", 12_50),
        ("12.50", 12_50),
        ("1 234,56 €", 1234_56),
        ("1\u202f234,56\u00a0€", 1234_56),
        ("1,234.56", 1234_56),
        ("1.234,56", 1234_56),
        ("1234.56", 1234_56),
        ("1,234,567", 1_234_567_00),
        ("1 234", 1234_00),
        ("EUR 9,90", 9_90),
        ("-5,00", -5_00),
        ("−5,00", -5_00),
        ("1234,500", 1234_50),
        ("0,500", 50),
        (Decimal("12.5"), 12_50),
        (Decimal(1234), 1234_00),
    ],
)
def test_an_amount_is_read_the_french_and_the_english_way(written: values.Cell, cents: int) -> None:
    assert values.cents(written, "Prix", Notes()) == cents


@pytest.mark.parametrize("written", ["1,234", "1.234", "12,345"])
def test_an_amount_that_could_be_two_is_refused(written: str) -> None:
    with pytest.raises(UnreadableError, match="peut se lire"):
        values.cents(written, "Prix", Notes())


@pytest.mark.parametrize(
    "written", ["", "douze", "12,5,0", "1 23", "0,125", "12€50", Decimal("0.125"), Decimal("1e400")]
)
def test_what_is_no_amount_of_cents_is_refused(written: values.Cell) -> None:
    with pytest.raises(UnreadableError):
        values.cents(written, "Prix", Notes())


@given(st.integers(0, 10**11))
def test_an_amount_as_we_show_it_reads_back_the_same(cents: int) -> None:
    assert values.cents(money(cents), "Prix", Notes()) == cents


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("21/11/2026", dt.datetime(2026, 11, 20, 23, tzinfo=dt.UTC)),
        ("21/11/2026 14:32", dt.datetime(2026, 11, 21, 13, 32, tzinfo=dt.UTC)),
        ("1.7.26 8h05", dt.datetime(2026, 7, 1, 6, 5, tzinfo=dt.UTC)),
        ("2026-11-21", dt.datetime(2026, 11, 20, 23, tzinfo=dt.UTC)),
        ("2026-11-21T14:32:00Z", dt.datetime(2026, 11, 21, 14, 32, tzinfo=dt.UTC)),
        (dt.datetime(2026, 7, 1, 14, 32), dt.datetime(2026, 7, 1, 12, 32, tzinfo=dt.UTC)),  # noqa: DTZ001  a sheet's
    ],
)
def test_a_date_is_french_or_iso_and_of_paris(written: values.Cell, expected: dt.datetime) -> None:
    assert values.instant(written, "Date") == expected


@pytest.mark.parametrize("written", ["31/02/2026", "11/21/2026", "hier", "2026-13-01", "99/99/99"])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(UnreadableError, match="n’est pas une date"):
        values.instant(written, "Date")


def test_a_day_that_could_be_american_is_refused_where_the_file_writes_american_days() -> None:
    assert values.is_month_first("11/21/2026")
    with pytest.raises(UnreadableError, match="ne se distinguent pas"):
        values.instant("03/04/2026", "Date", is_american=True)
    assert values.instant("04/04/2026", "Date", is_american=True).month == 4


def test_a_number_that_is_too_small_is_a_number_all_the_same() -> None:
    assert values.whole("3,0", "Quantité", least=1) == 3
    for cell in ("-2", "−2", Decimal(-2), "0"):
        with pytest.raises(UnreadableError, match="est trop petit, il faut au moins 1"):
            values.whole(cell, "Quantité", least=1)
    with pytest.raises(UnreadableError, match="n’est pas un nombre entier"):
        values.whole("2-", "Quantité", least=1)


def test_a_rate_is_a_percentage_and_a_spreadsheets_share_is_one_too() -> None:
    notes = Notes()
    assert [values.rate_bp(cell, "TVA", notes) for cell in ("20", "5,5 %", "0", Decimal("5.5"))] == [2000, 550, 0, 550]
    assert notes.corrections == []
    assert values.rate_bp(Decimal("0.2"), "TVA", notes) == 2000
    assert notes.corrections == ["TVA\u00a0: «\u00a0" + "0.2" + "\u00a0» est lu 20\u00a0%."]


@given(st.one_of(st.text(), st.decimals(), st.dates(), st.datetimes()))
def test_no_cell_ever_raises_anything_else(cell: values.Cell) -> None:
    for read in (
        lambda: values.cents(cell, "Prix", Notes()),
        lambda: values.whole(cell, "Quantité"),
        lambda: values.rate_bp(cell, "TVA", Notes()),
        lambda: values.instant(cell, "Date"),
    ):
        with suppress(UnreadableError):
            read()


def test_countries_are_known_by_code_and_by_name() -> None:
    notes = Notes()
    names = ["", "fr", "Belgique", "GERMANY", "Royaume-Uni", "Atlantide"]
    assert [country_code(name, notes) for name in names] == ["FR", "FR", "BE", "DE", "GB", "Atlantide"]
    assert notes.corrections[0] == "Pays\u00a0: «\u00a0Belgique\u00a0» est noté BE."


def test_what_a_spreadsheet_took_off_comes_back() -> None:
    notes = Notes()
    assert phone("612345678", "FR", notes) == "06 12 34 56 78"
    assert postcode("1000", "FR", notes) == "01000"
    assert len(notes.corrections) == 2


def test_a_number_is_read_as_its_countrys_or_as_a_french_one() -> None:
    assert [phone(typed, "BE", Notes()) for typed in ("0470123456", "0612345678", "+33612345678")] == [
        "+32 470 12 34 56",
        "06 12 34 56 78",
        "06 12 34 56 78",
    ]


def test_a_number_that_is_no_phone_stays_as_it_is() -> None:
    assert [phone(typed, "FR", Notes()) for typed in ("", "12", "voir fiche")] == ["", "12", "voir fiche"]
