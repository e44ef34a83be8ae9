"""What the house is told of its sales by e-mail: the figures of a day, a week or a month beside earlier ones."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from db.domain.exports import Cadence
from db.domain.formats import SHORT_MONTHS, WEEKDAYS, money
from db.domain.money import divide_half_up
from db.domain.sales_periods import Days

#: How the periods are called that a summary compares with: the one before, and that of a year before.
BEFORE_LABELS = {
    Cadence.DAILY: "le même jour de la semaine précédente",
    Cadence.WEEKLY: "la semaine précédente",
    Cadence.MONTHLY: "le mois précédent",
}
#: 52 weeks keep the day of the week.
YEAR_BEFORE_LABELS = {
    Cadence.DAILY: "52\u00a0semaines",
    Cadence.WEEKLY: "52\u00a0semaines",
    Cadence.MONTHLY: "un an",
}


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """What was sold in a period, in one currency; orders are all but the cancelled ones."""

    revenue_cents: int = 0
    orders: int = 0
    new_customers: int = 0
    #: Orders of which something is sent back, denied requests aside.
    returned: int = 0
    #: Orders whose first parcel left after their « ship by » day.
    shipped_late: int = 0

    @property
    def basket_cents(self) -> int:
        """Return what an order is worth on average; 0 without one."""
        return divide_half_up(self.revenue_cents, self.orders) if self.orders else 0


@dataclass(frozen=True, slots=True)
class BestSeller:
    """A seller or a product among those that sold most."""

    name: str
    cents: int
    units: int


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One day of a chart: what was sold, and what on the day that it is compared with; None where it has none."""

    day: str
    cents: int
    before_cents: int | None = None

    @property
    def label(self) -> str:
        """Return « 21 »: the day of the month."""
        return str(dt.date.fromisoformat(self.day).day)

    @property
    def weekday(self) -> str:
        """Return « sam. »."""
        return f"{WEEKDAYS[dt.date.fromisoformat(self.day).weekday()][:3]}."

    @property
    def words(self) -> str:
        """Return « sam. 21 nov. »."""
        return f"{self.weekday} {self.label} {SHORT_MONTHS[dt.date.fromisoformat(self.day).month - 1]}"


@dataclass(frozen=True, slots=True)
class SalesChart:
    """The picture of a summary: the sales of each day in one currency."""

    title: str
    currency: str
    bars: tuple[ChartBar, ...]
    #: How the earlier days are called; empty where none are shown.
    before_label: str = ""

    @property
    def alt(self) -> str:
        """Return in words what the picture shows."""
        if not self.bars:
            return self.title
        best, least = (choice(self.bars, key=lambda bar: bar.cents) for choice in (max, min))
        return (
            f"{self.title}. Le plus haut\u00a0: {money(best.cents, self.currency)} ({best.words})\u00a0; "
            f"le plus bas\u00a0: {money(least.cents, self.currency)} ({least.words})."
        )

    def to_json(self) -> dict[str, Any]:
        """Return the chart as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return the chart that ``to_json`` wrote."""
        return cls(
            said["title"], said["currency"], tuple(ChartBar(**bar) for bar in said["bars"]), said["before_label"]
        )


@dataclass(frozen=True, slots=True)
class CurrencySummary:
    """A summary's figures in one currency."""

    currency: str
    now: PeriodFigures
    before: PeriodFigures
    year_before: PeriodFigures
    #: Of all orders, whenever they were placed.
    unpaid_orders: int
    unpaid_cents: int
    #: The dearest first.
    sellers: tuple[BestSeller, ...]
    products: tuple[BestSeller, ...]
    chart: SalesChart


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a summary says; currencies are never added together."""

    cadence: Cadence
    first_day: str
    last_day: str
    #: Orders that should have left by now, whatever their currency.
    late_orders: int
    #: The one with the most orders first; empty where nothing was sold, then or in the periods compared with.
    currencies: tuple[CurrencySummary, ...]

    @property
    def days(self) -> Days:
        """Return the days it tells of."""
        return Days(dt.date.fromisoformat(self.first_day), dt.date.fromisoformat(self.last_day))

    def to_json(self) -> dict[str, Any]:
        """Return the summary as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return the summary that ``to_json`` wrote."""
        return cls(
            Cadence(said["cadence"]),
            said["first_day"],
            said["last_day"],
            said["late_orders"],
            tuple(_currency(each) for each in said["currencies"]),
        )


def _currency(said: Mapping[str, Any]) -> CurrencySummary:
    return CurrencySummary(
        currency=said["currency"],
        now=PeriodFigures(**said["now"]),
        before=PeriodFigures(**said["before"]),
        year_before=PeriodFigures(**said["year_before"]),
        unpaid_orders=said["unpaid_orders"],
        unpaid_cents=said["unpaid_cents"],
        sellers=tuple(BestSeller(**each) for each in said["sellers"]),
        products=tuple(BestSeller(**each) for each in said["products"]),
        chart=SalesChart.from_json(said["chart"]),
    )
