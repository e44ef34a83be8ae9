"""Move stock: rows of ``stock_movements``, each with its cause, whose sum is what a product has on hand.

The database adds them up (triggers of migration 0006); nothing here writes ``products.stock`` itself, but the zero
with which counting begins.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain import formats
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.incoming import NEW_WITHIN
from db.domain.orders import OrderStatus
from db.domain.permissions import Permission
from db.domain.stock import MAX_UNITS, StockKind, StockReason, sale_cause
from db.models import Order, OrderLine, Product, StockMovement
from db.services.audit import Act, note_act, note_edit
from db.services.upsert import insert_for

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class NewMovement:
    """Units of a product that come (positive) or go."""

    product_id: int
    kind: StockKind
    #: What caused it, unique for ever: the same cause moves nothing twice.
    cause: str
    units: int
    order_line_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class StockCount:
    """What a person counted on the shelf."""

    #: The stock that they saw on the screen; None: not counted so far.
    expected: int | None
    counted: int
    #: Why the two differ, kept with the movement.
    reason: StockReason
    #: Of this very act: called twice, it corrects once.
    key: str


@dataclass(frozen=True, slots=True)
class CorrectedStock:
    """What a correction did: the units it moved, and what is on hand by it."""

    units: int
    stock: int


class StockChangedError(MarketplaceError):
    """The stock is not what the person saw when they counted; nothing was corrected."""

    def __init__(self, expected: int | None, found: int | None) -> None:
        self.expected = expected
        self.found = found
        super().__init__(
            f"Le stock a changé entre-temps\u00a0: il était {_told(expected)}, il est {_told(found)}. "
            "Vérifiez votre comptage, puis recommencez."
        )


def move_stock(session: Session, actor: Actor, movements: Sequence[NewMovement], now: dt.datetime) -> None:
    """Write the movements that are not written yet; products that nobody counts are left out.

    So are cancellations of what was never taken off: of orders of long ago, and of those that intake has not met yet.
    Products are locked in the order of their ids: two callers never wait for each other in a circle.

    Args:
        session: The caller's transaction.
        actor: Who moves them, as the movements will say.
        movements: In any order; those of no units are left out.
        now: The instant of the movement.
    """
    counted = _locked_counted(session, {each.product_id for each in movements if each.units})
    unsold = _unsold(session, [each.order_line_id for each in movements if each.kind is StockKind.CANCELLATION])
    rows = [
        {
            "product_id": each.product_id,
            "kind": each.kind,
            "cause": each.cause,
            "units": each.units,
            "order_line_id": each.order_line_id,
            "note": each.note,
            "person_id": actor.person_id,
            "actor_name": actor.lasting_name,
            "at": now,
        }
        for each in movements
        if each.units and each.product_id in counted
        if each.kind is not StockKind.CANCELLATION or each.order_line_id not in unsold
    ]
    if rows:
        once = insert_for(session, StockMovement).on_conflict_do_nothing(index_elements=[StockMovement.cause])
        session.connection().execute(once, rows)
        _forget_what_was_read(session)


def sell(session: Session, actor: Actor, order_ids: Sequence[int], now: dt.datetime) -> None:
    """Take what new orders sell off the stock, where the shop has not done so itself.

    Args:
        session: The caller's transaction.
        actor: Who takes the orders in.
        order_ids: Orders that are taken in; those of long ago sold what was taken off then.
        now: The instant of the intake.
    """
    movements = []
    for start in range(0, len(order_ids), _AT_ONCE):
        sold = (
            sa.select(OrderLine.id, OrderLine.product_id, OrderLine.quantity - OrderLine.quantity_cancelled)
            .join(Order, Order.id == OrderLine.order_id)
            .where(
                OrderLine.order_id.in_(order_ids[start : start + _AT_ONCE]),
                Order.placed_at > now - NEW_WITHIN,
                Order.status != OrderStatus.CANCELLED,
            )
        )
        movements += [
            NewMovement(product_id, StockKind.SALE, sale_cause(line_id), -units, line_id)
            for line_id, product_id, units in session.execute(sold)
            if product_id is not None
        ]
    move_stock(session, actor, movements, now)


def correct_stock(
    session: Session, actor: Actor, product_id: int, count: StockCount, now: dt.datetime
) -> CorrectedStock:
    """Bring a product's stock to what was counted; with a product that nobody counted, counting begins.

    Args:
        session: The caller's transaction.
        actor: Who counted.
        product_id: The product.
        count: What they saw, what they counted, and why it differs.
        now: The instant of the correction.

    Raises:
        NotAllowedError: The role does not have the permission.
        NotFoundError: There is no such product for this actor.
        InvalidInputError: The count cannot be used.
        StockChangedError: The stock is not what they saw any more.
    """
    actor.require(Permission.CORRECT_STOCK)
    cause = f"correction:{product_id}:{count.key}"
    stock = _locked_stock(session, actor, product_id)
    done = session.scalar(sa.select(StockMovement.units).where(StockMovement.cause == cause))
    if done is not None and stock is not None:
        return CorrectedStock(done, stock)
    _check(stock, count)
    if stock is None:  # From here on it is counted.
        session.execute(sa.update(Product).where(Product.id == product_id).values(stock=0))
    units = count.counted - (stock or 0)
    correction = NewMovement(product_id, StockKind.CORRECTION, cause, units, note=count.reason.label)
    move_stock(session, actor, [correction], now)
    before, after = {"stock": stock}, {"stock": count.counted}
    name = _name_of(session, product_id)
    act = Act(AuditArea.STOCK, "stock_corrected", "product", product_id, name, before, after, count.reason.label)
    note_act(session, actor, act, now)
    return CorrectedStock(units, count.counted)


def change_stock_rules(
    session: Session, actor: Actor, product_id: int, *, low_stock_at: int | None, is_returnable: bool
) -> None:
    """Say from how many units on a product is low in stock, and whether customers may send it back.

    Args:
        session: The caller's transaction.
        actor: Who decides it.
        product_id: The product.
        low_stock_at: So many or fewer is low; None: as the marketplace's settings say.
        is_returnable: Whether it comes back for no more reason than a change of mind.

    Raises:
        NotAllowedError: The role does not have the permission.
        NotFoundError: There is no such product for this actor.
        InvalidInputError: The threshold cannot be used.
    """
    actor.require(Permission.CORRECT_STOCK)
    _locked_stock(session, actor, product_id)
    if low_stock_at is not None and not 0 <= low_stock_at <= MAX_UNITS:
        raise InvalidInputError(
            f"Le seuil va de 0 à {formats.integer(MAX_UNITS)}. Laissez-le vide pour le seuil général."
        )
    columns = Product.low_stock_at, Product.is_returnable
    before = session.execute(sa.select(*columns).where(Product.id == product_id)).mappings().one()
    after = {"low_stock_at": low_stock_at, "is_returnable": is_returnable}
    session.execute(sa.update(Product).where(Product.id == product_id).values(after))
    name = _name_of(session, product_id)
    act = Act(AuditArea.STOCK, "stock_rules_changed", "product", product_id, name, dict(before), after)
    note_edit(session, actor, act)


def _name_of(session: Session, product_id: int) -> str:
    return session.scalars(sa.select(Product.name).where(Product.id == product_id)).one()


def _check(stock: int | None, count: StockCount) -> None:
    if not 0 <= count.counted <= MAX_UNITS:
        raise InvalidInputError(f"Le nombre compté va de 0 à {formats.integer(MAX_UNITS)}.")
    if stock != count.expected:
        raise StockChangedError(count.expected, stock)
    if count.counted == stock:
        raise InvalidInputError(
            f"Le stock est déjà de {formats.integer(count.counted)}\u00a0: il n’y a rien à corriger."
        )


def _locked_counted(session: Session, product_ids: set[int]) -> set[int]:
    """Return those of the products that are counted, locked in the order of their ids."""
    ids = sorted(product_ids)
    counted: set[int] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = Product.id.in_(ids[start : start + _AT_ONCE])
        # Key shared: an order line that names the product need not wait for us.
        found = sa.select(Product.id).where(some, Product.stock.is_not(None)).order_by(Product.id)
        counted.update(session.scalars(found.with_for_update(key_share=True)))
    return counted


def _unsold(session: Session, line_ids: Sequence[int | None]) -> set[int]:
    """Return the order lines whose sale took nothing off: ``sell`` left them out, and the shop wrote nothing."""
    unsold: set[int] = set()
    for start in range(0, len(line_ids), _AT_ONCE):
        sold = sa.exists().where(StockMovement.order_line_id == OrderLine.id, StockMovement.kind == StockKind.SALE)
        found = session.execute(
            sa.select(OrderLine.id, Order.placed_at, Order.intake_at)
            .join(Order, Order.id == OrderLine.order_id)
            .where(OrderLine.id.in_(line_ids[start : start + _AT_ONCE]), ~sold)
        )
        unsold.update(row.id for row in found if row.intake_at is None or row.placed_at <= row.intake_at - NEW_WITHIN)
    return unsold


def _locked_stock(session: Session, actor: Actor, product_id: int) -> int | None:
    found = sa.select(Product.id, Product.stock).where(Product.id == product_id)
    if actor.seller_id is not None:
        found = found.where(Product.seller_id == actor.seller_id)
    row = session.execute(found.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NotFoundError("Ce produit n’existe pas ou ne vous est pas accessible.")
    stock: int | None = row.stock
    return stock


def _forget_what_was_read(session: Session) -> None:
    """Have products that the session holds read again: triggers changed them behind its back."""
    for held in session.identity_map.values():
        if isinstance(held, Product):
            session.expire(held, ["stock", "stock_moved"])


def _told(stock: int | None) -> str:
    return "non compté" if stock is None else f"de {formats.integer(stock)}"
