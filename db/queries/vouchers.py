"""Vouchers: the list page by page, newest first; one of them with its uses and e-mails; what is still owed by them.

Vouchers are few beside orders: a list walks them by their ids and looks at each.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate, OutboxState
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.domain.voucher_filter import SOON, VoucherFilter, VoucherTab
from db.domain.vouchers import MistypedCodeError, VoucherFacts, VoucherNotFoundError, read_code
from db.models import Customer, Order, OutboxMessage, Return, Settlement, Voucher, VoucherUse
from db.queries.columns import columns
from db.queries.day_bounds import day_bounds
from db.queries.plans import holds, not_indexed
from db.queries.text_match import matching_customer_ids

PAGE_SIZE = 50

_Condition = sa.ColumnElement[bool]

#: By the words of the partial index.
_IS_LIVE = sa.text("cancelled_at IS NULL AND used_cents < amount_cents")


@dataclass(frozen=True, slots=True)
class VoucherRow(VoucherFacts):
    """A voucher with whom it is for and why it was given."""

    created_at: dt.datetime
    person_name: str
    note: str
    cancel_reason: str
    customer_id: int | None
    customer_name: str
    order_id: int | None
    order_number: str | None
    settlement_id: int | None


@dataclass(frozen=True, slots=True)
class VoucherPage:
    """One page of the list, newest first."""

    rows: tuple[VoucherRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class VoucherUseRow:
    """One time that it was spent."""

    amount_cents: int
    order_reference: str
    used_at: dt.datetime
    #: Our order of this number, where there is one.
    order_number: str | None


@dataclass(frozen=True, slots=True)
class VoucherMail:
    """An e-mail that brought its code, or is about to."""

    outbox_id: int
    recipient: str
    state: OutboxState
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class VoucherDetail:
    """One voucher, whole."""

    row: VoucherRow
    #: Oldest first.
    uses: tuple[VoucherUseRow, ...]
    mails: tuple[VoucherMail, ...]
    #: The return that it settled, if one.
    return_id: int | None
    #: Where its code is sent unless somebody says otherwise; empty where nobody knows.
    email: str


@dataclass(frozen=True, slots=True)
class StillUsable:
    """What customers can still spend, in one currency."""

    vouchers: int
    rest_cents: int
    currency: str


def voucher_page(
    session: Session,
    viewer: Viewer,
    wanted: VoucherFilter,
    today: dt.date,
    *,
    before: int | None = None,
    after: int | None = None,
) -> VoucherPage:
    """Return one page of the vouchers that the filter asks for.

    Args:
        session: An open session.
        viewer: Who looks.
        wanted: Which vouchers.
        today: The day that tells what is expired.
        before: Only vouchers older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not know customers.
    """
    viewer.require(Permission.READ_CUSTOMERS)
    upwards = after is not None
    cursor = after if upwards else before
    ids = sa.select(Voucher.id).where(*_conditions(session, wanted, today))
    if cursor is not None:
        ids = ids.where(Voucher.id > cursor if upwards else Voucher.id < cursor)
    walk = ids.order_by(Voucher.id.asc() if upwards else Voucher.id.desc())
    found = session.scalars(walk.limit(PAGE_SIZE + 1)).all()
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return VoucherPage(
        rows=_rows(session, shown[::-1] if upwards else shown),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def still_usable(session: Session, viewer: Viewer, today: dt.date) -> tuple[StillUsable, ...]:
    """Return how many vouchers can still be used and what is left of them: what the marketplace owes by them."""
    viewer.require(Permission.READ_CUSTOMERS)
    rest = sa.cast(sa.func.sum(Voucher.amount_cents - Voucher.used_cents), sa.BigInteger)
    found = (
        sa.select(sa.func.count(), rest, Voucher.currency)
        .where(_IS_LIVE, Voucher.expires_on >= today)
        .group_by(Voucher.currency)
        .order_by(rest.desc())
    )
    return tuple(StillUsable(*row) for row in session.execute(found))


def voucher_detail(session: Session, viewer: Viewer, voucher_id: int) -> VoucherDetail:
    """Return one voucher with its uses, its e-mails and what it came from.

    Raises:
        NotAllowedError: The person may not know customers.
        VoucherNotFoundError: There is no such voucher.
    """
    viewer.require(Permission.READ_CUSTOMERS)
    rows = _rows(session, [voucher_id])
    if not rows:
        raise VoucherNotFoundError
    (row,) = rows
    back = sa.select(Return.id).join(Settlement, Settlement.return_id == Return.id)
    return VoucherDetail(
        row,
        _uses(session, voucher_id),
        _mails(session, row),
        session.scalar(back.where(Settlement.id == row.settlement_id)) if row.settlement_id else None,
        _email(session, row),
    )


def vouchers_of_order(session: Session, viewer: Viewer, order_id: int) -> tuple[VoucherRow, ...]:
    """Return the vouchers that were given after an order, newest first; none to who may not know customers."""
    if not viewer.may(Permission.READ_CUSTOMERS):
        return ()
    found = sa.select(Voucher.id).where(Voucher.order_id == order_id).order_by(Voucher.id.desc())
    return _rows(session, session.scalars(found).all())


def voucher_by_code(session: Session, code: str) -> VoucherFacts | None:
    """Return the voucher of a code, as ``read_code`` writes it; for the shop, which knows no more of it."""
    row = session.execute(sa.select(*columns(Voucher, VoucherFacts)).where(Voucher.code == code)).one_or_none()
    return VoucherFacts(**row._asdict()) if row else None


def _conditions(session: Session, wanted: VoucherFilter, today: dt.date) -> list[_Condition]:
    conditions: list[_Condition] = [not_indexed(each) for each in _of_tab(wanted.tab, today)]
    if wanted.expires_soon:
        conditions += [not_indexed(Voucher.expires_on <= today + SOON), *_of_tab(VoucherTab.LIVE, today)]
    if wanted.customer_id is not None:
        conditions.append(Voucher.customer_id == wanted.customer_id)
    if wanted.text.strip():
        conditions.append(_has_text(session, wanted.text.strip()))
    return [*conditions, *day_bounds(session, Voucher.id, Voucher.created_at, wanted.first_day, wanted.last_day)]


def _of_tab(tab: VoucherTab, today: dt.date) -> Sequence[_Condition]:
    """Return what ``VoucherFacts.state`` says, as SQL."""
    is_used_up, is_cancelled = Voucher.used_cents == Voucher.amount_cents, Voucher.cancelled_at.is_not(None)
    is_over, is_left = Voucher.expires_on < today, Voucher.used_cents < Voucher.amount_cents
    match tab:
        case VoucherTab.LIVE:
            return is_left, ~is_cancelled, ~is_over
        case VoucherTab.USED:
            return (is_used_up,)
        case VoucherTab.EXPIRED:
            return is_left, ~is_cancelled, is_over
        case VoucherTab.CANCELLED:
            return is_left, is_cancelled
        case VoucherTab.ALL:
            return ()


def _has_text(session: Session, text: str) -> _Condition:
    if not is_storable(text):
        return sa.false()
    try:
        return Voucher.code == read_code(text)
    except MistypedCodeError:
        pass
    order_id = session.scalar(sa.select(Order.id).where(Order.number == text))
    if order_id is not None:
        return Voucher.order_id == order_id
    # A part of a code as it is printed, or whoever is called like that.
    named = Voucher.customer_id.in_(matching_customer_ids(session, text))
    return not_indexed(sa.or_(holds(Voucher.code, text.upper()), named))


def _rows(session: Session, ids: Sequence[int]) -> tuple[VoucherRow, ...]:
    """Return the vouchers in the order of their ids."""
    if not ids:
        return ()
    own = [getattr(Voucher, field.name) for field in fields(VoucherRow) if hasattr(Voucher, field.name)]
    name = sa.func.coalesce(Order.customer_name, Customer.name, "").label("customer_name")
    found = session.execute(
        sa.select(*own, name, Order.number.label("order_number"))
        .outerjoin(Order, Order.id == Voucher.order_id)
        .outerjoin(Customer, Customer.id == Voucher.customer_id)
        .where(Voucher.id.in_(ids))
    )
    rows = {row.id: VoucherRow(**row._asdict()) for row in found}
    return tuple(rows[voucher_id] for voucher_id in ids if voucher_id in rows)


def _uses(session: Session, voucher_id: int) -> tuple[VoucherUseRow, ...]:
    found = session.execute(
        sa.select(
            VoucherUse.amount_cents,
            VoucherUse.order_reference,
            VoucherUse.used_at,
            Order.number,
        )
        .outerjoin(Order, Order.number == VoucherUse.order_reference)
        .where(VoucherUse.voucher_id == voucher_id)
        .order_by(VoucherUse.id)
    )
    return tuple(VoucherUseRow(*row) for row in found)


def _mails(session: Session, row: VoucherRow) -> tuple[VoucherMail, ...]:
    is_about_it: list[_Condition]
    if row.order_id is not None:
        is_about_it = [OutboxMessage.order_id == row.order_id]
    else:
        # Those about no order have events of their own: « voucher:12 », « voucher:12:… » (services/voucher_mail.py).
        first = f"voucher:{row.id}"
        again = OutboxMessage.event.startswith(f"{first}:", autoescape=True)
        is_about_it = [OutboxMessage.order_id.is_(None), not_indexed(sa.or_(OutboxMessage.event == first, again))]
    found: sa.Select[Any] = sa.select(
        OutboxMessage.id,
        OutboxMessage.recipient,
        OutboxMessage.state,
        OutboxMessage.created_at,
        OutboxMessage.variables,
    ).where(*is_about_it, not_indexed(OutboxMessage.template == EmailTemplate.VOUCHER))
    return tuple(
        VoucherMail(*mail[:4])
        for mail in session.execute(found.order_by(OutboxMessage.id))
        if mail.variables.get("voucher_id") == row.id
    )


def _email(session: Session, row: VoucherRow) -> str:
    known = (
        sa.select(Order.customer_email).where(Order.id == row.order_id)
        if row.order_id is not None
        else sa.select(Customer.email).where(Customer.id == row.customer_id)
    )
    return (session.scalar(known) or "").strip()
