import csv
import datetime as dt
import io

from dashboard.charts.table import Column, Kind, Table, csv_file, data_frame

COLUMNS = (
    Column("Vendeur"),
    Column("Jour", Kind.DAY),
    Column("Commandes", Kind.COUNT),
    Column("Ventes", Kind.MONEY),
    Column("Part", Kind.RATE),
    Column("Délai", Kind.HOURS),
)
TABLE = Table(
    COLUMNS,
    (
        ("Lin & Lande ; déco", dt.date(2026, 11, 22), 1_234, -5_678_90, 12_5, 52),
        ("=cmd|' /C calc'!A0", None, 0, 5, None, None),
    ),
    "CHF",
)


def rows_of(file: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_file_opens_in_a_french_spreadsheet_as_it_is() -> None:
    file = csv_file(TABLE)
    assert file.startswith(b"\xef\xbb\xbf")
    assert rows_of(file)[:2] == [
        ["Vendeur", "Jour", "Commandes", "Ventes (CHF)", "Part (%)", "Délai (heures)"],
        ["Lin & Lande ; déco", "22/11/2026", "1234", "-5678,90", "1,25", "52"],
    ]


def test_no_name_is_a_formula_and_nothing_is_an_empty_cell() -> None:
    assert rows_of(csv_file(TABLE))[2] == ["'=cmd|' /C calc'!A0", "", "0", "0,05", "", ""]


def test_the_screen_says_the_same_in_words() -> None:
    shown = data_frame(TABLE)
    assert [cell.replace("\u202f", " ").replace("\u00a0", " ") for cell in shown.iloc[0]] == [
        "Lin & Lande ; déco",
        "22/11/2026",
        "1 234",
        "−5 678,90 CHF",
        "1,25 %",
        "2 j 4 h",
    ]
    assert list(shown.iloc[1])[4:] == ["–", "–"]
