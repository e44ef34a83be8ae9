"""Percentiles of durations that are known as a histogram: how many orders took how many whole hours."""

from collections.abc import Mapping
from dataclasses import dataclass

MEDIAN = 50
SLOWEST_TENTH = 90


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something takes, in whole hours: half take no longer than the median, nine in ten than ``p90``."""

    count: int
    median: int
    p90: int


def nearest_rank(histogram: Mapping[int, int], percent: int) -> int:
    """Return the smallest value that at least ``percent`` percent of the observations do not exceed.

    The nearest-rank method: the answer is always one of the values observed, never between two of them.

    Args:
        histogram: How often each value was observed; never negative, at least one observation.
        percent: From 1 to 100.

    Raises:
        ValueError: Nothing was observed, or the percentage means nothing.
    """
    observed = sum(histogram.values())
    if observed <= 0 or not 1 <= percent <= 100:
        raise ValueError(f"no {percent} % of {observed} observations")
    rank = -(-observed * percent // 100)
    for value in sorted(histogram):
        rank -= histogram[value]
        if rank <= 0:
            return value
    raise AssertionError("the ranks of a histogram end with its last value")


def spread(histogram: Mapping[int, int]) -> Spread | None:
    """Return the median and the ninth decile of a histogram of whole hours; None where nothing was observed."""
    observed = sum(histogram.values())
    if not observed:
        return None
    return Spread(observed, nearest_rank(histogram, MEDIAN), nearest_rank(histogram, SLOWEST_TENTH))
