"""Write incoming orders as the shop would write them: basket, customer, order, articles, addresses, payments."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.incoming import IncomingAddress, IncomingLine, IncomingOrder
from db.domain.jobs import JobName
from db.domain.orders import OrderStatus, PaymentRecordState, PaymentState
from db.models import Base, Basket, Customer, Order, OrderAddress, OrderLine, Payment
from db.models.orders import AddressKind
from db.queries.incoming import KnownProduct, Surroundings
from db.services.wake import wake

#: Held while customers are looked for and made: two orders of one new customer, sent at once, make one customer.
_CUSTOMERS_LOCK = 4_710_815

_Row = dict[str, Any]


def insert_orders(
    session: Session, around: Surroundings, orders: Sequence[IncomingOrder], source: str, now: dt.datetime
) -> list[int]:
    """Write orders whose sellers and products are known, and have them taken in; return their ids in the same order.

    Raises:
        IntegrityError: One of them, or its basket, was written meanwhile.
    """
    if not orders:
        return []
    customer_ids = _customer_ids(session, orders, now)
    basket_ids = _basket_ids(session, orders, customer_ids, now)
    order_rows, line_rows = [], []
    for order in orders:
        seller = around.known_seller_of(order)
        lines = [
            _line_row(line, position, around.products.get((seller.id, line.sku.strip())))
            for position, line in enumerate(order.lines, start=1)
        ]
        order_rows.append(
            _order_row(order, source, now)
            | {
                "seller_id": seller.id,
                "customer_id": customer_ids.get(_email_key(order)),
                "basket_id": basket_ids.get(order.basket),
                "weight_g": sum(line["weight_g"] for line in lines),
            }
        )
        line_rows.append(lines)
    inserted = sa.insert(Order).returning(Order.id, sort_by_parameter_order=True)
    order_ids = session.scalars(inserted, order_rows).all()
    of_order = list(zip(order_ids, orders, strict=True))
    lines_of = zip(order_ids, line_rows, strict=True)
    _write(session, OrderLine, [{"order_id": key} | line for key, lines in lines_of for line in lines])
    _write(session, OrderAddress, [{"order_id": key} | row for key, order in of_order for row in _address_rows(order)])
    _write(session, Payment, [{"order_id": key} | row for key, order in of_order for row in _payment_rows(order, now)])
    wake(session, JobName.COMPLETE_ORDERS)
    return list(order_ids)


def _customer_ids(session: Session, orders: Sequence[IncomingOrder], now: dt.datetime) -> dict[str, int]:
    """Return customers by e-mail, made where there is none; who gives no e-mail is a guest."""
    by_email = {_email_key(order): order for order in reversed(orders) if order.customer_email}
    known = _known_customers(session, by_email)
    if known.keys() >= by_email.keys():
        return known
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_CUSTOMERS_LOCK)))
        known = _known_customers(session, by_email)
    missing = {email: order for email, order in by_email.items() if email not in known}
    if not missing:
        return known
    inserted = sa.insert(Customer).returning(Customer.id, sort_by_parameter_order=True)
    ids = session.scalars(inserted, [_customer_row(order, now) for order in missing.values()])
    return known | dict(zip(missing, ids, strict=True))


def _known_customers(session: Session, by_email: Mapping[str, IncomingOrder]) -> dict[str, int]:
    """Return known customers by e-mail, written as it is given or in small letters; the oldest account wins."""
    written = {order.customer_email.strip() for order in by_email.values()} | by_email.keys()
    found = sa.select(Customer.email, Customer.id).where(Customer.email.in_(written)).order_by(Customer.id.desc())
    return {row.email.lower(): row.id for row in session.execute(found)}


def _email_key(order: IncomingOrder) -> str:
    return order.customer_email.strip().lower()


def _customer_row(order: IncomingOrder, now: dt.datetime) -> _Row:
    billing = order.billing or order.delivery
    return {
        "name": order.customer_name or (billing.name if billing else "") or order.customer_email,
        "company": billing.company if billing else "",
        "email": order.customer_email.strip(),
        "phone": order.customer_phone or (billing.phone if billing else ""),
        "created_at": now,
    }


def _basket_ids(
    session: Session, orders: Sequence[IncomingOrder], customer_ids: Mapping[str, int], now: dt.datetime
) -> dict[str, int]:
    """Return baskets by reference, made where there is none."""
    wanted = {order.basket: order for order in reversed(orders) if order.basket}
    if not wanted:
        return {}
    found = session.execute(sa.select(Basket.reference, Basket.id).where(Basket.reference.in_(wanted)))
    known = {row.reference: row.id for row in found}
    missing = {reference: order for reference, order in wanted.items() if reference not in known}
    if not missing:
        return known
    rows = [
        {"reference": reference, "customer_id": customer_ids.get(_email_key(order)), "created_at": now}
        for reference, order in missing.items()
    ]
    inserted = sa.insert(Basket).returning(Basket.id, sort_by_parameter_order=True)
    return known | dict(zip(missing, session.scalars(inserted, rows), strict=True))


def _order_row(order: IncomingOrder, source: str, now: dt.datetime) -> _Row:
    # What costs nothing owes nothing: no payment will ever make it « Payée ».
    is_free = order.sum_cents == 0
    named = order.billing or order.delivery
    return {
        "number": order.number or None,
        "customer_name": order.customer_name or (named.name if named else ""),
        "customer_email": order.customer_email.strip(),
        "customer_phone": order.customer_phone,
        "status": OrderStatus.PAID if is_free else OrderStatus.AWAITING_PAYMENT,
        "payment_method": order.payment_method,
        "payment_state": PaymentState.PAID if is_free else PaymentState.UNPAID,
        "delivery_mode": order.delivery_mode,
        "carrier": order.carrier,
        "pickup_address": order.pickup_address,
        "ship_by": order.ship_by,
        "expected_delivery_on": order.expected_delivery_on,
        "origin": order.origin,
        "currency": order.currency,
        "items_cents": order.items_cents,
        "shipping_cents": order.shipping_cents,
        "shipping_vat_rate_bp": order.shipping_vat_rate_bp,
        "discount_cents": sum(line.discount_cents for line in order.lines),
        "total_cents": order.sum_cents,
        "placed_at": order.placed_at or now,
        "terms_accepted_at": order.terms_accepted_at,
        "updated_at": now,
        "source": source,
        "external_ref": order.external_ref or None,
    }


def _line_row(line: IncomingLine, position: int, product: KnownProduct | None) -> _Row:
    """Return an article as it is stored; what the sender does not say of it is copied from its product."""
    return {
        "position": position,
        "product_id": product.id if product else None,
        "sku": line.sku.strip(),
        "name": line.name,
        "attributes": dict(line.attributes or (product.attributes if product else {})),
        "supplier": line.supplier or (product.supplier if product else ""),
        "quantity": line.quantity,
        "unit_price_cents": line.unit_price_cents,
        "vat_rate_bp": line.vat_rate_bp,
        "discount_cents": line.discount_cents,
        "total_cents": line.total_cents,
        "weight_g": line.weight_g or (product.weight_g * line.quantity if product else 0),
    }


def _address_rows(order: IncomingOrder) -> Iterator[_Row]:
    for kind, address in ((AddressKind.BILLING, order.billing), (AddressKind.DELIVERY, order.delivery)):
        if address is not None:
            yield {"kind": kind} | _address_row(address)


def _address_row(address: IncomingAddress) -> _Row:
    return {
        "name": address.name,
        "company": address.company,
        "street": address.street,
        "street_extra": address.street_extra,
        "postcode": address.postcode,
        "city": address.city,
        "country_code": address.country_code,
        "phone": address.phone,
    }


def _payment_rows(order: IncomingOrder, now: dt.datetime) -> Iterator[_Row]:
    """Return the payments as they are stored: the captured ones are not booked, so the job takes them in."""
    for payment in order.payments:
        is_captured = payment.state is PaymentRecordState.CAPTURED
        yield {
            "method": payment.method,
            "state": payment.state,
            "amount_cents": payment.amount_cents,
            "currency": order.currency,
            "reference": payment.reference,
            "received_at": payment.received_at or (order.placed_at or now if is_captured else None),
            "created_at": now,
            "external_ref": payment.external_ref or None,
        }


def _write(session: Session, model: type[Base], rows: Sequence[_Row]) -> None:
    if rows:
        session.connection().execute(sa.insert(model), rows)
