"""Whom a voucher is for, as staff name them: by an order's number, or by a customer's e-mail address."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import Customer, Order


@dataclass(frozen=True, slots=True)
class VoucherRecipient:
    """A customer, and the order that a voucher makes up for, if one."""

    name: str
    email: str
    customer_id: int | None
    order_id: int | None = None
    order_number: str = ""
    #: That the voucher will have; empty for the marketplace's.
    currency: str = ""


def voucher_recipient(session: Session, viewer: Viewer, text: str) -> VoucherRecipient | None:
    """Return whom a whole order number or a whole e-mail address names; None where it names nobody.

    Raises:
        NotAllowedError: The person may not know customers.
    """
    viewer.require(Permission.READ_CUSTOMERS)
    wanted = text.strip()
    if not wanted or not is_storable(wanted):
        return None
    order = session.execute(
        sa.select(
            Order.id, Order.number, Order.customer_id, Order.customer_name, Order.customer_email, Order.currency
        ).where(Order.number == wanted)
    ).one_or_none()
    if order is not None:
        email = order.customer_email.strip()
        return VoucherRecipient(order.customer_name, email, order.customer_id, order.id, order.number, order.currency)
    # Addresses are kept as they were typed; most are in small letters.
    found = session.execute(
        sa.select(Customer.id, Customer.name, Customer.email)
        .where(Customer.email.in_({wanted, wanted.lower()}), Customer.erased_at.is_(None))
        .order_by(Customer.id.desc())
        .limit(1)
    ).one_or_none()
    return VoucherRecipient(found.name, found.email.strip(), found.id) if found else None
