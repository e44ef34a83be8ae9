"""From the payment of an order to the payout of its seller, by the services themselves; every figure by hand."""

import datetime as dt
import itertools

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.business_days import HolidayZone
from db.domain.ledger import LedgerKind
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.payments import Receipt
from db.domain.payouts import PayoutRefusedError, PayoutState
from db.domain.permissions import Role
from db.domain.settlement import SettlementRequest
from db.domain.time import PARIS
from db.models import LedgerEntry, Marketplace, Order, Payout, PayoutEntry, PayoutRun, PayoutSettings, SellerTerms
from db.services.payments import record_payment
from db.services.payouts.approving import approve
from db.services.payouts.marking import pay_by_hand
from db.services.payouts.preparing import prepare_seller
from db.services.settlements import settle_order
from tests.factories import create_order, create_payee, create_person, create_run, viewer_for

#: Friday 6 November; the 11th is Armistice Day: the tenth business day is Monday 23 November.
PLACED = dt.datetime(2026, 11, 6, 10, tzinfo=dt.UTC)
DUE_ON = dt.date(2026, 11, 23)
K = LedgerKind


class House:
    """A seller, and people who take payments, give back and pay it."""

    def __init__(self, session: Session) -> None:
        self.session, self.keys = session, itertools.count()
        session.add_all([Marketplace(id=1, name="Le Marché"), PayoutSettings(id=1)])
        self.seller = create_payee(session)
        self.clerk, self.manager = (
            Actor.person(viewer_for(create_person(session, role))) for role in (Role.FINANCE, Role.MANAGER)
        )
        self.admin = Actor.person(viewer_for(create_person(session, Role.ADMIN)))

    def sell(self, cents: int, at: dt.datetime = PLACED, paid_at: dt.datetime | None = None) -> Order:
        """Sell something by cheque, which arrives on the same day unless it is said when."""
        order = create_order(
            self.session,
            self.seller,
            status=OrderStatus.AWAITING_PAYMENT,
            payment_state=PaymentState.UNPAID,
            payment_method=PaymentMethod.CHEQUE,
            total_cents=cents,
            placed_at=at,
        )
        now = paid_at or at
        receipt = Receipt(now.astimezone(PARIS).date(), cents, PaymentMethod.CHEQUE, "n° 12")
        record_payment(self.session, self.clerk, order.id, order.version, receipt, now)
        return order

    def give_back(self, order: Order, cents: int, now: dt.datetime) -> None:
        self.session.refresh(order)
        request = SettlementRequest(gesture_cents=cents, reason="Rayure")
        settle_order(self.session, self.admin, order.id, order.version, request, f"k{next(self.keys)}", now)

    def prepare(self, day: dt.date) -> Payout:
        """Return the newest payout after a run."""
        run_id, now = self.run_of(day), dt.datetime.combine(day, dt.time(3), PARIS)
        prepare_seller(self.session, SYSTEM, self.seller.id, run_id, day, now)
        self.session.flush()
        return self.session.scalars(sa.select(Payout).order_by(Payout.id.desc()).limit(1)).one()

    def run_of(self, day: dt.date) -> int:
        """Return the run of a day, which has one."""
        run_id = self.session.scalar(sa.select(PayoutRun.id).where(PayoutRun.run_on == day))
        return create_run(self.session, day) if run_id is None else run_id

    def pay(self, payout: Payout, day: dt.date) -> None:
        now = dt.datetime.combine(day, dt.time(9), PARIS)
        approve(self.session, self.manager, payout.id, payout.version, now, accepts_unusual=True)
        pay_by_hand(self.session, self.clerk, payout.id, payout.version, day, "VIR 1", now)
        self.session.flush()

    def booked(self) -> list[tuple[LedgerKind, int]]:
        rows = self.session.execute(sa.select(LedgerEntry.kind, LedgerEntry.amount_cents).order_by(LedgerEntry.id))
        return [tuple(row) for row in rows.all()]

    def due_days(self) -> set[dt.date]:
        return set(self.session.scalars(sa.select(PayoutEntry.due_on)))

    @property
    def balance(self) -> int:
        return sum(cents for _, cents in self.booked())


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def test_an_order_of_31_90_is_paid_out_as_30_97_on_the_tenth_business_day(house: House) -> None:
    house.sell(31_90)
    # 2.9 % of 31.90 is 0.9251.
    assert house.booked() == [(K.SALE, 31_90), (K.FEE, -93)]
    assert house.due_days() == {DUE_ON}
    payout = house.prepare(DUE_ON)
    assert (payout.net_cents, payout.state) == (30_97, PayoutState.PREPARED)
    house.pay(payout, DUE_ON)
    assert house.booked()[-1] == (K.PAYOUT, -30_97)
    assert house.balance == 0


def test_nothing_is_paid_the_day_before(house: House, session: Session) -> None:
    house.sell(31_90)
    day_before = dt.date(2026, 11, 22)
    prepare_seller(session, SYSTEM, house.seller.id, create_run(session, day_before), day_before, PLACED)
    assert session.scalar(sa.select(sa.func.count()).select_from(Payout)) == 0


@pytest.mark.parametrize(
    ("cents", "net"),
    [
        # 2.9 % of 5.00 is 0.145: half up, 0.15.
        (5_00, 4_85),
        # 2.9 % of 15.00 is 0.435: 0.44.
        (15_00, 14_56),
        # 2.9 % of 0.17 is 0.00493: nothing.
        (17, 17),
        # 2.9 % of 0.18 is 0.00522: a cent.
        (18, 17),
    ],
)
def test_half_a_cent_of_the_fee_is_rounded_up(house: House, cents: int, net: int) -> None:
    house.sell(cents)
    assert house.prepare(DUE_ON).net_cents == net


def test_the_fees_of_two_orders_of_a_day_are_each_rounded(house: House) -> None:
    house.sell(31_90)
    house.sell(5_00)
    # 0.93 + 0.15 = 1.08; 2.9 % of 36.90 would be 1.07.
    payout = house.prepare(DUE_ON)
    assert (payout.sale_cents, payout.fee_cents, payout.net_cents, payout.entry_count) == (36_90, -1_08, 35_82, 4)


def test_what_is_given_back_before_the_payout_takes_its_fee_back_too(house: House) -> None:
    order = house.sell(31_90)
    house.give_back(order, 10_00, PLACED + dt.timedelta(days=3))
    # The fee on the 21.90 that is left is 0.6351: 0.64, of which 0.93 were taken: 0.29 come back.
    assert house.booked() == [(K.SALE, 31_90), (K.FEE, -93), (K.REFUND, -10_00), (K.FEE_BACK, 29)]
    assert house.due_days() == {DUE_ON}  # Nothing of an order is due before the order is.
    payout = house.prepare(DUE_ON)
    assert (payout.sale_cents, payout.refund_cents, payout.fee_cents, payout.net_cents) == (31_90, -10_00, -64, 21_26)


def test_what_is_given_back_after_the_payout_is_a_debt_that_the_next_sale_pays(house: House) -> None:
    order = house.sell(31_90)
    house.pay(house.prepare(DUE_ON), DUE_ON)
    day = dt.date(2026, 11, 25)
    house.give_back(order, 10_00, dt.datetime.combine(day, dt.time(12), PARIS))
    assert house.balance == -9_71  # −10.00 + 0.29
    carried = house.prepare(day)
    assert (carried.state, carried.net_cents) == (PayoutState.CARRIED, -9_71)
    # Wednesday 25 November; the tenth business day is 9 December.
    house.sell(31_90, dt.datetime.combine(day, dt.time(15), PARIS))
    payout = house.prepare(dt.date(2026, 12, 9))
    assert (payout.state, payout.other_cents, payout.net_cents) == (PayoutState.PREPARED, -9_71, 21_26)
    house.pay(payout, dt.date(2026, 12, 9))
    assert house.balance == 0


def test_a_debt_that_falls_due_before_the_approval_is_taken_off_first(house: House) -> None:
    order = house.sell(31_90)
    payout = house.prepare(DUE_ON)
    # 10.00 given back on the day of the payout: −10.00 + 0.29.
    house.give_back(order, 10_00, dt.datetime.combine(DUE_ON, dt.time(8), PARIS))
    with pytest.raises(PayoutRefusedError, match=r"doit 9,71\u00a0€ depuis la préparation"):
        house.pay(payout, DUE_ON)
    payout = house.prepare(DUE_ON)
    assert payout.net_cents == 21_26
    house.pay(payout, DUE_ON)
    assert house.balance == 0


def test_what_is_given_back_whole_leaves_nothing_to_pay(house: House) -> None:
    order = house.sell(31_90)
    house.give_back(order, 31_90, PLACED + dt.timedelta(days=3))
    payout = house.prepare(DUE_ON)
    assert (payout.state, payout.fee_cents, payout.net_cents) == (PayoutState.CARRIED, 0, 0)
    assert house.balance == 0


@pytest.mark.parametrize(
    ("placed_at", "due_on"),
    [
        # Worked out in tests/db/domain/test_business_days.py.
        (dt.datetime(2026, 12, 23, 12, tzinfo=PARIS), dt.date(2027, 1, 8)),
        (dt.datetime(2026, 4, 30, 12, tzinfo=PARIS), dt.date(2026, 5, 19)),
        (dt.datetime(2026, 5, 7, 12, tzinfo=PARIS), dt.date(2026, 5, 26)),
        # In Paris it is still the 30th of April: the same as at noon.
        (dt.datetime(2026, 4, 30, 23, 30, tzinfo=PARIS), dt.date(2026, 5, 19)),
        # In Paris it is 1 May, a holiday: the first business day is the 4th, as for the 30th of April.
        (dt.datetime(2026, 4, 30, 22, 30, tzinfo=dt.UTC), dt.date(2026, 5, 19)),
        (dt.datetime(2026, 12, 31, 23, 30, tzinfo=PARIS), dt.date(2027, 1, 15)),
    ],
)
def test_orders_of_a_season_of_holidays_wait_longer(house: House, placed_at: dt.datetime, due_on: dt.date) -> None:
    house.sell(31_90, placed_at)
    assert house.due_days() == {due_on}


def test_a_seller_in_alsace_waits_for_good_friday_too(house: House) -> None:
    house.seller.holiday_zone = HolidayZone.ALSACE_MOSELLE
    house.sell(31_90, dt.datetime(2026, 3, 31, 12, tzinfo=PARIS))
    assert house.due_days() == {dt.date(2026, 4, 16)}


def test_what_is_given_back_falls_due_with_its_sale_whatever_holidays_count_since(house: House) -> None:
    # The 10th business day after Tuesday 31 March: 15 April; with Good Friday not counted, it would be the 16th.
    order = house.sell(31_90, dt.datetime(2026, 3, 31, 12, tzinfo=PARIS))
    house.seller.holiday_zone = HolidayZone.ALSACE_MOSELLE
    house.session.flush()
    house.give_back(order, 10_00, dt.datetime(2026, 4, 2, 12, tzinfo=PARIS))
    assert house.due_days() == {dt.date(2026, 4, 15)}


def test_an_order_that_is_paid_after_its_day_is_due_at_once(house: House) -> None:
    house.sell(31_90, paid_at=dt.datetime(2026, 12, 15, 10, tzinfo=PARIS))
    assert house.due_days() == {dt.date(2026, 12, 15)}


def test_an_order_keeps_the_terms_of_its_day(house: House, session: Session) -> None:
    session.add(
        SellerTerms(seller_id=house.seller.id, from_on=dt.date(2026, 11, 10), fee_rate_bp=500, payout_delay_days=5)
    )
    session.flush()
    paid_at = dt.datetime(2026, 11, 10, 18, tzinfo=PARIS)
    # Placed on the 9th, paid after the change: 2.9 % and ten days, 24 November (the 11th is not counted).
    house.sell(31_90, dt.datetime(2026, 11, 9, 23, tzinfo=PARIS), paid_at)
    assert house.booked()[-1] == (K.FEE, -93)
    assert house.due_days() == {dt.date(2026, 11, 24)}
    # Placed on the 10th: 5 % of 31.90 is 1.595, so 1.60; 12, 13, 16, 17, 18 November.
    order = house.sell(31_90, paid_at)
    assert house.booked()[-1] == (K.FEE, -1_60)
    assert house.due_days() == {dt.date(2026, 11, 24), dt.date(2026, 11, 18)}
    # What is given back later follows the rate of the sale: 5 % of 21.90 is 1.095, so 1.10; 0.50 come back.
    house.give_back(order, 10_00, paid_at + dt.timedelta(hours=1))
    assert house.booked()[-1] == (K.FEE_BACK, 50)


def test_an_order_that_is_not_paid_is_never_due(house: House, session: Session) -> None:
    create_order(session, house.seller, status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    assert house.booked() == []
    assert session.scalar(sa.select(sa.func.count()).select_from(PayoutEntry)) == 0


def test_sellers_are_paid_each_their_own(house: House, session: Session) -> None:
    house.sell(31_90)
    first, house.seller = house.seller, create_payee(session, "Brûlerie")
    house.sell(5_00)
    prepare_seller(session, SYSTEM, first.id, create_run(session, DUE_ON), DUE_ON, PLACED)
    nets = dict(session.execute(sa.select(Payout.seller_id, Payout.net_cents)).all())
    assert nets == {first.id: 30_97}
