"""An order is held while its payout is on its way: it is kept out, or whoever holds it is told that it is too late."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import MarketplaceError
from db.domain.payout_acts import OrderSettledError
from db.domain.payouts import HoldReason, PayoutRefusedError, PayoutState
from db.engine import reading, transaction
from db.models import Payout, PayoutHold
from db.services.payouts import holding
from db.services.payouts.approving import approve
from db.services.payouts.exporting import export_payouts
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import book, create_order, create_payee
from tests.payouts import MONDAY, TODAY, finance, pays, prepare, shown

#: How long an approval stays uncommitted when whoever holds the order rightly waits for it, in seconds.
_PATIENCE = 0.3


def test_an_order_that_is_held_while_its_payout_is_approved_is_refused(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as session:
        seller = create_payee(session)
        order = create_order(session, seller)
        book(session, seller, 31_90, TODAY, order_id=order.id)
        seen, order_id, people = shown(prepare(session, seller)), order.id, (finance(session), finance(session))
    approved, checked, refused = threading.Event(), threading.Event(), list[MarketplaceError]()
    check = holding._check_not_settled

    def check_and_tell(session: Session, order_id: int, number: str) -> None:
        check(session, order_id, number)
        checked.set()

    def approve_slowly() -> None:
        with transaction(engine) as session:
            approve(session, people[0], seen.payout_id, seen.version, NOW, accepts_unusual=True)
            approved.set()
            checked.wait(_PATIENCE)

    def hold() -> None:
        approved.wait(10)
        try:
            with transaction(engine) as session:
                holding.hold_order(session, people[1], order_id, HoldReason.DISPUTE, "Colis perdu", NOW)
        except MarketplaceError as error:
            refused.append(error)

    monkeypatch.setattr(holding, "_check_not_settled", check_and_tell)
    together(approve_slowly, hold)
    assert [type(each) for each in refused] == [OrderSettledError]
    with reading(engine) as session:
        assert session.scalar(sa.select(Payout.state)) is PayoutState.APPROVED
        assert session.scalar(sa.select(PayoutHold.id)) is None


def test_a_payout_that_holds_an_order_that_is_held_is_not_transmitted(session: Session) -> None:
    pays(session)
    seller = create_payee(session)
    order = create_order(session, seller)
    book(session, seller, 31_90, TODAY, order_id=order.id)
    payout = prepare(session, seller)
    approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    who = finance(session)
    # Past the service, which refuses it: the barrier behind it.
    session.add(
        PayoutHold(
            seller_id=seller.id,
            order_id=order.id,
            reason=HoldReason.DISPUTE,
            note="Colis perdu",
            person_id=who.person_id,
            person_name=who.name,
            held_at=NOW,
        )
    )
    session.flush()
    with pytest.raises(PayoutRefusedError, match=f"contient la commande {order.number}, qui est retenue"):
        export_payouts(session, who, [shown(payout)], MONDAY, "one", NOW)
    assert payout.state is PayoutState.APPROVED
