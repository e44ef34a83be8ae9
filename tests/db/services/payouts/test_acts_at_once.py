"""Two people, or a person and the night, act on the same payout at the same moment: no euro moves twice or is lost."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import MarketplaceError
from db.domain.ledger import LedgerKind
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import HoldReason, PayoutEvent, PayoutState
from db.engine import reading, transaction
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHistory, Seller, TransferBatch
from db.services.payouts.acts import act_on_each
from db.services.payouts.approving import approve
from db.services.payouts.cancelling import cancel
from db.services.payouts.exporting import export_payouts
from db.services.payouts.holding import hold_order, hold_seller, lift_hold
from db.services.payouts.marking import mark_paid, pay_by_hand, reject
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import book, create_order, create_payee
from tests.payouts import MONDAY, TODAY, approved, exported, finance, pays, prepared, run_of, shown

ROOT = Path(__file__).parents[4]

Act = Callable[[Session], object]


class Race:
    """Acts on one database at the same time, each in a transaction of its own; what is refused is kept."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.refused: list[MarketplaceError] = []

    def run(self, *acts: Act) -> None:
        together(*(lambda act=act: self._run(act) for act in acts))

    def _run(self, act: Act) -> None:
        try:
            with transaction(self.engine) as session:
                act(session)
        except MarketplaceError as error:
            self.refused.append(error)

    def payouts(self) -> list[Payout]:
        with reading(self.engine) as session:
            return list(session.scalars(sa.select(Payout).order_by(Payout.id)))

    def count(self, event: PayoutEvent) -> int:
        with reading(self.engine) as session:
            wanted = sa.select(sa.func.count()).where(PayoutHistory.event == event)
            return session.scalar(wanted) or 0

    def entries(self, kind: LedgerKind) -> list[int]:
        with reading(self.engine) as session:
            wanted = sa.select(LedgerEntry.amount_cents).where(LedgerEntry.kind == kind)
            return list(session.scalars(wanted.order_by(LedgerEntry.id)))

    def assert_adds_up(self) -> None:
        """Every payout that holds something is the sum of it, and one that is closed has settled that much."""
        with reading(self.engine) as session:
            for payout in session.scalars(sa.select(Payout).where(Payout.state != PayoutState.CANCELLED)):
                held = sa.select(sa.func.sum(PayoutEntry.amount_cents)).where(PayoutEntry.payout_id == payout.id)
                assert session.scalar(held) == payout.net_cents
                closing = sa.select(sa.func.sum(LedgerEntry.amount_cents)).where(
                    LedgerEntry.payout_id == payout.id, LedgerEntry.kind == LedgerKind.PAYOUT
                )
                assert (session.scalar(closing) or 0) == (0 if payout.closed_at is None else -payout.net_cents)


@pytest.fixture
def race(engine: sa.Engine) -> Race:
    with transaction(engine) as session:
        pays(session)
    return Race(engine)


def made(engine: sa.Engine, make: Callable[[Session, Seller], Payout]) -> tuple[ShownPayout, int, tuple[Actor, Actor]]:
    """Return a payout as it is shown, its seller's id, and two people of the finance team who did nothing yet."""
    with transaction(engine) as session:
        payout = make(session, create_payee(session))
        return shown(payout), payout.seller_id, (finance(session), finance(session))


def test_two_people_approve_and_one_of_them_did(race: Race) -> None:
    seen, _, people = made(race.engine, prepared)
    race.run(
        *(
            lambda session, who=who: approve(session, who, seen.payout_id, seen.version, NOW, accepts_unusual=True)
            for who in people
        )
    )
    assert (len(race.refused), race.count(PayoutEvent.APPROVED)) == (1, 1)


def test_what_is_approved_while_the_night_tops_it_up_is_what_was_shown(race: Race) -> None:
    seen, seller_id, (person, _) = made(race.engine, prepared)
    with transaction(race.engine) as session:
        book(session, session.get_one(Seller, seller_id), 5_00, TODAY)
        run_id = run_of(session)
    race.run(
        lambda session: approve(session, person, seen.payout_id, seen.version, NOW, accepts_unusual=True),
        lambda session: prepare_seller(session, SYSTEM, seller_id, run_id, TODAY, NOW),
    )
    first, *others = race.payouts()
    if race.refused:
        assert (first.state, first.net_cents, others) == (PayoutState.PREPARED, 105_00, [])
    else:
        assert (first.state, first.net_cents) == (PayoutState.APPROVED, 100_00)
        assert [each.net_cents for each in others] == [5_00]
    race.assert_adds_up()


@pytest.mark.parametrize("keys", [("one", "one"), ("one", "two")], ids=["one form twice", "two forms"])
def test_two_files_of_the_same_payouts_are_one(race: Race, keys: tuple[str, str]) -> None:
    seen, _, people = made(race.engine, approved)
    batches: list[int] = []
    race.run(
        *(
            lambda session, who=who, key=key: batches.append(export_payouts(session, who, [seen], MONDAY, key, NOW))
            for who, key in zip(people, keys, strict=True)
        )
    )
    assert len(set(batches)) == 1
    assert len(race.refused) == len(set(keys)) - 1
    assert race.entries(LedgerKind.PAYOUT) == [-100_00]
    with reading(race.engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TransferBatch)) == 1
    race.assert_adds_up()


def test_files_that_share_a_payout_wait_for_each_other_and_one_goes(race: Race) -> None:
    with transaction(race.engine) as session:
        seen = [shown(approved(session, create_payee(session))) for _ in range(3)]
        people = finance(session), finance(session)
    race.run(
        lambda session: export_payouts(session, people[0], [seen[0], seen[2]], MONDAY, "one", NOW),
        lambda session: export_payouts(session, people[1], [seen[2], seen[1], seen[0]], MONDAY, "two", NOW),
    )
    assert len(race.refused) == 1
    assert len(race.entries(LedgerKind.PAYOUT)) in {2, 3}
    race.assert_adds_up()


def test_a_payout_is_cancelled_or_transmitted_never_both(race: Race) -> None:
    seen, _, people = made(race.engine, approved)
    race.run(
        lambda session: cancel(session, people[0], seen.payout_id, seen.version, "Doublon", NOW),
        lambda session: export_payouts(session, people[1], [seen], MONDAY, "one", NOW),
    )
    assert len(race.refused) == 1
    (payout,) = race.payouts()
    assert race.entries(LedgerKind.PAYOUT) == ([-100_00] if payout.state is PayoutState.EXPORTED else [])
    race.assert_adds_up()


def test_a_payout_is_paid_by_hand_or_transmitted_never_both(race: Race) -> None:
    seen, _, people = made(race.engine, approved)
    race.run(
        lambda session: pay_by_hand(session, people[0], seen.payout_id, seen.version, TODAY, "VIR 1", NOW),
        lambda session: export_payouts(session, people[1], [seen], MONDAY, "one", NOW),
    )
    assert (len(race.refused), race.entries(LedgerKind.PAYOUT)) == (1, [-100_00])


def test_what_a_cancelled_payout_held_is_prepared_once(race: Race) -> None:
    seen, seller_id, (person, _) = made(race.engine, prepared)
    with transaction(race.engine) as session:
        run_id = run_of(session)
    race.run(
        lambda session: cancel(session, person, seen.payout_id, seen.version, "Doublon", NOW),
        lambda session: prepare_seller(session, SYSTEM, seller_id, run_id, TODAY, NOW),
        lambda session: prepare_seller(session, SYSTEM, seller_id, run_id, TODAY, NOW),
    )
    with transaction(race.engine) as session:
        prepare_seller(session, SYSTEM, seller_id, run_id, TODAY, NOW)
    states = [(each.state, each.net_cents) for each in race.payouts()]
    assert states == [(PayoutState.CANCELLED, 100_00), (PayoutState.PREPARED, 100_00)]
    race.assert_adds_up()


def test_a_seller_that_is_held_while_it_is_approved_is_not_paid(race: Race) -> None:
    seen, seller_id, (person, other) = made(race.engine, prepared)
    race.run(
        lambda session: approve(session, person, seen.payout_id, seen.version, NOW, accepts_unusual=True),
        lambda session: hold_seller(session, other, seller_id, HoldReason.SUSPENDED, "Fraude", NOW),
    )
    (payout,) = race.payouts()
    assert payout.state is (PayoutState.HELD if race.refused else PayoutState.APPROVED)
    race.run(lambda session: export_payouts(session, other, [shown(payout)], MONDAY, "one", NOW))
    assert not race.entries(LedgerKind.PAYOUT)


def test_a_seller_is_held_once_and_released_once(race: Race) -> None:
    _, seller_id, people = made(race.engine, prepared)
    holds: list[int] = []
    race.run(
        *(
            lambda session, who=who: holds.append(
                hold_seller(session, who, seller_id, HoldReason.DISPUTE, "Litige", NOW)
            )
            for who in people
        )
    )
    assert (len(holds), len(race.refused), race.count(PayoutEvent.HELD)) == (1, 1, 1)
    race.run(*(lambda session, who=who: lift_hold(session, who, holds[0], "", NOW) for who in people))
    assert (len(race.refused), race.count(PayoutEvent.RELEASED)) == (2, 1)


def test_an_order_that_is_held_while_its_seller_is_prepared_is_kept_out(race: Race) -> None:
    with transaction(race.engine) as session:
        seller = create_payee(session)
        order = create_order(session, seller)
        book(session, seller, 31_90, TODAY, order_id=order.id)
        book(session, seller, 100_00, TODAY)
        seller_id, order_id, run_id, person = seller.id, order.id, run_of(session), finance(session)
    race.run(
        lambda session: prepare_seller(session, SYSTEM, seller_id, run_id, TODAY, NOW),
        lambda session: hold_order(session, person, order_id, HoldReason.DISPUTE, "Colis perdu", NOW),
    )
    (payout,) = race.payouts()
    assert (race.refused, payout.net_cents) == ([], 100_00)
    race.assert_adds_up()


def test_a_transfer_is_paid_or_rejected_and_owed_again_once(race: Race) -> None:
    seen, _, people = made(race.engine, exported)

    def refuse(session: Session, who: Actor) -> None:
        reject(session, who, seen.payout_id, seen.version, "AC04", "Compte clos", TODAY, NOW)

    race.run(
        lambda session: mark_paid(session, people[0], seen.payout_id, seen.version, TODAY, NOW),
        *(lambda session, who=who: refuse(session, who) for who in people),
    )
    (payout,) = race.payouts()
    is_rejected = payout.state is PayoutState.REJECTED
    assert (len(race.refused), race.entries(LedgerKind.BANK_REJECTION)) == (2, [100_00] if is_rejected else [])


def test_two_who_approve_many_in_opposite_orders_do_not_wait_in_a_circle(race: Race) -> None:
    with transaction(race.engine) as session:
        seen = [shown(prepared(session, create_payee(session))) for _ in range(6)]
        people = finance(session), finance(session)
    done: list[int] = []

    def approve_all(session: Session, who: Actor, order: list[ShownPayout]) -> None:
        def act(each: ShownPayout) -> None:
            approve(session, who, each.payout_id, each.version, NOW, accepts_unusual=True)

        done.extend(act_on_each(session, order, act).done)

    race.run(
        lambda session: approve_all(session, people[0], seen),
        lambda session: approve_all(session, people[1], seen[::-1]),
    )
    assert sorted(done) == [each.payout_id for each in seen]
    assert race.count(PayoutEvent.APPROVED) == 6


_KILLED = """
import os, signal, sys
from db.domain.payout_acts import ShownPayout
from db.engine import make_engine, transaction
from db.models import Person
from db.services.payouts import exporting
from tests.conftest import NOW
from tests.payouts import MONDAY, actor_of

settle, left = exporting.settle, [1]

def settle_one_and_die(*given):
    if not left.pop():
        os.kill(os.getpid(), signal.SIGKILL)
    settle(*given)
    left.append(0)

exporting.settle = settle_one_and_die
with transaction(make_engine(sys.argv[1])) as session:
    actor = actor_of(session.get_one(Person, int(sys.argv[2])))
    seen = [ShownPayout(*map(int, each.split(":"))) for each in sys.argv[3:]]
    exporting.export_payouts(session, actor, seen, MONDAY, "one", NOW)
"""


def test_a_server_that_is_killed_while_it_transmits_has_transmitted_nothing(race: Race) -> None:
    with transaction(race.engine) as session:
        seen = [shown(approved(session, create_payee(session))) for _ in range(2)]
        person = finance(session)
    url = race.engine.url.render_as_string(hide_password=False)
    named = [f"{each.payout_id}:{each.version}" for each in seen]
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, url, str(person.person_id), *named], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert [each.state for each in race.payouts()] == [PayoutState.APPROVED] * 2
    assert race.entries(LedgerKind.PAYOUT) == []
    race.run(lambda session: export_payouts(session, person, seen, MONDAY, "one", NOW))
    assert (race.refused, race.entries(LedgerKind.PAYOUT)) == ([], [-100_00, -100_00])
    race.assert_adds_up()
