"""« Reste à encaisser »: what is still due of an order, never what was taken off it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.figures import Facet
from db.domain.order_filter import OrderFilter
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.settlement import LineBack, SettlementRequest
from db.domain.time import local_day
from db.models import Order, Payment
from db.queries.figures import figures
from db.queries.sales_sections import trouble
from db.services.figures import refresh_figures
from db.services.order_facts import load_facts
from db.services.payments import recount_payments
from tests.conftest import NOW
from tests.db.services.test_settlements import lines_of, pay, settle
from tests.factories import ADMIN, create_issuer, create_line, create_order
from tests.figures import Reference, told

TODAY = local_day(NOW)
EUROS = OrderFilter(first_day=TODAY, last_day=TODAY, currency="EUR")


def two_teas(session: Session, paid_cents: int, **columns: object) -> Order:
    """Two articles of 20,00 €, of which something was paid by cheque; nothing was invoiced."""
    order = create_order(
        session,
        create_issuer(session),
        status=OrderStatus.AWAITING_PAYMENT,
        payment_state=PaymentState.UNPAID,
        payment_method=PaymentMethod.CHEQUE,
        total_cents=40_00,
        lines=[create_line("Thé vert", 20_00), create_line("Thé noir", 20_00)],
        **columns,
    )
    if paid_cents:
        pay(session, order, PaymentMethod.CHEQUE, paid_cents)
        session.execute(sa.update(Payment).where(Payment.order_id == order.id).values(booked_at=NOW))
        recount_payments(session, [order.id], NOW)
        session.expire_all()
    return order


def cancel_one(session: Session, order: Order) -> None:
    line = lines_of(session, order)[0]
    settle(session, SYSTEM, order, SettlementRequest(lines={line.id: LineBack(1)}, reason="Épuisé"))


def units(session: Session) -> dict[str, int]:
    return {
        each.value: each.units for each in figures(session, ADMIN, EUROS, [Facet.PAYMENT_STATE])[Facet.PAYMENT_STATE]
    }


def agrees_with_the_order(session: Session, order: Order) -> bool:
    return sum(units(session).values()) == max(0, load_facts(session, ADMIN, [order.id])[order.id].due_cents)


def test_a_cancelled_article_is_not_to_be_paid_any_more(session: Session) -> None:
    order = two_teas(session, paid_cents=5_00)
    assert units(session) == {"partly_paid": 35_00}
    cancel_one(session, order)
    # 40,00 − 20,00 that were cancelled − 5,00 that were paid.
    assert units(session) == {"partly_paid": 15_00}
    assert agrees_with_the_order(session, order)
    while refresh_figures(session):
        pass
    assert units(session) == {"partly_paid": 15_00}
    assert trouble(session, ADMIN, EUROS, TODAY).unpaid[PaymentState.PARTLY_PAID].units == 15_00
    assert told(session, EUROS) == Reference(session).counted(TODAY, TODAY)


def test_of_an_order_that_nobody_paid_the_rest_is_due(session: Session) -> None:
    order = two_teas(session, paid_cents=0)
    cancel_one(session, order)
    assert units(session) == {"unpaid": 20_00}
    assert agrees_with_the_order(session, order)


@pytest.mark.parametrize(
    ("change", "due"),
    [
        # Two of three units that cost 20,00 together: 6,67 is left of them, 13,33 is not asked for.
        ("UPDATE order_lines SET quantity = 3, quantity_cancelled = 2 WHERE position = 1", 40_00 - 13_33 - 5_00),
        ("UPDATE order_lines SET settled_cents = 300 WHERE position = 2", 40_00 - 3_00 - 5_00),
        ("UPDATE orders SET shipping_settled_cents = 400, shipping_cents = 400", 40_00 - 4_00 - 5_00),
        # What the shop gave back beyond what was taken off was a gift: it is not asked for again.
        ("UPDATE orders SET refunded_cents = 200", 35_00),
        # Of 20,00 that were taken off, 2,00 went back: of the 5,00 they paid, 3,00 are left for the rest.
        (
            "UPDATE order_lines SET quantity_cancelled = 1 WHERE position = 1;UPDATE orders SET refunded_cents = 200",
            17_00,
        ),
        ("UPDATE orders SET status = 'error', status_before_error = 'cancelled'", 0),
        ("UPDATE order_lines SET settled_cents = 1900", 0),
    ],
)
def test_it_is_what_the_orders_own_rule_says(session: Session, change: str, due: int) -> None:
    order = two_teas(session, paid_cents=5_00)
    for statement in change.split(";"):
        of_this = "id" if statement.startswith("UPDATE orders") else "order_id"
        where = "AND" if "WHERE" in statement else "WHERE"
        session.execute(sa.text(f"{statement} {where} {of_this} = :id"), {"id": order.id})
    session.expire_all()
    assert sum(units(session).values()) == due
    assert agrees_with_the_order(session, order)
    assert told(session, EUROS) == Reference(session).counted(TODAY, TODAY)


def test_a_refund_that_is_promised_counts_as_given_back(session: Session) -> None:
    order = two_teas(session, paid_cents=5_00)
    session.execute(sa.text("UPDATE order_lines SET settled_cents = 700 WHERE position = 1"))
    session.execute(
        sa.text(
            "INSERT INTO payments (order_id, kind, method, state, amount_cents)"
            " VALUES (:id, 'refund', 'cheque', 'pending', 100), (:id, 'refund', 'cheque', 'cancelled', 300)"
        ),
        {"id": order.id},
    )
    # 40,00 − 7,00 asked for; of the 5,00 that were paid 1,00 goes back: 33,00 − 4,00.
    assert units(session) == {"partly_paid": 29_00}
    assert agrees_with_the_order(session, order)
    assert told(session, EUROS) == Reference(session).counted(TODAY, TODAY)
