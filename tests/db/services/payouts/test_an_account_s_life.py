"""Whatever is sold, refunded, prepared, held, approved, paid and rejected, in any order: no cent appears or goes."""

import datetime as dt
import itertools

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import MarketplaceError
from db.domain.ledger import LedgerKind
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import CLOSED_PAYOUT_STATES, HoldReason, PayoutState
from db.domain.permissions import Role
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHold, PayoutSettings, Seller
from db.services.payout_check import entry_findings, last_entry, last_payout, payout_findings
from db.services.payouts.approving import approve
from db.services.payouts.cancelling import cancel
from db.services.payouts.exporting import export_payouts
from db.services.payouts.holding import hold_order, lift_hold
from db.services.payouts.marking import mark_paid, pay_by_hand, reject
from db.services.payouts.preparing import prepare_seller
from tests.factories import IBAN, book, create_order, create_payee, create_person, create_run, viewer_for

#: A Monday on which banks work; each step of time is a week later.
START = dt.datetime(2026, 9, 7, 10, tzinfo=dt.UTC)
K, S = LedgerKind, PayoutState
STEPS = (
    "sell",
    "refund",
    "correct",
    "prepare",
    "approve",
    "export",
    "mark_paid",
    "pay_by_hand",
    "reject",
    "cancel",
    "dispute",
    "end_dispute",
    "lose_iban",
    "find_iban",
)

#: So that what comes late in a payout's life is met often, too.
BEGINNINGS = (
    ("sell", "prepare"),
    ("sell", "prepare", "approve", "export", "reject", "prepare"),
    ("sell", "prepare", "approve", "export", "mark_paid", "refund", "prepare"),
    ("sell", "dispute", "sell", "prepare", "approve", "pay_by_hand", "end_dispute", "prepare"),
)


class Account:
    """One seller, and all that can be done with what it is owed; a refusal is as good as an act."""

    def __init__(self, session: Session) -> None:
        self.session, self.now, self.keys = session, START, itertools.count()
        session.add(PayoutSettings(id=1, debtor_name="Le Marché", debtor_iban="FR7630006000011234567890189"))
        self.seller = create_payee(session)
        self.clerk, self.manager = (
            Actor.person(viewer_for(create_person(session, role))) for role in (Role.FINANCE, Role.MANAGER)
        )
        self.orders: list[int] = []
        self.earned = 0

    @property
    def today(self) -> dt.date:
        return self.now.date()

    def act(self, step: str, data: st.DataObject) -> None:
        """Do one thing, refused or not; what is refused changes nothing."""
        try:
            with self.session.begin_nested():
                getattr(self, step)(data)
        except MarketplaceError:
            self.session.expire_all()

    def earn(self, cents: int, kind: LedgerKind, order_id: int | None, day: dt.date) -> None:
        book(self.session, self.seller, cents, day, kind, order_id=order_id)
        self.earned += cents

    def sell(self, data: st.DataObject) -> None:
        order = create_order(self.session, self.seller)
        self.orders.append(order.id)
        cents = data.draw(st.integers(100, 500_00), label="sale")
        due_on = self.today + dt.timedelta(weeks=data.draw(st.integers(0, 2), label="weeks until it is due"))
        self.earn(cents, K.SALE, order.id, due_on)
        self.earn(-cents * 29 // 1000 or -1, K.FEE, order.id, due_on)

    def refund(self, data: st.DataObject) -> None:
        if self.orders:
            self.earn(-data.draw(st.integers(1, 600_00), label="refund"), K.REFUND, self.orders[-1], self.today)

    def correct(self, data: st.DataObject) -> None:
        cents = data.draw(st.integers(-50_00, 50_00).filter(bool), label="correction")
        self.earn(cents, K.CORRECTION, None, self.today)

    def prepare(self, data: st.DataObject) -> None:
        self.now += dt.timedelta(weeks=1)
        actor = data.draw(st.sampled_from([SYSTEM, self.clerk]), label="who prepares")
        run_id = create_run(self.session, self.today)
        prepare_seller(self.session, actor, self.seller.id, run_id, self.today, self.now)

    def some(self, data: st.DataObject, *states: PayoutState) -> ShownPayout:
        """Return one of the payouts, of any state: most often one of which the step is possible."""
        rows = self.session.execute(sa.select(Payout.id, Payout.version, Payout.state).order_by(Payout.id)).all()
        fitting = [row for row in rows if row.state in states] or rows
        if not fitting:
            raise NothingThereError
        row = data.draw(st.sampled_from(fitting), label="payout")
        return ShownPayout(row.id, row.version)

    def approve(self, data: st.DataObject) -> None:
        shown = self.some(data, S.PREPARED, S.HELD)
        approve(self.session, self.manager, shown.payout_id, shown.version, self.now, accepts_unusual=True)

    def export(self, data: st.DataObject) -> None:
        shown = self.some(data, S.APPROVED)
        export_payouts(self.session, self.clerk, [shown], self.today, f"key {next(self.keys)}", self.now)

    def mark_paid(self, data: st.DataObject) -> None:
        shown = self.some(data, S.EXPORTED)
        mark_paid(self.session, self.clerk, shown.payout_id, shown.version, self.today, self.now)

    def pay_by_hand(self, data: st.DataObject) -> None:
        shown = self.some(data, S.APPROVED)
        pay_by_hand(self.session, self.clerk, shown.payout_id, shown.version, self.today, "VIR 12", self.now)

    def reject(self, data: st.DataObject) -> None:
        shown = self.some(data, S.EXPORTED, S.PAID)
        reject(self.session, self.clerk, shown.payout_id, shown.version, "AC04", "Compte clos", self.today, self.now)

    def cancel(self, data: st.DataObject) -> None:
        shown = self.some(data, S.PREPARED, S.HELD, S.APPROVED)
        cancel(self.session, self.clerk, shown.payout_id, shown.version, "Erreur", self.now)

    def dispute(self, data: st.DataObject) -> None:
        if self.orders:
            order_id = data.draw(st.sampled_from(self.orders), label="order")
            hold_order(self.session, self.clerk, order_id, HoldReason.DISPUTE, "Colis vide", self.now)

    def end_dispute(self, _data: st.DataObject) -> None:
        hold_id = self.session.scalar(sa.select(sa.func.min(PayoutHold.id)).where(PayoutHold.released_at.is_(None)))
        if hold_id is not None:
            lift_hold(self.session, self.clerk, hold_id, "Colis retrouvé", self.now)

    def lose_iban(self, _data: st.DataObject) -> None:
        self._set_iban(None)

    def find_iban(self, _data: st.DataObject) -> None:
        self._set_iban(IBAN)

    def _set_iban(self, iban: str | None) -> None:
        self.session.execute(sa.update(Seller).where(Seller.id == self.seller.id).values(iban=iban))

    # --- What always holds ---

    def check(self) -> None:
        self.session.flush()
        self.session.expire_all()
        balance = self.total(LedgerEntry.amount_cents)
        assert balance == self.total(PayoutEntry.amount_cents, self._is_still_owed())
        assert self.earned == balance + self.total(Payout.net_cents, Payout.state.in_([S.EXPORTED, S.PAID]))
        for payout in self.session.scalars(sa.select(Payout)):
            self.check_payout(payout)
        open_ones = self.session.scalars(sa.select(Payout.id).where(Payout.state.in_([S.PREPARED, S.HELD]))).all()
        assert len(open_ones) <= 1
        assert self.total(PayoutEntry.amount_cents, *self._is_disputed_and_open()) == 0
        # And the night's check agrees.
        assert entry_findings(self.session, 0, last_entry(self.session)) == []
        assert payout_findings(self.session, 0, last_payout(self.session)) == []

    def check_payout(self, payout: Payout) -> None:
        held = self.total(PayoutEntry.amount_cents, PayoutEntry.payout_id == payout.id)
        assert held == (0 if payout.state is S.CANCELLED else payout.net_cents)
        closing = self.total(
            LedgerEntry.amount_cents,
            LedgerEntry.payout_id == payout.id,
            sa.or_(LedgerEntry.kind == K.PAYOUT, LedgerEntry.cause.like("carried:%:closed")),
        )
        assert held + closing == (0 if payout.state in CLOSED_PAYOUT_STATES else held)

    def total(self, column: sa.orm.InstrumentedAttribute[int], *where: sa.ColumnElement[bool]) -> int:
        return int(self.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(column), 0)).where(*where)) or 0)

    def _is_still_owed(self) -> sa.ColumnElement[bool]:
        before = sa.select(Payout.id).where(Payout.state.in_([S.PREPARED, S.HELD, S.APPROVED]))
        return sa.or_(PayoutEntry.payout_id.is_(None), PayoutEntry.payout_id.in_(before))

    def _is_disputed_and_open(self) -> tuple[sa.ColumnElement[bool], ...]:
        disputed = sa.select(LedgerEntry.id).join(PayoutHold, PayoutHold.order_id == LedgerEntry.order_id)
        open_ones = sa.select(Payout.id).where(Payout.state.in_([S.PREPARED, S.HELD]))
        return (
            PayoutEntry.entry_id.in_(disputed.where(PayoutHold.released_at.is_(None))),
            PayoutEntry.payout_id.in_(open_ones),
        )


class NothingThereError(MarketplaceError):
    """There is no payout yet."""


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    began=st.sampled_from(BEGINNINGS),
    steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=20),
    data=st.data(),
)
def test_no_cent_appears_or_goes_whatever_is_done(
    session: Session, began: tuple[str, ...], steps: list[str], data: st.DataObject
) -> None:
    example = session.begin_nested()
    try:
        account = Account(session)
        for step in (*began, *steps):
            account.act(step, data)
            account.check()
    finally:
        example.rollback()
        session.expire_all()
