"""Parcels' numbers out of carriers' files: what is written is read, and nothing that comes in breaks it."""

import csv
import io

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from db.domain.carriers import DEFAULT_CARRIERS, carrier_named
from db.domain.tracking_numbers import (
    Columns,
    Finding,
    Given,
    Table,
    check_numbers,
    decoded,
    guess_columns,
    read_numbers,
    read_table,
)

COLISSIMO = carrier_named(DEFAULT_CARRIERS, "Colissimo")


def nobody(_number: str) -> bool:
    return False


def pairs(text: str, known: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    table = read_table(text)
    columns = guess_columns(table, known.__contains__)
    assert columns.order is not None
    assert columns.tracking is not None
    return [(each.order_number, each.tracking_number) for each in read_numbers(table, columns.order, columns.tracking)]


@pytest.mark.parametrize(
    "text",
    [
        "N-398-001;6A12345678901\nN-398-002;6A12345678902\n",
        "N-398-001\t6A12345678901\r\nN-398-002\t6A12345678902\r\n",
        "N-398-001,6A12345678901\n\n  \nN-398-002,6A12345678902",
        "N-398-001   6A12345678901\nN-398-002 6A12345678902",
        "Commande;Numéro de suivi\nN-398-001;6A12345678901\nN-398-002;6A12345678902",
        '"N° de colis","Référence expédition"\n"6A12345678901","N-398-001"\n"6A12345678902","N-398-002"',
        (
            "Nom;Réf. commande;Adresse 1;Code postal;Numéro de colis\nMorin;N-398-001;3 rue Neuve;35000;6A12345678901\n"
            "Le Goff;N-398-002;1 quai Vauban;29200;6A12345678902"
        ),
        "Morin;N-398-001;35000;6A12345678901\nLe Goff;N-398-002;29200;6A12345678902",
    ],
)
def test_whatever_separates_them_and_wherever_they_stand(text: str) -> None:
    known = frozenset({"N-398-001", "N-398-002"})
    assert pairs(text, known) == [("N-398-001", "6A12345678901"), ("N-398-002", "6A12345678902")]


def test_each_line_is_separated_as_it_is_itself() -> None:
    text = "P-1001\t6A12345678901\nP-1002;6A12345678902\nP-1003 6A 12345678903\nP-1004,6A12345678904\n???"
    known = {f"P-100{place}": place for place in (1, 2, 3, 4)}
    table = read_table(text)
    columns = guess_columns(table, known.__contains__)
    assert columns == Columns(0, 1)
    checked = check_numbers(read_numbers(table, 0, 1), known, COLISSIMO)
    assert [each.finding for each in checked] == [*[Finding.FOUND] * 4, Finding.NOT_SEPARATED]
    assert checked[2].given.tracking_number == "6A 12345678903"
    assert checked[4].why.startswith("Ligne mal séparée")


def test_an_order_alone_on_its_line_lacks_its_number_and_one_that_has_left_is_told_apart() -> None:
    given = read_numbers(read_table("P-1001;6A12345678901\nP-1002\nP-1003;6A12345678903"), 0, 1)
    known = {"P-1001": 1, "P-1002": 2, "P-1003": 3}
    checked = check_numbers(given, known, COLISSIMO, shipped={3})
    assert [each.finding for each in checked] == [Finding.FOUND, Finding.NO_NUMBER, Finding.SHIPPED]
    assert not checked[2].finding.is_taken


def test_spaces_inside_a_pasted_number_stay_with_it() -> None:
    assert pairs("N-1001 6A 123 456 789 01") == [("N-1001", "6A 123 456 789 01")]


def test_columns_that_nothing_tells_apart_are_left_to_a_person() -> None:
    table = read_table("a1000;b;c\nd1000;e;f")
    assert guess_columns(table, nobody) == Columns(None, None)
    assert [table.column_name(column) for column in range(table.width)] == [
        "Colonne 1 (a1000)", "Colonne 2 (b)", "Colonne 3 (c)",
    ]  # fmt: skip


def test_a_first_line_with_numbers_is_no_title() -> None:
    assert read_table("Commande 4512;6A1\nCommande 4513;6A2").titles == ()
    assert read_table("Commande;Adresse 1\nN-4512;x").titles == ("Commande", "Adresse 1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_files_of_any_tool_are_decoded(encoding: str) -> None:
    assert decoded("Numéro réglé ; é".encode(encoding)) == "Numéro réglé ; é"


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content: bytes) -> None:
    table = read_table(decoded(content))
    columns = guess_columns(table, lambda number: number > "m")
    for order in range(table.width):
        read_numbers(table, order, columns.tracking or 0)


@given(st.text(st.sampled_from("a1;,|\t\"'\n\r =\x00é"), max_size=80))
def test_any_text_is_read(text: str) -> None:
    table = read_table(text)
    assert all(any(line.cells) for line in table.lines)
    guess_columns(table, nobody)
    for column in range(table.width):
        table.column_name(column)


order_numbers = st.from_regex(r"[A-Z]{0,3}-?[0-9]{4,8}(-[0-9]{3})?", fullmatch=True)
cells = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=12)
parcel_numbers = cells.filter(lambda text: not text.startswith("'"))


@given(
    st.lists(st.tuples(order_numbers, parcel_numbers), min_size=1, max_size=20),
    st.sampled_from([";", ",", "\t", "|"]),
    st.booleans(),
)
@example([("1000", '"')], ";", False)  # noqa: FBT003  Hypothesis takes examples by place
def test_what_is_read_is_what_was_written(written: list[tuple[str, str]], separator: str, has_titles: bool) -> None:  # noqa: FBT001  as above
    # Another separator in every line is as good a guess as the true one: then it is for a person to say.
    assume(not any(all(other in order + parcel for order, parcel in written) for other in set(";,\t|") - {separator}))
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=separator)
    if has_titles:
        lines.writerow(["Commande", "Numéro de suivi"])
    lines.writerows(written)
    table = read_table(out.getvalue())
    # A cell may hold another separator as often as every line holds the true one: then it is for a person to say.
    if table.width == 2:
        assert [(each.order_number, each.tracking_number) for each in read_numbers(table, 0, 1)] == written


def check(lines: list[tuple[str, str]], among: set[int] | None = None) -> list[Finding]:
    given_lines = [Given(place, *line) for place, line in enumerate(lines, start=1)]
    ids = {"N-1": 1, "N-2": 2, "N-3": 3}
    return [each.finding for each in check_numbers(given_lines, ids, COLISSIMO, among)]


def test_each_line_is_found_or_says_why_not() -> None:
    lines = [
        ("N-1", "6A12345678901"),
        ("N-9", "6A12345678902"),
        ("N-2", "6A12345678903"),
        ("N-3", ""),
    ]
    assert check(lines, among={1, 3}) == [Finding.FOUND, Finding.UNKNOWN, Finding.NOT_SELECTED, Finding.NO_NUMBER]
    assert check(lines)[2] is Finding.FOUND


def test_two_numbers_for_one_order_are_for_a_person_to_settle() -> None:
    assert check([("N-1", "6A12345678901"), ("N-1", "6A12345678902")]) == [Finding.DUPLICATE, Finding.DUPLICATE]
    assert check([("N-1", "6A12345678901"), ("N-1", "6A 1234 5678 901")]) == [Finding.FOUND, Finding.DUPLICATE]
    assert check([("N-1", ""), ("N-1", "6A12345678901")]) == [Finding.NO_NUMBER, Finding.FOUND]


def test_doubtful_numbers_are_taken_with_a_warning() -> None:
    assert check([("N-1", "12")]) == [Finding.DOUBTFUL]
    assert check([("N-1", "6A12345678901"), ("N-2", "6A12345678901")]) == [Finding.DOUBTFUL, Finding.DOUBTFUL]
    assert Finding.DOUBTFUL.is_taken
    assert not Finding.DUPLICATE.is_taken


def test_nothing_is_an_empty_table() -> None:
    assert read_table("") == read_table("\n ;; \n") == Table(())
    assert Table(()).width == 0
