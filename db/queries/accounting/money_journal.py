"""The journal of money: what customers paid and were given back, by the day on which the books took it in.

What is money is told by ``sources.money_of`` alone, for closings and the FEC as well: an order that is refunded by a
voucher moves none, and is entered from the voucher.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.accounting_reports import AccountingFilter
from db.domain.files import FileKind
from db.domain.money import split_by_weight
from db.domain.orders import PaymentKind, PaymentMethod
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import Order, OrderLine, Payment, Seller
from db.queries.accounting.periods import Days, of_sellers
from db.queries.accounting.sources import money_of
from db.queries.columns import sum_of

_READ_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class MoneyTotal:
    """What a seller's customers paid, or were given back, by one means. Cents, always positive."""

    seller_id: int
    seller_name: str
    kind: PaymentKind
    method: PaymentMethod
    payments: int
    cents: int


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One payment or refund. Money given back is negative."""

    payment_id: int
    booked_at: dt.datetime
    #: The day that the bank, or whoever noted it, says.
    value_on: dt.date | None
    kind: PaymentKind
    method: PaymentMethod
    order_number: str
    seller_id: int
    seller_name: str
    customer_name: str
    reference: str
    cents: int
    currency: str
    #: By rate of the articles that it paid, rates ascending; the parts add up to it.
    rates: tuple[tuple[int, int], ...]
    #: Of each of these parts what paid articles that weigh nothing: the services of who sells goods as well.
    services: tuple[tuple[int, int], ...]

    @property
    def booked_on(self) -> dt.date:
        """Return the day of the journal."""
        return local_day(self.booked_at)


def money_totals(session: Session, viewer: Viewer, wanted: AccountingFilter) -> list[MoneyTotal]:
    """Return the sums of the journal by seller, kind and means.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    by_seller = (
        sa.select(
            Order.seller_id,
            Payment.kind,
            Payment.method,
            sa.func.count().label("payments"),
            sum_of(Payment.amount_cents).label("cents"),
        )
        .join(Order, Order.id == Payment.order_id)
        .where(*_of(viewer, wanted))
        .group_by(Order.seller_id, Payment.kind, Payment.method)
        .subquery("by_seller")
    )
    of = by_seller.c
    rows = session.execute(
        sa.select(of.seller_id, Seller.name, of.kind, of.method, of.payments, of.cents)
        .join(Seller, Seller.id == of.seller_id)
        .order_by(Seller.name, of.seller_id, of.kind, of.method)
    )
    return [MoneyTotal(*row) for row in rows]


def money_count(session: Session, viewer: Viewer, wanted: AccountingFilter, most: int) -> int:
    """Return how many payments and refunds there are, counted up to ``most``.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    found = sa.select(Payment.id).join(Order, Order.id == Payment.order_id).where(*_of(viewer, wanted)).limit(most)
    return session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0


def money_rows(
    session: Session,
    viewer: Viewer,
    wanted: AccountingFilter,
    after: tuple[dt.datetime, int] | None,
    limit: int,
    only: Sequence[sa.ColumnElement[bool]] = (),
    offset: int = 0,
) -> list[MoneyRow]:
    """Return some payments and refunds, the oldest first; with a rate, those that paid articles of it.

    Args:
        session: An open session.
        viewer: Who reads.
        wanted: Which days, seller and rate.
        after: The instant and the id of the last one already known; None: from the first one.
        limit: How many, at most.
        only: Further conditions on payments and their orders.
        offset: How many are left out at the beginning, for pages of a screen.

    Raises:
        NotAllowedError: The person may not take figures of the house out of it.
    """
    viewer.require(FileKind.ACCOUNTING.permission)
    found = (
        sa.select(
            Payment.id,
            Payment.booked_at,
            Payment.received_at,
            Payment.kind,
            Payment.method,
            Payment.reference,
            Payment.amount_cents,
            Payment.currency,
            Payment.order_id,
            Order.number,
            Order.customer_name,
            Order.seller_id,
            Seller.name.label("seller_name"),
        )
        .join(Order, Order.id == Payment.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .where(*_of(viewer, wanted), *only)
        .order_by(Payment.booked_at, Payment.id)
        .limit(limit)
        .offset(offset)
    )
    if after is not None:
        is_later = sa.tuple_(Payment.booked_at, Payment.id) > sa.tuple_(
            sa.literal(after[0], Payment.booked_at.type), sa.literal(after[1])
        )
        found = found.where(Payment.booked_at >= after[0], is_later)
    if wanted.rate_bp is not None:
        found = found.where(_has_rate(wanted.rate_bp))
    rows = session.execute(found).all()
    bought = _rates_of_orders(session, sorted({row.order_id for row in rows}))
    return [_row(row, bought.get(row.order_id, {}), wanted.rate_bp) for row in rows]


def all_money_rows(
    session: Session, viewer: Viewer, wanted: AccountingFilter, only: Sequence[sa.ColumnElement[bool]] = ()
) -> Iterator[list[MoneyRow]]:
    """Yield the whole journal, or what further conditions leave of it, some rows at a time."""
    after: tuple[dt.datetime, int] | None = None
    while rows := money_rows(session, viewer, wanted, after, _READ_AT_ONCE, only):
        yield rows
        after = rows[-1].booked_at, rows[-1].payment_id


@dataclass(slots=True)
class _Bought:
    """What an order came to at one rate, in cents: what weighs something and its shipping, and what weighs nothing."""

    goods: int = 0
    services: int = 0


def _row(row: sa.Row[*tuple[object, ...]], bought: Mapping[int, _Bought], only: int | None) -> MoneyRow:
    cents = row.amount_cents if row.kind is PaymentKind.PAYMENT else -row.amount_cents
    parts = split_by_weight(cents, [each.goods + each.services for each in bought.values()]) if bought else []
    rates = tuple((rate, part) for rate, part in zip(bought, parts, strict=True) if only in {None, rate})
    services = tuple(
        (rate, split_by_weight(part, [bought[rate].goods, bought[rate].services])[1])
        for rate, part in rates
        if bought[rate].services
    )
    return MoneyRow(
        payment_id=row.id,
        booked_at=row.booked_at,
        value_on=local_day(row.received_at) if row.received_at else None,
        kind=row.kind,
        method=row.method,
        order_number=row.number,
        seller_id=row.seller_id,
        seller_name=row.seller_name,
        customer_name=row.customer_name,
        reference=row.reference,
        cents=cents if only is None else sum(part for _, part in rates),
        currency=row.currency,
        rates=rates,
        services=services,
    )


def _rates_of_orders(session: Session, order_ids: Sequence[int]) -> dict[int, dict[int, _Bought]]:
    """Return by order what its articles and its shipping came to at each rate, as they were bought, rates ascending."""
    found: defaultdict[int, defaultdict[int, _Bought]] = defaultdict(lambda: defaultdict(_Bought))
    of_goods = sa.case((OrderLine.weight_g > 0, OrderLine.total_cents), else_=0)
    lines = sa.select(
        OrderLine.order_id, OrderLine.vat_rate_bp, sum_of(of_goods), sum_of(OrderLine.total_cents - of_goods)
    ).group_by(OrderLine.order_id, OrderLine.vat_rate_bp)
    for order_id, rate_bp, goods, services in session.execute(lines.where(OrderLine.order_id.in_(order_ids))):
        found[order_id][rate_bp] = _Bought(goods, services)
    shipping = sa.select(Order.id, Order.shipping_vat_rate_bp, Order.shipping_cents)
    for order_id, rate_bp, cents in session.execute(shipping.where(Order.id.in_(order_ids), Order.shipping_cents > 0)):
        found[order_id][rate_bp].goods += cents
    return {order_id: dict(sorted(rates.items())) for order_id, rates in found.items()}


def _has_rate(rate_bp: int) -> sa.ColumnElement[bool]:
    in_line = sa.exists().where(OrderLine.order_id == Order.id, OrderLine.vat_rate_bp == rate_bp)
    return sa.or_(in_line, sa.and_(Order.shipping_cents > 0, Order.shipping_vat_rate_bp == rate_bp))


def _of(viewer: Viewer, wanted: AccountingFilter) -> list[sa.ColumnElement[bool]]:
    return [
        money_of(Days(wanted.first_day, wanted.last_day)),
        Payment.currency == wanted.currency,
        *of_sellers(viewer, wanted, Order.seller_id),
    ]
