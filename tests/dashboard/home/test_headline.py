import datetime as dt

import pytest

from dashboard.home.headline import comparison_text, sales_text
from db.queries.calendar import Comparison, Sales


def test_sales_are_a_number_of_orders_and_an_amount() -> None:
    assert sales_text(Sales(412, 18_240_30), "EUR") == "412\u00a0commandes · 18\u202f240,30\u00a0€"
    assert sales_text(Sales(1, 5_00), "BRL") == "1\u00a0commande · 5,00\u00a0R$"
    assert sales_text(Sales(), "EUR") == "Aucune commande"


@pytest.mark.parametrize(
    ("until", "this_year", "last_year", "start"),
    [
        (dt.date(2026, 10, 31), 112_40, 100_00, ":green[**+12,4\u00a0%**] par rapport à octobre 2025 ("),
        (dt.date(2026, 11, 21), 97_00, 100_00, ":red[**−3\u00a0%**] par rapport au 1er–21 novembre 2025 ("),
        (dt.date(2024, 2, 29), 100_00, 100_00, ":green[**0\u00a0%**] par rapport à février 2023 ("),
        (dt.date(2026, 10, 31), 5_00, 0, "Pas de ventes en octobre 2025."),
        (dt.date(2026, 11, 21), 5_00, 0, "Pas de ventes du 1er au 21 novembre 2025."),
    ],
)
def test_a_month_is_compared_in_words(until: dt.date, this_year: int, last_year: int, start: str) -> None:
    comparison = Comparison(until, Sales(1, this_year), Sales(1, last_year))
    assert comparison_text(comparison, "EUR").startswith(start)


def test_a_dollar_sign_does_not_become_a_formula() -> None:
    comparison = Comparison(dt.date(2026, 10, 31), Sales(2, 2_00), Sales(1, 1_00))
    assert "R\\$" in comparison_text(comparison, "BRL")
