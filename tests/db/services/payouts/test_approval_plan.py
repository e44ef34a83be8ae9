"""What approving would come to is said before: who may not, what is in the way, which amounts are unusual."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import NotAllowedError
from db.domain.payout_acts import ShownPayout
from db.domain.payouts import PayoutState
from db.domain.permissions import Role
from db.models import Payout, Seller
from db.services.ledger_corrections import correct_account
from db.services.payouts.approval_plan import plan_approval
from tests.conftest import NOW
from tests.db.queries.test_payouts import create_payout
from tests.factories import create_payee, create_person, viewer_for
from tests.payouts import finance, prepare


@pytest.fixture
def actor(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.FINANCE)))


def paid_before(session: Session, seller: Seller) -> None:
    create_payout(session, seller, PayoutState.PAID, 10_00, paid_on=dt.date(2026, 11, 1))


def shown(payout: Payout) -> ShownPayout:
    return ShownPayout(payout.id, payout.version)


def test_each_that_cannot_go_says_why_and_the_others_go(session: Session, actor: Actor) -> None:
    fine, own, moved, shut = (create_payee(session) for _ in range(4))
    for seller in (fine, own, moved, shut):
        paid_before(session, seller)
    goes = create_payout(session, fine, net_cents=30_00)
    mine = create_payout(session, own, prepared_by_id=actor.person_id)
    changed = create_payout(session, moved)
    no_account = create_payout(session, shut)
    shut.iban = None
    session.flush()
    seen = [shown(goes), shown(mine), ShownPayout(changed.id, changed.version + 1), shown(no_account)]
    plan = plan_approval(session, actor, [*seen, ShownPayout(10**12, 1)], NOW)
    said = {each.payout_id: str(each.error) for each in plan.refused}
    assert set(said) == {mine.id, changed.id, no_account.id, 10**12}
    assert "une autre personne doit s’en charger" in said[mine.id]
    assert "a changé entre-temps" in said[changed.id]
    assert "IBAN manquant" in said[no_account.id]
    # 30,00 is three times 10,00, not more.
    assert plan.unusual == {}


def test_who_corrected_the_account_is_told_that_somebody_else_approves(session: Session, actor: Actor) -> None:
    seller = create_payee(session)
    correct_account(session, actor, seller.id, "EUR", 50_00, "Geste", "form-1", NOW)
    payout = prepare(session, seller)
    (refused,) = plan_approval(session, actor, [shown(payout)], NOW).refused
    assert "Vous avez corrigé le compte du vendeur" in str(refused.error)
    assert plan_approval(session, finance(session), [shown(payout)], NOW).refused == ()


def test_a_first_payout_and_one_of_more_than_three_times_the_usual_are_unusual(session: Session, actor: Actor) -> None:
    known, new = create_payee(session), create_payee(session)
    paid_before(session, known)
    high, first = create_payout(session, known, net_cents=30_01), create_payout(session, new, net_cents=1_00)
    plan = plan_approval(session, actor, [shown(high), shown(first)], NOW)
    assert (plan.unusual, plan.refused) == ({high.id: 10_00, first.id: None}, ())


def test_nothing_is_written_and_only_who_approves_may_ask(session: Session, actor: Actor) -> None:
    payout = create_payout(session, create_payee(session))
    plan_approval(session, actor, [shown(payout)], NOW)
    assert session.scalars(sa.select(Payout.version).where(Payout.id == payout.id)).one() == payout.version
    support = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
    with pytest.raises(NotAllowedError):
        plan_approval(session, support, [shown(payout)], NOW)
