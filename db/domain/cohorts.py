"""Cohorts of sellers: those who made their first sale in the same month, followed through the months since."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from db.domain.money import ratio_bp
from db.domain.months import add_months


@dataclass(frozen=True, slots=True)
class SellerMonth:
    """What one seller sold in the month that begins on a day."""

    month: dt.date
    seller_id: int
    orders: int
    cents: int


@dataclass(frozen=True, slots=True)
class CohortMonth:
    """What a cohort sold in one month of its life."""

    month: dt.date
    #: Those who sold something in that month.
    seller_ids: tuple[int, ...]
    orders: int
    cents: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """The sellers whose first sale fell in one month, and their months from that one to the present."""

    month: dt.date
    size: int
    months: tuple[CohortMonth, ...]

    def still_selling_bp(self, index: int) -> int:
        """Return which share of its sellers sold something ``index`` months after the first (basis points)."""
        return ratio_bp(len(self.months[index].seller_ids), self.size) or 0


def months_since(month: dt.date, now: dt.date) -> int:
    """Return how many months lie between two months that are named by their first days."""
    return (now.year - month.year) * 12 + now.month - month.month


def cohorts(sales: Iterable[SellerMonth], this_month: dt.date) -> list[Cohort]:
    """Return the cohorts, the oldest first.

    Args:
        sales: Of all time, one for each seller and month in which something was sold.
        this_month: The first day of the month up to which they are followed; months without sales count as zero.
    """
    known = [sale for sale in sales if sale.orders and sale.month <= this_month]
    first: dict[int, dt.date] = {}
    for sale in known:
        first[sale.seller_id] = min(sale.month, first.get(sale.seller_id, sale.month))
    members: dict[dt.date, list[int]] = defaultdict(list)
    for seller_id, month in first.items():
        members[month].append(seller_id)
    sold: dict[tuple[dt.date, dt.date], list[SellerMonth]] = defaultdict(list)
    for sale in known:
        sold[first[sale.seller_id], sale.month].append(sale)
    return [
        Cohort(
            month,
            len(members[month]),
            tuple(_month_of_life(lived, sold[month, lived]) for lived in _months_from(month, this_month)),
        )
        for month in sorted(members)
    ]


def _months_from(month: dt.date, last: dt.date) -> list[dt.date]:
    return [add_months(month, count) for count in range(months_since(month, last) + 1)]


def _month_of_life(month: dt.date, sales: list[SellerMonth]) -> CohortMonth:
    return CohortMonth(
        month,
        tuple(sorted(sale.seller_id for sale in sales)),
        sum(sale.orders for sale in sales),
        sum(sale.cents for sale in sales),
    )
