import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, MarketplaceError, NotAllowedError
from db.domain.payout_acts import PayoutStateError, ShownPayout
from db.domain.payouts import PayoutMovedError, PayoutState
from db.domain.permissions import Role
from db.models import PayoutEntry, Seller
from db.services.payouts.acts import act_on_each
from db.services.payouts.cancelling import cancel
from tests.conftest import NOW
from tests.factories import create_payee, create_person
from tests.payouts import actor_of, approved, exported, finance, history, prepare, prepared, shown


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


def held_cents(session: Session, payout_id: int | None) -> list[int]:
    found = sa.select(PayoutEntry.amount_cents).where(PayoutEntry.payout_id == payout_id)
    return list(session.scalars(found.order_by(PayoutEntry.entry_id)))


def test_what_a_cancelled_payout_held_is_in_the_next_one(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    cancel(session, finance(session), payout.id, payout.version, "Erreur de période", NOW)
    assert (payout.state, payout.net_cents, held_cents(session, payout.id)) == (PayoutState.CANCELLED, 100_00, [])
    assert history(session, payout)[-1] == ("cancelled", "Erreur de période")
    again = prepare(session, seller)
    assert (again.id != payout.id, again.net_cents, held_cents(session, again.id)) == (True, 100_00, [100_00])


def test_a_held_and_an_approved_one_are_cancelled_too(session: Session, seller: Seller) -> None:
    held = prepared(session, create_payee(session, iban=None))
    fixed = approved(session, seller)
    for payout in (held, fixed):
        cancel(session, finance(session), payout.id, payout.version, "Doublon", NOW)
        assert (payout.state, payout.hold_reason) == (PayoutState.CANCELLED, None)


def test_what_the_bank_has_is_not_cancelled(session: Session, seller: Seller) -> None:
    payout = exported(session, seller)
    with pytest.raises(PayoutStateError, match="« Transmis à la banque »"):
        cancel(session, finance(session), payout.id, payout.version, "Trop tard", NOW)


def test_a_reason_and_the_right_to_are_asked_for(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    with pytest.raises(InvalidInputError, match="écrivez pourquoi"):
        cancel(session, finance(session), payout.id, payout.version, "", NOW)
    with pytest.raises(InvalidInputError, match="500 caractères au plus"):
        cancel(session, finance(session), payout.id, payout.version, "x" * 501, NOW)
    manager = actor_of(create_person(session, Role.MANAGER))
    with pytest.raises(NotAllowedError):
        cancel(session, manager, payout.id, payout.version, "Doublon", NOW)


def test_of_several_each_goes_or_is_refused_by_itself(session: Session) -> None:
    first, gone, third = (prepared(session, create_payee(session)) for _ in range(3))
    stale = ShownPayout(gone.id, gone.version - 1)
    actor = finance(session)

    def act(each: ShownPayout) -> None:
        cancel(session, actor, each.payout_id, each.version, "Doublon", NOW)

    came = act_on_each(session, [shown(third), stale, shown(first), shown(first)], act)
    assert came.done == (first.id, third.id)
    assert [(each.payout_id, type(each.error)) for each in came.refused] == [(gone.id, PayoutMovedError)]
    assert (gone.state, held_cents(session, gone.id)) == (PayoutState.PREPARED, [100_00])


def test_what_was_written_before_a_refusal_is_taken_back_with_it(session: Session, seller: Seller) -> None:
    payout, actor = prepared(session, seller), finance(session)

    def act(each: ShownPayout) -> None:
        cancel(session, actor, each.payout_id, each.version, "Doublon", NOW)
        raise MarketplaceError

    assert act_on_each(session, [shown(payout)], act).done == ()
    session.refresh(payout)
    assert (payout.state, held_cents(session, payout.id)) == (PayoutState.PREPARED, [100_00])


def test_somebody_who_may_not_is_told_so_once(session: Session, seller: Seller) -> None:
    payout, support = prepared(session, seller), actor_of(create_person(session, Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        act_on_each(session, [shown(payout)], lambda each: cancel(session, support, each.payout_id, 1, "Doublon", NOW))
