"""Cancel what is left of a voucher; what it gave back of an order is then owed as money again."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.means import means_of_refund
from db.domain.orders import HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.vouchers import VoucherChangedError, VoucherFacts, VoucherUnusableError, checked_reason
from db.models import Payment, Voucher
from db.services.history import Entry, record
from db.services.payments import recount_payments
from db.services.refund_rows import NewRefund, held_by_means, payer_iban, promise_refunds
from db.services.versions import raise_versions
from db.services.voucher_mail import drop_waiting_mail
from db.services.voucher_rows import voucher_with_order


@dataclass(frozen=True, slots=True)
class PlannedCancelling:
    """What cancelling a voucher would do."""

    voucher: VoucherFacts
    order_id: int | None
    #: The refund that it was, where a settlement gave it; None for a gift.
    refund_id: int | None = None
    settlement_id: int | None = None
    #: By which means what is left is owed again.
    refunds: tuple[tuple[PaymentMethod, int], ...] = ()
    #: Of these, what no money had paid: it is owed by transfer until finance chooses otherwise.
    unpaid_cents: int = 0


def plan_cancelling(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> PlannedCancelling:
    """Return what ``cancel_voucher`` would do now; nothing is written.

    Raises:
        NotAllowedError: The actor may not give money back, nor take it.
        VoucherNotFoundError: There is no such voucher.
        VoucherUnusableError: There is nothing to cancel: it is used up, expired or cancelled.
    """
    actor.require(Permission.REFUND)
    order_id, voucher = voucher_with_order(session, actor, voucher_id, locked=False)
    return _plan(session, order_id, voucher, local_day(now))


def cancel_voucher(
    session: Session, actor: Actor, voucher_id: int, version: int, reason: str, now: dt.datetime
) -> PlannedCancelling:
    """Cancel what is left of a voucher; return what that did. An e-mail with its code that still waits is dropped.

    Raises:
        NotAllowedError: The actor may not give money back, nor take it.
        VoucherNotFoundError: There is no such voucher.
        VoucherChangedError: It is not at ``version`` any more.
        VoucherUnusableError: There is nothing to cancel: it is used up, expired or cancelled.
        InvalidInputError: The reason is missing or unreadable.
    """
    actor.require(Permission.REFUND)
    why = checked_reason(reason)
    if not why:
        raise InvalidInputError("Dites pourquoi le bon d’achat est annulé\u00a0: la raison reste dans son historique.")
    order_id, voucher = voucher_with_order(session, actor, voucher_id, locked=True)
    if voucher.version != version:
        raise VoucherChangedError(voucher)
    plan = _plan(session, order_id, voucher, local_day(now))
    session.execute(
        sa.update(Voucher)
        .where(Voucher.id == voucher_id)
        .values(cancelled_at=now, cancel_reason=why, version=Voucher.version + 1)
        .execution_options(synchronize_session=False)
    )
    drop_waiting_mail(session, order_id, voucher_id)
    if order_id is not None:
        _record(session, actor, order_id, plan, why, now)
    return plan


def _plan(session: Session, order_id: int | None, voucher: VoucherFacts, today: dt.date) -> PlannedCancelling:
    if not voucher.state(today).is_live:
        raise VoucherUnusableError(voucher, today)
    refund = session.execute(
        sa.select(Payment.id, Payment.settlement_id).where(
            Payment.order_id == order_id, Payment.kind == PaymentKind.REFUND, Payment.voucher_id == voucher.id
        )
    ).one_or_none()
    if order_id is None or refund is None:
        return PlannedCancelling(voucher, order_id)
    held = held_by_means(session, [order_id])[order_id]
    # As money: a voucher in place of a voucher is another one to give.
    held.pop(PaymentMethod.VOUCHER, None)
    # A provider gives back no more than it was paid: the rest goes to an account.
    shares = means_of_refund(voucher.rest_cents, held, PaymentMethod.TRANSFER)
    unpaid = max(0, voucher.rest_cents - sum(cents for cents in held.values() if cents > 0))
    return PlannedCancelling(voucher, order_id, refund.id, refund.settlement_id, tuple(shares), unpaid)


def _record(session: Session, actor: Actor, order_id: int, plan: PlannedCancelling, why: str, now: dt.datetime) -> None:
    after = {"voucher_id": plan.voucher.id, "amount_cents": plan.voucher.rest_cents}
    if plan.refund_id is None:
        raise_versions(session, [order_id], now)
    else:
        after["refund_cents"] = plan.voucher.rest_cents
        _owe_again(session, order_id, plan, now)
    record(session, actor, Entry(order_id, HistoryEvent.VOUCHER_CANCELLED, after=after, note=why), now)


def _owe_again(session: Session, order_id: int, plan: PlannedCancelling, now: dt.datetime) -> None:
    """Let the refund be what was spent of the voucher, and promise the rest as money."""
    used = plan.voucher.used_cents
    kept = {"amount_cents": used} if used else {"state": PaymentRecordState.CANCELLED}
    lowered = sa.update(Payment).where(Payment.id == plan.refund_id).values(**kept)
    session.execute(lowered.execution_options(synchronize_session=False))
    iban = payer_iban(session, order_id)
    wanted = [
        NewRefund(
            order_id,
            method,
            cents,
            plan.voucher.currency,
            plan.settlement_id,
            iban if method is PaymentMethod.TRANSFER else "",
        )
        for method, cents in plan.refunds
    ]
    promise_refunds(session, wanted, now)
    recount_payments(session, [order_id], now)
