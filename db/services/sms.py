"""Whom SMS go to: the sellers' mobiles and, where the marketplace wants it, the customers'.

``letters_for`` (``db/services/outbox.py``) asks for them with every e-mail it addresses, so that whatever tells a
seller of a new order, or a customer that theirs is ready, texts them too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.sms import TEXTED_TEMPLATES, mobile_number
from db.models import Marketplace, Order, OrderAddress, Seller
from db.models.orders import AddressKind
from db.queries.sms import opted_out

#: Orders asked for in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Mobiles:
    """The numbers that may get an SMS, as the networks know them."""

    #: By seller.
    sellers: Mapping[int, str]
    #: By order.
    customers: Mapping[int, str]

    def number_for(self, order: OrderFacts, template: EmailTemplate) -> str:
        """Return where the SMS that comes with an e-mail goes; empty where none does."""
        if template not in TEXTED_TEMPLATES:
            return ""
        if template.recipient_kind is RecipientKind.SELLER:
            return self.sellers.get(order.seller_id, "")
        return self.customers.get(order.id, "")


def mobiles(session: Session, seller_ids: Collection[int], order_ids: Collection[int]) -> Mobiles:
    """Return the numbers of some sellers, and of the customers of some orders where the marketplace texts customers.

    Landlines, mistyped numbers and those that want no SMS are left out.
    """
    sellers = _numbers_of_sellers(session, seller_ids)
    customers = _numbers_of_customers(session, sorted(set(order_ids)))
    silent = opted_out(session, [*sellers.values(), *customers.values()])
    return Mobiles(_without(sellers, silent), _without(customers, silent))


def _without(numbers: Mapping[int, str], silent: frozenset[str]) -> dict[int, str]:
    return {key: number for key, number in numbers.items() if number and number not in silent}


def _numbers_of_sellers(session: Session, seller_ids: Collection[int]) -> dict[int, str]:
    found = session.execute(
        sa.select(Seller.id, Seller.mobile, Seller.country_code).where(
            Seller.id.in_(sorted(set(seller_ids))), Seller.mobile != ""
        )
    )
    return {row.id: mobile_number(row.mobile, row.country_code) for row in found}


def _numbers_of_customers(session: Session, order_ids: list[int]) -> dict[int, str]:
    if not order_ids or not session.scalar(sa.select(Marketplace.texts_customers)):
        return {}
    numbers: dict[int, str] = {}
    for start in range(0, len(order_ids), _AT_ONCE):
        found = session.execute(
            sa.select(Order.id, Order.customer_phone, OrderAddress.country_code)
            .outerjoin(
                OrderAddress, sa.and_(OrderAddress.order_id == Order.id, OrderAddress.kind == AddressKind.DELIVERY)
            )
            .where(Order.id.in_(order_ids[start : start + _AT_ONCE]), Order.customer_phone != "")
        )
        numbers |= {row.id: mobile_number(row.customer_phone, row.country_code or "FR") for row in found}
    return numbers
