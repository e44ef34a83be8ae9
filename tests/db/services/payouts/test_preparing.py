import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.ledger import LedgerKind
from db.domain.payouts import HoldReason, PayoutEvent, PayoutState
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHistory, PayoutHold, PayoutSettings, Seller
from db.services.payouts.preparing import prepare_seller, sellers_to_prepare
from tests.conftest import NOW
from tests.factories import book, create_order, create_payee, create_run

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
K = LedgerKind


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


@pytest.fixture
def run_id(session: Session) -> int:
    return create_run(session, TODAY)


def prepare(session: Session, seller: Seller, run_id: int, day: dt.date = TODAY) -> list[Payout]:
    prepare_seller(session, SYSTEM, seller.id, run_id, day, NOW)
    session.expire_all()
    return list(session.scalars(sa.select(Payout).where(Payout.seller_id == seller.id).order_by(Payout.id)))


def balance(session: Session, seller: Seller) -> int:
    total = sa.func.coalesce(sa.func.sum(LedgerEntry.amount_cents), 0)
    return int(session.scalar(sa.select(total).where(LedgerEntry.seller_id == seller.id)) or 0)


def test_a_payout_is_the_sale_less_the_fee_of_its_day(session: Session, seller: Seller, run_id: int) -> None:
    # 2.9 % of 31.90 € is 0.9251 €: 0.93 €; 31.90 − 0.93 = 30.97 €.
    book(session, seller, 31_90, TODAY)
    book(session, seller, -93, TODAY, K.FEE)
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.sale_cents, payout.fee_cents, payout.net_cents) == (
        PayoutState.PREPARED,
        31_90,
        -93,
        30_97,
    )
    assert (payout.entry_count, payout.due_on, payout.prepared_by_id) == (2, TODAY, None)
    assert balance(session, seller) == 30_97  # It is paid when it is exported, not before.


def test_what_is_not_due_yet_waits_for_its_day(session: Session, seller: Seller, run_id: int) -> None:
    book(session, seller, 10_00, TODAY)
    book(session, seller, 20_00, TODAY + DAY)
    (payout,) = prepare(session, seller, run_id)
    assert payout.net_cents == 10_00


def test_preparing_twice_changes_nothing(session: Session, seller: Seller, run_id: int) -> None:
    book(session, seller, 10_00, TODAY)
    (payout,) = prepare(session, seller, run_id)
    version = payout.version
    (again,) = prepare(session, seller, run_id)
    assert (again.id, again.version, again.net_cents) == (payout.id, version, 10_00)
    events = session.scalars(sa.select(PayoutHistory.event).where(PayoutHistory.payout_id == payout.id))
    assert list(events) == [PayoutEvent.PREPARED]


def test_what_falls_due_is_added_to_the_payout_that_nobody_approved_yet(
    session: Session, seller: Seller, run_id: int
) -> None:
    book(session, seller, 10_00, TODAY)
    book(session, seller, -4_00, TODAY + DAY, K.REFUND)
    (payout,) = prepare(session, seller, run_id)
    version = payout.version
    tomorrow = create_run(session, TODAY + DAY)
    (payout,) = prepare(session, seller, tomorrow, TODAY + DAY)
    assert (payout.net_cents, payout.refund_cents, payout.run_id) == (6_00, -4_00, tomorrow)
    assert payout.version > version  # Who looks at the older amount approves nothing.


def test_what_falls_due_after_an_approval_goes_into_another_payout(
    session: Session, seller: Seller, run_id: int
) -> None:
    book(session, seller, 10_00, TODAY)
    (payout,) = prepare(session, seller, run_id)
    payout.state = PayoutState.APPROVED
    session.flush()
    book(session, seller, 5_00, TODAY)
    first, second = prepare(session, seller, run_id)
    assert (first.net_cents, second.net_cents) == (10_00, 5_00)


def test_a_debt_is_carried_over_two_runs_and_taken_off_the_third(session: Session, seller: Seller, run_id: int) -> None:
    # A refund after the payout of its sale: −12.00. Then a sale of 5.00, which does not cover it; then one of 30.00.
    book(session, seller, -12_00, TODAY, K.REFUND)
    (first,) = prepare(session, seller, run_id)
    assert (first.state, first.net_cents, first.closed_at) == (PayoutState.CARRIED, -12_00, NOW)
    assert len(prepare(session, seller, run_id)) == 1  # A debt alone goes on without a new row each night.

    book(session, seller, 5_00, TODAY)
    _, second = prepare(session, seller, run_id)
    assert (second.state, second.sale_cents, second.other_cents, second.net_cents) == (
        PayoutState.CARRIED,
        5_00,
        -12_00,
        -7_00,
    )
    book(session, seller, 30_00, TODAY)
    _, _, third = prepare(session, seller, run_id)
    assert (third.state, third.other_cents, third.net_cents) == (PayoutState.PREPARED, -7_00, 23_00)
    # −12 + 5 + 30: what is carried adds nothing to the account.
    assert balance(session, seller) == 23_00
    carried = session.scalars(
        sa.select(LedgerEntry.amount_cents).where(LedgerEntry.kind == K.CARRIED).order_by(LedgerEntry.id)
    )
    assert list(carried) == [12_00, -12_00, 7_00, -7_00]


def test_what_comes_to_nothing_is_closed_without_a_debt(session: Session, seller: Seller, run_id: int) -> None:
    book(session, seller, 10_00, TODAY)
    book(session, seller, -10_00, TODAY, K.REFUND)
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.net_cents, payout.entry_count) == (PayoutState.CARRIED, 0, 2)
    assert not session.scalar(sa.select(sa.exists().where(LedgerEntry.kind == K.CARRIED)))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"iban": None}, HoldReason.NO_IBAN),
        # The key of the bank is 06: mod 97 alone would not see that the account is another one.
        ({"iban": "FR7630006000011234567890188"}, HoldReason.INVALID_IBAN),
        ({"iban_changed_at": NOW - dt.timedelta(hours=71, minutes=59)}, HoldReason.IBAN_CHANGED),
    ],
)
def test_a_payout_is_held_for_its_sellers_account_until_that_is_mended(
    session: Session, run_id: int, columns: dict[str, object], reason: HoldReason
) -> None:
    seller = create_payee(session, **columns)
    book(session, seller, 10_00, TODAY)
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.hold_reason) == (PayoutState.HELD, reason)
    seller = session.get_one(Seller, seller.id)
    seller.iban = "FR1420041010050500013M02606"
    seller.iban_changed_at = NOW - dt.timedelta(hours=72)
    session.flush()
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.hold_reason) == (PayoutState.PREPARED, None)
    events = session.scalars(
        sa.select(PayoutHistory.event).where(PayoutHistory.payout_id == payout.id).order_by(PayoutHistory.id)
    )
    assert list(events) == [PayoutEvent.PREPARED, PayoutEvent.HELD, PayoutEvent.RELEASED]


@pytest.mark.parametrize(
    ("rejection", "given_hours_ago", "reason"),
    [
        ("AC04 – Compte clos", 500, HoldReason.REFUSED_IBAN),
        # Given to us, once more or anew, after the transfer that came back.
        ("AC04 – Compte clos", 80, None),
        # Not the account's fault.
        ("AM05 – Doublon", 500, None),
    ],
)
def test_an_account_that_the_bank_refused_is_not_tried_again(
    session: Session, run_id: int, rejection: str, given_hours_ago: int, reason: HoldReason | None
) -> None:
    seller = create_payee(session, iban_changed_at=NOW - dt.timedelta(hours=given_hours_ago))
    book(session, seller, 10_00, TODAY)
    (rejected,) = prepare(session, seller, run_id)
    rejected.state, rejected.rejection, rejected.iban = PayoutState.REJECTED, rejection, seller.iban or ""
    rejected.closed_at = NOW - dt.timedelta(hours=100)
    session.flush()
    book(session, seller, 10_00, TODAY)
    _, again = prepare(session, seller, run_id)
    assert again.hold_reason is reason


def test_a_payout_above_the_limit_is_held(session: Session, seller: Seller, run_id: int) -> None:
    session.add(PayoutSettings(id=1, max_cents=500_00))
    book(session, seller, 500_00, TODAY)
    (payout,) = prepare(session, seller, run_id)
    assert payout.state is PayoutState.PREPARED  # Just so much is within it.
    book(session, seller, 1, TODAY)
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.hold_reason) == (PayoutState.HELD, HoldReason.OVER_LIMIT)


def test_a_seller_that_people_hold_is_not_paid_whatever_else_is_right(
    session: Session, seller: Seller, run_id: int
) -> None:
    session.add(PayoutHold(seller_id=seller.id, reason=HoldReason.SUSPENDED, note="Contrefaçons"))
    book(session, seller, 10_00, TODAY)
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.hold_reason) == (PayoutState.HELD, HoldReason.SUSPENDED)


def test_an_order_in_dispute_is_kept_out_and_comes_when_it_is_over(
    session: Session, seller: Seller, run_id: int
) -> None:
    disputed = create_order(session, seller)
    book(session, seller, 31_90, TODAY, order_id=disputed.id)
    book(session, seller, 10_00, TODAY)
    hold = PayoutHold(seller_id=seller.id, order_id=disputed.id, reason=HoldReason.DISPUTE)
    session.add(hold)
    session.flush()
    (payout,) = prepare(session, seller, run_id)
    assert (payout.state, payout.net_cents) == (PayoutState.PREPARED, 10_00)
    hold.released_at = NOW
    session.flush()
    (payout,) = prepare(session, seller, run_id)
    assert payout.net_cents == 41_90


def test_the_sellers_that_are_looked_at_are_those_with_something_due_or_open(session: Session, run_id: int) -> None:
    due, later, idle, held = (create_payee(session, name) for name in ("Due", "Later", "Idle", "Held"))
    held.iban = None
    book(session, due, 10_00, TODAY)
    book(session, later, 10_00, TODAY + DAY)
    book(session, held, 10_00, TODAY)
    prepare(session, held, run_id)
    assert sellers_to_prepare(session, TODAY, 0, 10) == [due.id, held.id]
    assert sellers_to_prepare(session, TODAY, due.id, 10) == [held.id]
    assert sellers_to_prepare(session, TODAY, 0, 1) == [due.id]
    assert idle.id not in sellers_to_prepare(session, TODAY + DAY, 0, 10)


def test_every_entry_is_in_one_payout_at_most(session: Session, seller: Seller, run_id: int) -> None:
    entry_id = book(session, seller, 10_00, TODAY)
    (payout,) = prepare(session, seller, run_id)
    assert session.get_one(PayoutEntry, entry_id).payout_id == payout.id
