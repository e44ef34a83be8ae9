import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.ledger import LedgerKind
from db.models import LedgerEntry, Payout, PayoutEntry, Seller
from db.services.payout_check import entry_findings, last_entry, last_payout, payout_findings
from db.services.payouts.cancelling import cancel
from db.services.payouts.marking import mark_paid, pay_by_hand, reject
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.factories import book, create_order, create_payee, create_run
from tests.payouts import TODAY, approved, exported, finance, prepared

K = LedgerKind


@pytest.fixture
def seller(session: Session) -> Seller:
    return create_payee(session)


def found(session: Session) -> list[tuple[int, int]]:
    """Return what is expected and what is found of all that does not agree."""
    session.flush()
    session.expire_all()
    rows = entry_findings(session, 0, last_entry(session)) + payout_findings(session, 0, last_payout(session))
    return [(row["expected"], row["found"]) for row in rows]


def sentences(session: Session) -> list[str]:
    session.expire_all()
    rows = entry_findings(session, 0, last_entry(session)) + payout_findings(session, 0, last_payout(session))
    return [row["sentence"] for row in rows]


def change(session: Session, payout: Payout, **values: object) -> None:
    """Change a payout as only a repair by hand does."""
    session.execute(sa.update(Payout).where(Payout.id == payout.id).values(values))


def test_all_that_can_become_of_payouts_agrees(session: Session, seller: Seller) -> None:
    paid = exported(session, seller)
    mark_paid(session, finance(session), paid.id, paid.version, TODAY, NOW)
    rejected = exported(session, create_payee(session))
    reject(session, finance(session), rejected.id, rejected.version, "AC04", "Compte clos", TODAY, NOW)
    by_hand = approved(session, seller)
    pay_by_hand(session, finance(session), by_hand.id, by_hand.version, TODAY, "Chèque 12", NOW)
    cancelled = prepared(session, seller)
    cancel(session, finance(session), cancelled.id, cancelled.version, "Erreur", NOW)
    prepared(session, create_payee(session))
    assert found(session) == []


def test_a_debt_that_is_carried_over_agrees(session: Session, seller: Seller) -> None:
    run_id = create_run(session, TODAY)
    book(session, seller, -12_00, TODAY, K.REFUND)
    prepare_seller(session, SYSTEM, seller.id, run_id, TODAY, NOW)
    assert found(session) == []
    book(session, seller, 5_00, TODAY)
    prepare_seller(session, SYSTEM, seller.id, run_id, TODAY, NOW)
    assert found(session) == []
    change(session, session.scalars(sa.select(Payout).order_by(Payout.id)).all()[0], state="cancelled")
    # It holds −12.00 that nobody would ever be paid; its debt was closed and owed anew: twice 12.00 too much.
    assert found(session) == [(0, -12_00), (0, 12_00), (0, -12_00)]


def test_an_entry_that_nobody_would_pay_leads_to_its_order(session: Session, seller: Seller) -> None:
    order = create_order(session, seller=seller, number="T-77")
    entry = LedgerEntry(
        seller_id=seller.id, currency="EUR", kind=K.SALE, amount_cents=31_90, cause="x", order_id=order.id
    )
    session.add(entry)
    session.flush()
    (finding,) = entry_findings(session, 0, last_entry(session))
    assert (finding["order_id"], finding["expected"], finding["found"]) == (order.id, 31_90, 0)
    assert finding["sentence"] == (
        f"Écriture n°\u00a0{entry.id} (Vente, commande T-77)\u00a0: 31,90\u00a0€ au compte du vendeur, qu’aucun "
        "reversement ne prendra."
    )


def test_an_entry_that_is_paid_for_another_amount_is_found(session: Session, seller: Seller) -> None:
    entry_id = book(session, seller, 10_00, TODAY)
    changed = sa.update(PayoutEntry).where(PayoutEntry.entry_id == entry_id).values(amount_cents=11_00)
    session.execute(changed)
    assert found(session) == [(10_00, 11_00)]
    assert "10,00\u00a0€ au compte du vendeur, 11,00\u00a0€ à verser" in sentences(session)[0]


def test_what_settles_a_payout_is_not_paid_out_once_more(session: Session, seller: Seller) -> None:
    payout = exported(session, seller)
    settling = session.scalars(sa.select(LedgerEntry).where(LedgerEntry.kind == K.PAYOUT)).one()
    facts = {"seller_id": seller.id, "currency": "EUR", "kind": K.PAYOUT, "amount_cents": settling.amount_cents}
    session.add(PayoutEntry(entry_id=settling.id, due_on=TODAY, **facts))
    assert found(session) == [(0, -payout.net_cents)]
    assert "serait versée une seconde fois" in sentences(session)[0]


@pytest.mark.parametrize(
    "harm",
    [
        # 31.90 − 0.93 = 30.97 is held: a cent more of sales, one less of the rest, and the sum does not tell.
        lambda payout: {"sale_cents": payout.sale_cents + 1, "other_cents": payout.other_cents - 1},
        lambda payout: {"fee_cents": payout.fee_cents - 1, "refund_cents": payout.refund_cents + 1},
    ],
)
def test_amounts_that_are_not_those_of_the_entries_are_found_each(
    session: Session, seller: Seller, harm: Callable[[Payout], dict[str, int]]
) -> None:
    payout = prepared(session, seller)
    change(session, payout, **harm(payout))
    assert len(found(session)) == 2
    assert all(words.startswith(f"REV-{payout.id:06d}\u00a0: ") for words in sentences(session))


def test_a_payout_that_says_paid_and_never_left_the_account_is_found(session: Session, seller: Seller) -> None:
    payout = approved(session, seller)
    change(session, payout, state="paid", closed_at=NOW)
    assert found(session) == [(-payout.net_cents, 0)]
    assert "« Payé »" in sentences(session)[0]


def test_a_rejected_payout_that_is_owed_to_nobody_is_found(session: Session, seller: Seller) -> None:
    payout = exported(session, seller)
    change(session, payout, state="rejected")
    assert found(session) == [(payout.net_cents, 0)]


def test_an_entry_of_another_seller_is_found(session: Session, seller: Seller) -> None:
    payout = prepared(session, seller)
    other = book(session, create_payee(session), 2_00, TODAY - dt.timedelta(days=1))
    session.execute(sa.update(PayoutEntry).where(PayoutEntry.entry_id == other).values(payout_id=payout.id))
    # Sales are 2.00 higher than noted, and one entry is a stranger.
    assert found(session) == [(payout.sale_cents + 2_00, payout.sale_cents), (0, 1)]
