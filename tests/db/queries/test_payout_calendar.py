"""What is due when: waiting or in a payout, by day, by seller; what is late, owed back, held."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.payouts import HoldReason, PayoutState
from db.domain.permissions import Role
from db.models import PayoutHold
from db.queries.payout_calendar import Due, DueRow, Scope, due_now, due_rows, month_due
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.db.queries.test_documents import plan_of
from tests.db.queries.test_payouts import create_payout
from tests.factories import ADMIN, book, create_order, create_payee, create_person, create_run, viewer_for

#: A Saturday.
TODAY = dt.date(2026, 11, 21)
NOVEMBER = dt.date(2026, 11, 1)
MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)
EUR = Scope("EUR")
S, K = PayoutState, LedgerKind


def test_each_day_says_how_many_sellers_are_owed_how_much(session: Session) -> None:
    tea, bread = create_payee(session), create_payee(session)
    # 31,90 − 0,93 and 10,00 to one, 5,00 to the other: 45,97 to two.
    for cents, kind in ((31_90, K.SALE), (-93, K.FEE), (10_00, K.SALE)):
        book(session, tea, cents, MONDAY, kind)
    book(session, bread, 5_00, MONDAY)
    book(session, bread, 7_00, TUESDAY)
    book(session, bread, 9_00, dt.date(2026, 12, 7))  # After the last week that shows November.
    month = month_due(session, ADMIN, NOVEMBER, EUR)
    assert month.days == {MONDAY: Due(2, 45_97), TUESDAY: Due(1, 7_00)}
    assert month.total_cents == 52_97
    assert month_due(session, ADMIN, NOVEMBER, Scope("EUR", bread.id)).days[MONDAY] == Due(1, 5_00)
    assert month_due(session, ADMIN, NOVEMBER, Scope("CHF")).days == {}


def test_the_last_weeks_first_days_of_the_next_month_are_shown_and_not_counted(session: Session) -> None:
    book(session, create_payee(session), 3_00, dt.date(2026, 12, 4))
    month = month_due(session, ADMIN, NOVEMBER, EUR)
    assert month.days == {dt.date(2026, 12, 4): Due(1, 3_00)}
    assert month.total_cents == 0


def test_a_past_day_tells_what_its_payouts_hold_unless_it_is_due_again(session: Session) -> None:
    seller = create_payee(session)
    past = TODAY - 4 * DAY
    for state in S:
        create_payout(session, create_payee(session), state, due_on=past)
    create_payout(session, seller, S.PAID, 2_00, due_on=past)
    # Prepared, held, approved, exported and paid: 5 of 10,00; and one of 2,00.
    assert month_due(session, ADMIN, NOVEMBER, EUR).days == {past: Due(6, 52_00)}
    states = {row.state for row in due_rows(session, ADMIN, past, past, EUR)}
    assert states == {S.PREPARED, S.HELD, S.APPROVED, S.EXPORTED, S.PAID}


def test_a_day_is_told_seller_by_seller_as_it_adds_up(session: Session) -> None:
    tea, bread = create_payee(session, "Thé"), create_payee(session, "Épices")
    for cents, kind in ((31_90, K.SALE), (-93, K.FEE), (-5_00, K.REFUND), (15, K.FEE_BACK), (-2_00, K.CORRECTION)):
        book(session, tea, cents, MONDAY, kind)
    book(session, bread, 5_00, MONDAY)
    book(session, bread, 6_00, TUESDAY)
    # 31,90 − 5,00 − (0,93 − 0,15) − 2,00 = 24,12.
    spices = DueRow(bread.id, "Épices", 5_00, 0, 0, 0, 5_00)
    assert due_rows(session, ADMIN, MONDAY, MONDAY, EUR) == (
        spices,
        DueRow(tea.id, "Thé", 31_90, -5_00, -78, -2_00, 24_12),
    )
    both_days = due_rows(session, ADMIN, MONDAY, TUESDAY, Scope("EUR", bread.id))
    assert [row.net_cents for row in both_days] == [11_00]


def test_what_is_due_and_in_no_payout_is_told_apart_from_debts_and_holds(session: Session) -> None:
    ready, owing, kept = (create_payee(session) for _ in range(3))
    book(session, ready, 10_00, TODAY)
    book(session, ready, 4_00, TODAY - DAY)
    book(session, ready, 99_00, TODAY + DAY)
    book(session, owing, -3_00, TODAY, K.REFUND)
    order = create_order(session, kept)
    book(session, kept, 30_00, TODAY - DAY, order_id=order.id)
    book(session, kept, -87, TODAY + DAY, K.FEE, order_id=order.id)
    session.add(PayoutHold(seller_id=kept.id, order_id=order.id, reason=HoldReason.DISPUTE, held_at=NOW))
    session.flush()
    create_payout(session, create_payee(session), S.HELD, 8_00)
    now = due_now(session, ADMIN, TODAY, EUR)
    # 30,00 − 0,87 of the order in dispute.
    assert (now.ready, now.debts, now.held, now.held_orders) == (
        Due(1, 14_00),
        Due(1, -3_00),
        Due(1, 8_00),
        Due(1, 29_13),
    )


def test_what_was_prepared_is_not_due_any_more(session: Session) -> None:
    seller = create_payee(session)
    book(session, seller, 10_00, TODAY)
    assert due_now(session, ADMIN, TODAY, EUR).ready == Due(1, 10_00)
    prepare_seller(session, SYSTEM, seller.id, create_run(session, TODAY), TODAY, NOW)
    assert due_now(session, ADMIN, TODAY, EUR).ready == Due()
    assert month_due(session, ADMIN, NOVEMBER, EUR).days == {TODAY: Due(1, 10_00)}


def test_a_seller_sees_what_is_theirs_and_support_nothing(session: Session) -> None:
    mine, other = create_payee(session), create_payee(session)
    for seller in (mine, other):
        book(session, seller, 10_00, TODAY)
        create_payout(session, seller, S.HELD, 2_00, due_on=TODAY - DAY)
    viewer = viewer_for(create_person(session, Role.SELLER, seller_id=mine.id))
    assert month_due(session, viewer, NOVEMBER, EUR).days == {TODAY: Due(1, 10_00), TODAY - DAY: Due(1, 2_00)}
    assert {row.seller_id for row in due_rows(session, viewer, TODAY - DAY, TODAY, EUR)} == {mine.id}
    assert due_now(session, viewer, TODAY, EUR).ready == Due(1, 10_00)
    assert due_now(session, viewer, TODAY, Scope("EUR", other.id)).held == Due()
    with pytest.raises(NotAllowedError):
        due_now(session, viewer_for(create_person(session, Role.SUPPORT)), TODAY, EUR)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_what_waits_is_told_from_its_index_alone(session: Session) -> None:
    order = create_order(session)
    session.add(PayoutHold(seller_id=order.seller_id, order_id=order.id, reason=HoldReason.DISPUTE, held_at=NOW))
    session.flush()
    asked = (
        lambda: month_due(session, ADMIN, NOVEMBER, EUR),
        lambda: due_rows(session, ADMIN, MONDAY, TUESDAY, EUR),
        lambda: due_now(session, ADMIN, TODAY, EUR),
    )
    for ask in asked:
        plan = plan_of(session, ask)
        assert "COVERING INDEX ix_payout_entries_waiting (seller_id=? AND currency=? AND due_on" in plan
        assert not [step for step in plan.splitlines() if step.startswith(("SCAN payout", "SCAN ledger"))]
    assert all("ix_payouts_due_on (due_on>? AND due_on<?)" in plan_of(session, ask) for ask in asked[:2])
    assert "ix_ledger_entries_order_id (order_id=?)" in plan_of(session, asked[2])
