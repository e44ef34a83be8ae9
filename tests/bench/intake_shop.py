"""The shop's own process: it writes orders as docs/database.md says, each sale a transaction, as fast as it can."""

import sys

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.time import utc_now
from db.engine import engine, transaction
from db.models import Order, OrderAddress, OrderLine, Payment, Product


def main() -> None:
    """Write so many orders."""
    with transaction(engine()) as session:
        products = session.execute(sa.select(Product.id, Product.seller_id, Product.sku, Product.name)).all()
    for number in range(int(sys.argv[1])):
        with transaction(engine()) as session:
            _sell(session, number, products[number % len(products)])


def _sell(session: Session, number: int, product: sa.Row) -> None:
    order_id = session.scalar(
        sa.insert(Order)
        .values(
            seller_id=product.seller_id,
            customer_name=f"Client {number}",
            customer_email=f"client{number}@example.org",
            items_cents=25_00,
            shipping_cents=4_90,
            total_cents=29_90,
            placed_at=utc_now(),
            external_ref=f"bench:{number}",
        )
        .returning(Order.id)
    )
    line = {"product_id": product.id, "sku": product.sku, "name": product.name, "quantity": 2}
    session.execute(
        sa.insert(OrderLine).values(
            line | {"order_id": order_id, "position": 1, "unit_price_cents": 12_50, "total_cents": 25_00}
        )
    )
    address = {"name": f"Client {number}", "street": "3 rue des Lilas", "postcode": "35000", "city": "Rennes"}
    session.execute(
        sa.insert(OrderAddress), [{"order_id": order_id, "kind": kind} | address for kind in ("billing", "delivery")]
    )
    paid = {"method": "card", "state": "captured", "amount_cents": 29_90}
    session.execute(sa.insert(Payment).values(paid | {"order_id": order_id, "reference": f"psp-{number}"}))


if __name__ == "__main__":
    main()
