"""The night's check of balances finds what does not agree, and nothing where all does."""

import datetime as dt
from collections.abc import Callable, Sequence
from threading import Event

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.balances import MAX_FINDINGS
from db.domain.loyalty import PointsKind
from db.domain.orders import OrderStatus, PaymentKind, PaymentMethod
from db.domain.settlement import SettlementRequest
from db.engine import reading, transaction
from db.models import (
    BalanceFinding,
    Customer,
    LedgerEntry,
    Marketplace,
    Order,
    OrderLine,
    Payment,
    PointsMovement,
    Product,
    Voucher,
)
from db.services import balance_check
from db.services.refund_rows import NewRefund, promise_refunds
from db.services.settlements import settle_order
from jobs.balances import check_balances
from jobs.run import Run
from tests.conftest import NOW
from tests.db.services.test_settlements import received_order
from tests.factories import create_order


def found(engine: sa.Engine) -> list[tuple[str, int, int]]:
    check_balances(Run(engine, "test", Event()))
    with reading(engine) as session:
        rows = session.execute(
            sa.select(BalanceFinding.subject, BalanceFinding.expected, BalanceFinding.found).order_by(BalanceFinding.id)
        )
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


def lose_the_noted_stock(session: Session) -> None:
    session.execute(sa.update(Product).where(Product.stock == 10).values(stock_moved=9))


def lose_the_noted_points(session: Session) -> None:
    session.execute(sa.update(Customer).values(points_moved=60))


def give_points_twice(session: Session) -> None:
    earned = session.scalars(sa.select(PointsMovement).where(PointsMovement.order_id.is_not(None))).one()
    again = {"kind": PointsKind.EARNED, "points": earned.points, "cause": "twice"}
    session.add(PointsMovement(customer_id=earned.customer_id, order_id=earned.order_id, **again))


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


def lose_a_cent_of_the_payment(session: Session) -> None:
    session.execute(sa.update(Payment).values(amount_cents=Payment.amount_cents - 1, booked_at=NOW))


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
        (lose_stock, [("stock", 10, 9)]),
        # 61 points for 61,31 €.
        (find_points, [("points", 61, 70)]),
        (lose_the_noted_stock, [("stock", 10, 9)]),
        (lose_the_noted_points, [("points", 61, 60)]),
        (give_points_twice, [("points", 61, 122)]),
        # 61,31 − 1,78 = 59,53; a cent that nobody would be paid; 61,32 sold, 61,31 invoiced.
        (add_to_the_ledger, [("ledger", 59_53, 59_54), ("payouts", 1, 0), ("documents", 61_32, 61_31)]),
        # 61,31 paid, 5,00 promised, and all 61,31 are still asked for.
        (refund_too_much, [("refunds", 61_31, 56_31)]),
        (spend_without_a_use, [("vouchers", 0, 4_00)]),
        # 61,31 noted, 61,30 received.
        (lose_a_cent_of_the_payment, [("payments", 61_30, 61_31)]),
    ],
)
def test_what_does_not_agree_is_found(
    engine: sa.Engine, harm: Callable[[Session], None], expected: list[tuple[str, int, int]]
) -> None:
    with transaction(engine) as session:
        received_order(session)
    with transaction(engine) as session:
        harm(session)
    assert found(engine) == expected


def test_what_is_given_back_behind_the_accounts_is_found_in_each_of_them(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
        settle_behind_the_ledger(session)
    # 51,31 less 2,9 % of it (1,488 → 1,49) = 49,82; money before points.
    assert found(engine) == [("ledger", 49_82, 59_53), ("points", 51, 61)]


def test_points_of_another_days_rate_are_no_finding(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
        session.execute(sa.update(Marketplace).values(points_per_euro=2))
    assert found(engine) == []


def test_what_was_promised_of_an_order_that_is_in_no_books_is_looked_at(engine: sa.Engine) -> None:
    """What its shop gave back long ago is no business of ours, unless it is more than was ever paid."""
    with transaction(engine) as session:
        orders = [create_order(session, status=OrderStatus.COMPLETED, total_cents=20_00, paid_cents=20_00)]
        orders += [
            create_order(
                session, status=OrderStatus.COMPLETED, total_cents=20_00, paid_cents=20_00, refunded_cents=cents
            )
            for cents in (5_00, 20_01)
        ]
        for order, cents, state in zip(orders, (3_00, 5_00, 20_01), ("pending", "captured", "captured"), strict=True):
            refund = {"kind": PaymentKind.REFUND, "method": PaymentMethod.CARD, "amount_cents": cents, "state": state}
            session.add(Payment(order_id=order.id, **refund))
    # 20,00 paid, 3,00 promised; 20,00 paid, 20,01 given back.
    assert found(engine) == [("refunds", 20_00, 17_00), ("refunds", 0, -1)]


def test_findings_without_end_of_one_subject_push_no_other_away(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
        add_to_the_ledger(session)
        session.add_all(
            [Customer(name=f"Nom {place}", email=f"{place}@example.org") for place in range(MAX_FINDINGS + 5)]
        )
        session.flush()
        find_points(session)
    subjects = [subject for subject, _, _ in found(engine)]
    assert subjects == ["ledger", "payouts", "documents"] + ["points"] * MAX_FINDINGS


def test_no_customer_is_named(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
        find_points(session)
        customer_id, name = session.execute(sa.select(Customer.id, Customer.name)).one()
    found(engine)
    with reading(engine) as session:
        (sentence,) = session.scalars(sa.select(BalanceFinding.sentence))
    assert name
    assert name not in sentence
    assert f"Client n°\u00a0{customer_id}\u00a0: 70" in sentence


def test_what_people_do_meanwhile_is_no_finding(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is read; then something is given back of it, and booked; then its accounts are read."""
    with transaction(engine) as session:
        order_id = received_order(session).id
    real = balance_check.booked_of

    def booked_of(session: Session, order_ids: Sequence[int]) -> object:
        with transaction(engine) as other:
            version = other.get_one(Order, order_id).version
            gesture = SettlementRequest(gesture_cents=10_00, reason="Retard")
            settle_order(other, SYSTEM, order_id, version, gesture, "k", NOW)
        return real(session, order_ids)

    monkeypatch.setattr(balance_check, "booked_of", booked_of)
    assert found(engine) == []
    monkeypatch.undo()
    assert found(engine) == []


def test_what_was_mended_is_not_found_any_more(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        received_order(session)
        refund_too_much(session)
    assert found(engine)
    with transaction(engine) as session:
        session.execute(sa.update(Payment).where(Payment.kind == PaymentKind.REFUND).values(state="cancelled"))
    assert found(engine) == []
