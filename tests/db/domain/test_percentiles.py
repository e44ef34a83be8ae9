"""Percentiles of a histogram, against a sorted list."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.percentiles import Spread, nearest_rank, spread


@given(st.lists(st.integers(0, 2_000), min_size=1), st.integers(1, 100))
def test_the_nearest_rank_is_found_where_a_sorted_list_has_it(hours: list[int], percent: int) -> None:
    expected = sorted(hours)[math.ceil(len(hours) * percent / 100) - 1]
    assert nearest_rank(Counter(hours), percent) == expected


def test_the_textbook_s_example_comes_out() -> None:
    # « Percentile », Wikipedia, worked example of the nearest-rank method: 15, 20, 35, 40, 50.
    values = Counter([15, 20, 35, 40, 50])
    assert [nearest_rank(values, percent) for percent in (5, 30, 40, 50, 100)] == [15, 20, 20, 35, 50]


def test_ten_orders_spread_by_hand() -> None:
    # Nine orders took 2, 2, 2, 3, 5, 5, 8, 13 and 30 hours, one took 400: the 5th and the 9th of ten.
    assert spread(Counter([2, 2, 2, 3, 5, 5, 8, 13, 30, 400])) == Spread(10, 5, 30)


def test_nothing_observed_has_no_spread() -> None:
    assert spread({}) is None
    assert spread({3: 0}) is None
    with pytest.raises(ValueError, match="no 50 % of 0"):
        nearest_rank({}, 50)
