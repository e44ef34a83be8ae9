"""The lists of payouts: who sees which, how they are found, what they come to, and what waits for somebody."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import NotAllowedError
from db.domain.ledger import LedgerKind
from db.domain.payout_filter import PayoutFilter, PayoutTab
from db.domain.payouts import HoldReason, PayoutState, reference_of
from db.domain.permissions import Role
from db.models import LedgerEntry, Payout, PayoutEntry, PayoutHold, Seller
from db.queries import payouts
from db.queries.payouts import (
    Worth,
    list_totals,
    open_worth,
    payout_page,
    payouts_with_ids,
)
from db.services.ledger_rows import NewEntry, write_entries
from db.services.payouts.preparing import prepare_seller
from tests.conftest import NOW
from tests.db.queries.test_documents import plan_of
from tests.factories import ADMIN, book, create_payee, create_person, create_run, viewer_for

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)
S, T = PayoutState, PayoutTab
_days = itertools.count(1)


def create_payout(
    session: Session, seller: Seller, state: PayoutState = S.PREPARED, net_cents: int = 10_00, **columns: object
) -> Payout:
    """Add a payout of one sale without a fee, with its entry; in any state."""
    run_id = columns.pop("run_id", None) or create_run(session, dt.date(2020, 1, 1) + next(_days) * DAY)
    due_on = columns.setdefault("due_on", TODAY)
    assert isinstance(due_on, dt.date)
    payout = Payout(
        **{
            "seller_id": seller.id,
            "currency": "EUR",
            "run_id": run_id,
            "state": state,
            "hold_reason": HoldReason.NO_IBAN if state is S.HELD else None,
            "sale_cents": net_cents,
            "net_cents": net_cents,
            "entry_count": 1,
            "prepared_at": NOW,
        }
        | columns
    )
    session.add(payout)
    session.flush()
    entry_id = book(session, seller, net_cents, due_on)
    session.execute(sa.update(PayoutEntry).where(PayoutEntry.entry_id == entry_id).values(payout_id=payout.id))
    session.refresh(payout)
    return payout


def found(session: Session, wanted: PayoutFilter, **cursor: int) -> list[int]:
    return [row.id for row in payout_page(session, ADMIN, wanted, **cursor).rows]


def bring_back(session: Session, payout: Payout) -> int:
    """Have the bank reject a payout: its amount is due again."""
    payout.state = S.REJECTED
    cause = f"bank_rejection:{payout.id}"
    kind, cents = LedgerKind.BANK_REJECTION, payout.net_cents
    entry = NewEntry(payout.seller_id, "EUR", kind, cents, cause, NOW, "Système", TODAY, payout_id=payout.id)
    write_entries(session, [entry])
    return session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.cause == cause)).one()


def test_each_list_has_the_payouts_of_its_state_the_newest_first(session: Session) -> None:
    made = {state: create_payout(session, create_payee(session), state).id for state in S}
    for tab in T:
        assert found(session, PayoutFilter(tab)) == ([made[tab.state]] if tab.state else [*made.values()][::-1])


def test_a_seller_sees_only_their_own_and_support_none(session: Session) -> None:
    mine, other = create_payee(session), create_payee(session)
    payout, foreign = create_payout(session, mine), create_payout(session, other)
    seller = viewer_for(create_person(session, Role.SELLER, seller_id=mine.id))
    everything = PayoutFilter(T.ALL)
    assert [row.id for row in payout_page(session, seller, everything).rows] == [payout.id]
    assert [row.id for row in payout_page(session, seller, replace(everything, seller_id=other.id)).rows] == []
    assert [row.id for row in payouts_with_ids(session, seller, [payout.id, foreign.id])] == [payout.id]
    assert open_worth(session, seller)[T.TO_APPROVE] == Worth(1, {"EUR": 10_00})
    assert list_totals(session, seller, everything).count == 1
    support = viewer_for(create_person(session, Role.SUPPORT))
    with pytest.raises(NotAllowedError):
        payout_page(session, support, everything)
    with pytest.raises(NotAllowedError):
        open_worth(session, support)


def test_filters_find_by_reference_seller_amount_and_day(session: Session) -> None:
    tea, bread = create_payee(session, "Thé Œuvrard", search_text="the oeuvrard"), create_payee(session)
    early = create_payout(session, tea, S.PAID, 30_97, due_on=TODAY - 9 * DAY, paid_on=TODAY - 2 * DAY)
    late = create_payout(session, bread, S.PAID, 50_00, due_on=TODAY - DAY, paid_on=TODAY)
    paid, every = PayoutFilter(T.PAID), PayoutFilter(T.ALL)
    for text in (reference_of(early.id), f"rev-{early.id}", str(early.id), "oeuvr", "Œuvrard"):
        assert found(session, replace(paid, text=text)) == [early.id]
    assert found(session, replace(paid, text="personne")) == []
    assert found(session, replace(paid, text="\x00")) == []
    assert found(session, replace(paid, seller_id=bread.id)) == [late.id]
    assert found(session, replace(paid, min_cents=30_97, max_cents=49_99)) == [early.id]
    # What is paid is looked for by the day it was paid, the rest by the day it fell due.
    assert found(session, replace(paid, first_day=TODAY - DAY)) == [late.id]
    assert found(session, replace(every, first_day=TODAY - 9 * DAY, last_day=TODAY - 8 * DAY)) == [early.id]
    assert found(session, replace(every, run_id=late.run_id)) == [late.id]


def test_a_name_of_many_sellers_is_found_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.queries.payout_conditions._FEW_SELLERS", 1)
    made = [create_payout(session, create_payee(session, search_text=f"halles {name}")).id for name in "ab"]
    create_payout(session, create_payee(session))
    assert found(session, PayoutFilter(text="halles")) == made[::-1]


def test_pages_follow_each_other_both_ways(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payouts, "PAGE_SIZE", 2)
    made = [create_payout(session, create_payee(session), S.PAID).id for _ in range(5)][::-1]
    wanted = PayoutFilter(T.PAID)
    assert found(session, wanted) == made[:2]
    assert found(session, wanted, before=made[1]) == made[2:4]
    assert found(session, wanted, after=made[4]) == made[2:4]
    page = payout_page(session, ADMIN, wanted, before=made[1])
    assert (page.has_newer, page.has_older) == (True, True)


def test_a_list_is_added_up_by_currency_until_it_is_too_long(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # 31,90 − 0,93 = 30,97; 20,00 − 5,00 − 0,44 − 2,00 = 12,56.
    create_payout(session, create_payee(session), S.PAID, 30_97, sale_cents=31_90, fee_cents=-93)
    parts = {"sale_cents": 20_00, "refund_cents": -5_00, "fee_cents": -44, "other_cents": -2_00}
    create_payout(session, create_payee(session), S.PAID, 12_56, **parts)
    create_payout(session, create_payee(session), S.PAID, 7_00, currency="CHF")
    totals = list_totals(session, ADMIN, PayoutFilter(T.PAID))
    chf, eur = totals.currencies
    assert (totals.count, chf.net_cents, eur.count) == (3, 7_00, 2)
    # 31,90 + 20,00; 0,93 + 0,44; 30,97 + 12,56.
    assert (eur.sale_cents, eur.refund_cents, eur.fee_cents, eur.other_cents, eur.net_cents) == (
        51_90,
        -5_00,
        -1_37,
        -2_00,
        43_53,
    )
    monkeypatch.setattr(payouts, "COUNT_CAP", 2)
    assert list_totals(session, ADMIN, PayoutFilter(T.PAID)).currencies == ()
    assert list_totals(session, ADMIN, PayoutFilter(text="\x00")).count == 0


def test_what_waits_for_somebody_is_counted_by_list(session: Session) -> None:
    for state in (S.PREPARED, S.PREPARED, S.HELD, S.APPROVED, S.EXPORTED, S.PAID, S.CANCELLED):
        create_payout(session, create_payee(session), state)
    assert open_worth(session, ADMIN) == {
        T.TO_APPROVE: Worth(2, {"EUR": 20_00}),
        T.HELD: Worth(1, {"EUR": 10_00}),
        T.APPROVED: Worth(1, {"EUR": 10_00}),
        T.EXPORTED: Worth(1, {"EUR": 10_00}),
        T.REJECTED: Worth(),
    }


def test_a_rejected_payout_waits_until_its_amount_has_left_the_house_again(session: Session) -> None:
    seller = create_payee(session)
    rejected = create_payout(session, seller, S.EXPORTED)
    bring_back(session, rejected)
    session.flush()
    assert open_worth(session, ADMIN)[T.REJECTED] == Worth(1, {"EUR": 10_00})
    prepare_seller(session, SYSTEM, seller.id, create_run(session, TODAY), TODAY, NOW)
    (row,) = payouts_with_ids(session, ADMIN, [rejected.id])
    assert row.successor_id is not None
    assert row.successor_state is S.PREPARED
    assert open_worth(session, ADMIN)[T.REJECTED].count == 1
    session.get_one(Payout, row.successor_id).state = S.EXPORTED
    session.flush()
    assert open_worth(session, ADMIN)[T.REJECTED].count == 0
    assert found(session, PayoutFilter(T.REJECTED)) == [rejected.id]


def test_a_hold_of_the_seller_is_told_and_one_of_an_order_is_not(session: Session) -> None:
    seller, other = create_payee(session), create_payee(session)
    payout, free = create_payout(session, seller), create_payout(session, other)
    hold = PayoutHold(seller_id=seller.id, reason=HoldReason.DISPUTE, note="Colis perdu", held_at=NOW)
    over = PayoutHold(seller_id=other.id, reason=HoldReason.MANUAL, held_at=NOW, released_at=NOW)
    session.add_all([hold, over])
    session.flush()
    held, unheld = payouts_with_ids(session, ADMIN, [payout.id, free.id])
    assert (held.hold_id, held.hold_note) == (hold.id, "Colis perdu")
    assert unheld.hold_id is None


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (PayoutFilter(), "ix_payouts_"),
        (PayoutFilter(T.PAID), "ix_payouts_state (state=?"),
        (PayoutFilter(T.PAID, seller_id=1), "ix_payouts_seller (seller_id=?"),
        (PayoutFilter(T.PAID, first_day=TODAY, last_day=TODAY), "ix_payouts_paid_on (paid_on>? AND paid_on<?)"),
        (PayoutFilter(T.ALL, first_day=TODAY, last_day=TODAY), "ix_payouts_due_on (due_on>? AND due_on<?)"),
        (PayoutFilter(T.ALL, run_id=1), "ix_payouts_run_id (run_id=?)"),
        (PayoutFilter(T.ALL, batch_id=1), "ix_payouts_batch_id (batch_id=?)"),
        (PayoutFilter(T.ALL, text="12"), "USING INTEGER PRIMARY KEY (rowid=?"),
        (PayoutFilter(T.ALL, text="thé"), "ix_payouts_seller (seller_id=?"),
    ],
)
def test_each_filter_has_its_index(session: Session, wanted: PayoutFilter, index: str) -> None:
    plan = plan_of(session, lambda: payout_page(session, ADMIN, wanted))
    assert index in plan
    assert "SCAN payouts" not in plan


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_what_waits_is_counted_among_the_few_that_are_here(session: Session) -> None:
    plan = plan_of(session, lambda: open_worth(session, ADMIN))
    assert "SCAN" not in plan
    assert "ix_ledger_entries_payout" in plan
