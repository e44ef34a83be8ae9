import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.mail import EmailTemplate
from db.domain.payout_acts import PayoutStateError, SamePersonError
from db.domain.payouts import HoldReason, PayoutMovedError, PayoutState
from db.domain.permissions import Role
from db.models import LedgerEntry, OutboxMessage, Payout, PayoutEntry, PayoutHold, Seller
from db.services.payouts.marking import mark_paid, pay_by_hand, reject
from tests.conftest import NOW
from tests.factories import book, create_payee, create_person
from tests.payouts import TODAY, actor_of, approved, balance, exported, finance, history, prepare, prepared

DAY = dt.timedelta(days=1)


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session, email="maison@example.org")


def letters(session: Session, template: EmailTemplate) -> list[str]:
    return list(session.scalars(sa.select(OutboxMessage.recipient).where(OutboxMessage.template == template)))


def test_what_the_bank_paid_is_noted_and_its_seller_told(session: Session, seller: Seller) -> None:
    payout = exported(session, seller)
    before = balance(session, seller)
    mark_paid(session, finance(session), payout.id, payout.version, TODAY + 2 * DAY, NOW + 3 * DAY)
    assert (payout.state, payout.paid_on) == (PayoutState.PAID, TODAY + 2 * DAY)
    assert (before, balance(session, seller)) == (0, 0)  # The account was settled with the file.
    assert letters(session, EmailTemplate.SELLER_PAYOUT) == ["maison@example.org"]


def test_it_is_paid_once(session: Session, seller: Seller) -> None:
    payout = exported(session, seller)
    seen = payout.version
    mark_paid(session, finance(session), payout.id, seen, TODAY, NOW)
    with pytest.raises(PayoutMovedError):
        mark_paid(session, finance(session), payout.id, seen, TODAY, NOW)
    with pytest.raises(PayoutStateError, match="« Payé »"):
        mark_paid(session, finance(session), payout.id, payout.version, TODAY, NOW)


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + DAY])
def test_no_bank_pays_before_the_file_or_tomorrow(session: Session, seller: Seller, day: dt.date) -> None:
    payout = exported(session, seller)
    with pytest.raises(InvalidInputError, match="choisissez un jour du 21/11/2026 au 21/11/2026"):
        mark_paid(session, finance(session), payout.id, payout.version, day, NOW)


def test_what_was_not_transmitted_is_not_paid_by_the_bank(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    with pytest.raises(PayoutStateError, match="« Approuvé »"):
        mark_paid(session, finance(session), payout.id, payout.version, TODAY, NOW)
    manager = actor_of(create_person(session, Role.MANAGER))
    with pytest.raises(NotAllowedError):
        mark_paid(session, manager, payout.id, payout.version, TODAY, NOW)


class TestByHand:
    def test_it_settles_the_account_and_keeps_the_reference(self, session: Session, seller: Seller) -> None:
        payout = approved(session, seller)
        pay_by_hand(session, finance(session), payout.id, payout.version, TODAY, " VIR  8812 ", NOW)
        assert (payout.state, payout.paid_on, payout.payment_reference) == (PayoutState.PAID, TODAY, "VIR 8812")
        assert (payout.closed_at, payout.batch_id, balance(session, seller)) == (NOW, None, 0)
        assert letters(session, EmailTemplate.SELLER_PAYOUT) == ["maison@example.org"]

    def test_who_approved_does_not_pay(self, session: Session, seller: Seller) -> None:
        second = finance(session)
        payout = approved(session, seller, by=second)
        with pytest.raises(SamePersonError):
            pay_by_hand(session, second, payout.id, payout.version, TODAY, "VIR 8812", NOW)

    def test_what_was_paid_is_noted_although_the_seller_is_held_and_the_history_says_so(
        self, session: Session, seller: Seller
    ) -> None:
        payout = approved(session, seller)
        session.add(PayoutHold(seller_id=seller.id, reason=HoldReason.DISPUTE))
        session.flush()
        pay_by_hand(session, finance(session), payout.id, payout.version, TODAY, "VIR 8812", NOW)
        assert any("malgré\u00a0: Litige ouvert" in note for _, note in history(session, payout))

    @pytest.mark.parametrize("reference", ["", " \n", "x" * 141])
    def test_a_reference_is_asked_for(self, session: Session, seller: Seller, reference: str) -> None:
        payout = approved(session, seller)
        with pytest.raises(InvalidInputError, match="référence du virement"):
            pay_by_hand(session, finance(session), payout.id, payout.version, TODAY, reference, NOW)

    def test_only_what_is_approved_is_paid(self, session: Session, seller: Seller) -> None:
        payout = prepared(session, seller)
        with pytest.raises(PayoutStateError, match="« À approuver »"):
            pay_by_hand(session, finance(session), payout.id, payout.version, TODAY, "VIR 8812", NOW)


class TestRejection:
    def reject(self, session: Session, payout: Payout) -> None:
        reject(session, finance(session), payout.id, payout.version, "ac04", "Compte clos", TODAY, NOW)

    def test_the_amount_is_due_again_as_one_line_that_leads_back(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        self.reject(session, payout)
        assert (payout.state, payout.rejection) == (PayoutState.REJECTED, "AC04 – Compte clos")
        assert balance(session, seller) == 100_00
        assert letters(session, EmailTemplate.SELLER_PAYOUT_REJECTED) == ["maison@example.org"]

        again = prepare(session, seller)
        assert (again.id != payout.id, again.other_cents, again.net_cents) == (True, 100_00, 100_00)
        (entry,) = session.scalars(
            sa.select(LedgerEntry)
            .join(PayoutEntry, PayoutEntry.entry_id == LedgerEntry.id)
            .where(PayoutEntry.payout_id == again.id)
        )
        assert (entry.kind, entry.payout_id, entry.note) == (
            LedgerKind.BANK_REJECTION,
            payout.id,
            "AC04 – Compte clos",
        )
        held = sa.select(sa.func.sum(PayoutEntry.amount_cents)).where(PayoutEntry.payout_id == payout.id)
        assert session.scalar(held) == 100_00  # What it was made of stays to be read.

    def test_money_that_comes_back_after_it_was_paid_is_due_again(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        mark_paid(session, finance(session), payout.id, payout.version, TODAY, NOW)
        self.reject(session, payout)
        assert (payout.state, payout.paid_on, balance(session, seller)) == (PayoutState.REJECTED, None, 100_00)

    def test_it_is_rejected_once(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        self.reject(session, payout)
        with pytest.raises(PayoutStateError, match="« Rejeté »"):
            self.reject(session, payout)
        assert balance(session, seller) == 100_00

    def test_it_takes_a_debt_with_it(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        book(session, seller, -30_00, TODAY, LedgerKind.REFUND)
        self.reject(session, payout)
        assert prepare(session, seller).net_cents == 70_00

    def test_a_reason_is_asked_for(self, session: Session, seller: Seller) -> None:
        payout = exported(session, seller)
        with pytest.raises(InvalidInputError, match="pourquoi la banque"):
            reject(session, finance(session), payout.id, payout.version, "", " ", TODAY, NOW)
        with pytest.raises(InvalidInputError, match="n’a pas pu être rejeté le 20/11/2026"):
            reject(session, finance(session), payout.id, payout.version, "AC04", "", TODAY - DAY, NOW)

    def test_what_was_never_sent_is_not_rejected(self, session: Session, seller: Seller) -> None:
        payout = approved(session, seller)
        with pytest.raises(PayoutStateError):
            self.reject(session, payout)
