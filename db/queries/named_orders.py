"""Which orders of a customer still say who they are, and which of them have to."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.privacy import ERASED_NAME
from db.models import Order
from db.models.orders import UNINVOICED
from db.queries.plans import not_indexed

#: A sale that an invoice may still be asked for: until then it keeps whom it is to be made out to.
IS_TO_INVOICE = sa.and_(*(not_indexed(sa.text(part)) for part in UNINVOICED))

_IS_NAMED = sa.and_(Order.customer_name.not_in([ERASED_NAME, ""]), sa.not_(IS_TO_INVOICE))


def has_orders_to_erase(session: Session, customer_id: int) -> bool:
    """Tell whether an erasure would take a name or an address off an order."""
    says_who = not_indexed(sa.or_(Order.customer_email != "", _IS_NAMED))
    found = sa.select(Order.id).where(Order.customer_id == customer_id, says_who)
    return session.scalar(found.limit(1)) is not None
