import pytest

from db.queries.text_match import words


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("Évelyne  MORIN", ["evelyne", "morin"]),
        ("06 12 34 56 78", ["612345678"]),
        ("+33 (0)6.12.34.56.78", ["612345678"]),
        ("0033612345678", ["612345678"]),
        ("06-12-34-56-78", ["612345678"]),
        ("612345678", ["612345678"]),
    ],
)
def test_names_are_folded_and_phone_numbers_become_their_digits(typed: str, searched: list[str]) -> None:
    assert words(typed) == searched


@pytest.mark.parametrize("number", ["2026-000123456", "62038-006-0031", "2026/00012345", "536365", "C536379"])
def test_an_order_number_made_of_digits_and_dashes_is_not_taken_for_a_phone(number: str) -> None:
    assert words(number) == [number.lower()]
