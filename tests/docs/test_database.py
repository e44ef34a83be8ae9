"""docs/database.md is true: its examples run on both databases, its tables and states are those of the schema."""

import datetime as dt
import re
from enum import StrEnum
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.loyalty import PointsKind
from db.domain.orders import (
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
)
from db.domain.returns import ReturnReason
from db.domain.stock import StockKind
from db.models import (
    Base,
    DailySales,
    Order,
    OrderAddress,
    OrderLine,
    OrderSearch,
    Payment,
    Product,
    Return,
    ReturnLine,
)
from db.services.intake import take_in_new_orders
from db.services.payments import book_captured_payments
from tests.conftest import NOW
from tests.factories import create_seller

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "database.md").read_text(encoding="utf-8")

WRITTEN_BY_THE_SHOP = (
    "suppliers",
    "products",
    "customers",
    "addresses",
    "baskets",
    "orders",
    "order_lines",
    "order_addresses",
    "payments",
    "returns",
    "return_lines",
    "stock_movements",
    "points_movements",
)
STATES: dict[str, type[StrEnum]] = {
    "Order status": OrderStatus,
    "Payment state": PaymentState,
    "Payment method": PaymentMethod,
    "Payment record state": PaymentRecordState,
    "Delivery mode": DeliveryMode,
    "Origin": Origin,
    "Return status": ReturnStatus,
    "Return reason": ReturnReason,
    "Stock kind": StockKind,
    "Points kind": PointsKind,
}


def section(title: str) -> str:
    """The text between a heading and the next one."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/database.md has no section « {title} »"
    return found[1]


def rows(title: str) -> list[list[str]]:
    """The cells of the section's table, header left out."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def statements(title: str, dialect: str) -> list[str]:
    """The SQL of a section for one database: a block's first line says for which it is."""
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    blocks = re.findall(r"^```sql\n-- (.*?)\n(.*?)^```", section(title), re.MULTILINE | re.DOTALL)
    sql = "\n".join(body for first, body in blocks if first.startswith(("Both databases", names[dialect])))
    return [statement for statement in re.split(r";\n", sql) if statement.strip()]


def run(session: Session, title: str) -> None:
    connection = session.connection()
    for statement in statements(title, connection.dialect.name):
        connection.exec_driver_sql(statement)


def become_the_shop(session: Session) -> None:
    """On PostgreSQL, go on with no more rights than the page gives the shop, where our own role may make others."""
    if session.connection().dialect.name != "postgresql":
        return
    may = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    if session.scalar(sa.text(may)):
        run(session, "Access")
        session.execute(sa.text("SET LOCAL ROLE marketplace_shop"))


def be_ourselves_again(session: Session) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.text("RESET ROLE"))


def test_the_examples_run_and_intake_completes_what_they_wrote(session: Session) -> None:
    seller = create_seller(session, code="THE")
    become_the_shop(session)
    run(session, "A sale, as small as possible")
    run(session, "A whole sale")
    run(session, "Later")
    be_ourselves_again(session)
    take_in_new_orders(session, NOW, limit=100)

    small, whole = session.scalars(sa.select(Order).where(Order.seller_id == seller.id).order_by(Order.id)).all()
    assert small.number == f"ORD-{small.id:05d}"
    assert small.placed_on is not None
    assert (small.status, small.payment_state, small.is_open) == (
        OrderStatus.AWAITING_PAYMENT,
        PaymentState.UNPAID,
        True,
    )
    assert (small.summary, small.item_count, small.customer_sort) == ("Thé vert bio", 2, "evelyne morin")
    assert small.intake_at == NOW

    assert whole.number == "62038bc9-f390060031-398dfb-001"
    assert whole.placed_at == dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)
    assert whole.terms_accepted_at == dt.datetime(2026, 11, 21, 9, 29, 41, tzinfo=dt.UTC)
    assert whole.placed_on == dt.date(2026, 11, 21)
    assert "the vert bio" in session.get_one(OrderSearch, whole.id).what
    counted = session.execute(
        sa.select(DailySales.orders, DailySales.total_cents).where(
            DailySales.seller_id == seller.id, DailySales.placed_on == whole.placed_on
        )
    )
    assert (1, 2890) in [tuple(row) for row in counted]


def test_the_whole_sale_keeps_the_rules_it_states(session: Session) -> None:
    create_seller(session, code="THE")
    run(session, "A whole sale")
    run(session, "Later")
    order = session.scalars(sa.select(Order).where(Order.external_ref == "shop:order:4711")).one()
    lines = session.scalars(sa.select(OrderLine).where(OrderLine.order_id == order.id)).all()
    payments = session.scalars(sa.select(Payment).where(Payment.order_id == order.id)).all()
    for line in lines:
        assert line.total_cents == line.quantity * line.unit_price_cents - line.discount_cents
        assert line.attributes == {"Contenance": "100 g"}
    assert order.items_cents == sum(line.total_cents for line in lines)
    assert order.discount_cents == sum(line.discount_cents for line in lines)
    assert order.weight_g == sum(line.weight_g for line in lines)
    assert order.total_cents == order.items_cents + order.shipping_cents
    assert order.paid_cents == sum(p.amount_cents for p in payments if p.state is PaymentRecordState.CAPTURED)
    kinds = session.scalars(sa.select(OrderAddress.kind).where(OrderAddress.order_id == order.id)).all()
    assert {kind.value for kind in kinds} == {"billing", "delivery"}
    back = session.scalars(sa.select(Return).where(Return.order_id == order.id)).one()
    assert back.status is ReturnStatus.REQUESTED
    assert session.scalars(sa.select(ReturnLine.quantity).where(ReturnLine.return_id == back.id)).one() == 1
    # 40 at first, and 24 of the delivery.
    assert session.scalars(sa.select(Product.stock).where(Product.external_ref == "shop:product:77")).one() == 64


def test_a_card_that_pays_later_makes_the_order_paid(session: Session) -> None:
    create_seller(session, code="THE")
    run(session, "A sale, as small as possible")
    run(session, "Paid later")
    take_in_new_orders(session, NOW, limit=100)
    book_captured_payments(session, NOW)
    order = session.scalars(sa.select(Order)).one()
    assert (order.status, order.payment_state, order.paid_cents) == (OrderStatus.PAID, PaymentState.PAID, 25_00)


@pytest.mark.parametrize("writes_itself", [False, True])
def test_a_sale_leaves_the_stock_once_whether_the_shop_writes_it_or_intake(
    session: Session, *, writes_itself: bool
) -> None:
    create_seller(session, code="THE")
    become_the_shop(session)
    run(session, "A whole sale")
    if writes_itself:
        run(session, "Stock")
        run(session, "Stock")
    be_ourselves_again(session)
    take_in_new_orders(session, NOW, limit=100)
    assert session.scalars(sa.select(Product.stock).where(Product.external_ref == "shop:product:77")).one() == 38


@pytest.mark.parametrize("table", WRITTEN_BY_THE_SHOP)
def test_every_column_of_a_table_is_on_the_page_in_order(table: str) -> None:
    told = [name.strip("`") for name, *_ in rows(f"`{table}`")]
    assert told == [column.name for column in Base.metadata.tables[table].columns]


@pytest.mark.parametrize("table", WRITTEN_BY_THE_SHOP)
def test_the_defaults_on_the_page_are_those_of_the_schema(table: str) -> None:
    told = {name.strip("`"): default for name, _, default, *_ in rows(f"`{table}`")}
    assert told == {column.name: default_of(column) for column in Base.metadata.tables[table].columns}


@pytest.mark.parametrize("title", STATES)
def test_every_state_is_on_the_page_with_its_label(title: str) -> None:
    told = {cells[0].strip("`"): cells[1] for cells in rows(title)}
    assert list(told) == [state.value for state in STATES[title]]
    for state in STATES[title]:
        assert told[state.value] == getattr(state, "label", told[state.value])


def test_every_other_table_is_named_as_not_the_shops() -> None:
    others = set(Base.metadata.tables) - set(WRITTEN_BY_THE_SHOP)
    assert others <= set(re.findall(r"`(\w+)`", section("Not the shop's")))


def default_of(column: sa.Column[object]) -> str:
    """How the page writes what happens when a column is left out."""
    if column.computed is not None:
        return "*computed*"
    if column.table.name == "orders" and column.name in {"number", "placed_on"}:
        return "*trigger*"
    if column.primary_key and not column.foreign_keys and column.name == "id":
        return "*numbered*"
    if isinstance(column.server_default, sa.DefaultClause):
        return written(column.server_default.arg)
    return "*none*" if column.nullable else "*required*"


def written(default: object) -> str:
    if isinstance(default, str):
        return f"`{default}`" if default else "`''`"
    if isinstance(default, sa.TextClause):
        return f"`{default.text}`".replace("'", "")
    return "`true`" if isinstance(default, sa.True_) else "*now*"
