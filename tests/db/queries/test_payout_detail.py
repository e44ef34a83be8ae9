import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.payouts import PayoutEvent, PayoutNotFoundError, PayoutState
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Payout, Seller
from db.queries.payout_detail import all_payout_lines, line_count, payout_detail, payout_lines
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.factories import ADMIN, book, create_order, create_payee, create_person, create_run, viewer_for

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
K = LedgerKind


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


@pytest.fixture
def run_id(session: Session) -> int:
    return create_run(session, TODAY)


def prepare(session: Session, seller: Seller, run_id: int) -> int:
    prepare_seller(session, SYSTEM, seller.id, run_id, TODAY, NOW)
    newest = sa.select(sa.func.max(Payout.id)).where(Payout.seller_id == seller.id)
    return session.scalars(newest).one()


def sell(session: Session, seller: Seller, cents: int, fee: int) -> int:
    """Book an order's sale and its fee; return the order."""
    order = create_order(session, seller, total_cents=cents)
    book(session, seller, cents, TODAY, order_id=order.id)
    book(session, seller, -fee, TODAY, K.FEE, order_id=order.id)
    return order.id


def login_of(session: Session, seller: Seller) -> Viewer:
    return viewer_for(create_person(session, Role.SELLER, seller_id=seller.id))


def test_every_line_of_a_payout_is_an_order_and_they_add_up_to_the_cent(
    session: Session, seller: Seller, run_id: int
) -> None:
    # 2.9 %: 31.90 → 0.93; 100.00 → 2.90. Half of the second is given back with its fee: −50.00 + 1.45.
    first, second = sell(session, seller, 31_90, 93), sell(session, seller, 100_00, 2_90)
    book(session, seller, -50_00, TODAY, K.REFUND, order_id=second)
    book(session, seller, 1_45, TODAY, K.FEE_BACK, order_id=second)
    payout_id = prepare(session, seller, run_id)

    lines = payout_lines(session, ADMIN, payout_id)
    assert [(line.order_id, line.sale_cents, line.refund_cents, line.fee_cents, line.net_cents) for line in lines] == [
        (first, 31_90, 0, -93, 30_97),
        (second, 100_00, -50_00, -1_45, 48_55),
    ]
    assert all(line.kind is None and line.order_number and line.placed_on for line in lines)
    detail = payout_detail(session, ADMIN, payout_id)
    assert detail.net_cents == 30_97 + 48_55 == sum(line.net_cents for line in lines)
    assert (detail.sale_count, detail.by_kind) == (2, {K.FEE: -3_83, K.FEE_BACK: 1_45})
    assert [step.event for step in detail.history] == [PayoutEvent.PREPARED]
    assert detail.reference == f"REV-{payout_id:06d}"


def test_what_is_of_no_order_comes_first_and_says_what_it_is(session: Session, seller: Seller, run_id: int) -> None:
    order_id = sell(session, seller, 100_00, 2_90)
    book(session, seller, -5_00, TODAY, K.CORRECTION)
    correction, sale = payout_lines(session, ADMIN, prepare(session, seller, run_id))
    assert (correction.kind, correction.order_number, correction.other_cents) == (K.CORRECTION, None, -5_00)
    assert (sale.kind, sale.order_id, sale.other_cents) == (None, order_id, 0)


def test_a_debt_leads_to_the_payout_it_was_carried_from_and_that_one_back(
    session: Session, seller: Seller, run_id: int
) -> None:
    book(session, seller, -20_00, TODAY, K.REFUND, order_id=create_order(session, seller).id)
    owed = prepare(session, seller, run_id)
    assert payout_detail(session, ADMIN, owed).state is PayoutState.CARRIED
    assert payout_detail(session, ADMIN, owed).successor_id is None  # It waits for the next one.
    sell(session, seller, 100_00, 2_90)
    paid = prepare(session, seller, run_id)
    debt, _ = payout_lines(session, ADMIN, paid)
    assert (debt.kind, debt.net_cents, debt.from_payout_id) == (K.CARRIED, -20_00, owed)
    assert payout_detail(session, ADMIN, owed).successor_id == paid
    assert payout_detail(session, ADMIN, paid).net_cents == 77_10  # 100.00 − 2.90 − 20.00


def test_lines_are_read_page_by_page_or_all_at_once_alike(session: Session, seller: Seller, run_id: int) -> None:
    for cents in (10_00, 20_00, 30_00):
        sell(session, seller, cents, 29)
    book(session, seller, 1_00, TODAY, K.CORRECTION)
    payout_id = prepare(session, seller, run_id)
    first = payout_lines(session, ADMIN, payout_id, limit=3)
    rest = payout_lines(session, ADMIN, payout_id, following=first[-1].key, limit=3)
    assert (len(first), len(rest)) == (3, 1)
    assert first + rest == list(all_payout_lines(session, ADMIN, payout_id))
    assert rest == payout_lines(session, ADMIN, payout_id, skipping=3)
    assert line_count(session, ADMIN, payout_id) == 4


def test_a_seller_sees_their_own_payouts_only(session: Session, seller: Seller, run_id: int) -> None:
    sell(session, seller, 100_00, 2_90)
    payout_id = prepare(session, seller, run_id)
    own = payout_detail(session, login_of(session, seller), payout_id)
    assert own.net_cents == 97_10
    assert {(step.actor_name, step.note) for step in own.history} == {("", "")}  # Who of the house did it is ours.
    other = login_of(session, create_payee(session, "Brûlerie du port"))
    with pytest.raises(PayoutNotFoundError):
        payout_detail(session, other, payout_id)
    assert payout_lines(session, other, payout_id) == []
    assert list(all_payout_lines(session, other, payout_id)) == []


def test_who_has_no_business_with_payouts_sees_none(session: Session, seller: Seller, run_id: int) -> None:
    sell(session, seller, 100_00, 2_90)
    payout_id = prepare(session, seller, run_id)
    support = viewer_for(create_person(session, Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        payout_detail(session, support, payout_id)
    with pytest.raises(NotAllowedError):
        payout_lines(session, support, payout_id)
