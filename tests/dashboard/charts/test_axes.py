import datetime as dt

import pytest

from dashboard.charts.axes import count_axis, day_ticks, money_axis, nice_ticks


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(0, [0, 1]), (7, [0, 2, 4, 6, 8]), (2_300, [0, 500, 1_000, 1_500, 2_000, 2_500]), (5, [0, 1, 2, 3, 4, 5])],
)
def test_ticks_are_round_numbers_up_to_the_highest_mark(most: int, ticks: list[int]) -> None:
    assert nice_ticks(most) == ticks


def test_amounts_are_said_in_short_and_in_french() -> None:
    axis = money_axis(14_000_00, "EUR")
    assert axis["tickvals"] == [0, 5_000, 10_000, 15_000]
    assert axis["ticktext"] == ["0", "5\u00a0k€", "10\u00a0k€", "15\u00a0k€"]


def test_a_few_orders_are_counted_by_whole_ones() -> None:
    assert count_axis(2)["ticktext"] == ["0", "1", "2", "3", "4", "5"]


def test_days_are_named_where_they_are_few_else_months_with_the_year_where_it_turns() -> None:
    assert day_ticks(dt.date(2026, 11, 1), dt.date(2026, 11, 3)) == {
        dt.date(2026, 11, 1): "1 nov.",
        dt.date(2026, 11, 2): "2 nov.",
        dt.date(2026, 11, 3): "3 nov.",
    }
    assert list(day_ticks(dt.date(2026, 11, 15), dt.date(2027, 2, 20)).values()) == [
        "déc.<br>2026",
        "janv.<br>2027",
        "févr.",
    ]
