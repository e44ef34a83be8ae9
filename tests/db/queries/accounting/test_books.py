"""The marketplace's own books: balanced, and the same as the sellers' accounts whatever is done."""

import datetime as dt
from collections import Counter
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.domain.accounting import Account, JournalEntry
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.orders import PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Role
from db.models import LedgerEntry, Payment, Voucher
from db.queries.accounting.balance import seller_balances, trial_balance
from db.queries.accounting.entries import entries_of, entries_of_day, opening_entry
from db.queries.accounting.periods import Days
from db.services.ledger_rows import NewEntry, write_entries
from tests.conftest import NOW
from tests.db.services.payouts.test_an_account_s_life import BEGINNINGS, STEPS
from tests.db.services.payouts.test_an_account_s_life import Account as Life
from tests.factories import ADMIN, create_order, create_person, create_seller, viewer_for

A = Account
_keys = count()
#: All that a random life of payouts can reach.
LONG = Days(dt.date(2026, 8, 1), dt.date(2027, 12, 31))


def sums(found: list[JournalEntry]) -> dict[Account, int]:
    total: Counter[Account] = Counter()
    for entry in found:
        for posting in entry.postings:
            total[posting.account] += posting.cents
    return {account: cents for account, cents in total.items() if cents}


def pay(
    session: Session,
    order_id: int,
    cents: int,
    at: dt.datetime = NOW,
    *,
    kind: PaymentKind = PaymentKind.PAYMENT,
    method: PaymentMethod = PaymentMethod.CARD,
    state: PaymentRecordState = PaymentRecordState.CAPTURED,
    **columns: object,
) -> None:
    booked = at if state is PaymentRecordState.CAPTURED else None
    row = {"received_at": at, "booked_at": booked} | columns
    session.add(Payment(order_id=order_id, kind=kind, method=method, state=state, amount_cents=cents, **row))
    session.flush()


def enter(session: Session, seller_id: int, kind: LedgerKind, cents: int, at: dt.datetime, order_id: int) -> None:
    cause = f"books:{next(_keys)}"
    write_entries(session, [NewEntry(seller_id, "EUR", kind, cents, cause, at, "Système", None, order_id=order_id)])


def test_a_sale_at_half_past_eleven_on_new_year_s_eve_is_of_the_old_year(session: Session) -> None:
    order = create_order(session, total_cents=50_00)
    eve = dt.datetime(2026, 12, 31, 22, 30, tzinfo=dt.UTC)  # 23:30 in Paris.
    pay(session, order.id, 50_00, eve)
    pay(session, order.id, 7_00, eve + dt.timedelta(hours=1), kind=PaymentKind.REFUND)
    (old,) = entries_of_day(session, dt.date(2026, 12, 31), "EUR")
    (new,) = entries_of_day(session, dt.date(2027, 1, 1), "EUR")
    assert sums([old]) == {A.CARD: 50_00, A.CUSTOMERS: -50_00}
    assert sums([new]) == {A.CARD: -7_00, A.CUSTOMERS: 7_00}


def test_both_hours_of_the_doubled_hour_in_october_are_of_their_day(session: Session) -> None:
    order = create_order(session, total_cents=50_00)
    # 25 October 2026: 02:30 comes twice, at 00:30 and at 01:30 UTC; the day has 25 hours.
    for cents, hour in ((1_00, 0), (2_00, 1), (4_00, 22)):
        pay(session, order.id, cents, dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC))
    pay(session, order.id, 8_00, dt.datetime(2026, 10, 24, 21, 59, tzinfo=dt.UTC))
    pay(session, order.id, 16_00, dt.datetime(2026, 10, 25, 23, 0, tzinfo=dt.UTC))
    assert sums(entries_of_day(session, dt.date(2026, 10, 25), "EUR"))[A.CARD] == 7_00


def test_what_was_not_done_is_not_in_the_books(session: Session) -> None:
    order = create_order(session)
    pay(session, order.id, 5_00, state=PaymentRecordState.PENDING)
    pay(session, order.id, 6_00, state=PaymentRecordState.FAILED, kind=PaymentKind.REFUND)
    pay(session, order.id, 7_00, currency="CHF")
    day = Days(NOW.date(), NOW.date())
    assert entries_of(session, day, "EUR") == []
    assert trial_balance(session, ADMIN, day, "EUR") == []
    assert sums(entries_of(session, day, "CHF")) == {A.CARD: 7_00, A.CUSTOMERS: -7_00}


def test_a_voucher_is_a_debt_until_it_is_spent_and_a_gift_is_a_cost(session: Session) -> None:
    """By hand: 20 € refunded as a voucher, 5 € given; of the gift 2 € are spent and the rest is cancelled."""
    order = create_order(session, total_cents=50_00)
    refund, gift = (
        Voucher(code=f"V{next(_keys)}", amount_cents=cents, expires_on=dt.date(2028, 1, 1), order_id=order.id)
        for cents in (20_00, 5_00)
    )
    refund.created_at = gift.created_at = NOW
    session.add_all([refund, gift])
    session.flush()
    pay(session, order.id, 20_00, kind=PaymentKind.REFUND, method=PaymentMethod.VOUCHER, voucher_id=refund.id)
    pay(session, order.id, 2_00, method=PaymentMethod.VOUCHER)
    gift.used_cents, gift.cancelled_at = 2_00, NOW
    session.flush()
    found = entries_of(session, Days(NOW.date(), NOW.date()), "EUR")
    assert sums(found) == {A.VOUCHER_COST: 2_00, A.CUSTOMERS: 18_00, A.VOUCHERS: -20_00}
    assert [each.piece for each in found if each.label.startswith("Annulation")] == [f"BA-{gift.id}"]
    assert not any(refund.code in each.label for each in found)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    began=st.sampled_from(BEGINNINGS), steps=st.lists(st.sampled_from(STEPS), min_size=3, max_size=12), data=st.data()
)
def test_what_the_books_owe_a_seller_is_its_account_whatever_is_done(
    session: Session, began: tuple[str, ...], steps: list[str], data: st.DataObject
) -> None:
    example = session.begin_nested()
    try:
        life = Life(session)
        for step in (*began, *steps):
            life.act(step, data)
        session.flush()
        found = entries_of(session, LONG, "EUR")
        owed = session.scalar(
            sa.select(sa.func.sum(LedgerEntry.amount_cents)).where(LedgerEntry.seller_id == life.seller.id)
        )
        in_books = -sum(
            posting.cents
            for entry in found
            for posting in entry.postings
            if posting.account is A.SELLERS and posting.seller_id == life.seller.id
        )
        assert in_books == int(owed or 0)
        assert seller_balances(session, LONG.last, "EUR").get(life.seller.id, 0) == in_books
        balance = {each.account: each.balance_cents for each in trial_balance(session, ADMIN, LONG, "EUR")}
        assert {account: cents for account, cents in balance.items() if cents} == sums(found)
        assert sum(balance.values()) == 0
        # A year that begins after all that begins with each seller's account as it is.
        opening = opening_entry(session, LONG.last + dt.timedelta(days=1), "EUR")
        left = [] if opening is None else opening.postings
        assert -sum(each.cents for each in left if each.seller_id == life.seller.id and each.account is A.SELLERS) == (
            in_books
        )
    finally:
        example.rollback()
        session.expire_all()


def test_customers_money_is_what_no_seller_is_owed_yet(session: Session) -> None:
    """By hand: 100 € paid of which 80 € are a sale in the books, 10 € given back of it: 100 − 10 − (80 − 10) = 20 €."""
    seller = create_seller(session)
    order = create_order(session, seller, total_cents=80_00)
    pay(session, order.id, 100_00)
    enter(session, seller.id, LedgerKind.SALE, 80_00, NOW, order.id)
    enter(session, seller.id, LedgerKind.REFUND, -10_00, NOW, order.id)
    pay(session, order.id, 10_00, kind=PaymentKind.REFUND, method=PaymentMethod.TRANSFER)
    found = sums(entries_of(session, Days(NOW.date(), NOW.date()), "EUR"))
    assert found == {A.CARD: 100_00, A.BANK: -10_00, A.CUSTOMERS: -20_00, A.SELLERS: -70_00}


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_the_books_are_not_for_everybody(session: Session, role: Role) -> None:
    seller = create_seller(session)
    person = create_person(session, role, seller_id=seller.id if role is Role.SELLER else None)
    with pytest.raises(NotAllowedError):
        trial_balance(session, viewer_for(person), LONG, "EUR")
