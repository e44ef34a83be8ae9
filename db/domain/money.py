"""Money: integer cents, rates in basis points, one rounding function, sums that always add up."""

from collections.abc import Sequence

BASIS_POINTS = 10_000


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide two integers and round half up (away from zero for negatives, so that a credit mirrors a debit).

    Args:
        numerator: Any integer, often cents times a rate.
        denominator: A strictly positive integer.

    Raises:
        ValueError: The denominator is not positive.
    """
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, got {denominator}")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def share_of(amount_cents: int, rate_bp: int) -> int:
    """Return ``rate_bp`` basis points of ``amount_cents``, half up: 290 of 31,90 € is 0,93 €."""
    return divide_half_up(amount_cents * rate_bp, BASIS_POINTS)


def ratio_bp(part: int, whole: int) -> int | None:
    """Return which share of a whole a part is, in basis points, half up; None of nothing."""
    return divide_half_up(part * BASIS_POINTS, whole) if whole else None


def split_by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Split an integer over weights by largest remainders, so that the parts always add up to the whole.

    Ties go to the earlier part. Weights that are all zero share equally.

    Args:
        total: The amount to split, in cents; may be negative.
        weights: One non-negative weight per part; at least one.

    Raises:
        ValueError: There is no part, or a weight is negative.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be non-negative and at least one")
    if sum(weights) == 0:
        weights = [1] * len(weights)
    sign = -1 if total < 0 else 1
    whole = sum(weights)
    parts = [abs(total) * weight // whole for weight in weights]
    remainders = [abs(total) * weight % whole for weight in weights]
    missing = abs(total) - sum(parts)
    for index in sorted(range(len(parts)), key=lambda i: (-remainders[i], i))[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]
