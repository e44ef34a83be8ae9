"""Vouchers spent by the shop: each use once, whatever is retried, and never more than is left."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.orders import ActorKind
from db.domain.text import is_storable
from db.domain.time import local_day
from db.domain.vouchers import MAX_USE_TEXT, VoucherFacts, VoucherKeyReusedError, read_code
from db.models import Voucher, VoucherUse
from db.services.audit import Act, note_act
from db.services.voucher_rows import locked_by_code

_SHOP = Actor(ActorKind.SHOP, "Boutique")


@dataclass(frozen=True, slots=True)
class SpentVoucher:
    """One use of a voucher, and what is left since."""

    code: str
    amount_cents: int
    order_reference: str
    used_at: dt.datetime
    rest_cents: int
    currency: str
    #: False where this very use was noted before: nothing happened now.
    is_new: bool


def use_voucher(
    session: Session, code: str, amount_cents: int, key: str, order_reference: str, now: dt.datetime
) -> SpentVoucher:
    """Spend an amount of a voucher, once for each key; what is not spent stays on it.

    Args:
        session: The caller's transaction.
        code: As the customer typed it.
        amount_cents: What the voucher pays.
        key: The shop's own text for this use: the same again is the same use, however late.
        order_reference: The order or basket that it pays for, as the shop calls it.
        now: The instant.

    Raises:
        MistypedCodeError: It is no code.
        VoucherNotFoundError: There is no such voucher.
        VoucherKeyReusedError: The key is another use's of this voucher.
        VoucherUnusableError: It is used up, expired or cancelled.
        VoucherTooSmallError: Less is left than is asked.
        InvalidInputError: The amount, the key or the reference cannot be.
    """
    if amount_cents <= 0:
        raise InvalidInputError("Le montant à utiliser doit être d’au moins un centime.")
    if not key or any(len(text) > MAX_USE_TEXT or not is_storable(text) for text in (key, order_reference)):
        raise InvalidInputError(f"Il faut une clé\u00a0; clé et référence ont {MAX_USE_TEXT} caractères au plus.")
    voucher = locked_by_code(session, read_code(code))
    known = _use_of(session, voucher, key)
    if known is not None:
        # Two shops that drew the same key are told apart by what they pay with it.
        if (known.amount_cents, known.order_reference) != (amount_cents, order_reference):
            raise VoucherKeyReusedError
        return known
    voucher.refuse_unless_payable(amount_cents, local_day(now))
    _write(session, voucher, amount_cents, key, order_reference, now)
    # Not the shop's reference: it may be any words, and this is never erased.
    said = {"amount_cents": amount_cents, "currency": voucher.currency}
    note_act(session, _SHOP, Act(AuditArea.ORDERS, "voucher_used", "voucher", voucher.id, after=said), now)
    left = voucher.rest_cents - amount_cents
    return SpentVoucher(voucher.code, amount_cents, order_reference, now, left, voucher.currency, is_new=True)


def _use_of(session: Session, voucher: VoucherFacts, key: str) -> SpentVoucher | None:
    row = session.execute(
        sa.select(VoucherUse.amount_cents, VoucherUse.order_reference, VoucherUse.used_at).where(
            VoucherUse.voucher_id == voucher.id, VoucherUse.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    return SpentVoucher(voucher.code, *row, voucher.rest_cents, voucher.currency, is_new=False)


def _write(
    session: Session, voucher: VoucherFacts, amount_cents: int, key: str, order_reference: str, now: dt.datetime
) -> None:
    session.add(
        VoucherUse(
            voucher_id=voucher.id, key=key, amount_cents=amount_cents, order_reference=order_reference, used_at=now
        )
    )
    session.execute(
        sa.update(Voucher)
        .where(Voucher.id == voucher.id)
        .values(used_cents=Voucher.used_cents + amount_cents, version=Voucher.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.flush()
