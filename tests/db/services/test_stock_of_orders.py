"""What orders do to the stock: sold when they come in, back when they are cancelled, once each."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.incoming import IncomingLine, IncomingOrder
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus, PaymentState
from db.domain.stock import StockKind
from db.models import Order, OrderLine, Product, Seller, StockMovement
from db.services.error_state import put_in_error, repair
from db.services.incoming import create_orders
from db.services.intake import take_in, take_in_new_orders
from db.services.moves import move_order
from db.services.undo import undo
from tests.conftest import NOW
from tests.db.services.test_moves import someone
from tests.factories import create_line, create_order, create_product, create_seller

S = OrderStatus
K = StockKind


def new_order(session: Session, product: Product, units: int = 2, **columns: object) -> Order:
    """An order of 12,50 € a piece as the shop writes it: nobody has taken it in yet."""
    cents = units * 12_50
    line = create_line(product.name, cents, units, product_id=product.id, sku=product.sku)
    return create_order(
        session,
        session.get_one(Seller, product.seller_id),
        status=S.AWAITING_PAYMENT,
        payment_state=PaymentState.UNPAID,
        total_cents=cents,
        lines=[line],
        intake_at=None,
        **columns,
    )


def movements(session: Session, product: Product) -> list[tuple[StockKind, int]]:
    found = sa.select(StockMovement.kind, StockMovement.units).where(StockMovement.product_id == product.id)
    return [(row.kind, row.units) for row in session.execute(found.order_by(StockMovement.id))]


def stock_of(session: Session, product: Product) -> int | None:
    return session.scalars(sa.select(Product.stock).where(Product.id == product.id)).one()


def test_a_new_order_takes_its_articles_off_once(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order = new_order(session, tea)
    take_in_new_orders(session, NOW, limit=10)
    take_in(session, [order.id], NOW)
    assert stock_of(session, tea) == 38
    sold = session.scalars(sa.select(StockMovement).where(StockMovement.kind == K.SALE)).one()
    line_id = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    assert (sold.cause, sold.units, sold.order_line_id, sold.at) == (f"sale:{line_id}", -2, line_id, NOW)


def test_a_sale_that_the_shop_has_counted_is_not_counted_again(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order = new_order(session, tea)
    line_id = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    row = {"product_id": tea.id, "kind": K.SALE, "cause": f"sale:{line_id}", "units": -2, "order_line_id": line_id}
    session.execute(sa.insert(StockMovement).values(row))
    take_in_new_orders(session, NOW, limit=10)
    assert stock_of(session, tea) == 38


def test_orders_of_long_ago_and_cancelled_ones_sell_nothing_now(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    new_order(session, tea, placed_at=NOW - dt.timedelta(days=15))
    cancelled = new_order(session, tea)
    session.execute(sa.update(Order).where(Order.id == cancelled.id).values(status=S.CANCELLED))
    assert take_in_new_orders(session, NOW, limit=10) == 2
    assert movements(session, tea) == [(K.OPENING, 40)]


def test_orders_of_the_api_and_of_files_are_sold_as_the_shops_are(session: Session) -> None:
    tea = create_product(session, create_seller(session, code="THE"), sku="T-100", stock=40)
    line = IncomingLine("Thé vert bio", 3, 12_50, sku="T-100")
    create_orders(session, SYSTEM, [IncomingOrder("THE", (line,), external_ref="shop:1")], "api", NOW)
    assert stock_of(session, tea) == 40
    take_in_new_orders(session, NOW, limit=10)
    assert stock_of(session, tea) == 37


def test_a_product_that_is_low_may_be_sold_below_nothing(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=1)
    new_order(session, tea)
    take_in_new_orders(session, NOW, limit=10)
    assert stock_of(session, tea) == -1


def test_a_cancellation_an_undo_and_another_cancellation_are_three_movements(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order, actor = new_order(session, tea), someone(session)
    take_in_new_orders(session, NOW, limit=10)
    cancel = Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE)
    undo(session, actor, move_order(session, actor, order.id, cancel, NOW), NOW)
    assert stock_of(session, tea) == 38
    move_order(session, actor, order.id, cancel, NOW)
    assert stock_of(session, tea) == 40
    assert movements(session, tea) == [
        (K.OPENING, 40),
        (K.SALE, -2),
        (K.CANCELLATION, 2),
        (K.CANCELLATION, -2),
        (K.CANCELLATION, 2),
    ]
    who = session.scalars(sa.select(StockMovement.actor_name).where(StockMovement.kind == K.CANCELLATION)).all()
    assert set(who) == {actor.name}


def test_an_order_of_long_ago_gives_nothing_back_when_it_is_cancelled(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order, actor = new_order(session, tea, placed_at=NOW - dt.timedelta(days=15)), someone(session)
    take_in_new_orders(session, NOW, limit=10)
    cancel = Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE)
    undo(session, actor, move_order(session, actor, order.id, cancel, NOW), NOW)
    assert movements(session, tea) == [(K.OPENING, 40)]


def test_an_order_cancelled_before_intake_met_it_was_never_sold(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order, actor = new_order(session, tea), someone(session)
    move_order(session, actor, order.id, Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE), NOW)
    take_in_new_orders(session, NOW, limit=10)
    assert movements(session, tea) == [(K.OPENING, 40)]


def test_a_cancellation_taken_back_before_intake_met_the_order_leaves_one_sale(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order, actor = new_order(session, tea), someone(session)
    cancel = Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE)
    undo(session, actor, move_order(session, actor, order.id, cancel, NOW), NOW)
    take_in_new_orders(session, NOW, limit=10)
    assert movements(session, tea) == [(K.OPENING, 40), (K.SALE, -2)]


@pytest.mark.parametrize("cancels", [False, True])
def test_an_order_repaired_as_it_is_was_sold_too(session: Session, *, cancels: bool) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order, admin = new_order(session, tea, items_cents=1_00), someone(session)  # Its sums do not hold together.
    take_in_new_orders(session, NOW, limit=10)
    assert stock_of(session, tea) == 40
    repair(session, admin, order.id, 2, "Vérifié", NOW, as_it_is=True)
    if cancels:
        move_order(session, admin, order.id, Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE), NOW)
    assert stock_of(session, tea) == (40 if cancels else 38)


def test_an_order_put_in_error_later_keeps_what_it_sold(session: Session) -> None:
    tea = create_product(session, create_seller(session), stock=40)
    order, admin = new_order(session, tea), someone(session)
    take_in_new_orders(session, NOW, limit=10)
    put_in_error(session, SYSTEM, order.id, "Paiement refusé", NOW)
    repair(session, admin, order.id, 2, "Vérifié", NOW)
    take_in_new_orders(session, NOW, limit=10)
    assert stock_of(session, tea) == 38
