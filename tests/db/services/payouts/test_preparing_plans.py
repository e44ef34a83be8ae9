"""No statement of the run walks through a table, however much is in the books (see ``tests/bench/payouts.py``)."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.ledger import LedgerKind
from db.services.payouts.preparing import prepare_seller, sellers_to_prepare
from tests.conftest import NOW
from tests.db.services.payouts.plans import asked_of, steps_of
from tests.factories import book, create_payee, create_run

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_every_statement_of_the_run_finds_its_rows_by_an_index(session: Session) -> None:
    sellers = [create_payee(session, f"Vendeur {number}") for number in range(3)]
    for seller, cents in zip(sellers, (10_00, -10_00, 0), strict=True):
        if cents:
            book(session, seller, cents, TODAY, LedgerKind.CORRECTION)
    run_id = create_run(session, TODAY)
    with asked_of(session) as asked:
        for seller_id in sellers_to_prepare(session, TODAY, 0, 10):
            prepare_seller(session, SYSTEM, seller_id, run_id, TODAY, NOW)
        session.flush()
    found = {step for statement, bound in asked for step in steps_of(session, statement, bound)}
    assert any("ix_payout_entries_waiting" in step for step in found)
    assert any("uq_payouts_open" in step for step in found)
    # One row of settings, and the sellers themselves in the order of their ids.
    walked = {step for step in found if step.startswith("SCAN")}
    assert walked <= {"SCAN payout_settings", "SCAN CONSTANT ROW"}, walked
