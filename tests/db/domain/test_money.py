from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.money import divide_half_up, share_of, split_by_weight

CENTS = st.integers(-(10**13), 10**13)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(5, 2, 3), (4, 2, 2), (1, 3, 0), (2, 3, 1), (-5, 2, -3), (-1, 3, 0), (0, 7, 0), (1, 2, 1), (-1, 2, -1)],
)
def test_a_half_is_rounded_away_from_zero(numerator: int, denominator: int, quotient: int) -> None:
    assert divide_half_up(numerator, denominator) == quotient


@given(CENTS, st.integers(1, 10**6))
def test_rounding_is_off_by_at_most_a_half_and_mirrors_its_sign(numerator: int, denominator: int) -> None:
    rounded = divide_half_up(numerator, denominator)
    assert abs(rounded - Fraction(numerator, denominator)) <= Fraction(1, 2)
    assert divide_half_up(-numerator, denominator) == -rounded


@pytest.mark.parametrize("denominator", [0, -2])
def test_dividing_by_nothing_or_less_is_a_mistake(denominator: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        divide_half_up(1, denominator)


@pytest.mark.parametrize(
    # 2.9 % of 31.90 € is 92.51 cents; of 50 cents 1.45; of 500 € exactly 14.50 €.
    ("amount", "rate", "share"),
    [(31_90, 290, 93), (50, 290, 1), (500_00, 290, 14_50), (31_90, 0, 0), (31_90, 10_000, 31_90), (-31_90, 290, -93)],
)
def test_a_share_is_rounded_to_the_cent(amount: int, rate: int, share: int) -> None:
    assert share_of(amount, rate) == share


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10_00, [1, 1, 1], [3_34, 3_33, 3_33]),
        (1, [1, 1], [1, 0]),
        (100, [50, 30, 20], [50, 30, 20]),
        # 5 × 3/7 = 2.14, 5 × 4/7 = 2.86: the larger remainder takes the cent.
        (5, [3, 4], [2, 3]),
        (-10_00, [1, 1, 1], [-3_34, -3_33, -3_33]),
        (7, [0, 0], [4, 3]),
        (9, [0, 5], [0, 9]),
        (0, [3, 4], [0, 0]),
    ],
)
def test_a_sum_is_split_by_largest_remainders(total: int, weights: list[int], parts: list[int]) -> None:
    assert split_by_weight(total, weights) == parts


@given(CENTS, WEIGHTS)
def test_parts_always_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    assert sum(split_by_weight(total, weights)) == total


@given(CENTS, WEIGHTS)
def test_no_part_is_a_cent_away_from_its_exact_share(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    for part, weight in zip(split_by_weight(total, weights), weights, strict=True):
        share = Fraction(total * weight, whole) if whole else Fraction(total, len(weights))
        assert abs(part - share) < 1


@given(st.integers(0, 10**13), WEIGHTS)
def test_a_part_without_weight_gets_nothing_and_a_heavier_one_never_less(total: int, weights: list[int]) -> None:
    parts = split_by_weight(total, weights)
    ranked = sorted(zip(weights, parts, strict=True))
    if any(weights):
        assert all(part == 0 for weight, part in ranked if weight == 0)
        for (lighter, less), (heavier, more) in pairwise(ranked):
            assert less <= more or lighter == heavier


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_there_is_no_splitting_over_nothing_or_over_negative_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="non-negative and at least one"):
        split_by_weight(10, weights)
