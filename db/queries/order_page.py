"""« Commande »: everything one screen shows of an order, in a handful of statements whatever its size."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import OrderNotFoundError
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.undo import DEFAULT_UNDO_WINDOW
from db.domain.vat import VatTotal, totals_per_rate
from db.domain.viewer import Viewer
from db.models import (
    Basket,
    Customer,
    Marketplace,
    Order,
    OrderAddress,
    OrderLine,
    OrderTag,
    Payment,
    Return,
    ReturnLine,
    Seller,
    Tag,
)
from db.models.orders import AddressKind
from db.queries.columns import columns, mapping
from db.queries.order_documents import order_documents
from db.queries.order_life import order_history, order_mails, order_shipments
from db.queries.order_rows import (
    AddressRow,
    CustomerAccount,
    LineRow,
    OrderHeader,
    OrderPage,
    OtherOrder,
    PaymentRow,
    ReturnedArticle,
    ReturnRow,
)
from db.queries.purchases import purchases

#: How many of the customer's other orders the page names; the rest is one click away, in the grid.
RECENT_ORDERS = 4

#: No tag holds it: they are one line.
_BETWEEN_TAGS = "\n"


def order_page(session: Session, viewer: Viewer, number: str) -> OrderPage:
    """Return what the page of an order shows.

    Args:
        session: An open session.
        viewer: Who looks; a seller sees their own orders only, of the basket and of the customer too.
        number: The order's number, exactly.

    Raises:
        NotAllowedError: The person may not read orders.
        OrderNotFoundError: No order has this number, or it is another seller's.
    """
    viewer.require(Permission.READ_ORDERS)
    found = _found(session, viewer, number)
    header = _header(found)
    lines = _lines(session, header.id)
    header = replace(header, articles_given_back_cents=sum(line.given_back_cents for line in lines))
    addresses = _addresses(session, header.id)
    mails = order_mails(session, viewer, header.id)
    return OrderPage(
        header=header,
        lines=lines,
        vat_totals=_vat_totals(header, lines),
        payments=_payments(session, header.id),
        billing=addresses.get(AddressKind.BILLING),
        delivery=addresses.get(AddressKind.DELIVERY),
        account=_account(session, viewer, header, found),
        basket_siblings=_basket_siblings(session, viewer, header),
        returns=_returns(session, viewer, header.id),
        shipments=order_shipments(session, viewer, header.id),
        mails=mails,
        history=order_history(session, viewer, header.id, mails),
        undo_window=DEFAULT_UNDO_WINDOW if found.undo_window_s is None else dt.timedelta(seconds=found.undo_window_s),
        documents=order_documents(session, viewer, header.id),
    )


def _found(session: Session, viewer: Viewer, number: str) -> sa.Row[*tuple[Any, ...]]:
    if not is_storable(number):
        raise OrderNotFoundError(number)
    found = session.execute(
        sa.select(
            *columns(Order, OrderHeader),
            Seller.name.label("seller_name"),
            Seller.opening_hours.label("seller_opening_hours"),
            (Order.pickup_code != "").label("has_pickup_code"),
            Basket.reference.label("basket_reference"),
            Customer.company,
            Customer.locale,
            Customer.loyalty_points,
            _tags(viewer).label("tags"),
            sa.select(Marketplace.undo_window_s).scalar_subquery().label("undo_window_s"),
        )
        .join(Seller, Seller.id == Order.seller_id)
        .outerjoin(Basket, Basket.id == Order.basket_id)
        .outerjoin(Customer, Customer.id == Order.customer_id)
        .where(Order.number == number, *_own(viewer))
    ).one_or_none()
    if found is None:
        raise OrderNotFoundError(number)
    return found


def _tags(viewer: Viewer) -> sa.ColumnElement[Any]:
    if viewer.seller_id is not None:
        return sa.null()
    return (
        sa.select(sa.func.aggregate_strings(Tag.name, _BETWEEN_TAGS))
        .join(OrderTag, OrderTag.tag_id == Tag.id)
        .where(OrderTag.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )


def _header(found: sa.Row[*tuple[Any, ...]]) -> OrderHeader:
    named = {field.name: getattr(found, field.name) for field in fields(OrderHeader) if hasattr(found, field.name)}
    return OrderHeader(**named | {"tags": tuple(sorted(found.tags.split(_BETWEEN_TAGS))) if found.tags else ()})


def _own(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [] if viewer.seller_id is None else [Order.seller_id == viewer.seller_id]


def _lines(session: Session, order_id: int) -> tuple[LineRow, ...]:
    found = session.execute(
        sa.select(*columns(OrderLine, LineRow)).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    )
    return tuple(LineRow(**row._asdict() | {"attributes": mapping(row.attributes)}) for row in found)


def _vat_totals(header: OrderHeader, lines: Sequence[LineRow]) -> tuple[VatTotal, ...]:
    gross_by_rate = [(line.vat_rate_bp, line.total_cents) for line in lines]
    if header.shipping_cents:
        gross_by_rate.append((header.shipping_vat_rate_bp, header.shipping_cents))
    return tuple(totals_per_rate(gross_by_rate))


def _payments(session: Session, order_id: int) -> tuple[PaymentRow, ...]:
    at = sa.func.coalesce(Payment.received_at, Payment.created_at, type_=Payment.created_at.type)
    found = session.execute(
        sa.select(*columns(Payment, PaymentRow), at.label("at"))
        .where(Payment.order_id == order_id)
        .order_by(at, Payment.id)
    )
    return tuple(PaymentRow(**row._asdict()) for row in found)


def _addresses(session: Session, order_id: int) -> dict[AddressKind, AddressRow]:
    found = session.execute(sa.select(*columns(OrderAddress, AddressRow)).where(OrderAddress.order_id == order_id))
    return {row.kind: AddressRow(**row._asdict()) for row in found}


def _account(
    session: Session, viewer: Viewer, header: OrderHeader, customer: sa.Row[*tuple[Any, ...]]
) -> CustomerAccount | None:
    if header.customer_id is None:
        return None
    theirs = [Order.customer_id == header.customer_id, *_own(viewer)]
    bought = purchases(session, theirs)
    return CustomerAccount(
        id=header.customer_id,
        company=customer.company,
        locale=customer.locale,
        loyalty_points=customer.loyalty_points if viewer.seller_id is None else None,
        order_count=bought.order_count,
        cancelled_count=bought.cancelled_count,
        totals=bought.totals,
        recent_orders=other_orders(session, [*theirs, *_outside(header)], RECENT_ORDERS),
    )


def _outside(header: OrderHeader) -> list[sa.ColumnElement[bool]]:
    if header.basket_id is None:
        return [Order.id != header.id]
    return [Order.basket_id.is_distinct_from(header.basket_id)]


def _basket_siblings(session: Session, viewer: Viewer, header: OrderHeader) -> tuple[OtherOrder, ...]:
    if header.basket_id is None:
        return ()
    return other_orders(session, [Order.basket_id == header.basket_id, Order.id != header.id, *_own(viewer)])


def other_orders(
    session: Session, conditions: Sequence[sa.ColumnElement[bool]], limit: int | None = None
) -> tuple[OtherOrder, ...]:
    """Return orders in a few words each, the newest first."""
    found = session.execute(
        sa.select(*columns(Order, OtherOrder), Seller.name.label("seller_name"))
        .join(Seller, Seller.id == Order.seller_id)
        .where(*conditions)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return tuple(OtherOrder(**row._asdict()) for row in found)


def _returns(session: Session, viewer: Viewer, order_id: int) -> tuple[ReturnRow, ...]:
    found = session.execute(
        sa.select(
            *columns(Return, ReturnRow),
            OrderLine.id.label("line_id"),
            OrderLine.name,
            ReturnLine.quantity,
            ReturnLine.quantity_received,
            ReturnLine.condition,
            ReturnLine.remark,
        )
        .outerjoin(ReturnLine, ReturnLine.return_id == Return.id)
        .outerjoin(OrderLine, OrderLine.id == ReturnLine.order_line_id)
        .where(Return.order_id == order_id)
        .order_by(Return.requested_at, Return.id, OrderLine.position)
    ).all()
    lines: dict[int, list[ReturnedArticle]] = defaultdict(list)
    for row in found:
        if row.line_id is not None:
            lines[row.id].append(ReturnedArticle(**_named(row, ReturnedArticle)))
    rows = {row.id: _named(row, ReturnRow) for row in found}
    if viewer.seller_id is not None:
        rows = {key: row | {"inspection": ""} for key, row in rows.items()}
    return tuple(ReturnRow(**row, lines=tuple(lines[key])) for key, row in rows.items())


def _named(row: sa.Row[*tuple[Any, ...]], of: type[ReturnRow] | type[ReturnedArticle]) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(of) if field.name != "lines"}
