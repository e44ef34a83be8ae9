"""VAT inside VAT-inclusive prices, per rate (DOMAIN.md, « Money, VAT, time »): the arithmetic of every document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.domain.money import BASIS_POINTS, divide_half_up, split_by_weight


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
    return [_total(rate_bp, gross) for rate_bp, gross in sorted(_sums(gross_by_rate).items())]


def totals_credited(gross_by_rate: Iterable[tuple[int, int]], left: Mapping[int, VatTotal]) -> list[VatTotal]:
    """Take the VAT out of what a credit note gives back, never more of it than the invoice still holds.

    Rounded for each credit note, base and VAT could end a cent beside the invoice's. Kept within what is left, they end
    at exactly zero when the last cent of a rate is given back.

    Args:
        gross_by_rate: Pairs of (rate, VAT-inclusive amount in cents), positive, at most what is left of each rate.
        left: By rate, what the invoice still claims after the earlier credit notes, positive.

    Raises:
        ValueError: More of a rate is given back than is left of it.
    """
    return [_credited(left, rate_bp, gross) for rate_bp, gross in sorted(_sums(gross_by_rate).items())]


def net_of_lines(totals: Iterable[VatTotal], lines: Sequence[tuple[int, int]]) -> list[int]:
    """Spread the net of each rate over its lines by largest remainders, so that lines and bases agree to the cent.

    Args:
        totals: The document's totals, one per rate.
        lines: Pairs of (rate in basis points, VAT-inclusive amount in cents), all of one sign.

    Returns:
        The net of each line, in the same order.
    """
    nets = [0] * len(lines)
    for total in totals:
        places = [place for place, (rate_bp, _) in enumerate(lines) if rate_bp == total.rate_bp]
        parts = split_by_weight(total.net_cents, [abs(lines[place][1]) for place in places])
        for place, part in zip(places, parts, strict=True):
            nets[place] = part
    return nets


def _sums(gross_by_rate: Iterable[tuple[int, int]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for rate_bp, gross_cents in gross_by_rate:
        sums[rate_bp] = sums.get(rate_bp, 0) + gross_cents
    return sums


def _total(rate_bp: int, gross_cents: int) -> VatTotal:
    net = divide_half_up(gross_cents * BASIS_POINTS, BASIS_POINTS + rate_bp)
    return VatTotal(rate_bp, net, gross_cents - net, gross_cents)


def _credited(left: Mapping[int, VatTotal], rate_bp: int, gross_cents: int) -> VatTotal:
    rest = left.get(rate_bp, VatTotal(rate_bp, 0, 0, 0))
    if not 0 <= gross_cents <= rest.gross_cents:
        raise ValueError(f"{gross_cents} of {rest.gross_cents} cannot be given back at {rate_bp}")
    net = _total(rate_bp, gross_cents).net_cents
    net = min(max(net, gross_cents - rest.vat_cents), rest.net_cents)
    return VatTotal(rate_bp, net, gross_cents - net, gross_cents)
