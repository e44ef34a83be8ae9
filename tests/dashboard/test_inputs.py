import pytest

from dashboard.inputs import parse_amount, parse_quantity, parse_rate
from db.domain.errors import InvalidInputError


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("12,50", 1250),
        ("12.50", 1250),
        ("12,5", 1250),
        ("99", 9900),
        ("1 234,56 €", 123_456),
        ("1\u202f234,56\u00a0€", 123_456),
        ("0", 0),
    ],
)
def test_an_amount_is_read_as_french_people_type_it(typed: str, cents: int) -> None:
    assert parse_amount(typed) == cents


@pytest.mark.parametrize("typed", ["", "douze", "-5", "12,345", "1,234.56", "NaN", "1e9", "١٢", "9" * 30])
def test_what_is_no_amount_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="Saisissez par exemple 12,50"):
        parse_amount(typed)


@pytest.mark.parametrize(
    ("typed", "basis_points"),
    [("2,9", 290), ("2.90 %", 290), ("20\u00a0%", 2000), ("0", 0), ("100", 10_000), ("0,05", 5)],
)
def test_a_rate_is_read_with_or_without_its_sign(typed: str, basis_points: int) -> None:
    assert parse_rate(typed) == basis_points


@pytest.mark.parametrize("typed", ["", "deux", "-1", "2,905", "100,01", "290"])
def test_what_is_no_rate_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="Saisissez par exemple 2,9"):
        parse_rate(typed)


@pytest.mark.parametrize(("typed", "units"), [("", 0), (" 2 ", 2), ("1 200", 1200), ("0", 0)])
def test_a_quantity_is_a_whole_number_and_nothing_typed_is_none(typed: str, units: int) -> None:
    assert parse_quantity(typed, "Thé vert bio") == units


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "ne peut pas être négative"),
        ("1,5", "Saisissez un nombre entier de 0 à 3"),
        ("deux", "n’est pas une quantité de Thé vert bio"),
        ("4", "Il reste 3 Thé vert bio. Saisissez 3 au plus"),
        ("9" * 12, "n’est pas une quantité"),
    ],
)
def test_what_is_no_quantity_is_refused_with_the_limit(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        parse_quantity(typed, "Thé vert bio", 3)
