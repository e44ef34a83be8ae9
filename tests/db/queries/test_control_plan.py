"""The control of one month looks each order's rows up; it reads no table from one end to the other."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from db.models import Order
from db.queries.control_sources import control_sums
from tests.conftest import NOW
from tests.factories import create_order

_OF_ORDERS = {
    "order_lines": "order_id=?",
    "payments": "order_id=?",
    "documents": "order_id=?",
    "due_documents": "order_id=?",
    "settlements": "order_id=?",
    "ledger_entries": "order_id=?",
    "orders": "placed_on>? AND placed_on<?",
}


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
def test_the_control_of_a_month_finds_what_belongs_to_its_orders_by_index(session: Session) -> None:
    create_order(session)
    month = Order.placed_on.between(NOW.date().replace(day=1), NOW.date())
    asked = control_sums([month]).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    plan = [row.detail for row in session.execute(sa.text(f"EXPLAIN QUERY PLAN {asked}".replace(":", "\\:")))]
    for table, by in _OF_ORDERS.items():
        assert any(step.startswith(f"SEARCH {table} USING") and "INDEX" in step and by in step for step in plan), (
            table,
            plan,
        )
        # The one row with which the books began is read by its id and no further.
        scans = [step for step in plan if step.split(" USING")[0] == f"SCAN {table}"]
        assert scans == (["SCAN ledger_entries"] if table == "ledger_entries" else []), plan
