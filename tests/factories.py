"""Plain functions that add one thing with sensible defaults, and return it flushed."""

import datetime as dt
import itertools

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.ledger import LedgerKind
from db.domain.orders import (
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentState,
)
from db.domain.permissions import Role
from db.domain.text import fold
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.models import Basket, Customer, LedgerEntry, Order, OrderLine, PayoutRun, Person, Product, Seller
from db.services.ledger_rows import NewEntry, write_entries
from tests.conftest import NOW

_sequence = itertools.count(1)

ADMIN = Viewer(person_id=1, name="Ada Admin", email="ada@example.org", role=Role.ADMIN)


#: What the law wants to know of who issues an invoice.
ISSUER_IDENTITY = {
    "legal_name": "Maison du thé SARL",
    "siren": "404833048",
    "siret": "40483304800022",
    "vat_number": "FR83404833048",
    "street": "12 rue de l’Été",
    "postcode": "35000",
    "city": "Rennes",
    "legal_notice": "SARL au capital de 10 000 € – RCS Rennes 404 833 048",
    "mandate_signed_on": dt.date(2025, 1, 15),
}


def create_seller(session: Session, name: str = "Maison du thé", **columns: object) -> Seller:
    number = next(_sequence)
    seller = Seller(**{"code": f"S{number}", "name": name, "search_text": fold(name)} | columns)
    session.add(seller)
    session.flush()
    return seller


def create_issuer(session: Session, name: str = "Maison du thé", **columns: object) -> Seller:
    """A seller of whom the law knows all that it wants on an invoice."""
    return create_seller(session, name, **(ISSUER_IDENTITY | columns))


def create_customer(session: Session, name: str = "Évelyne Morin", email: str = "", **columns: object) -> Customer:
    email = email or f"client{next(_sequence)}@example.org"
    customer = Customer(**{"name": name, "email": email, "search_text": fold(f"{name} {email}")} | columns)
    session.add(customer)
    session.flush()
    return customer


def create_product(session: Session, seller: Seller, name: str = "Thé vert bio", **columns: object) -> Product:
    defaults = {"sku": f"P{next(_sequence)}", "unit_price_cents": 12_50, "vat_rate_bp": 550, "weight_g": 120}
    product = Product(**{"seller_id": seller.id, "name": name} | defaults | columns)
    session.add(product)
    session.flush()
    return product


def create_basket(session: Session, customer: Customer | None = None) -> Basket:
    basket = Basket(reference=f"basket-{next(_sequence)}", customer_id=customer.id if customer else None)
    session.add(basket)
    session.flush()
    return basket


def create_order(
    session: Session,
    seller: Seller | None = None,
    customer: Customer | None = None,
    *,
    status: OrderStatus = OrderStatus.PAID,
    payment_state: PaymentState = PaymentState.PAID,
    payment_method: PaymentMethod = PaymentMethod.CARD,
    delivery_mode: DeliveryMode = DeliveryMode.HOME,
    origin: Origin = Origin.DIRECT,
    total_cents: int = 31_90,
    placed_at: dt.datetime = NOW,
    lines: list[OrderLine] | None = None,
    **columns: object,
) -> Order:
    """Add an order with one line of its whole total, unless lines are given. Derived columns are filled in."""
    seller = seller or create_seller(session)
    customer = customer or create_customer(session)
    order = Order(
        **{
            "number": f"T-{next(_sequence):06d}",
            "seller_id": seller.id,
            "customer_id": customer.id,
            "customer_name": customer.name,
            "customer_sort": fold(customer.name),
            "customer_email": customer.email,
            "customer_phone": customer.phone or "",
            "status": status,
            "payment_state": payment_state,
            "payment_method": payment_method,
            "paid_cents": total_cents if payment_state is PaymentState.PAID else 0,
            "delivery_mode": delivery_mode,
            "origin": origin,
            "items_cents": total_cents,
            "total_cents": total_cents,
            "placed_at": placed_at,
            "placed_on": local_day(placed_at),
            "intake_at": placed_at,
        }
        | columns
    )
    session.add(order)
    session.flush()
    for position, line in enumerate(lines or [create_line(total_cents=total_cents)], start=1):
        line.order_id, line.position = order.id, position
        session.add(line)
    session.flush()
    return order


def create_line(
    name: str = "Thé vert bio", total_cents: int = 31_90, quantity: int = 1, **columns: object
) -> OrderLine:
    """Build a line to hand to ``create_order``; it is not in any session yet."""
    defaults = {
        "unit_price_cents": total_cents // quantity,
        "vat_rate_bp": 550,
        "sku": "THE-1",
        "attributes": {},
    }
    return OrderLine(**{"name": name, "quantity": quantity, "total_cents": total_cents} | defaults | columns)


def create_person(session: Session, role: Role = Role.SUPPORT, **columns: object) -> Person:
    number = next(_sequence)
    person = Person(
        **{
            "email": f"person{number}@example.org",
            "name": f"Personne {number}",
            "role": role,
            "is_active": True,
        }
        | columns
    )
    session.add(person)
    session.flush()
    return person


def viewer_for(person: Person) -> Viewer:
    return Viewer(person.id, person.name, person.email, person.role, person.seller_id)


#: Example of the registry of IBANs; its bank's key is right.
IBAN = "FR1420041010050500013M02606"


def create_payee(session: Session, name: str = "Maison du thé", **columns: object) -> Seller:
    """A seller that nothing keeps from being paid."""
    return create_issuer(session, name, **({"iban": IBAN} | columns))


def book(
    session: Session,
    seller: Seller,
    cents: int,
    due_on: dt.date,
    kind: LedgerKind = LedgerKind.SALE,
    *,
    order_id: int | None = None,
) -> int:
    """Write one entry of the sellers' ledger; return its id."""
    cause = f"test:{next(_sequence)}"
    entry = NewEntry(seller.id, "EUR", kind, cents, cause, NOW, "Système", due_on, order_id=order_id)
    write_entries(session, [entry])
    return session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.cause == cause)).one()


def create_run(session: Session, run_on: dt.date) -> int:
    run = PayoutRun(run_on=run_on, started_at=NOW)
    session.add(run)
    session.flush()
    return run.id
