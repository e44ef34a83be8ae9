"""Each counter against a plain Python recount, and against the grid that it links to."""

import datetime as dt
import random

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import OutboxState
from db.domain.mailbox import MailFilter, MailTab
from db.domain.orders import ActorKind, OrderStatus, ReturnStatus
from db.domain.payout_filter import PayoutFilter
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.domain.return_filter import ReturnFilter
from db.domain.viewer import Viewer
from db.models import BalanceFinding, Order, Return, ReturnMessage, Seller
from db.queries.mailbox import mail_page
from db.queries.order_grid import count_orders, matching_ids
from db.queries.payouts import payout_page
from db.queries.returns import return_page
from db.queries.todo import (
    PAYOUT_TODO_TABS,
    RETURN_TODO_TABS,
    TODO_FILTERS,
    BalanceTodo,
    MailTodo,
    PayoutTodo,
    ReturnTodo,
    Todo,
    balance_todo_counts,
    mail_todo_counts,
    payout_todo_counts,
    return_todo_counts,
    todo_counts,
)
from tests.conftest import NOW
from tests.db.queries.test_payouts import bring_back, create_payout
from tests.factories import ADMIN, create_order, create_payee, create_person, create_seller, viewer_for
from tests.jobs.mail.letters import queue_emails

TODAY = dt.date(2026, 11, 21)

WAITS = {
    Todo.ERROR: {OrderStatus.ERROR},
    Todo.TO_PREPARE: {OrderStatus.PAID, OrderStatus.CONFIRMING},
    Todo.TO_SHIP: {OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.PARTLY_SHIPPED},
    Todo.AWAITING_PAYMENT: {OrderStatus.AWAITING_PAYMENT},
}
PAID_AND_UNSHIPPED = WAITS[Todo.TO_PREPARE] | WAITS[Todo.TO_SHIP]
UNDER_WAY = {OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED}


def seller_viewer(seller: Seller) -> Viewer:
    return Viewer(person_id=2, name="Sam", email="sam@example.org", role=Role.SELLER, seller_id=seller.id)


def test_nothing_waits_in_an_empty_shop_and_every_counter_keeps_its_place(session: Session) -> None:
    assert todo_counts(session, ADMIN, TODAY) == dict.fromkeys(Todo, 0)
    assert list(todo_counts(session, ADMIN, TODAY)) == list(Todo)


def test_an_order_is_late_from_the_day_after_its_last_day_to_ship(session: Session) -> None:
    create_order(session, status=OrderStatus.PREPARING, ship_by=dt.date(2026, 11, 21))
    create_order(session, status=OrderStatus.SHIPPED, ship_by=dt.date(2026, 11, 1))
    create_order(session, status=OrderStatus.AWAITING_PAYMENT, ship_by=dt.date(2026, 11, 1))
    assert todo_counts(session, ADMIN, TODAY)[Todo.LATE] == 0
    assert todo_counts(session, ADMIN, TODAY + dt.timedelta(days=1))[Todo.LATE] == 1


def test_a_delivery_is_late_from_the_day_after_it_was_expected_until_it_arrives(session: Session) -> None:
    expected = {"expected_delivery_on": TODAY}
    shipped = create_order(session, status=OrderStatus.SHIPPED, **expected)
    create_order(session, status=OrderStatus.DELIVERED, **expected)
    create_order(session, status=OrderStatus.PAID, **expected)
    tomorrow = TODAY + dt.timedelta(days=1)
    assert todo_counts(session, ADMIN, TODAY)[Todo.LATE_DELIVERY] == 0
    assert todo_counts(session, ADMIN, tomorrow)[Todo.LATE_DELIVERY] == 1
    assert matching_ids(session, ADMIN, TODO_FILTERS[Todo.LATE_DELIVERY], tomorrow) == [shipped.id]


def test_late_deliveries_are_counted_and_listed_in_their_own_small_index(session: Session) -> None:
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:  # A table of nothing is read whole, unless that is dear.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    asked: list[tuple[str, object]] = []
    sa.event.listen(connection, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    for viewer in (ADMIN, Viewer(2, "Sam", "sam@example.org", Role.SELLER, seller_id=1)):
        todo_counts(session, viewer, TODAY)
        matching_ids(session, viewer, TODO_FILTERS[Todo.LATE_DELIVERY], TODAY)
    late = [(statement, parameters) for statement, parameters in asked if "expected_delivery_on <" in statement]
    assert len(late) == 2 * 4  # The counter; how many are listed, what they are worth, and which ones.
    for statement, parameters in late:
        explained = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' * is_sqlite}{statement}", parameters)
        plan = "\n".join(str(row.detail if is_sqlite else row[0]) for row in explained)
        assert "ix_orders_expected_delivery_on" in plan, plan


def test_returns_that_wait_are_counted_and_listed_alike(session: Session) -> None:
    order = create_order(session, status=OrderStatus.COMPLETED)
    # Asked for on 6 November: the money is to be back on the 20th, yesterday; on the 7th, today.
    late, due, over = (
        Return(order_id=order.id, requested_at=dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC)) for day in (6, 7, 1)
    )
    over.status = ReturnStatus.COMPLETED
    session.add_all([late, due, over])
    session.flush()
    session.add(ReturnMessage(return_id=due.id, author_kind=ActorKind.CUSTOMER, body="Alors ?"))
    session.flush()
    counts = return_todo_counts(session, ADMIN, TODAY)
    assert counts == {ReturnTodo.LATE: 1, ReturnTodo.OPEN: 2, ReturnTodo.TO_ANSWER: 1}
    listed = {
        todo: len(return_page(session, ADMIN, ReturnFilter(tab), TODAY).rows) for todo, tab in RETURN_TODO_TABS.items()
    }
    assert listed == counts
    theirs = seller_viewer(session.get_one(Seller, order.seller_id))
    assert return_todo_counts(session, theirs, TODAY) == {ReturnTodo.LATE: 1, ReturnTodo.OPEN: 2}
    assert not any(return_todo_counts(session, seller_viewer(create_seller(session)), TODAY).values())


def test_emails_that_were_refused_or_may_be_lost_wait_for_staff_alone(session: Session) -> None:
    for state in OutboxState:
        queue_emails(session, 2, event=state.value, state=state, recipient=f"{state}@example.org")
    assert mail_todo_counts(session, ADMIN) == {MailTodo.TO_HANDLE: 6}
    assert mail_todo_counts(session, seller_viewer(create_seller(session))) == {}
    listed = mail_page(session, ADMIN, MailFilter(MailTab.TO_HANDLE))
    assert len(listed.rows) == 6


@pytest.fixture
def orders(session: Session) -> list[Order]:
    """A hundred orders of every status, drawn with a fixed seed."""
    draw = random.Random(20261121)
    sellers = [create_seller(session, name) for name in ("Thé", "Grès")]
    made = []
    for _ in range(100):
        ship_by = draw.choice((None, *(TODAY + dt.timedelta(days=days) for days in (-9, -1, 0, 1))))
        expected_on = draw.choice((None, *(TODAY + dt.timedelta(days=days) for days in (-3, -1, 0, 1))))
        order = create_order(
            session,
            draw.choice(sellers),
            status=draw.choice(list(OrderStatus)),
            ship_by=ship_by,
            expected_delivery_on=expected_on,
        )
        made.append(order)
    session.flush()
    return made


def test_each_counter_equals_a_plain_recount_for_staff_and_for_a_seller(session: Session, orders: list[Order]) -> None:
    for viewer in (ADMIN, seller_viewer(session.get_one(Seller, orders[0].seller_id))):
        theirs = [order for order in orders if viewer.seller_id in (None, order.seller_id)]
        assert todo_counts(session, viewer, TODAY) == {
            **{todo: sum(order.status in statuses for order in theirs) for todo, statuses in WAITS.items()},
            Todo.LATE: sum(
                order.status in PAID_AND_UNSHIPPED and order.ship_by is not None and order.ship_by < TODAY
                for order in theirs
            ),
            Todo.LATE_DELIVERY: sum(
                order.status in UNDER_WAY
                and order.expected_delivery_on is not None
                and order.expected_delivery_on < TODAY
                for order in theirs
            ),
        }


def test_each_counter_equals_the_grid_it_links_to(session: Session, orders: list[Order]) -> None:
    for viewer in (seller_viewer(session.get_one(Seller, orders[0].seller_id)), ADMIN):
        shown = {todo: count_orders(session, viewer, wanted, TODAY).orders for todo, wanted in TODO_FILTERS.items()}
        assert todo_counts(session, viewer, TODAY) == shown
    assert min(shown.values()) > 0


# SQLite plans by rules on an empty table too; PostgreSQL plans by size, and is looked at on a large one (the bench).
@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_no_counter_reads_more_than_open_orders(session: Session) -> None:
    asked: list[tuple[str, object]] = []
    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    todo_counts(session, ADMIN, TODAY)
    todo_counts(session, Viewer(2, "Sam", "sam@example.org", Role.SELLER, seller_id=1), TODAY)
    plans = [
        row.detail
        for statement, parameters in list(asked)
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN orders") and "ix_orders_open" not in plan]


def test_balances_that_do_not_agree_are_counted_for_who_may_see_all_accounts(session: Session) -> None:
    values = {"subject": "stock", "expected": 3, "found": 2, "sentence": "…", "found_at": NOW}
    session.add_all([BalanceFinding(**values), BalanceFinding(**values)])
    session.flush()
    finance, support = (viewer_for(create_person(session, role)) for role in (Role.FINANCE, Role.SUPPORT))
    assert balance_todo_counts(session, finance) == {BalanceTodo.UNSOUND: 2, BalanceTodo.UNEXPLAINED: 0}
    assert balance_todo_counts(session, support) == {}


def test_payouts_that_wait_are_counted_for_who_does_something_about_them(session: Session) -> None:
    made = {state: create_payout(session, create_payee(session), state) for state in PayoutState}
    bring_back(session, made[PayoutState.REJECTED])
    finance, manager, support = (
        viewer_for(create_person(session, role)) for role in (Role.FINANCE, Role.MANAGER, Role.SUPPORT)
    )
    counts = payout_todo_counts(session, finance)
    assert counts == dict.fromkeys(PayoutTodo, 1)
    listed = {
        todo: len(payout_page(session, finance, PayoutFilter(tab)).rows) for todo, tab in PAYOUT_TODO_TABS.items()
    }
    assert listed == counts
    assert payout_todo_counts(session, manager) == {PayoutTodo.TO_APPROVE: 1}
    assert payout_todo_counts(session, support) == {}
    assert payout_todo_counts(session, seller_viewer(create_seller(session))) == {}
