"""E-mails that a cancellation makes untrue: dropped while they wait, held again when the cancellation is taken back."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import WAITING_STATES, OutboxState
from db.models import OutboxMessage
from db.services.outbox import DELIVER, undo_window
from db.services.wake import wake

#: How the events of moves begin (``db/services/moves.py``): messages that staff wrote are theirs to take back.
MOVE_EVENTS = "move:"
_AT_ONCE = 500


def drop_mail_of_moves(session: Session, order_ids: Sequence[int]) -> dict[int, list[int]]:
    """Drop what earlier moves of the orders would still tell; return order id → the e-mails dropped."""
    dropped: dict[int, list[int]] = {}
    for start in range(0, len(order_ids), _AT_ONCE):
        waiting = (
            sa.update(OutboxMessage)
            .where(
                OutboxMessage.order_id.in_(order_ids[start : start + _AT_ONCE]),
                OutboxMessage.event.startswith(MOVE_EVENTS, autoescape=True),
                OutboxMessage.state.in_(WAITING_STATES),
            )
            .values(state=OutboxState.CANCELLED)
            .returning(OutboxMessage.id, OutboxMessage.order_id)
            .execution_options(synchronize_session=False)
        )
        for row in session.execute(waiting):
            dropped.setdefault(row.order_id, []).append(row.id)
    return dropped


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
