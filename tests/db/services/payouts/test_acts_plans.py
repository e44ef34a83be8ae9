"""No act on payouts walks through a table that grows with the years."""

import re

import pytest
from sqlalchemy.orm import Session

from db.domain.files import FileState
from db.domain.payouts import HoldReason
from db.models import StoredFile, TransferBatch
from db.services.payouts.approving import approve
from db.services.payouts.cancelling import cancel
from db.services.payouts.exporting import export_payouts, undo_export
from db.services.payouts.holding import hold_order, hold_seller, lift_hold
from db.services.payouts.marking import mark_paid, pay_by_hand, reject
from tests.conftest import NOW
from tests.db.services.payouts.plans import asked_of, steps_of
from tests.factories import book, create_order, create_payee
from tests.payouts import MONDAY, TODAY, finance, pays, prepared, shown

#: They hold a row for each thing that ever was sold, booked, paid or told.
_GROWING = "orders|ledger_entries|payout_entries|payouts|payout_history|payout_holds|transfer_batches|files|outbox"


def live_through(session: Session) -> None:
    """Do every act once."""
    pays(session)
    seller = create_payee(session, email="maison@example.org")
    order = create_order(session, seller)
    book(session, seller, 31_90, TODAY, order_id=order.id)
    payout = prepared(session, seller)
    for hold_id in (
        hold_seller(session, finance(session), seller.id, HoldReason.DISPUTE, "Litige", NOW),
        hold_order(session, finance(session), order.id, HoldReason.DISPUTE, "Litige", NOW),
    ):
        lift_hold(session, finance(session), hold_id, "", NOW)
    approve(session, finance(session), payout.id, payout.version, NOW, accepts_unusual=True)
    batch_id = export_payouts(session, finance(session), [shown(payout)], MONDAY, "plans", NOW)
    session.get_one(StoredFile, session.get_one(TransferBatch, batch_id).file_id).state = FileState.FAILED
    undo_export(session, finance(session), batch_id, "Nom illisible", NOW)
    export_payouts(session, finance(session), [shown(payout)], MONDAY, "plans again", NOW)
    mark_paid(session, finance(session), payout.id, payout.version, TODAY, NOW)
    reject(session, finance(session), payout.id, payout.version, "MS03", "Motif non précisé", TODAY, NOW)
    second = prepared(session, seller, 1_00)
    cancel(session, finance(session), second.id, second.version, "Doublon", NOW)
    third = prepared(session, seller, 1_00)
    approve(session, finance(session), third.id, third.version, NOW, accepts_unusual=True)
    pay_by_hand(session, finance(session), third.id, third.version, TODAY, "VIR 1", NOW)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_every_statement_finds_its_rows_by_an_index(session: Session) -> None:
    with asked_of(session) as asked:
        live_through(session)
    walks = {
        f"{step}: {statement}"
        for statement, bound in asked
        for step in steps_of(session, statement, bound)
        if re.search(rf"SCAN ({_GROWING})\b(?! USING (COVERING )?INDEX ix_payouts_here)", step)
    }
    assert walks == set()
    usual = next(statement for statement, _ in asked if "row_number" in statement)
    told = next(bound for statement, bound in asked if statement == usual)
    plan = steps_of(session, usual, told)
    assert any("ix_payouts_seller" in step for step in plan), plan
