"""A voucher's row, locked and as the rules know it.

Whoever writes on a voucher locks its order first, where they write on that, too, then its row: a shop that spends it
and a person who cancels it come one after the other.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.vouchers import VoucherFacts, VoucherNotFoundError
from db.models import Voucher
from db.services.order_facts import load_facts

_FACTS = tuple(getattr(Voucher, name) for name in VoucherFacts.__slots__)


def voucher_with_order(
    session: Session, actor: Actor, voucher_id: int, *, locked: bool
) -> tuple[int | None, VoucherFacts]:
    """Return a voucher's order and the voucher, both locked on demand, the order first as everybody takes them.

    Raises:
        VoucherNotFoundError: There is no such voucher for this actor; sellers have none.
    """
    row = session.execute(sa.select(Voucher.order_id).where(Voucher.id == voucher_id)).one_or_none()
    if row is None or actor.seller_id is not None:
        raise VoucherNotFoundError
    if row.order_id is not None and locked:
        load_facts(session, actor, [row.order_id], locked=True)
    found = sa.select(*_FACTS).where(Voucher.id == voucher_id)
    voucher = session.execute(found.with_for_update() if locked else found).one()
    return row.order_id, VoucherFacts(**voucher._asdict())


def locked_by_code(session: Session, code: str) -> VoucherFacts:
    """Return the voucher of a code, locked: of several who spend it at once each sees what the others left.

    Raises:
        VoucherNotFoundError: There is no such voucher.
    """
    found = session.execute(sa.select(*_FACTS).where(Voucher.code == code).with_for_update()).one_or_none()
    if found is None:
        raise VoucherNotFoundError
    return VoucherFacts(**found._asdict())
