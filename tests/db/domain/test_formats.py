import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain import formats

NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)  # 10:30 in Paris.


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (0, "EUR", "0,00\u00a0€"),
        (1_234_56, "EUR", "1\u202f234,56\u00a0€"),
        (-5, "EUR", "−0,05\u00a0€"),
        (1_000_000_00, "BRL", "1\u202f000\u202f000,00\u00a0R$"),
        (12_00, "JPY", "12,00\u00a0JPY"),
    ],
)
def test_money_is_written_the_french_way_in_any_currency(cents: int, currency: str, text: str) -> None:
    assert formats.money(cents, currency) == text


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "0,00 €"),
        (9_90, "9,90 €"),
        (10_00, "10 €"),
        (999_49, "999 €"),
        (999_50, "1 k€"),
        (1_240_00, "1,2 k€"),
        (9_949_99, "9,9 k€"),
        (9_950_00, "10 k€"),
        (18_240_30, "18 k€"),
        (999_500_00, "1 M€"),
        (12_345_678_00, "12 M€"),
        (-1_240_00, "−1,2 k€"),
    ],
)
def test_short_money_keeps_the_size_in_three_figures(cents: int, text: str) -> None:
    assert formats.short_money(cents).replace("\u00a0", " ") == text


@pytest.mark.parametrize(("currency", "sign"), [("EUR", "€"), ("GBP", "£"), ("JPY", "JPY")])
def test_a_currency_is_written_by_its_sign(currency: str, sign: str) -> None:
    assert formats.symbol(currency) == sign


@given(st.integers(0, 99_949_999_999))
def test_short_money_always_fits_a_calendar_cell(cents: int) -> None:
    assert len(formats.short_money(cents)) <= len("999 M€")


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (100_00, 112_40, "+12,4 %"),
        (100_00, 97_00, "−3 %"),
        (100_00, 100_00, "0 %"),
        (100_00, 0, "−100 %"),
        (1_00, 1_000_00, "+99 900 %"),
        (3, 4, "+33,3 %"),
        (100_000, 99_999, "0 %"),
    ],
)
def test_an_evolution_says_its_sign_and_one_decimal(before: int, after: int, text: str) -> None:
    assert formats.evolution(before, after).replace("\u00a0", " ").replace("\u202f", " ") == text


def test_in_french_zero_and_one_are_singular() -> None:
    words = [formats.plural(count, "commande") for count in (0, 1, 2, 1_284)]
    assert words == ["0\u00a0commande", "1\u00a0commande", "2\u00a0commandes", "1\u202f284\u00a0commandes"]
    assert formats.plural(2, "avis", "avis") == "2\u00a0avis"


def test_days_and_months_are_in_words() -> None:
    assert formats.long_date(dt.date(2026, 11, 21)) == "samedi 21 novembre 2026"
    assert formats.long_date(dt.date(2026, 8, 1)) == "samedi 1er août 2026"
    assert formats.month(2026, 2) == "février 2026"
    assert formats.date(dt.date(2026, 1, 2)) == "02/01/2026"
    assert len(formats.MONTHS) == len(formats.SHORT_MONTHS) == 12


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-11-21T08:05", "09:05"),
        ("2026-11-20T23:30", "00:30"),
        ("2026-11-20T10:00", "hier 11:00"),
        ("2026-07-14T10:00", "14/07 12:00"),
        ("2025-12-31T22:59", "31/12/2025"),
    ],
)
def test_a_short_instant_says_only_what_is_not_obvious(moment: str, text: str) -> None:
    assert formats.short_instant(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC), NOW) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (12, "12 min"), (240, "4 h"), (3_120, "2 j 4 h"), (2_880, "2 j"), (64_800, "45 j")],
)
def test_an_age_has_at_most_two_units(minutes: int, text: str) -> None:
    assert formats.age(NOW - dt.timedelta(minutes=minutes), NOW).replace("\u00a0", " ") == text


def test_rates_and_weights_leave_out_what_is_zero() -> None:
    assert [formats.rate(bp) for bp in (550, 2_000, 290)] == ["5,5\u00a0%", "20\u00a0%", "2,9\u00a0%"]
    assert [formats.weight(grams) for grams in (850, 1_000, 1_250)] == ["850\u00a0g", "1\u00a0kg", "1,25\u00a0kg"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["le SIREN"], "le SIREN"),
        (["le SIREN", "l’adresse"], "le SIREN et l’adresse"),
        (["le nom", "le SIREN", "l’adresse"], "le nom, le SIREN et l’adresse"),
    ],
)
def test_what_is_enumerated_ends_with_and(words: list[str], text: str) -> None:
    assert formats.enumeration(words) == text


def test_months_that_begin_with_a_vowel_are_elided() -> None:
    found = [formats.of_month(2026, month) for month in range(1, 13)]
    assert [each for each in found if each.startswith("d’")] == ["d’avril 2026", "d’août 2026", "d’octobre 2026"]
    assert found[10] == "de novembre 2026"


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0, "moins d’1 h"),
        (4, "4 h"),
        (24, "1 j"),
        (52, "2 j 4 h"),
        (167, "6 j 23 h"),
        (169, "7 j"),
        (24_000, "1\u202f000 j"),
    ],
)
def test_a_length_in_whole_hours_reads_as_people_say_it(hours: int, text: str) -> None:
    assert formats.hours(hours).replace("\u00a0", " ") == text
