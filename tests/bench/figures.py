"""What managers wait for: the figures of a period from every side, kept, stale and filtered."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.figures import Facet
from db.domain.order_filter import OrderFilter
from db.domain.orders import DeliveryMode, PaymentMethod
from db.models import StaleDay
from db.queries.figures import figures, figures_by_day, figures_by_month
from db.services.figures import refresh_figures
from tests.bench.operations import STAFF, TODAY, Operation

_THREE_YEARS = OrderFilter(first_day=TODAY - dt.timedelta(days=3 * 365), last_day=TODAY, currency="EUR")
_YEAR = replace(_THREE_YEARS, first_day=TODAY.replace(month=1, day=1))
_MONTH = replace(_THREE_YEARS, first_day=TODAY.replace(day=1))
_SIDES = list(Facet)


def operations() -> Iterator[Operation]:
    """Yield every operation of the group."""
    for name, period in (("3 years", _THREE_YEARS), ("this year", _YEAR), ("this month", _MONTH)):
        yield Operation("charts: kept", f"{name}, all sides", 1_000, partial(_all_sides, period))
        yield Operation("charts: kept", f"{name}, sales by day", 200, partial(_by_day, period))
        yield Operation("charts: stale today", f"{name}, all sides", 1_000, partial(_with_stale_days, period, 1))
    yield Operation("charts: kept", "3 years, sellers by month", 200, partial(_by_month, _THREE_YEARS))
    yield Operation("charts: stale month", "3 years, all sides", 1_000, partial(_with_stale_days, _THREE_YEARS, 30))
    filters = {
        "seller": {"seller_id": 3},
        "cheque": {"payment_methods": frozenset({PaymentMethod.CHEQUE})},
        "in store": {"delivery_modes": frozenset({DeliveryMode.IN_STORE})},
    }
    for name, values in filters.items():
        yield Operation(
            "charts: filtered", f"{name}, 3 years", 3_000, partial(_all_sides, replace(_THREE_YEARS, **values))
        )
        yield Operation("charts: filtered", f"{name}, month", 1_000, partial(_all_sides, replace(_MONTH, **values)))
    yield Operation("charts: counting", "a stale day, with its month", 1_000, _count_a_day)


def _all_sides(wanted: OrderFilter, session: Session) -> object:
    return figures(session, STAFF, wanted, _SIDES)


def _by_day(wanted: OrderFilter, session: Session) -> object:
    return figures_by_day(session, STAFF, wanted, Facet.SALES)


def _by_month(wanted: OrderFilter, session: Session) -> object:
    return figures_by_month(session, STAFF, wanted, Facet.SELLER)


def _with_stale_days(wanted: OrderFilter, days: int, session: Session) -> object:
    _touch(session, days)
    try:
        return figures(session, STAFF, wanted, _SIDES)
    finally:
        session.rollback()


def _count_a_day(session: Session) -> object:
    _touch(session, 1)
    try:
        return refresh_figures(session)
    finally:
        session.rollback()


def _touch(session: Session, days: int) -> None:
    session.execute(sa.insert(StaleDay), [{"day": TODAY - dt.timedelta(days=back)} for back in range(days)])
