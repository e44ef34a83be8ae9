"""Sellers with much that is due."""

import datetime as dt

import pytest
import sqlalchemy as sa

from db.domain.ledger import LedgerKind
from db.domain.time import local_day, utc_now
from db.engine import transaction
from tests.factories import book, create_payee

SELLERS = 40
#: Of each seller: sales of 1.00 to 5.00, and a fee of 0.50: 14.50.
SALES = (1_00, 2_00, 3_00, 4_00, 5_00)
FEE = -50
NET = 14_50


@pytest.fixture
def due_on() -> dt.date:
    return local_day(utc_now())


@pytest.fixture
def seller_ids(engine: sa.Engine, due_on: dt.date) -> list[int]:
    with transaction(engine) as session:
        sellers = [create_payee(session, f"Vendeur {number}") for number in range(SELLERS)]
        for seller in sellers:
            for cents in SALES:
                book(session, seller, cents, due_on)
            book(session, seller, FEE, due_on, LedgerKind.FEE)
        return [seller.id for seller in sellers]
