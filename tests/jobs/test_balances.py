"""The night's check of balances finds what does not agree, and nothing where all does."""

import datetime as dt
from collections.abc import Callable
from threading import Event

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import PaymentKind, PaymentMethod
from db.engine import reading, transaction
from db.models import BalanceFinding, Customer, LedgerEntry, OrderLine, Payment, Product, Voucher
from db.services.refund_rows import NewRefund, promise_refunds
from jobs.balances import check_balances
from jobs.run import Run
from tests.conftest import NOW
from tests.db.services.test_settlements import received_order


def found(engine: sa.Engine) -> list[tuple[str, int, int]]:
    check_balances(Run(engine, "test", Event()))
    with reading(engine) as session:
        rows = session.execute(sa.select(BalanceFinding.subject, BalanceFinding.expected, BalanceFinding.found))
        return [tuple(row) for row in rows.all()]


def without_triggers(session: Session, changed: sa.Update) -> None:
    """Change a balance as only a repair by hand, or a broken database, does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(changed)
        return
    name = "products_stock_set" if changed.table.name == "products" else "customers_loyalty_points_set"
    (sql,) = session.scalars(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
    session.execute(sa.text(f"DROP TRIGGER {name}"))
    session.execute(changed)
    session.execute(sa.text(sql))


def lose_stock(session: Session) -> None:
    without_triggers(session, sa.update(Product).where(Product.stock == 10).values(stock=9))


def find_points(session: Session) -> None:
    without_triggers(session, sa.update(Customer).values(loyalty_points=70))


def add_to_the_ledger(session: Session) -> None:
    entry = session.scalars(sa.select(LedgerEntry).limit(1)).one()
    session.add(
        LedgerEntry(
            seller_id=entry.seller_id, currency="EUR", kind="sale", amount_cents=1, cause="x", order_id=entry.order_id
        )
    )


def settle_behind_the_ledger(session: Session) -> None:
    session.execute(sa.update(OrderLine).where(OrderLine.total_cents == 31_41).values(settled_cents=10_00))


def refund_too_much(session: Session) -> None:
    order_id = session.scalar(sa.select(LedgerEntry.order_id).limit(1)) or 0
    promise_refunds(session, [NewRefund(order_id, PaymentMethod.CARD, 5_00, "EUR")], NOW)


def spend_without_a_use(session: Session) -> None:
    session.add(
        Voucher(code="2222-3333", amount_cents=10_00, used_cents=4_00, expires_on=dt.date(2027, 1, 1), currency="EUR")
    )


def test_nothing_is_found_where_all_agrees(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
    assert found(engine) == []


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lose_stock, ("stock", 10, 9)),
        # 61 points for 61,31 €.
        (find_points, ("points", 61, 70)),
        # 61,31 − 1,78 = 59,53.
        (add_to_the_ledger, ("ledger", 59_53, 59_54)),
        # 51,31 less 2,9 % of it (1,488 → 1,49) = 49,82.
        (settle_behind_the_ledger, ("ledger", 49_82, 59_53)),
        # 61,31 paid, 5,00 promised, and all 61,31 are still asked for.
        (refund_too_much, ("refunds", 61_31, 56_31)),
        (spend_without_a_use, ("vouchers", 0, 4_00)),
    ],
)
def test_what_does_not_agree_is_found(
    engine: sa.Engine, harm: Callable[[Session], None], expected: tuple[str, int, int]
) -> None:
    with transaction(engine) as session:
        received_order(session)
    with transaction(engine) as session:
        harm(session)
    assert found(engine) == [expected]


def test_what_was_mended_is_not_found_any_more(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
        refund_too_much(session)
    assert found(engine)
    with transaction(engine) as session:
        session.execute(sa.update(Payment).where(Payment.kind == PaymentKind.REFUND).values(state="cancelled"))
    assert found(engine) == []
