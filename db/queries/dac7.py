"""What each seller was credited in the quarters of a year, for the DAC7 declaration."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.dac7 import (
    CURRENCY,
    QUARTERS,
    Exclusion,
    Quarter,
    SellerFacts,
    Thresholds,
    exclusion_of,
    missing_of,
    quarter_bounds,
    year_of,
)
from db.domain.files import FileKind
from db.domain.ledger import FEE_KINDS, ORDER_KINDS, LedgerKind
from db.domain.text import fold
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import LedgerEntry, Seller
from db.queries.columns import columns, sum_of
from db.queries.payout_settings import payout_settings

#: Seller and currency → the four quarters.
Sold = dict[tuple[int, str], tuple[Quarter, ...]]


@dataclass(frozen=True, slots=True)
class DeclaredSeller:
    """One seller in one currency. Amounts are cents."""

    seller_id: int
    currency: str
    facts: SellerFacts
    #: Four of them.
    quarters: tuple[Quarter, ...]
    #: Why it is not declared.
    exclusion: Exclusion | None
    #: What has to be known of it and is not; nothing of who is not declared.
    missing: tuple[str, ...]

    @property
    def year(self) -> Quarter:
        """Return the quarters as one."""
        return year_of(self.quarters)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is to be declared of a year."""

    year: int
    thresholds: Thresholds
    #: Those that are declared first, by name.
    sellers: tuple[DeclaredSeller, ...]

    @property
    def declared(self) -> list[DeclaredSeller]:
        """Return those that are declared."""
        return [each for each in self.sellers if each.exclusion is None]


def declaration(session: Session, viewer: Viewer, year: int, sold: Sold | None = None) -> Declaration:
    """Return what is to be declared of a year.

    Args:
        session: An open session.
        viewer: Who looks.
        year: Which year.
        sold: What ``sold_in`` said of the year a moment ago; None: it is asked now.

    Raises:
        NotAllowedError: The person may not take figures of all sellers out of the house.
    """
    viewer.require(FileKind.DAC7.permission)
    settings = payout_settings(session)
    thresholds = Thresholds(settings.dac7_min_sales, settings.dac7_min_cents)
    sold = sold_in(session, viewer, year) if sold is None else sold
    facts = _facts(session, {seller_id for seller_id, _ in sold})
    currencies: dict[int, set[str]] = defaultdict(set)
    sales: dict[int, int] = defaultdict(int)
    for (seller_id, currency), quarters in sold.items():
        currencies[seller_id].add(currency)
        sales[seller_id] += year_of(quarters).sales
    found = []
    for (seller_id, currency), quarters in sold.items():
        in_euros = year_of(sold.get((seller_id, CURRENCY), ()))
        whole = Quarter(sales[seller_id], in_euros.credited_cents, in_euros.fee_cents)
        exclusion = exclusion_of(
            facts[seller_id], whole, thresholds, in_other_currencies=bool(currencies[seller_id] - {CURRENCY})
        )
        missing = () if exclusion else tuple(missing_of(facts[seller_id]))
        found.append(DeclaredSeller(seller_id, currency, facts[seller_id], quarters, exclusion, missing))
    found.sort(key=lambda each: (each.exclusion is not None, fold(each.facts.name), each.seller_id, each.currency))
    return Declaration(year, thresholds, tuple(found))


def declared_years(session: Session, viewer: Viewer, today: dt.date) -> list[int]:
    """Return the years in which something was credited to sellers, the last one first; this year always.

    Raises:
        NotAllowedError: The person may not take figures of all sellers out of the house.
    """
    viewer.require(FileKind.DAC7.permission)
    first = session.scalar(sa.select(LedgerEntry.at).order_by(LedgerEntry.id).limit(1))
    return list(range(today.year, (local_day(first).year if first else today.year) - 1, -1))


def sold_in(session: Session, viewer: Viewer, year: int) -> Sold:
    """Return the quarters of each seller and currency; read from the index of the accounts alone.

    What is counted is what was credited to the sellers' accounts within the year, sale by sale; corrections, payouts
    and what the bank rejected are no consideration of a sale.

    Raises:
        NotAllowedError: The person may not take figures of all sellers out of the house.
    """
    viewer.require(FileKind.DAC7.permission)
    begins = quarter_bounds(year)
    later = [(LedgerEntry.at < begins[number], number) for number in QUARTERS[:-1]]
    quarter = sa.case(*later, else_=QUARTERS[-1]).label("quarter")
    amount, kind = LedgerEntry.amount_cents, LedgerEntry.kind
    # A sale that is taken out of the books again counts as none.
    sales = sa.case((kind != LedgerKind.SALE, 0), (amount > 0, 1), else_=-1)
    fees = sa.case((kind.in_(FEE_KINDS), -amount), else_=0)
    rows = session.execute(
        sa.select(LedgerEntry.seller_id, LedgerEntry.currency, quarter, sum_of(sales), sum_of(amount), sum_of(fees))
        .where(LedgerEntry.at >= begins[0], LedgerEntry.at < begins[-1], kind.in_(ORDER_KINDS))
        .group_by(LedgerEntry.seller_id, LedgerEntry.currency, quarter)
    )
    found: dict[tuple[int, str], dict[int, Quarter]] = defaultdict(dict)
    for seller_id, currency, number, *sums in rows:
        found[seller_id, currency][number] = Quarter(*sums)
    return {key: tuple(known.get(number, Quarter()) for number in QUARTERS) for key, known in found.items()}


def _facts(session: Session, seller_ids: set[int]) -> dict[int, SellerFacts]:
    rows = session.execute(
        sa.select(Seller.id, *columns(Seller, SellerFacts)).where(Seller.id.in_(seller_ids)).order_by(Seller.id)
    )
    return {seller_id: SellerFacts(*facts) for seller_id, *facts in rows}
