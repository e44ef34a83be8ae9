"""Beyond the totals of the page Ventes: how orders travel, who buys, when, which sellers stay, and what goes wrong."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db.domain.cohorts import Cohort, SellerMonth, cohorts
from db.domain.figures import DURATIONS, CustomerShare, Facet, Figure, Punctuality, Stage
from db.domain.months import month_of
from db.domain.order_filter import Attention, OrderFilter
from db.domain.orders import OPEN_STATUSES, PaymentState
from db.domain.percentiles import Spread, spread
from db.domain.sales_indicators import INDICATOR_FACETS, Indicators, indicators
from db.domain.sales_periods import Days, Step, cut
from db.domain.viewer import Viewer
from db.queries.figures import figures, figures_by_month
from db.queries.order_grid import OrderCount, count_orders
from db.queries.sales_parts import days_of, figures_of_parts, indicators_of_parts

_NONE = Figure("", 0, 0, 0)
_TO_BE_PAID = (PaymentState.UNPAID, PaymentState.PARTLY_PAID)


@dataclass(frozen=True, slots=True)
class Journey:
    """How far the orders of a period came, cancelled ones among them, and how long each step took (None: none did)."""

    stages: Mapping[Stage, Figure]
    spreads: Mapping[Facet, Spread | None]


@dataclass(frozen=True, slots=True)
class CustomerPart:
    """Who bought in one part of a period."""

    days: Days
    shares: Mapping[CustomerShare, Figure]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with the orders of a period, and what is late at this instant, whenever it was ordered."""

    late_now: OrderCount
    indicators: Indicators
    #: Orders that left late.
    late: Figure
    #: Orders that somebody wants to send back, by reason.
    returned: tuple[Figure, ...]
    #: Orders of which money was given back; the cents are that money.
    refunded: Figure
    #: Orders still to be paid; the units are the cents that are missing.
    unpaid: Mapping[PaymentState, Figure]


@dataclass(frozen=True, slots=True)
class TroublePart:
    """The rates of one part of a period."""

    days: Days
    indicators: Indicators


def journey(session: Session, viewer: Viewer, wanted: OrderFilter) -> Journey:
    """Return how far the orders of a period came, and how long each step took."""
    found = figures(session, viewer, wanted, [Facet.STAGE, *DURATIONS])
    stages = _by_value(found[Facet.STAGE])
    return Journey(
        {stage: stages.get(stage, _NONE) for stage in Stage},
        {facet: spread({int(figure.value): figure.orders for figure in found[facet]}) for facet in DURATIONS},
    )


def place_figures(session: Session, viewer: Viewer, wanted: OrderFilter) -> list[Figure]:
    """Return what was sold to each place as addresses name it (``db/domain/places.py`` merges them)."""
    return figures(session, viewer, wanted, [Facet.PLACE])[Facet.PLACE]


def hour_figures(session: Session, viewer: Viewer, wanted: OrderFilter) -> Mapping[tuple[int, int], Figure]:
    """Return what was sold by weekday (Monday being 0) and hour in Paris; hours without a sale are left out."""
    found = figures(session, viewer, wanted, [Facet.HOUR])[Facet.HOUR]
    return {(hour // 24, hour % 24): figure for figure in found for hour in [int(figure.value)]}


def customer_parts(session: Session, viewer: Viewer, wanted: OrderFilter, step: Step) -> list[CustomerPart]:
    """Return who bought, part by part of a period; its days must be given."""
    parts = cut(days_of(wanted), step)
    told: dict[tuple[int, str], Figure] = {}
    for index, dated in figures_of_parts(session, viewer, wanted, parts, Facet.CUSTOMER, step):
        key = (index, dated.figure.value)
        told[key] = told[key] + dated.figure if key in told else dated.figure
    return [
        CustomerPart(part, {share: told.get((index, share), _NONE) for share in CustomerShare})
        for index, part in enumerate(parts)
    ]


def seller_cohorts(session: Session, viewer: Viewer, currency: str, today: dt.date) -> list[Cohort]:
    """Return the sellers by the month of their first sale in a currency, followed up to the present month."""
    found = figures_by_month(session, viewer, OrderFilter(currency=currency, last_day=today), Facet.SELLER)
    sales = [SellerMonth(dated.on, int(dated.figure.value), dated.figure.orders, dated.figure.cents) for dated in found]
    return cohorts(sales, month_of(today))


def trouble(session: Session, viewer: Viewer, wanted: OrderFilter, today: dt.date) -> Trouble:
    """Return what went wrong with the orders of a period, and what is late now."""
    found = figures(session, viewer, wanted, [*INDICATOR_FACETS, Facet.REFUNDED])
    states = _by_value(found[Facet.PAYMENT_STATE])
    return Trouble(
        late_now=count_orders(session, viewer, late_now(wanted), today),
        indicators=indicators(found),
        late=_by_value(found[Facet.SHIPPING]).get(Punctuality.LATE, _NONE),
        returned=tuple(found[Facet.RETURNED]),
        refunded=next(iter(found[Facet.REFUNDED]), _NONE),
        unpaid={state: states.get(state, _NONE) for state in _TO_BE_PAID},
    )


def trouble_parts(session: Session, viewer: Viewer, wanted: OrderFilter, step: Step) -> list[TroublePart]:
    """Return how much was late and sent back, part by part of a period; its days must be given."""
    parts = cut(days_of(wanted), step)
    told = indicators_of_parts(session, viewer, wanted, parts, (Facet.SHIPPING, Facet.STAGE, Facet.RETURNED), step)
    return [TroublePart(part, known) for part, known in zip(parts, told, strict=True)]


def late_now(wanted: OrderFilter) -> OrderFilter:
    """Return the same orders of any day that are late at this instant."""
    return replace(wanted, statuses=OPEN_STATUSES, attention=Attention.LATE, first_day=None, last_day=None)


def _by_value(found: Sequence[Figure]) -> dict[str, Figure]:
    return {figure.value: figure for figure in found}
