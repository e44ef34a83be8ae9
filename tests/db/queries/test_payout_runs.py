"""The preparations: what each came to, and about how many sellers one still has before it."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.queries.payout_runs import latest_runs, sellers_left
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.db.queries.test_documents import plan_of
from tests.db.queries.test_payouts import create_payout
from tests.factories import ADMIN, book, create_payee, create_person, create_run, viewer_for

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
S = PayoutState


def test_the_newest_come_first_with_what_they_came_to(session: Session) -> None:
    old, new = create_run(session, TODAY - DAY), create_run(session, TODAY)
    for state in (S.PREPARED, S.PREPARED, S.PAID):
        create_payout(session, create_payee(session), state, 10_00, run_id=new)
    # A debt that is carried over is nobody's payment.
    create_payout(session, create_payee(session), S.CARRIED, -4_00, run_id=new)
    first, second = latest_runs(session, ADMIN, 5)
    assert (first.id, first.payout_count, first.cents) == (new, 4, {"EUR": 30_00})
    assert first.states == {S.PREPARED: 2, S.PAID: 1, S.CARRIED: 1}
    assert (second.id, second.payout_count, second.finished_at) == (old, 0, None)
    assert [run.id for run in latest_runs(session, ADMIN, 1)] == [new]


def test_sellers_and_support_see_none(session: Session) -> None:
    create_run(session, TODAY)
    seller = viewer_for(create_person(session, Role.SELLER, seller_id=create_payee(session).id))
    assert latest_runs(session, seller, 5) == ()
    with pytest.raises(NotAllowedError):
        latest_runs(session, viewer_for(create_person(session, Role.SUPPORT)), 5)


def test_sellers_are_left_while_they_are_owed_something_that_is_due(session: Session) -> None:
    owed, later, owing = (create_payee(session) for _ in range(3))
    book(session, owed, 10_00, TODAY)
    book(session, owed, 5_00, TODAY - DAY)
    book(session, later, 10_00, TODAY + DAY)
    book(session, owing, -3_00, TODAY, LedgerKind.REFUND)
    assert sellers_left(session, ADMIN, TODAY) == 1
    prepare_seller(session, SYSTEM, owed.id, create_run(session, TODAY), TODAY, NOW)
    assert sellers_left(session, ADMIN, TODAY) == 0


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_what_is_left_is_told_from_an_index_alone(session: Session) -> None:
    plan = plan_of(session, lambda: sellers_left(session, ADMIN, TODAY))
    assert "COVERING INDEX ix_payout_entries_waiting" in plan
    assert "SCAN payout_entries" not in plan
    assert "ix_payouts_run_id (run_id=?" in plan_of(session, lambda: latest_runs(session, ADMIN, 5))
