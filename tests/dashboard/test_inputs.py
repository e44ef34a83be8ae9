import pytest

from dashboard.inputs import parse_amount
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
