"""What becomes of refunds: handed over, done, refused, done again. DOMAIN.md, « Money »; the table is in the domain.

A refund is a row of ``payments`` that a settlement or a cancellation wrote. Each act is written once: the orders are
locked, each refund is looked at again, and one that is elsewhere by now is refused by itself; the others go on.
"""

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError
from db.domain.iban import iban_end, iban_number
from db.domain.orders import PaymentMethod
from db.domain.permissions import Permission
from db.domain.refunds import REFUND_METHODS, RefundAct, checked_day, checked_reference, checked_refusal
from db.domain.time import instant_of, local_day
from db.services.refund_moves import RefundChange, RefundsMoved, move_refunds


def mark_sent(session: Session, actor: Actor, refund_ids: Collection[int], now: dt.datetime) -> RefundsMoved:
    """Note that refunds were handed to the bank or the provider, by hand.

    Raises:
        NotAllowedError: The actor may not give money back.
    """
    actor.require(Permission.REFUND)
    return move_refunds(session, actor, refund_ids, RefundChange(RefundAct.SEND, {"sent_at": now}), now)


def mark_done(
    session: Session,
    actor: Actor,
    refund_ids: Collection[int],
    reference: str,
    day: dt.date,
    now: dt.datetime,
    *,
    notifies: bool = True,
) -> RefundsMoved:
    """Note that the money was given back; the customers are told, unless not ``notifies``.

    Where a refund is made by voucher, this gives it.

    Args:
        session: The caller's transaction.
        actor: Who did it.
        refund_ids: Any number of refunds; those that are done already, or refused, stay as they are.
        reference: Number of the cheque, wording of the transfer; may be empty.
        day: When the money left.
        now: The instant.
        notifies: False for « ne pas prévenir ».

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: The reference or the day cannot be.
    """
    actor.require(Permission.REFUND)
    return finish(
        session,
        actor,
        refund_ids,
        checked_reference(reference),
        checked_day(day, local_day(now)),
        now,
        notifies=notifies,
    )


def give_vouchers(
    session: Session, actor: Actor, refund_ids: Collection[int], now: dt.datetime, *, notifies: bool = True
) -> RefundsMoved:
    """Give the vouchers that refunds are made by; what is to be given back in money by now stays as it is.

    Raises:
        NotAllowedError: The actor may not give money back.
    """
    actor.require(Permission.REFUND)
    return finish(session, actor, refund_ids, "", local_day(now), now, notifies=notifies, by=PaymentMethod.VOUCHER)


def finish(
    session: Session,
    actor: Actor,
    refund_ids: Collection[int],
    reference: str,
    day: dt.date,
    now: dt.datetime,
    *,
    notifies: bool = True,
    by: PaymentMethod | None = None,
) -> RefundsMoved:
    """Do what ``mark_done`` does, for whoever knows that the money left: finance, or the provider."""
    at = instant_of(day, now)
    values = {"ended_at": at, "received_at": at, "booked_at": now, "refusal": "", "claimed_until": None}
    words = {} if day == local_day(now) else {"done_on": day.isoformat()}
    if reference:
        values |= {"reference": reference}
        words |= {"reference": reference}
    change = RefundChange(RefundAct.FINISH, values, words, by=by)
    return move_refunds(session, actor, refund_ids, change, now, notifies=notifies)


def mark_refused(
    session: Session, actor: Actor, refund_ids: Collection[int], reason: str, now: dt.datetime
) -> RefundsMoved:
    """Note that refunds did not go through, or came back: they are still owed.

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: There is no reason, or one that is too long.
    """
    actor.require(Permission.REFUND)
    return refuse(session, actor, refund_ids, checked_refusal(reason), now)


def refuse(session: Session, actor: Actor, refund_ids: Collection[int], reason: str, now: dt.datetime) -> RefundsMoved:
    """Do what ``mark_refused`` does, for whoever was told so: finance, or the job by the provider's answer."""
    values = {"ended_at": now, "refusal": reason, "booked_at": None, "received_at": None, "claimed_until": None}
    return move_refunds(session, actor, refund_ids, RefundChange(RefundAct.REFUSE, values, note=reason), now)


def do_again(session: Session, actor: Actor, refund_ids: Collection[int], now: dt.datetime) -> RefundsMoved:
    """Put refused refunds back among those to do.

    Raises:
        NotAllowedError: The actor may not give money back.
    """
    actor.require(Permission.REFUND)
    values = {"sent_at": None, "ended_at": None, "reference": "", "refusal": ""}
    return move_refunds(session, actor, refund_ids, RefundChange(RefundAct.DO_AGAIN, values), now)


def set_means(
    session: Session, actor: Actor, refund_id: int, method: PaymentMethod, iban: str, now: dt.datetime
) -> RefundsMoved:
    """Choose how a refund that is still to do, or was refused, is given back, and where a transfer goes.

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: Money is not given back like that, or it is no IBAN.
        RefundRefusedError: The refund is under way or over.
    """
    actor.require(Permission.REFUND)
    if method not in REFUND_METHODS:
        raise InvalidInputError(
            "Choisissez comment l’argent est rendu\u00a0: carte, PayPal, virement, chèque, espèces."
        )
    account = iban_number(iban) if method is PaymentMethod.TRANSFER else ""
    words = {"method": method.value} | ({"iban_end": iban_end(account)} if account else {})
    change = RefundChange(RefundAct.CHANGE_MEANS, {"method": method, "iban": account}, words)
    moved = move_refunds(session, actor, [refund_id], change, now)
    if moved.refused:
        raise moved.refused[0].error
    return moved
