"""E-mails that a move makes untrue: dropped while they wait, held again when the move is taken back."""

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import WAITING_STATES, OutboxState
from db.domain.orders import OrderStatus
from db.models import OutboxMessage
from db.queries.plans import not_indexed
from db.services.outbox import DELIVER, undo_window
from db.services.wake import wake

#: What a waiting e-mail says no longer holds once the order has left the status: how its event begins
#: (``db/services/moves.py``, ``messages.py``, ``timed``). Messages that staff wrote are theirs to take back.
_UNTRUE_AFTER: Mapping[OrderStatus, tuple[str, ...]] = {
    OrderStatus.AWAITING_PAYMENT: ("payment_reminder:", "unpaid_warning:"),
    OrderStatus.PAID: ("seller_reminder:",),
    OrderStatus.READY: ("pickup_reminder:",),
}
_MOVES = ("move:",)
_AT_ONCE = 500


def drop_overtaken(
    session: Session, left: Mapping[int, OrderStatus], *, is_cancelled: bool = False
) -> dict[int, list[int]]:
    """Drop what still waits to be told of orders and is not true any more; return order id → the messages dropped.

    Args:
        session: The caller's.
        left: Order id → the status it leaves.
        is_cancelled: They are cancelled: what earlier moves would tell is not true either.
    """
    dropped: dict[int, list[int]] = {}
    for status in dict.fromkeys(left.values()):
        events = _UNTRUE_AFTER.get(status, ()) + (_MOVES if is_cancelled else ())
        if events:
            ids = [order_id for order_id, was in left.items() if was is status]
            for start in range(0, len(ids), _AT_ONCE):
                _drop(session, ids[start : start + _AT_ONCE], events, dropped)
    return dropped


def _drop(session: Session, order_ids: Sequence[int], events: Sequence[str], dropped: dict[int, list[int]]) -> None:
    waiting = (
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.order_id.in_(order_ids),
            sa.or_(*(OutboxMessage.event.startswith(event, autoescape=True) for event in events)),
            not_indexed(OutboxMessage.state.in_(sorted(WAITING_STATES))),
        )
        .values(state=OutboxState.CANCELLED)
        .returning(OutboxMessage.id, OutboxMessage.order_id)
        .execution_options(synchronize_session=False)
    )
    for row in session.execute(waiting):
        dropped.setdefault(row.order_id, []).append(row.id)


def hold_mail_again(session: Session, outbox_ids: Sequence[int], now: dt.datetime) -> None:
    """Hold dropped e-mails again, for one more undo window."""
    if outbox_ids:
        due_at = now + undo_window(session)
        session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.id.in_(outbox_ids), OutboxMessage.state == OutboxState.CANCELLED)
            .values(state=OutboxState.HELD, due_at=due_at)
            .execution_options(synchronize_session=False)
        )
        wake(session, DELIVER, at=due_at)
