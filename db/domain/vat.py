"""VAT inside VAT-inclusive prices, per rate (DOMAIN.md, « Money, VAT, time »)."""

from collections.abc import Iterable
from dataclasses import dataclass

from db.domain.money import BASIS_POINTS, divide_half_up


@dataclass(frozen=True, slots=True)
class VatTotal:
    """What a document states for one rate: ``net_cents + vat_cents == gross_cents``, always."""

    rate_bp: int
    net_cents: int
    vat_cents: int
    gross_cents: int


def totals_per_rate(gross_by_rate: Iterable[tuple[int, int]]) -> list[VatTotal]:
    """Sum VAT-inclusive amounts per rate and take the VAT out of each sum.

    The VAT is computed once per rate on the sum, never per line, so that gross never drifts by a cent.

    Args:
        gross_by_rate: Pairs of (rate in basis points, VAT-inclusive amount in cents), one per line.

    Returns:
        One total per rate, lowest rate first.
    """
    sums: dict[int, int] = {}
    for rate_bp, gross_cents in gross_by_rate:
        sums[rate_bp] = sums.get(rate_bp, 0) + gross_cents
    return [_total(rate_bp, gross) for rate_bp, gross in sorted(sums.items())]


def _total(rate_bp: int, gross_cents: int) -> VatTotal:
    net = divide_half_up(gross_cents * BASIS_POINTS, BASIS_POINTS + rate_bp)
    return VatTotal(rate_bp, net, gross_cents - net, gross_cents)
