import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.payouts import HoldReason, PayoutState
from db.domain.permissions import Role
from db.domain.time import PARIS
from db.domain.viewer import Viewer
from db.models import Payout, Seller
from db.queries import seller_entries
from db.queries.order_payouts import order_payouts
from db.queries.seller_account import SellerAccountNotFoundError, due_days, open_payouts, seller_account
from db.queries.seller_balance import balance_by_day
from db.queries.seller_entries import entry_page
from db.services.ledger_rows import NewEntry, write_entries
from db.services.payouts.holding import hold_order, hold_seller
from db.services.payouts.marking import reject
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.factories import ADMIN, book, create_order, create_payee, create_person, create_run, viewer_for
from tests.payouts import exported, finance

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
K = LedgerKind


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


@pytest.fixture
def admin(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.ADMIN))


def login_of(session: Session, seller: Seller) -> Viewer:
    return viewer_for(create_person(session, Role.SELLER, seller_id=seller.id))


def book_at(session: Session, seller: Seller, cents: int, at: dt.datetime, cause: str) -> None:
    """Write an entry at an instant of one's choice, due at once."""
    entry = NewEntry(seller.id, "EUR", K.SALE, cents, f"{seller.id}:{cause}", at, "Système", TODAY)
    write_entries(session, [entry])


def prepare(session: Session, seller: Seller) -> int:
    prepare_seller(session, SYSTEM, seller.id, create_run(session, TODAY), TODAY, NOW)
    return session.scalars(sa.select(Payout.id).where(Payout.seller_id == seller.id)).one()


def test_the_balance_is_what_was_booked_and_a_new_account_has_one_of_nothing(session: Session, seller: Seller) -> None:
    assert seller_account(session, ADMIN, seller.id).balances == {"EUR": 0}
    book(session, seller, 31_90, TODAY)
    book(session, seller, -93, TODAY, K.FEE)
    assert seller_account(session, ADMIN, seller.id).balances == {"EUR": 30_97}


def test_the_balance_of_a_day_is_that_of_its_end_in_paris(session: Session, seller: Seller) -> None:
    # 23:30 in Paris on the 19th is 22:30 UTC; half an hour into the 20th it is still the 19th in UTC.
    book_at(session, seller, 100_00, dt.datetime(2026, 11, 18, 12, tzinfo=PARIS), "before")
    book_at(session, seller, 10_00, dt.datetime(2026, 11, 19, 23, 30, tzinfo=PARIS), "late")
    book_at(session, seller, 1_00, dt.datetime(2026, 11, 20, 0, 30, tzinfo=PARIS), "early")
    days = balance_by_day(session, ADMIN, seller.id, "EUR", TODAY - 2 * DAY, TODAY)
    assert [(each.day.day, each.balance_cents) for each in days] == [(19, 110_00), (20, 111_00), (21, 111_00)]


def test_what_was_paid_is_told_by_day_without_what_the_bank_rejected(session: Session, seller: Seller) -> None:
    # 100,00 transmitted: paid, as far as the account goes. Rejected: not paid, and owed again.
    gone = exported(session, seller, 100_00)
    assert [each.paid_cents for each in balance_by_day(session, ADMIN, seller.id, "EUR", TODAY, TODAY)] == [100_00]
    reject(session, finance(session), gone.id, gone.version, "AC04", "Compte clos", TODAY, NOW)
    assert [
        (each.balance_cents, each.paid_cents) for each in balance_by_day(session, ADMIN, seller.id, "EUR", TODAY, TODAY)
    ] == [(100_00, 0)]


def test_what_is_due_is_told_by_day_and_what_is_in_a_payout_is_not_due_again(session: Session, seller: Seller) -> None:
    book(session, seller, 50_00, TODAY)
    prepare(session, seller)
    book(session, seller, 31_90, TODAY + DAY)
    book(session, seller, -93, TODAY + DAY, K.FEE)
    book(session, seller, -10_00, TODAY + 2 * DAY, K.REFUND)
    first, second = due_days(session, ADMIN, seller.id, "EUR")
    assert (first.due_on, first.sale_count, first.sale_cents, first.fee_cents, first.net_cents) == (
        TODAY + DAY,
        1,
        31_90,
        -93,
        30_97,
    )
    assert (second.refund_cents, second.net_cents) == (-10_00, -10_00)
    (payout,) = open_payouts(session, ADMIN, seller.id, "EUR")
    assert (payout.state, payout.net_cents) == (PayoutState.PREPARED, 50_00)


def test_an_order_that_is_held_is_told_apart_and_falls_due_on_no_day(
    session: Session, seller: Seller, admin: Viewer
) -> None:
    order = create_order(session, seller)
    book(session, seller, 31_90, TODAY, order_id=order.id)
    book(session, seller, -93, TODAY, K.FEE, order_id=order.id)
    hold_order(session, Actor.person(admin), order.id, HoldReason.DISPUTE, "Colis vide", NOW)
    assert due_days(session, ADMIN, seller.id, "EUR") == []
    account = seller_account(session, ADMIN, seller.id)
    (held,) = account.held_orders
    assert (held.order_number, held.cents, held.reason, held.note) == (
        order.number,
        30_97,
        HoldReason.DISPUTE,
        "Colis vide",
    )
    assert account.hold is None
    (theirs,) = seller_account(session, login_of(session, seller), seller.id).held_orders
    assert (theirs.cents, theirs.note, theirs.person_name) == (30_97, "", "")  # Why is between the house and itself.


def test_a_seller_that_is_held_as_a_whole_is_told_so(session: Session, seller: Seller, admin: Viewer) -> None:
    hold_seller(session, Actor.person(admin), seller.id, HoldReason.SUSPENDED, "Enquête", NOW)
    hold = seller_account(session, ADMIN, seller.id).hold
    assert hold is not None
    assert (hold.reason, hold.note, hold.order_number) == (HoldReason.SUSPENDED, "Enquête", None)


def test_each_entry_says_what_it_left_page_after_page(
    session: Session, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seller_entries, "PAGE_SIZE", 2)
    for cents in (10_00, 20_00, -5_00, 40_00):
        book(session, seller, cents, TODAY)
    newest = entry_page(session, ADMIN, seller.id, "EUR")
    assert [(row.amount_cents, row.balance_cents) for row in newest.rows] == [(40_00, 65_00), (-5_00, 25_00)]
    assert (newest.has_newer, newest.has_older) == (False, True)
    oldest = entry_page(session, ADMIN, seller.id, "EUR", before=newest.rows[-1].id)
    assert [(row.amount_cents, row.balance_cents) for row in oldest.rows] == [(20_00, 30_00), (10_00, 10_00)]
    assert (oldest.has_newer, oldest.has_older) == (True, False)
    assert entry_page(session, ADMIN, seller.id, "EUR", after=oldest.rows[0].id).rows == newest.rows


def test_an_entry_leads_to_its_order_and_to_the_payout_that_holds_it(session: Session, seller: Seller) -> None:
    order = create_order(session, seller)
    book(session, seller, 31_90, TODAY, order_id=order.id)
    payout_id = prepare(session, seller)
    (row,) = entry_page(session, ADMIN, seller.id, "EUR").rows
    assert (row.order_number, row.held_by_id, row.payout_id, row.due_on) == (order.number, payout_id, None, TODAY)


def test_an_account_is_nobody_elses_business(session: Session, seller: Seller) -> None:
    other = login_of(session, create_payee(session, "Brûlerie du port"))
    for ask in (
        lambda: seller_account(session, other, seller.id),
        lambda: due_days(session, other, seller.id, "EUR"),
        lambda: open_payouts(session, other, seller.id, "EUR"),
        lambda: entry_page(session, other, seller.id, "EUR"),
        lambda: balance_by_day(session, other, seller.id, "EUR", TODAY, TODAY),
    ):
        with pytest.raises(SellerAccountNotFoundError):
            ask()
    with pytest.raises(NotAllowedError):
        seller_account(session, viewer_for(create_person(session, Role.SUPPORT)), seller.id)


def test_an_order_tells_in_which_payout_it_is_and_when_the_rest_is_due(session: Session, seller: Seller) -> None:
    order = create_order(session, seller, total_cents=100_00)
    assert order_payouts(session, ADMIN, order.id) is None  # Nothing is in the books of it.
    book(session, seller, 100_00, TODAY, order_id=order.id)
    book(session, seller, -2_90, TODAY, K.FEE, order_id=order.id)
    payout_id = prepare(session, seller)
    book(session, seller, -50_00, TODAY + DAY, K.REFUND, order_id=order.id)
    book(session, seller, 1_45, TODAY + DAY, K.FEE_BACK, order_id=order.id)
    found = order_payouts(session, login_of(session, seller), order.id)
    assert found is not None
    assert [(share.payout_id, share.state, share.due_on, share.net_cents) for share in found.shares] == [
        (payout_id, PayoutState.PREPARED, TODAY, 97_10),
        (None, None, TODAY + DAY, -48_55),
    ]
    assert found.is_waiting
    assert order_payouts(session, viewer_for(create_person(session, Role.SUPPORT)), order.id) is None
    other = login_of(session, create_payee(session, "Brûlerie du port"))
    assert order_payouts(session, other, order.id) is None


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_an_account_reads_indexes_however_long_it_is(session: Session, seller: Seller) -> None:
    order = create_order(session, seller)
    book(session, seller, 31_90, TODAY, order_id=order.id)
    edge = book(session, seller, -93, TODAY, K.FEE, order_id=order.id)
    connection = session.connection()
    asked: list[tuple[str, Any]] = []

    def listen(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(connection, "before_cursor_execute", listen)
    seller_account(session, ADMIN, seller.id)
    balance_by_day(session, ADMIN, seller.id, "EUR", TODAY - 2 * DAY, TODAY)
    due_days(session, ADMIN, seller.id, "EUR")
    open_payouts(session, ADMIN, seller.id, "EUR")
    entry_page(session, ADMIN, seller.id, "EUR", before=edge)
    order_payouts(session, ADMIN, order.id)
    sa.event.remove(connection, "before_cursor_execute", listen)
    plans = [
        row.detail
        for statement, parameters in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
    big = ("ledger_entries", "payout_entries", "payouts", "orders")
    assert [plan for plan in plans if plan.startswith(tuple(f"SCAN {table}" for table in big))] == []
    assert any(
        "COVERING INDEX ix_ledger_entries_seller (seller_id=? AND currency=? AND at>? AND at<?)" in plan
        for plan in plans
    )
    assert any("COVERING INDEX ix_payout_entries_waiting" in plan for plan in plans)
