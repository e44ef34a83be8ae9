"""Take in what the provider tells of e-mails: each event once, in any order."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import OutboxState
from db.domain.mail_events import MailEvent, Standing
from db.models import MailEvent as KeptEvent
from db.models import OutboxMessage
from db.models.base import UtcDateTime
from db.services.upsert import insert_for

_AT_ONCE = 500


def apply_events(session: Session, events: Sequence[MailEvent], now: dt.datetime) -> int:
    """Keep events and move the e-mails they are about; return how many were not known yet.

    An event that names no e-mail of ours, or one that went to somebody else, is kept and changes nothing.
    """
    return sum(_apply(session, events[start : start + _AT_ONCE], now) for start in range(0, len(events), _AT_ONCE))


def _apply(session: Session, events: Sequence[MailEvent], now: dt.datetime) -> int:
    messages = _locked_messages(session, events)
    known = {event.id: _message_of(event, messages) for event in events}
    new = _kept(session, events, known, now)
    changes = [
        change
        for message in messages.values()
        if (change := _change(message, [event for event in new if known[event.id] is message]))
    ]
    _write(session, changes)
    return len(new)


def _locked_messages(session: Session, events: Iterable[MailEvent]) -> Mapping[int, Any]:
    """Return the messages that events name, by id, and keep others from changing them until we are done."""
    wanted = {event.outbox_id for event in events if event.outbox_id is not None}
    columns = (
        OutboxMessage.id,
        OutboxMessage.recipient,
        OutboxMessage.state,
        OutboxMessage.due_at,
        OutboxMessage.settled_at,
        OutboxMessage.error,
        OutboxMessage.sent_at,
        OutboxMessage.provider_id,
    )
    rows = session.execute(
        sa.select(*columns).where(OutboxMessage.id.in_(wanted)).order_by(OutboxMessage.id).with_for_update()
    )
    return {row.id: row for row in rows}


def _message_of(event: MailEvent, messages: Mapping[int, Any]) -> Any:  # noqa: ANN401  a row of the query above, or None
    """Return the message an event is about. Another installation at the same provider may count as we do."""
    message = messages.get(event.outbox_id) if event.outbox_id is not None else None
    same = message is not None and message.recipient.casefold() == event.recipient.casefold()
    return message if same else None


def _kept(session: Session, events: Iterable[MailEvent], known: Mapping[str, Any], now: dt.datetime) -> list[MailEvent]:
    """Write the events that are not there yet; return them."""
    by_id = {event.id: event for event in events}
    rows = [
        {
            "provider_event_id": event.id,
            "outbox_id": known[event.id].id if known[event.id] is not None else None,
            "kind": event.kind,
            "at": event.at,
            "reason": event.reason,
            "received_at": now,
        }
        # Always in the same order: two batches that overlap never wait for each other.
        for _, event in sorted(by_id.items())
    ]
    if not rows:
        return []
    statement = insert_for(session, KeptEvent).on_conflict_do_nothing().returning(KeptEvent.provider_event_id)
    return [by_id[event_id] for event_id in session.scalars(statement, rows)]


def _change(message: Any, events: Sequence[MailEvent]) -> dict[str, Any] | None:  # noqa: ANN401  a row of ours
    """Return what events change of a message, if anything."""
    before = Standing(message.state, message.due_at, message.settled_at, message.error)
    after = reduce(Standing.after, events, before)
    if after == before:
        return None
    left = after.state is not OutboxState.BOUNCED
    return {
        "outbox_id": message.id,
        "new_state": after.state,
        "new_settled_at": after.settled_at,
        "new_error": after.error,
        "new_sent_at": message.sent_at or (min(event.at for event in events) if left else None),
        "new_provider_id": message.provider_id or next((each.provider_id for each in events), None),
    }


def _write(session: Session, changes: Sequence[Mapping[str, Any]]) -> None:
    if not changes:
        return
    statement = (
        sa.update(OutboxMessage)
        .where(OutboxMessage.id == sa.bindparam("outbox_id"))
        .values(
            state=sa.bindparam("new_state"),
            settled_at=sa.bindparam("new_settled_at", type_=UtcDateTime()),
            error=sa.bindparam("new_error"),
            sent_at=sa.bindparam("new_sent_at", type_=UtcDateTime()),
            provider_id=sa.bindparam("new_provider_id"),
            claimed_by=None,
            claimed_until=None,
        )
    )
    session.connection().execute(statement, list(changes))
