"""What was in the books before a change of schema is there after it, as if it had been written since."""

import datetime as dt

import pytest
import sqlalchemy as sa
from alembic import command

from db import schema
from db.engine import make_engine
from tests.conftest import Databases


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_what_the_ledger_held_before_payouts_is_paid_out_on_its_day(dialect: str, databases: Databases) -> None:
    engine = make_engine(databases.empty_url(dialect))
    with engine.begin() as connection:
        command.upgrade(schema.alembic_config(connection), "0006")
        for sql in (
            "INSERT INTO sellers (id, code, name) VALUES (1, 'THE', 'Maison du thé'), (2, 'CAFE', 'Brûlerie')",
            "UPDATE sellers SET payout_delay_days = 5 WHERE id = 2",
            (
                "INSERT INTO orders (id, seller_id, placed_on, placed_at) VALUES "
                "(1, 1, '2026-11-06', '2026-11-06 10:00:00.000000'), (2, 2, '2026-11-06', '2026-11-06 10:00:00.000000')"
            ),
            (
                "INSERT INTO ledger_entries (id, seller_id, currency, kind, amount_cents, cause, order_id, at) VALUES "
                "(1, 1, 'EUR', 'sale', 3190, 'sale:1:1', 1, '2026-11-06 10:00:00.000000'),"
                "(2, 1, 'EUR', 'fee', -93, 'fee:1:1', 1, '2026-11-06 10:00:00.000000'),"
                "(3, 2, 'EUR', 'sale', 500, 'sale:2:2', 2, '2026-11-06 10:00:00.000000'),"
                # Given back in the night of 30 November in Paris, after the order's day: due at once.
                "(4, 1, 'EUR', 'refund', -1000, 'refund:1:3', 1, '2026-11-29 23:30:00.000000'),"
                "(5, 2, 'EUR', 'correction', 100, 'correction:1', NULL, '2026-11-10 10:00:00.000000')"
            ),
        ):
            connection.execute(sa.text(sql))
    schema.upgrade(engine)
    entries = sa.text(
        "SELECT entry_id, seller_id, currency, kind, amount_cents, due_on, payout_id FROM payout_entries ORDER BY 1"
    ).columns(due_on=sa.Date())
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(entries)]
    # Ten business days after Friday 6 November, the 11th not counted: the 23rd; five: the 16th.
    assert rows == [
        (1, 1, "EUR", "sale", 31_90, dt.date(2026, 11, 23), None),
        (2, 1, "EUR", "fee", -93, dt.date(2026, 11, 23), None),
        (3, 2, "EUR", "sale", 5_00, dt.date(2026, 11, 16), None),
        (4, 1, "EUR", "refund", -10_00, dt.date(2026, 11, 30), None),
        (5, 2, "EUR", "correction", 1_00, dt.date(2026, 11, 10), None),
    ]
    with pytest.raises(sa.exc.DatabaseError, match="never changed"), engine.begin() as connection:
        connection.execute(sa.text("UPDATE ledger_entries SET amount_cents = 1"))
    engine.dispose()
