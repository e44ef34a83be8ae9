import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.payout_acts import (
    HeldError,
    OwnCorrectionError,
    PayoutStateError,
    SamePersonError,
    UnusualAmountError,
)
from db.domain.payouts import HoldReason, PayoutMovedError, PayoutNotFoundError, PayoutRefusedError, PayoutState
from db.domain.permissions import Role
from db.models import Payout, PayoutHold, Seller
from db.queries.usual_payouts import usual_cents, usual_cents_of_all
from db.services.ledger_corrections import correct_account
from db.services.payouts.approving import approve, let_through
from tests.conftest import NOW
from tests.factories import IBAN, book, create_payee, create_person, create_run
from tests.payouts import TODAY, actor_of, finance, history, pays, prepare, prepared

OTHER_IBAN = "FR7630006000011234567890189"


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session, account_holder="Théière SARL", bic="PSSTFRPPPAR")


def paid_before(session: Session, seller: Seller, *amounts: int, state: PayoutState = PayoutState.PAID) -> None:
    run_id = create_run(session, TODAY - dt.timedelta(days=30 + len(amounts)))
    for cents in amounts:
        session.add(
            Payout(
                seller_id=seller.id,
                currency="EUR",
                run_id=run_id,
                state=state,
                sale_cents=cents,
                net_cents=cents,
                due_on=TODAY,
                prepared_at=NOW,
            )
        )
        session.flush()


def test_a_second_person_fixes_the_amount_and_the_account(session: Session, seller: Seller) -> None:
    payout, second = prepared(session, seller, by=finance(session)), finance(session)
    version = payout.version
    approve(session, second, payout.id, version, NOW, accepts_unusual=True)
    assert (payout.state, payout.approved_by_id, payout.approved_at) == (PayoutState.APPROVED, second.person_id, NOW)
    assert (payout.iban, payout.bic, payout.holder) == (IBAN, "PSSTFRPPPAR", "Théière SARL")
    assert payout.version > version
    seller.iban = OTHER_IBAN
    session.flush()
    assert payout.iban == IBAN


def test_who_corrected_the_account_does_not_approve_what_pays_it(session: Session, seller: Seller) -> None:
    corrector, second = finance(session), finance(session)
    correct_account(session, corrector, seller.id, "EUR", 50_00, "Geste", "form-1", NOW)
    payout = prepared(session, seller)
    with pytest.raises(OwnCorrectionError, match="Vous avez corrigé le compte du vendeur"):
        approve(session, corrector, payout.id, payout.version, NOW, accepts_unusual=True)
    approve(session, second, payout.id, payout.version, NOW, accepts_unusual=True)
    assert payout.state is PayoutState.APPROVED


def test_who_corrected_the_account_does_not_let_it_pass_the_limit(session: Session, seller: Seller) -> None:
    pays(session, max_cents=100_00)
    corrector, second = finance(session), finance(session)
    correct_account(session, corrector, seller.id, "EUR", 100_01, "Geste", "form-1", NOW)
    payout = prepare(session, seller)
    assert payout.hold_reason is HoldReason.OVER_LIMIT
    with pytest.raises(OwnCorrectionError):
        let_through(session, corrector, payout.id, payout.version, "Vérifié", NOW)
    let_through(session, second, payout.id, payout.version, "Vérifié", NOW)
    assert payout.state is PayoutState.PREPARED


def test_who_corrected_another_account_approves(session: Session, seller: Seller) -> None:
    corrector = finance(session)
    correct_account(session, corrector, create_payee(session).id, "EUR", 50_00, "Geste", "form-1", NOW)
    payout = prepared(session, seller)
    approve(session, corrector, payout.id, payout.version, NOW, accepts_unusual=True)
    assert payout.state is PayoutState.APPROVED


def test_without_the_control_who_corrected_approves_and_the_history_says_so(session: Session, seller: Seller) -> None:
    pays(session, four_eyes=False)
    corrector = finance(session)
    correct_account(session, corrector, seller.id, "EUR", 50_00, "Geste", "form-1", NOW)
    payout = prepare(session, seller)
    approve(session, corrector, payout.id, payout.version, NOW, accepts_unusual=True)
    assert "contrôle à quatre yeux désactivé" in history(session, payout)[-1][1]


def test_who_prepared_does_not_approve(session: Session, seller: Seller) -> None:
    first = finance(session)
    payout = prepared(session, seller, by=first)
    with pytest.raises(SamePersonError, match="une autre personne doit s’en charger"):
        approve(session, first, payout.id, payout.version, NOW, accepts_unusual=True)


def test_anybody_approves_what_the_night_prepared(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    assert payout.state is PayoutState.APPROVED


def test_one_person_alone_does_both_where_the_control_is_off_and_the_history_says_so(
    session: Session, seller: Seller
) -> None:
    pays(session, four_eyes=False)
    alone = finance(session)
    payout = prepared(session, seller, by=alone)
    approve(session, alone, payout.id, payout.version, NOW, accepts_unusual=True)
    event, note = history(session, payout)[-1]
    assert event == "approved"
    assert "contrôle à quatre yeux désactivé" in note


def test_what_was_topped_up_since_it_was_shown_is_not_approved(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    seen = payout.version
    book(session, seller, 50_00, TODAY)
    prepare(session, seller)
    with pytest.raises(PayoutMovedError, match="a changé entre-temps"):
        approve(session, finance(session), payout.id, seen, NOW, accepts_unusual=True)


def test_nothing_is_approved_twice(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    with pytest.raises(PayoutStateError, match="« Approuvé »"):
        approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)


def test_a_hold_that_no_run_has_seen_yet_keeps_from_approving(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    session.add(PayoutHold(seller_id=seller.id, reason=HoldReason.DISPUTE))
    session.flush()
    with pytest.raises(HeldError, match="Litige ouvert") as refused:
        approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    assert refused.value.reasons == (HoldReason.DISPUTE,)


def test_what_was_held_is_approved_once_its_cause_is_over(session: Session) -> None:
    seller = create_payee(session, iban_changed_at=NOW - dt.timedelta(hours=70))
    payout = prepared(session, seller)
    assert payout.hold_reason is HoldReason.IBAN_CHANGED
    with pytest.raises(HeldError, match="IBAN changé récemment"):
        approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    later = NOW + dt.timedelta(hours=2)
    approve(session, finance(session), payout.id, payout.version, later, accepts_unusual=True)
    assert payout.state is PayoutState.APPROVED
    assert [event for event, _ in history(session, payout)] == ["prepared", "held", "released", "approved"]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.SELLER])
def test_who_may_not_approve_is_refused(session: Session, seller: Seller, role: Role) -> None:
    payout = prepared(session, seller)
    own = {"seller_id": seller.id} if role is Role.SELLER else {}
    with pytest.raises(NotAllowedError):
        approve(session, actor_of(create_person(session, role, **own)), payout.id, payout.version, NOW)


def test_a_payout_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(PayoutNotFoundError):
        approve(session, finance(session), 999_999_999, 1, NOW)


def test_a_first_payout_and_one_of_more_than_three_times_the_usual_are_looked_at_twice(
    session: Session, seller: Seller
) -> None:
    payout = prepared(session, seller, 300_01)
    with pytest.raises(UnusualAmountError, match="premier reversement"):
        approve(session, finance(session), payout.id, payout.version, NOW)
    paid_before(session, seller, 100_00, 100_00)
    # Three times 100.00 is 300.00: one cent more is out of the ordinary.
    with pytest.raises(UnusualAmountError, match="100,00\u00a0€ d’habitude"):
        approve(session, finance(session), payout.id, payout.version, NOW)
    approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    assert "montant inhabituel accepté (100,00\u00a0€ d’habitude)" in history(session, payout)[-1][1]


def test_three_times_the_usual_is_still_usual(session: Session, seller: Seller) -> None:
    paid_before(session, seller, 100_00)
    payout = prepared(session, seller, 300_00)
    approve(session, finance(session), payout.id, payout.version, NOW)
    assert payout.state is PayoutState.APPROVED


def test_the_usual_is_the_average_of_the_last_six_that_were_paid(session: Session, seller: Seller) -> None:
    assert usual_cents(session, seller.id, "EUR") is None
    # Of eight, the last six: 20 + 30 + 40 + 50 + 60 + 75 = 275; a sixth of it is 45.833: 45.83.
    paid_before(session, seller, 900_00, 800_00, 20_00, 30_00, 40_00, 50_00, 60_00, 75_00)
    paid_before(session, seller, 7_00, state=PayoutState.CANCELLED)
    assert usual_cents(session, seller.id, "EUR") == 45_83
    other = create_payee(session)
    assert usual_cents_of_all(session, [seller.id, other.id]) == {(seller.id, "EUR"): 45_83}


class TestLimit:
    def test_somebody_lets_an_amount_through_and_no_more(self, session: Session, seller: Seller) -> None:
        pays(session, max_cents=500_00)
        payout = prepared(session, seller, 600_00)
        assert payout.hold_reason is HoldReason.OVER_LIMIT
        let_through(session, finance(session), payout.id, payout.version, "Marché de Noël", NOW)
        assert (payout.state, payout.waived_cents) == (PayoutState.PREPARED, 600_00)
        event, note = history(session, payout)[-1]
        assert (event, "600,00\u00a0€" in note, "Marché de Noël" in note) == ("released", True, True)
        book(session, seller, 1, TODAY)
        assert prepare(session, seller).hold_reason is HoldReason.OVER_LIMIT

    def test_what_else_holds_it_stays_and_it_is_told(self, session: Session) -> None:
        pays(session, max_cents=500_00)
        payout = prepared(session, create_payee(session, iban=None), 600_00)
        version = payout.version
        let_through(session, finance(session), payout.id, version, "Vérifié", NOW)
        assert (payout.state, payout.hold_reason) == (PayoutState.HELD, HoldReason.NO_IBAN)
        assert payout.version > version
        assert "Vérifié" in history(session, payout)[-1][1]

    def test_who_prepared_does_not_let_it_through(self, session: Session, seller: Seller) -> None:
        pays(session, max_cents=500_00)
        first = finance(session)
        payout = prepared(session, seller, 600_00, by=first)
        with pytest.raises(SamePersonError):
            let_through(session, first, payout.id, payout.version, "Vérifié", NOW)

    def test_a_reason_is_asked_for_and_the_limit_must_be_what_holds_it(self, session: Session) -> None:
        payout = prepared(session, create_payee(session, iban=None))
        with pytest.raises(InvalidInputError, match="écrivez pourquoi"):
            let_through(session, finance(session), payout.id, payout.version, "  ", NOW)
        with pytest.raises(PayoutRefusedError, match="rien à laisser passer"):
            let_through(session, finance(session), payout.id, payout.version, "Vérifié", NOW)


def test_an_amount_is_the_net_of_what_is_held_not_of_sales(session: Session, seller: Seller) -> None:
    paid_before(session, seller, 100_00)
    book(session, seller, -650_00, TODAY, LedgerKind.REFUND)
    payout = prepared(session, seller, 900_00)
    approve(session, finance(session), payout.id, payout.version, NOW)  # 900 − 650 = 250: less than three times.
    assert payout.state is PayoutState.APPROVED
