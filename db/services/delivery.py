"""What staff decides about e-mails and SMS that wait or are in trouble: send again, consider sent, drop."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import MarketplaceError, NotFoundError
from db.domain.jobs import JobName
from db.domain.mail import TROUBLED_STATES, WAITING_STATES, OutboxState
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.models import OutboxMessage
from db.services.audit import Act, note_act
from db.services.history import Entry, record
from db.services.wake import wake


class EmailNotFoundError(NotFoundError):
    """No such e-mail."""

    def __init__(self, outbox_id: int) -> None:
        self.outbox_id = outbox_id
        super().__init__("Ce message n’existe plus.")


class EmailDecidedError(MarketplaceError):
    """The e-mail has moved on, by an event or by somebody else, and the decision no longer applies."""

    def __init__(self, outbox_id: int, state: OutboxState) -> None:
        self.outbox_id = outbox_id
        self.state = state
        super().__init__(
            f"Ce message est maintenant «\u00a0{state.label}\u00a0»\u00a0: cette action n’est plus possible."
        )


@dataclass(frozen=True, slots=True)
class _Decision:
    """From which states, to which, and as what it is told in the order's history."""

    allowed: frozenset[OutboxState]
    state: OutboxState
    event: HistoryEvent


_SEND_AGAIN = _Decision(TROUBLED_STATES, OutboxState.QUEUED, HistoryEvent.EMAIL_RESENT)
_CONSIDER_SENT = _Decision(frozenset({OutboxState.UNCERTAIN}), OutboxState.SENT, HistoryEvent.EDITED)
_DROP = _Decision(WAITING_STATES | TROUBLED_STATES, OutboxState.CANCELLED, HistoryEvent.EDITED)


def send_again(session: Session, actor: Actor, outbox_id: int, now: dt.datetime) -> None:
    """Queue an e-mail in trouble once more, with all its tries before it.

    Raises:
        NotAllowedError: The person may not write to customers.
        EmailNotFoundError: There is no such e-mail.
        EmailDecidedError: It is not in trouble any more.
    """
    _decide(session, actor, outbox_id, _SEND_AGAIN, now, due_at=now, attempts=0, error="", settled_at=None)
    wake(session, JobName.DELIVER_EMAILS)


def consider_sent(session: Session, actor: Actor, outbox_id: int, now: dt.datetime) -> None:
    """Take an uncertain e-mail for sent.

    Raises:
        NotAllowedError: The person may not write to customers.
        EmailNotFoundError: There is no such e-mail.
        EmailDecidedError: It is not uncertain any more.
    """
    _decide(session, actor, outbox_id, _CONSIDER_SENT, now, sent_at=now, error="")


def drop(session: Session, actor: Actor, outbox_id: int, now: dt.datetime) -> None:
    """Give up an e-mail that waits or is in trouble: it does not leave, and nobody is asked about it any more.

    Raises:
        NotAllowedError: The person may not write to customers.
        EmailNotFoundError: There is no such e-mail.
        EmailDecidedError: It is leaving or has left.
    """
    # Due from now on: a refusal of before does not bring it back (``Standing.after``).
    _decide(session, actor, outbox_id, _DROP, now, due_at=now)


def _decide(
    session: Session,
    actor: Actor,
    outbox_id: int,
    decision: _Decision,
    now: dt.datetime,
    **columns: Any,  # noqa: ANN401
) -> None:
    actor.require(Permission.MESSAGE_CUSTOMERS)
    message = session.execute(
        sa.select(OutboxMessage.order_id, OutboxMessage.state, OutboxMessage.template, OutboxMessage.recipient)
        .where(OutboxMessage.id == outbox_id)
        .with_for_update()
    ).one_or_none()
    if message is None:
        raise EmailNotFoundError(outbox_id)
    if message.state not in decision.allowed:
        raise EmailDecidedError(outbox_id, message.state)
    session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == outbox_id)
        .values(state=decision.state, claimed_by=None, claimed_until=None, **columns)
    )
    if message.order_id is not None:
        entry = Entry(
            message.order_id,
            decision.event,
            before={"email": message.state.label},
            after={"email": decision.state.label},
            note=f"{message.template.label}, à {message.recipient}",
        )
        record(session, actor, entry, now)
        return
    states = {"email": message.state.label}, {"email": decision.state.label}
    act = Act(AuditArea.ORDERS, "email_settled", "email", outbox_id, message.template.label, *states)
    note_act(session, actor, act, now)
