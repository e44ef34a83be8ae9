"""Refunds of what was paid by voucher: the worker gives another one, with no provider, once nobody can take it back."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.orders import PaymentMethod
from db.services.refund_claims import refunds_to_do
from db.services.refunds import give_vouchers

_VOUCHERS = frozenset({PaymentMethod.VOUCHER})


def is_any_voucher_due(session: Session, now: dt.datetime) -> bool:
    """Tell whether a refund is to be made by giving a voucher; looks into one small index."""
    return bool(refunds_to_do(session, _VOUCHERS, now, 1))


def give_due_voucher(session: Session, now: dt.datetime) -> bool:
    """Give the voucher that somebody has waited for longest; return whether there was one.

    Two workers at once, or one that was killed and begins anew, give it once: its order is locked, the refund is looked
    at again, and its key allows one voucher.
    """
    due = [row.id for row in refunds_to_do(session, _VOUCHERS, now, 1)]
    return bool(give_vouchers(session, SYSTEM, due, now).history_ids) if due else False
