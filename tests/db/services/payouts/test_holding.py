import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError, NotFoundError
from db.domain.ledger import LedgerKind
from db.domain.orders import HistoryEvent
from db.domain.payout_acts import OrderSettledError
from db.domain.payouts import HoldReason, PayoutRefusedError, PayoutState
from db.domain.permissions import Role
from db.models import Order, OrderHistory, PayoutEntry, PayoutHold, Seller
from db.services.payouts.holding import hold_order, hold_seller, lift_hold
from tests.conftest import NOW
from tests.factories import book, create_order, create_payee, create_person
from tests.payouts import TODAY, actor_of, approved, exported, finance, history, pays, prepare, prepared


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


def sold(session: Session, seller: Seller, cents: int = 31_90) -> Order:
    """An order whose sale is due."""
    order = create_order(session, seller, total_cents=cents)
    book(session, seller, cents, TODAY, order_id=order.id)
    return order


def events_of(session: Session, order: Order) -> list[tuple[HistoryEvent, str]]:
    rows = session.execute(
        sa.select(OrderHistory.event, OrderHistory.note)
        .where(OrderHistory.order_id == order.id)
        .order_by(OrderHistory.id)
    )
    return [(row.event, row.note) for row in rows]


class TestSeller:
    def test_what_is_open_is_held_at_once_and_released_at_once(self, session: Session, seller: Seller) -> None:
        payout, version = prepared(session, seller), 1
        hold_id = hold_seller(session, finance(session), seller.id, HoldReason.SUSPENDED, "Contrefaçons", NOW)
        assert (payout.state, payout.hold_reason) == (PayoutState.HELD, HoldReason.SUSPENDED)
        assert payout.version > version
        assert history(session, payout)[-1] == ("held", "Vendeur suspendu – Contrefaçons")
        lifter = finance(session)
        lift_hold(session, lifter, hold_id, "Affaire close", NOW)
        assert (payout.state, payout.hold_reason) == (PayoutState.PREPARED, None)
        hold = session.get_one(PayoutHold, hold_id)
        assert (hold.released_at, hold.released_by_name, hold.release_note) == (NOW, lifter.name, "Affaire close")

    def test_a_seller_without_any_payout_is_held_for_those_to_come(self, session: Session, seller: Seller) -> None:
        hold_seller(session, finance(session), seller.id, HoldReason.MANUAL, "À vérifier", NOW)
        assert prepared(session, seller).hold_reason is HoldReason.MANUAL

    def test_a_seller_has_one_hold_at_a_time(self, session: Session, seller: Seller) -> None:
        first = hold_seller(session, finance(session), seller.id, HoldReason.DISPUTE, "Litige", NOW)
        with pytest.raises(PayoutRefusedError, match="déjà retenu"):
            hold_seller(session, finance(session), seller.id, HoldReason.MANUAL, "Encore", NOW)
        lift_hold(session, finance(session), first, "", NOW)
        with pytest.raises(PayoutRefusedError, match="déjà été levée"):
            lift_hold(session, finance(session), first, "", NOW)
        hold_seller(session, finance(session), seller.id, HoldReason.MANUAL, "Encore", NOW)

    def test_another_reason_stays_once_a_hold_is_lifted(self, session: Session) -> None:
        seller = create_payee(session, iban=None)
        payout = prepared(session, seller)
        hold_id = hold_seller(session, finance(session), seller.id, HoldReason.DISPUTE, "Litige", NOW)
        assert payout.hold_reason is HoldReason.DISPUTE
        lift_hold(session, finance(session), hold_id, "", NOW)
        assert (payout.state, payout.hold_reason) == (PayoutState.HELD, HoldReason.NO_IBAN)

    @pytest.mark.parametrize("reason", [HoldReason.NO_IBAN, HoldReason.OVER_LIMIT])
    def test_what_goes_away_by_itself_is_not_put_there_by_hand(
        self, session: Session, seller: Seller, reason: HoldReason
    ) -> None:
        with pytest.raises(InvalidInputError, match="Choisissez la raison"):
            hold_seller(session, finance(session), seller.id, reason, "Parce que", NOW)

    def test_why_and_the_right_to_are_asked_for(self, session: Session, seller: Seller) -> None:
        with pytest.raises(InvalidInputError, match="écrivez pourquoi"):
            hold_seller(session, finance(session), seller.id, HoldReason.MANUAL, " ", NOW)
        manager = actor_of(create_person(session, Role.MANAGER))
        with pytest.raises(NotAllowedError):
            hold_seller(session, manager, seller.id, HoldReason.MANUAL, "Non", NOW)
        with pytest.raises(NotFoundError):
            hold_seller(session, finance(session), 999_999_999, HoldReason.MANUAL, "Qui ?", NOW)


class TestOrder:
    def test_it_is_taken_out_of_what_is_open_and_comes_back_at_the_next_run(
        self, session: Session, seller: Seller
    ) -> None:
        order = sold(session, seller)
        book(session, seller, -93, TODAY, LedgerKind.FEE, order_id=order.id)
        payout = prepared(session, seller)  # 100.00 beside: 131.90 − 0.93.
        assert payout.net_cents == 130_97
        version, seen = payout.version, order.version
        hold_id = hold_order(session, finance(session), order.id, HoldReason.DISPUTE, "Colis perdu", NOW)
        assert (payout.state, payout.net_cents, payout.sale_cents, payout.fee_cents) == (
            PayoutState.PREPARED,
            100_00,
            100_00,
            0,
        )
        assert payout.version > version
        assert f"commande {order.number} retirée" in history(session, payout)[-1][1]
        session.refresh(order)
        assert order.version > seen
        assert prepare(session, seller).net_cents == 100_00
        lift_hold(session, finance(session), hold_id, "Retrouvé", NOW)
        assert prepare(session, seller).net_cents == 130_97
        assert events_of(session, order) == [
            (HistoryEvent.PAYOUT_HELD, "Litige ouvert – Colis perdu"),
            (HistoryEvent.PAYOUT_RELEASED, "Retrouvé"),
        ]

    def test_a_payout_of_that_order_alone_is_cancelled(self, session: Session, seller: Seller) -> None:
        order = sold(session, seller)
        payout = prepare(session, seller)
        hold_order(session, finance(session), order.id, HoldReason.DISPUTE, "Colis perdu", NOW)
        assert (payout.state, payout.net_cents) == (PayoutState.CANCELLED, 31_90)
        assert not session.scalar(sa.select(sa.exists().where(PayoutEntry.payout_id == payout.id)))

    def test_a_payout_that_would_come_to_less_than_nothing_is_cancelled_and_its_rest_carried(
        self, session: Session, seller: Seller
    ) -> None:
        order = sold(session, seller)
        book(session, seller, -10_00, TODAY, LedgerKind.REFUND)
        payout = prepare(session, seller)
        hold_order(session, finance(session), order.id, HoldReason.DISPUTE, "Colis perdu", NOW)
        assert payout.state is PayoutState.CANCELLED
        carried = prepare(session, seller)
        assert (carried.state, carried.net_cents) == (PayoutState.CARRIED, -10_00)

    def test_a_payout_under_the_limit_without_it_waits_for_approval_again(
        self, session: Session, seller: Seller
    ) -> None:
        pays(session, max_cents=110_00)
        order = sold(session, seller)
        payout = prepared(session, seller)
        assert payout.hold_reason is HoldReason.OVER_LIMIT
        hold_order(session, finance(session), order.id, HoldReason.MANUAL, "À vérifier", NOW)
        assert payout.state is PayoutState.PREPARED

    def test_an_order_that_is_not_paid_yet_is_held_before_it_is_sold(self, session: Session, seller: Seller) -> None:
        order = create_order(session, seller)
        hold_order(session, finance(session), order.id, HoldReason.DISPUTE, "Client injoignable", NOW)
        book(session, seller, 31_90, TODAY, order_id=order.id)
        assert prepared(session, seller).net_cents == 100_00

    def test_what_is_approved_or_paid_is_not_kept_out_any_more(self, session: Session, seller: Seller) -> None:
        first = sold(session, seller)
        payout = approved(session, seller)
        with pytest.raises(OrderSettledError, match="annulez-le d’abord"):
            hold_order(session, finance(session), first.id, HoldReason.DISPUTE, "Colis perdu", NOW)
        assert payout.net_cents == 131_90
        other = create_payee(session)
        second = sold(session, other)
        exported(session, other)
        with pytest.raises(OrderSettledError, match="corrigez plutôt le compte"):
            hold_order(session, finance(session), second.id, HoldReason.DISPUTE, "Colis perdu", NOW)

    def test_an_order_is_held_once_and_never_for_a_suspension(self, session: Session, seller: Seller) -> None:
        order = sold(session, seller)
        with pytest.raises(InvalidInputError, match="« Litige ouvert » ou « Retenu à la main »"):
            hold_order(session, finance(session), order.id, HoldReason.SUSPENDED, "Non", NOW)
        hold_order(session, finance(session), order.id, HoldReason.DISPUTE, "Colis perdu", NOW)
        with pytest.raises(PayoutRefusedError, match="déjà retenue"):
            hold_order(session, finance(session), order.id, HoldReason.MANUAL, "Encore", NOW)
        with pytest.raises(NotFoundError):
            hold_order(session, finance(session), 999_999_999, HoldReason.MANUAL, "Laquelle ?", NOW)
