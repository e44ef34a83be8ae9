"""Finances › Remboursements: what is to be given back, handed over, refused, done. Few refunds among many payments.

Each list walks the one index of refunds by state; an order's number or a customer's name is looked at on what the walk
meets.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import OWED_REFUND_STATES, OrderStatus, PaymentKind
from db.domain.permissions import Permission
from db.domain.refund_list import RefundFilter, RefundTab
from db.domain.refunds import RefundFacts
from db.domain.text import fold, is_storable
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.domain.withdrawal import Deadline, first_instant_in_time, last_day_to_refund
from db.models import Order, Payment, Return, Seller, Settlement
from db.queries.plans import holds, literal_of, not_indexed

PAGE_SIZE = 100
#: Why, where nothing else is said.
_CANCELLED = "Commande annulée"
_IS_REFUND = Payment.kind == literal_of(PaymentKind.REFUND)
#: Where a refund stands in its list: what is owed as its index has it; what is done by the day that the list shows, for
#: which the few refunds ever done are sorted. The walk goes one way or the other.
_OWED_PLACE = (Payment.created_at, Payment.id)
_DONE_PLACE = (sa.func.coalesce(Payment.ended_at, Payment.received_at, Payment.created_at), Payment.id)
#: What a refund's time counts from: the request of its return (art. L221-24), or else the decision to give back.
_asked_at = sa.func.coalesce(Return.requested_at, Payment.created_at)


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund as finance handles it."""

    facts: RefundFacts
    order_number: str
    customer_name: str
    seller_name: str
    reference: str
    #: Why it was refused.
    refusal: str
    #: Why money is given back, in the words of the settlement.
    reason: str
    return_id: int | None
    created_at: dt.datetime
    sent_at: dt.datetime | None
    #: When it was done or refused, as far as that is known.
    ended_at: dt.datetime | None
    #: What its time counts from: the request of its return, or else the decision to give back.
    asked_at: dt.datetime

    @property
    def id(self) -> int:
        """Return the id of the refund."""
        return self.facts.id

    def deadline(self, today: dt.date) -> Deadline | None:
        """Return until when the money is to be back; None once it is."""
        return Deadline(last_day_to_refund(local_day(self.asked_at)), today) if self.facts.is_owed else None


@dataclass(frozen=True, slots=True)
class RefundPage:
    """One page of a list. ``has_newer``: there are rows above it; ``has_older``: below."""

    rows: tuple[RefundRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """How many refunds customers wait for in one state, and what they come to by currency."""

    count: int = 0
    cents: Mapping[str, int] | None = None


def refund_page(
    session: Session, viewer: Viewer, wanted: RefundFilter, *, before: int | None = None, after: int | None = None
) -> RefundPage:
    """Return one page of a list: what is owed from the oldest, what is done from the newest.

    Args:
        session: An open session.
        viewer: Who looks.
        wanted: Which refunds.
        before: Only those further down than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read what concerns all sellers.
    """
    viewer.require(Permission.EXPORT)
    upwards = after is not None
    ascending = wanted.tab.is_owed != upwards
    ids = _walk(session, wanted, before if after is None else after, ascending=ascending)
    found = session.scalars(ids.limit(PAGE_SIZE + 1)).all() if ids is not None else ()
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return RefundPage(
        rows=_rows(session, shown[::-1] if upwards else shown),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def next_refunds(session: Session, wanted: RefundFilter, last: int | None, limit: int) -> tuple[RefundRow, ...]:
    """Return some refunds of a list from the one after ``last`` on, for a file; who may have it is checked there."""
    ids = _walk(session, wanted, last, ascending=wanted.tab.is_owed)
    return _rows(session, session.scalars(ids.limit(limit)).all()) if ids is not None else ()


def refund_rows(session: Session, viewer: Viewer, refund_ids: Collection[int]) -> tuple[RefundRow, ...]:
    """Return some refunds, whatever their state, the oldest first.

    Raises:
        NotAllowedError: The person may not read what concerns all sellers.
    """
    viewer.require(Permission.EXPORT)
    return _rows(session, sorted(refund_ids))


def owed_refunds(session: Session, viewer: Viewer) -> dict[RefundTab, Owed]:
    """Return how much customers wait for, by list; what is done is not added up."""
    viewer.require(Permission.EXPORT)
    tabs = {tab.state: tab for tab in RefundTab if tab.is_owed}
    rows = session.execute(
        sa.select(
            Payment.state,
            Payment.currency,
            sa.func.count(),
            sa.cast(sa.func.sum(Payment.amount_cents), sa.BigInteger),
        )
        .where(_IS_REFUND, Payment.state.in_(sorted(tabs)))
        .group_by(Payment.state, Payment.currency)
        .order_by(Payment.state, Payment.currency)
    ).all()
    return {
        tab: Owed(
            sum(count for of, _, count, _ in rows if of is state),
            {currency: cents for of, currency, _, cents in rows if of is state},
        )
        for state, tab in tabs.items()
    }


def late_refund_count(session: Session, viewer: Viewer, today: dt.date) -> int:
    """Return how many refunds to do should be done already; those that were refused are an alert of their own."""
    viewer.require(Permission.EXPORT)
    late = (
        sa.select(sa.func.count())
        .select_from(Payment)
        .outerjoin(Settlement, Settlement.id == Payment.settlement_id)
        .outerjoin(Return, Return.id == Settlement.return_id)
        .where(_IS_REFUND, Payment.state == RefundTab.TO_DO.state, _asked_at < first_instant_in_time(today))
    )
    return session.scalar(late) or 0


def is_refund_owed(session: Session, return_id: int) -> bool:
    """Tell whether the customer still waits for money that was given back for a return."""
    owed = (
        sa.select(Payment.id)
        .join(Settlement, Settlement.id == Payment.settlement_id)
        .where(Settlement.return_id == return_id, _IS_REFUND, Payment.state.in_(sorted(OWED_REFUND_STATES)))
    )
    return session.scalar(owed.limit(1)) is not None


def refund_count(session: Session, wanted: RefundFilter, most: int) -> int:
    """Return how many refunds a list has, counted up to ``most``."""
    ids = _walk(session, wanted, None, ascending=True)
    return (
        session.scalar(sa.select(sa.func.count()).select_from(ids.limit(most).subquery())) or 0
        if ids is not None
        else 0
    )


def _walk(session: Session, wanted: RefundFilter, cursor: int | None, *, ascending: bool) -> sa.Select[int] | None:
    """Return the select of the ids from the cursor on; None where there can be nothing."""
    if not is_storable(wanted.text):
        return None
    ids = sa.select(Payment.id).where(_IS_REFUND, Payment.state == wanted.tab.state)
    if wanted.method:
        ids = ids.where(not_indexed(Payment.method == wanted.method))
    if wanted.text or wanted.seller_id is not None:
        ids = ids.join(Order, Order.id == Payment.order_id).where(*_of_orders(wanted))
    columns = _OWED_PLACE if wanted.tab.is_owed else _DONE_PLACE
    if cursor is not None:
        here = sa.select(*columns).where(Payment.id == cursor)
        if (found := session.execute(here).one_or_none()) is not None:
            there, bound = sa.tuple_(*columns), sa.tuple_(*found)
            ids = ids.where(there > bound if ascending else there < bound)
    return ids.order_by(*(columns if ascending else [column.desc() for column in columns]))


def _of_orders(wanted: RefundFilter) -> list[sa.ColumnElement[bool]]:
    checks: list[sa.ColumnElement[bool]] = []
    if wanted.seller_id is not None:
        checks.append(not_indexed(Order.seller_id == wanted.seller_id))
    if wanted.text:
        number = holds(sa.func.upper(Order.number), wanted.text.upper())
        checks.append(sa.or_(number, holds(Order.customer_sort, fold(wanted.text))))
    return checks


def _rows(session: Session, ids: Sequence[int]) -> tuple[RefundRow, ...]:
    if not ids:
        return ()
    found = session.execute(
        sa.select(
            Payment,
            Order.number.label("order_number"),
            Order.customer_name,
            Seller.name.label("seller_name"),
            Order.status.label("order_status"),
            sa.func.coalesce(Settlement.reason, "").label("reason"),
            Settlement.return_id,
            _asked_at.label("asked_at"),
        )
        .join(Order, Order.id == Payment.order_id)
        .join(Seller, Seller.id == Order.seller_id)
        .outerjoin(Settlement, Settlement.id == Payment.settlement_id)
        .outerjoin(Return, Return.id == Settlement.return_id)
        .where(Payment.id.in_(ids), Payment.kind == PaymentKind.REFUND)
    )
    rows = {row.Payment.id: _row(row) for row in found}
    return tuple(rows[key] for key in ids if key in rows)


def _row(row: Any) -> RefundRow:  # noqa: ANN401  a row of the select above
    refund: Payment = row.Payment
    return RefundRow(
        RefundFacts(
            refund.id,
            refund.order_id,
            refund.method,
            refund.state,
            refund.amount_cents,
            refund.currency,
            refund.iban,
            refund.tries,
            refund.claimed_until,
            refund.sent_at,
        ),
        row.order_number,
        row.customer_name,
        row.seller_name,
        refund.reference,
        refund.refusal,
        row.reason or (_CANCELLED if row.order_status is OrderStatus.CANCELLED else ""),
        row.return_id,
        refund.created_at,
        refund.sent_at,
        refund.ended_at or refund.received_at,
        row.asked_at,
    )
