"""A voucher's row, locked and as the rules know it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.vouchers import VoucherFacts, VoucherNotFoundError
from db.models import Voucher
from db.services.order_facts import load_facts

_FACTS = tuple(getattr(Voucher, name) for name in VoucherFacts.__slots__)


def locked_voucher(session: Session, actor: Actor, voucher_id: int) -> tuple[int | None, VoucherFacts]:
    """Return a voucher's order and the voucher, both locked, the order first as everybody takes them.

    Raises:
        VoucherNotFoundError: There is no such voucher, or it belongs to an order out of the actor's reach.
    """
    row = session.execute(sa.select(Voucher.order_id).where(Voucher.id == voucher_id)).one_or_none()
    if row is None or actor.seller_id is not None:
        raise VoucherNotFoundError
    if row.order_id is not None:
        load_facts(session, actor, [row.order_id], locked=True)
    found = session.execute(sa.select(*_FACTS).where(Voucher.id == voucher_id).with_for_update()).one()
    return row.order_id, VoucherFacts(**found._asdict())


def locked_by_code(session: Session, code: str) -> VoucherFacts:
    """Return the voucher of a code, locked: of several who spend it at once each sees what the others left.

    Raises:
        VoucherNotFoundError: There is no such voucher.
    """
    found = session.execute(sa.select(*_FACTS).where(Voucher.code == code).with_for_update()).one_or_none()
    if found is None:
        raise VoucherNotFoundError
    return VoucherFacts(**found._asdict())
