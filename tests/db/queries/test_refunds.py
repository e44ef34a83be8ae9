"""The lists of refunds: the oldest that is owed first, page by page, each from its own index."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import NotAllowedError
from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState, ReturnStatus
from db.domain.permissions import Role
from db.domain.refund_list import RefundFilter, RefundTab
from db.models import Settlement
from db.queries import refunds
from db.queries.refunds import late_refund_count, next_refunds, owed_refunds, refund_count, refund_page, refund_rows
from db.queries.return_detail import return_detail
from db.queries.todo import RefundTodo, refund_todo_counts
from db.services.refund_claims import is_any_refund_due
from tests.conftest import NOW
from tests.db.queries.test_documents import plan_of
from tests.db.queries.test_returns import TODAY, create_return
from tests.db.services.test_refunds import owed
from tests.factories import ADMIN, create_customer, create_order, create_person, viewer_for

S = PaymentRecordState


def ids(session: Session, wanted: RefundFilter, **cursor: int) -> list[int]:
    return [row.id for row in refund_page(session, ADMIN, wanted, **cursor).rows]


def aged(session: Session, *days: int, **columns: object) -> list[int]:
    return [owed(session, 10_00, created_at=NOW - dt.timedelta(days=each), **columns).id for each in days]


def test_what_is_owed_comes_oldest_first_and_what_is_done_newest_first(session: Session) -> None:
    new, old = aged(session, 1, 20)
    done_new, done_old = aged(session, 1, 20, state=S.CAPTURED)
    # Decided on first of all and done last, today.
    (done_last,) = aged(session, 30, state=S.CAPTURED, ended_at=NOW)
    assert ids(session, RefundFilter()) == [old, new]
    assert ids(session, RefundFilter(RefundTab.DONE)) == [done_last, done_new, done_old]
    assert ids(session, RefundFilter(RefundTab.DONE), before=done_last) == [done_new, done_old]
    assert ids(session, RefundFilter(RefundTab.DONE), after=done_old) == [done_last, done_new]


@pytest.mark.parametrize(("days_ago", "days_left"), [(14, 0), (15, -1)])
def test_the_time_to_give_back_counts_from_the_request_of_the_return(
    session: Session, days_ago: int, days_left: int
) -> None:
    # Decided on today: settling a return does not begin its 14 days anew.
    order = create_order(session, status=OrderStatus.RECEIVED)
    back = create_return(session, order, days_ago=days_ago, status=ReturnStatus.COMPLETED)
    settled = Settlement(
        order_id=order.id,
        return_id=back.id,
        key="s",
        total_cents=10_00,
        refund_cents=10_00,
        has_credit_note=False,
        reason="Retour",
    )
    session.add(settled)
    session.flush()
    refund = owed(session, 10_00, order, settlement_id=settled.id)
    (row,) = refund_rows(session, ADMIN, [refund.id])
    deadline = row.deadline(TODAY)
    assert deadline is not None
    assert deadline.days_left == days_left
    assert return_detail(session, ADMIN, back.id, TODAY).refund == deadline
    assert refund_todo_counts(session, ADMIN, TODAY)[RefundTodo.LATE] == (days_left < 0)
    refund.state = S.CAPTURED
    session.flush()
    assert return_detail(session, ADMIN, back.id, TODAY).refund is None
    assert refund_todo_counts(session, ADMIN, TODAY)[RefundTodo.LATE] == 0


@pytest.mark.parametrize("tab", [RefundTab.TO_DO, RefundTab.DONE])
def test_pages_follow_each_other_both_ways(session: Session, monkeypatch: pytest.MonkeyPatch, tab: RefundTab) -> None:
    monkeypatch.setattr(refunds, "PAGE_SIZE", 2)
    made = aged(session, 5, 4, 3, 2, 1, state=tab.state)  # The first is the oldest.
    order = made if tab is RefundTab.TO_DO else made[::-1]
    wanted = RefundFilter(tab)
    assert ids(session, wanted) == order[:2]
    assert ids(session, wanted, before=order[1]) == order[2:4]
    assert ids(session, wanted, before=order[3]) == order[4:]
    assert ids(session, wanted, after=order[4]) == order[2:4]
    assert ids(session, wanted, after=order[2]) == order[:2]
    page = refund_page(session, ADMIN, wanted, before=order[1])
    assert (page.has_newer, page.has_older) == (True, True)
    assert not refund_page(session, ADMIN, wanted).has_newer
    rows = next_refunds(session, wanted, None, 3)
    assert [row.id for row in (*rows, *next_refunds(session, wanted, rows[-1].id, 3))] == order


def test_filters_find_by_means_seller_number_and_name(session: Session) -> None:
    order = create_order(session, customer=create_customer(session, "Zoé Œuvrard"), number="ABC-77")
    wanted = owed(session, 10_00, order, method=PaymentMethod.CHEQUE).id
    aged(session, 1)
    assert ids(session, RefundFilter(method=PaymentMethod.CHEQUE)) == [wanted]
    assert ids(session, RefundFilter(seller_id=order.seller_id)) == [wanted]
    assert ids(session, RefundFilter(text="bc-77")) == [wanted]
    assert ids(session, RefundFilter(text="oeuvr")) == [wanted]
    assert ids(session, RefundFilter(text="\x00")) == []
    assert refund_count(session, RefundFilter(text="oeuvr"), 10) == 1


def test_the_sums_of_what_is_owed_are_told_by_list(session: Session) -> None:
    aged(session, 1, 2)
    aged(session, 1, state=S.SENT)
    aged(session, 1, state=S.FAILED)
    aged(session, 1, state=S.CAPTURED)
    counted = {tab: (each.count, dict(each.cents or {})) for tab, each in owed_refunds(session, ADMIN).items()}
    assert counted == {
        RefundTab.TO_DO: (2, {"EUR": 20_00}),
        RefundTab.SENT: (1, {"EUR": 10_00}),
        RefundTab.REFUSED: (1, {"EUR": 10_00}),
    }
    assert refund_todo_counts(session, ADMIN, TODAY) == {
        RefundTodo.LATE: 0,
        RefundTodo.REFUSED: 1,
        RefundTodo.TO_DO: 2,
    }


def test_a_cancelled_order_is_the_reason_where_nothing_else_is_said(session: Session) -> None:
    refund = owed(session, 10_00, create_order(session, status=OrderStatus.CANCELLED))
    (row,) = refund_rows(session, ADMIN, [refund.id, 10**9])
    assert row.reason == "Commande annulée"


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_only_finance_and_who_leads_the_house_read_them(session: Session, role: Role) -> None:
    columns = {"seller_id": create_order(session).seller_id} if role is Role.SELLER else {}
    viewer = viewer_for(create_person(session, role, **columns))
    with pytest.raises(NotAllowedError):
        refund_page(session, viewer, RefundFilter())
    with pytest.raises(NotAllowedError):
        owed_refunds(session, viewer)
    assert refund_todo_counts(session, viewer, TODAY) == {}


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_each_list_walks_the_index_of_refunds(session: Session) -> None:
    for wanted in (RefundFilter(), RefundFilter(RefundTab.DONE), RefundFilter(text="x", method=PaymentMethod.CARD)):
        plan = plan_of(session, lambda wanted=wanted: refund_page(session, ADMIN, wanted))  # type: ignore[misc]
        assert "ix_payments_refunds (state=?)" in plan
        assert "SCAN payments" not in plan
        assert ("TEMP B-TREE" in plan) is not wanted.tab.is_owed  # What is done is sorted by the day it was done.
    late = plan_of(session, lambda: late_refund_count(session, ADMIN, TODAY))
    assert "ix_payments_refunds (state=?)" in late
    assert late.count("USING INTEGER PRIMARY KEY") == 2
    assert "ix_payments_refunds (state=?" in plan_of(session, lambda: owed_refunds(session, ADMIN))
    due = plan_of(session, lambda: is_any_refund_due(session, frozenset({PaymentMethod.CARD}), NOW))
    assert due.count("ix_payments_refunds (state=?") == 2
