"""What the books say of each order: the one place that says what « Contrôle » compares, and what explains a difference.

The worker keeps its sums by day and seller (``db/services/controls.py``), readers ask it for the days that are stale
and for single orders (``db/queries/control.py``, ``control_orders.py``).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from db.domain.control import UNEXPLAINED, Equality, Why
from db.domain.orders import PaymentState
from db.queries.columns import sum_of
from db.queries.control_facts import control_facts
from db.queries.order_conditions import Condition

#: What is compared, as ``Control`` names it.
AMOUNTS = (
    "sold_cents",
    "invoiced_cents",
    "credited_cents",
    "paid_cents",
    "refunded_cents",
    "seller_cents",
    "fee_net_cents",
    "fee_vat_cents",
)
#: An order that is partly paid, or was partly refunded while more of it is still asked for, lacks money rightly.
_MAY_LACK = tuple(sorted(set(PaymentState) - {PaymentState.PAID, PaymentState.OVERPAID}))
#: An order whose state says that there is too much, or that money went back and the rest is still to go.
_MAY_EXCEED = (PaymentState.OVERPAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED)

_Column = sa.ColumnElement[Any]


def why_column(equality: Equality) -> str:
    """Return the name of the column with an equality's reason; it is NULL where the equality holds."""
    return f"why_{equality}"


def controlled(conditions: Sequence[Condition]) -> sa.Subquery:
    """Return what the books say of the orders that meet some conditions.

    Args:
        conditions: On ``orders``.

    Returns:
        One row an order: id, day, currency, seller_id, number, the amounts, one reason for each equality, and whether
        it differs and whether something about it is unexplained, as 0 or 1.
    """
    found = _reasons(control_facts(conditions))
    reasons = [found.c[why_column(equality)] for equality in Equality]
    differs = sa.or_(*(reason.is_not(None) for reason in reasons))
    unexplained = sa.or_(*(sa.func.coalesce(reason, "").in_(sorted(UNEXPLAINED)) for reason in reasons))
    return sa.select(found, _one_if(differs).label("differs"), _one_if(unexplained).label("unexplained")).subquery()


def control_sums(conditions: Sequence[Condition]) -> sa.Select[*tuple[Any, ...]]:
    """Return the sums by day, currency and seller, in the columns of ``day_controls``."""
    each = controlled(conditions)
    key = (each.c.day, each.c.currency, each.c.seller_id)
    return sa.select(
        *key,
        sa.cast(sa.func.count(), sa.BigInteger).label("orders"),
        *(sum_of(each.c[name]).label(name) for name in AMOUNTS),
        sum_of(each.c.differs).label("differing_orders"),
        sum_of(each.c.unexplained).label("unexplained_orders"),
    ).group_by(*key)


def _one_if(condition: sa.ColumnElement[bool]) -> _Column:
    return sa.case((condition, 1), else_=0)


def _reasons(known: sa.Subquery) -> sa.Subquery:
    """Return the amounts of each order and, of each equality that does not hold, its reason."""
    found = known.c
    columns = [
        found.id,
        found.number,
        found.day,
        found.currency,
        found.seller_id,
        *(
            found[name] if name != "fee_vat_cents" else (found.fee_cents - found.fee_net_cents).label(name)
            for name in AMOUNTS
        ),
    ]
    return sa.select(
        *columns,
        _why_documents(found).label(why_column(Equality.DOCUMENTS)),
        _why_money(found).label(why_column(Equality.MONEY)),
        _why_sellers(found).label(why_column(Equality.SELLERS)),
    ).subquery()


_Found = sa.sql.ColumnCollection[str, Any]


def _case(*whens: tuple[sa.ColumnElement[bool], Why | None], else_: Why) -> _Column:
    """Return the first reason whose condition holds, as text; None: the equality holds."""
    said = [(condition, None if why is None else why.value) for condition, why in whens]
    return sa.cast(sa.case(*said, else_=else_.value), sa.Text)


def _is_fully_paid(found: _Found) -> sa.ColumnElement[bool]:
    return sa.and_(found.noted_paid > 0, found.noted_paid >= found.sold_cents)


def _is_ours(found: _Found) -> sa.ColumnElement[bool]:
    """Tell whether the sale is one of our books: they hold it, or it was placed here since they began."""
    return sa.or_(found.entries > 0, found.placed_here)


def _why_documents(found: _Found) -> _Column:
    more = found.invoiced_cents - found.credited_cents - found.sold_cents
    parts = found.line_cents + found.shipping_cents
    total_is_wrong = sa.and_(found.lines > 0, parts != found.total_cents, _is_ours(found))
    return _case(
        (sa.and_(more == 0, ~total_is_wrong), None),
        (found.is_new, Why.INTAKE),
        (found.in_error, Why.IN_ERROR),
        (total_is_wrong, Why.PARTS_DIFFER),
        (sa.and_(found.due_invoices > 0, found.invoiced_cents == found.credited_cents, more < 0), Why.TO_INVOICE),
        (sa.and_(found.due_credit_notes > 0, more > 0), Why.TO_CREDIT),
        (sa.and_(found.documents == 0, found.invoice_number.is_not(None)), Why.INVOICED_ELSEWHERE),
        (sa.and_(found.documents == 0, ~_is_fully_paid(found)), Why.NOT_PAID),
        (sa.and_(found.documents == 0, _is_ours(found)), Why.INVOICE_MISSING),
        (found.documents == 0, Why.NEVER_INVOICED),
        (sa.and_(more > 0, more <= found.uncredited), Why.WITHOUT_CREDIT_NOTE),
        (sa.and_(more < 0, -more <= found.credited_cents), Why.CREDITED_BY_HAND),
        else_=Why.DOCUMENTS_DIFFER,
    )


def _why_money(found: _Found) -> _Column:
    more = found.paid_cents - found.refunded_cents - found.sold_cents
    as_noted = sa.and_(found.paid_cents == found.noted_paid, found.refunded_cents == found.noted_refunded)
    # Money that a shop gave back beyond what was taken off the sale is not asked for again (``still_due``).
    taken_off = found.total_cents - found.sold_cents
    gift = sa.case((found.refunded_cents > taken_off, found.refunded_cents - taken_off), else_=0)
    too_much_is_known = sa.or_(
        found.payment_state.in_(_MAY_EXCEED),
        # A payment of a cancelled order, and a refund that somebody withdrew: « Trop-perçu » on the order's page.
        sa.and_(found.is_cancelled, found.noted_refunded == 0),
        found.withdrawn > 0,
    )
    return _case(
        (sa.and_(more == 0, as_noted), None),
        (found.is_new, Why.INTAKE),
        (sa.and_(~as_noted, found.to_book > 0), Why.PAYMENT_TO_BOOK),
        (sa.and_(~as_noted, found.captured == 0, ~_is_ours(found)), Why.PAID_ELSEWHERE),
        (~as_noted, Why.PAYMENTS_DIFFER),
        (found.in_error, Why.IN_ERROR),
        (sa.and_(more > 0, found.owed_back >= more), Why.REFUND_UNDER_WAY),
        (sa.and_(more > 0, too_much_is_known), Why.OVERPAID),
        (more > 0, Why.MONEY_TOO_MUCH),
        (sa.and_(more + gift == 0, ~_is_ours(found)), Why.GIFT),
        (found.payment_state.in_(_MAY_LACK), Why.NOT_PAID),
        else_=Why.MONEY_MISSING,
    )


def _why_sellers(found: _Found) -> _Column:
    in_books = found.seller_cents + found.fee_cents
    return _case(
        (in_books == found.sold_cents, None),
        (found.is_new, Why.INTAKE),
        (found.in_error, Why.IN_ERROR),
        (sa.and_(found.sales == 0, found.entries > 0), Why.BEFORE_THE_LEDGER),
        (sa.and_(in_books == 0, ~_is_fully_paid(found)), Why.NOT_PAID),
        (sa.and_(found.sales == 0, found.placed_here), Why.SALE_MISSING),
        (found.sales == 0, Why.BEFORE_THE_LEDGER),
        else_=Why.LEDGER_DIFFERS,
    )
