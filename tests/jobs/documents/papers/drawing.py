"""Papers drawn in tests, and what they say."""

import io
from collections.abc import Callable

from pypdf import PdfReader
from sqlalchemy.orm import Session

from db.models import Order, OrderAddress
from db.models.orders import AddressKind
from db.queries.printed import PrintedOrder, printed_orders
from jobs.documents.papers.blocks import House
from jobs.documents.sheet import Sheet
from tests.conftest import NOW
from tests.factories import ADMIN

HOUSE = House("Place du Marché")


def add_addresses(session: Session, order: Order) -> None:
    """Billed in Lyon, sent to Saint-Malo."""
    places = {
        AddressKind.BILLING: ("8 impasse des Cèdres", "69003", "Lyon"),
        AddressKind.DELIVERY: ("3 allée des Châtaigniers", "35400", "Saint-Malo"),
    }
    for kind, (street, postcode, city) in places.items():
        session.add(OrderAddress(order_id=order.id, kind=kind, name=order.customer_name, street=street,
                                 postcode=postcode, city=city, phone="06 12 34 56 78"))  # fmt: skip
    session.flush()


def printed(session: Session, order: Order) -> PrintedOrder:
    session.expire_all()
    return printed_orders(session, ADMIN, [order.id])[0]


def pages_of(*draw: Callable[[Sheet], None]) -> list[str]:
    """Return the text of each page, its spaces plain."""
    sheet, out = Sheet("Papiers", NOW), io.BytesIO()
    for each in draw:
        each(sheet)
    sheet.write_to(out)
    return [plain(page.extract_text()) for page in PdfReader(out).pages]


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())
