"""What the worker writes into the outbox: which e-mails and SMS it takes, and what became of them.

A message is *sending* in the database before it is handed over, so a worker that dies leaves a trace: once its claim
has lapsed nobody knows whether the provider took it, and it is *uncertain*, never sent again by itself.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.enclosures import enclosures, next_look, to_kept
from db.domain.jobs import JobName
from db.domain.mail import WAITING_STATES, Channel, OutboxState
from db.domain.sms import QuietHours
from db.emails.types import AttachmentRef, OutgoingEmail, Rendered, RenderingError
from db.models import OutboxMessage
from db.models.base import UtcDateTime
from db.queries.enclosures import Enclosing, enclosings
from db.queries.plans import literal_of, literally
from db.services.wake import wake

_log = logging.getLogger(__name__)

Render = Callable[[Session, Sequence[OutboxMessage], dt.datetime], Mapping[int, Rendered | RenderingError]]

WORKER_DIED = "Le travail de fond s’est arrêté pendant l’envoi\u00a0: personne ne sait si ce message est parti."
#: How much further each look goes when all that was found waits.
_WIDER_LOOK = 4
_NOT_RENDERED = "Le contenu de ce message n’a pas pu être préparé."


@dataclass(frozen=True, slots=True)
class Claim:
    """Who takes messages, how many at most, and until when they may be believed to be under way."""

    worker: str
    provider: str
    limit: int
    until: dt.datetime
    channel: Channel = Channel.EMAIL


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message that was handed over."""

    outbox_id: int
    state: OutboxState
    provider_id: str | None = None
    error: str = ""
    #: The next try, where there is one.
    due_at: dt.datetime | None = None


def is_anything_due(session: Session, now: dt.datetime) -> bool:
    """Tell whether there is something to send or a claim that has lapsed; looks into small indexes."""
    looks = [sa.exists().where(*_due(channel, now)) for channel in Channel]
    return session.scalar(sa.select(sa.or_(*looks, sa.exists().where(*_lapsed(now))))) or False


def lapse_claims(session: Session, now: dt.datetime) -> int:
    """Make uncertain what a worker took and never spoke of again; return how many there were."""
    lapsed = sa.select(OutboxMessage.id).where(*_lapsed(now)).with_for_update(skip_locked=True)
    # ``claimed_by`` stays: a worker that was only very slow may still say what happened.
    changed = session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(lapsed))
        .values(state=OutboxState.UNCERTAIN, error=WORKER_DIED)
        .returning(OutboxMessage.id)
    )
    return len(changed.all())


def hold_for_the_night(session: Session, quiet: QuietHours, now: dt.datetime) -> int:
    """Have the SMS that came due at night wait for its end, as what was queued at night does; return how many."""
    if not quiet.holds(now):
        return 0
    due = sa.select(OutboxMessage.id).where(*_due(Channel.SMS, now)).with_for_update(skip_locked=True)
    held = session.execute(
        sa.update(OutboxMessage)
        .where(OutboxMessage.id.in_(due))
        .values(due_at=quiet.earliest(now))
        .returning(OutboxMessage.id)
    ).all()
    if held:
        wake(session, JobName.DELIVER_EMAILS, at=quiet.earliest(now))
    return len(held)


def claim_due(session: Session, claim: Claim, render: Render, now: dt.datetime) -> list[OutgoingEmail]:
    """Take the messages of a channel that have been due for longest, rendered as they leave.

    Others pass over them from here on. One that cannot be rendered fails with the reason and keeps no other back; one
    whose document is not made yet is put off, which counts as no try.
    """
    rows = _next(session, claim, now)
    if not rows:
        return []
    rendered = _rendered(session, rows, render, now)
    _write_claims(session, claim, rows, rendered)
    _write_failures(session, rows, rendered)
    return [_outgoing(row, content, claim) for row in rows if isinstance(content := rendered.get(row.id), Rendered)]


def record_outcomes(session: Session, worker: str, outcomes: Collection[Outcome], now: dt.datetime) -> None:
    """Write what became of messages that this worker had claimed.

    What an event of the provider or a person has settled in the meantime stays as it is.
    """
    if not outcomes:
        return
    statement = (
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.id == sa.bindparam("outbox_id"),
            OutboxMessage.claimed_by == worker,
            sa.or_(OutboxMessage.state == OutboxState.SENDING, OutboxMessage.state == OutboxState.UNCERTAIN),
        )
        .values(
            state=sa.bindparam("new_state"),
            provider_id=sa.bindparam("new_provider_id"),
            error=sa.bindparam("new_error"),
            due_at=sa.func.coalesce(sa.bindparam("new_due_at", type_=UtcDateTime()), OutboxMessage.due_at),
            sent_at=sa.bindparam("new_sent_at"),
            claimed_by=None,
            claimed_until=None,
        )
    )
    # In the order of their ids, as everybody who locks several rows does: two of us never wait for each other.
    rows = [_outcome_row(outcome, now) for outcome in sorted(outcomes, key=lambda each: each.outbox_id)]
    session.connection().execute(statement, rows)
    for next_try in {outcome.due_at for outcome in outcomes if outcome.due_at}:
        wake(session, JobName.DELIVER_EMAILS, at=next_try)


def _next(session: Session, claim: Claim, now: dt.datetime) -> list[OutboxMessage]:
    """Return the messages to send now, with what goes with them; put off those that wait for their document."""
    looked_at = claim.limit
    while True:
        rows = session.scalars(
            sa.select(OutboxMessage)
            .where(*_due(claim.channel, now))
            .order_by(OutboxMessage.due_at, OutboxMessage.id)
            .limit(looked_at)
            .with_for_update(skip_locked=True)
        ).all()
        found = enclosings(session, rows, now)
        ready = [row for row in rows if row.id not in found or found[row.id].waits_since is None][: claim.limit]
        _put_off(session, rows, found, now)
        for row in ready:
            if row.id in found:
                row.attachments = to_kept(found[row.id].found)
        session.flush()
        if ready or len(rows) < looked_at:
            return ready
        # Behind a crowd that waits, as after a bulk action, others are ready: found in a few wider looks.
        looked_at *= _WIDER_LOOK


def _put_off(session: Session, rows: Sequence[OutboxMessage], found: Mapping[int, Enclosing], now: dt.datetime) -> None:
    next_looks = set()
    for row in rows:
        waits = found.get(row.id)
        if waits and waits.waits_since:
            row.attachments, row.due_at = to_kept(waits.found), next_look(waits.waits_since, now)
            next_looks.add(row.due_at)
    if next_looks:
        wake(session, JobName.DELIVER_EMAILS, at=min(next_looks))


def _rendered(
    session: Session, rows: Sequence[OutboxMessage], render: Render, now: dt.datetime
) -> Mapping[int, Rendered | RenderingError]:
    """Render together, or one by one where that fails: a fault of ours costs its own e-mail and no other."""
    try:
        return render(session, rows, now)
    except sa.exc.DBAPIError:
        raise
    except Exception:  # noqa: BLE001  whatever one e-mail raises, the others go on
        if len(rows) > 1:
            return {key: made for row in rows for key, made in _rendered(session, [row], render, now).items()}
        _log.exception("envoi %d : impossible à préparer", rows[0].id)
        return {rows[0].id: RenderingError(_NOT_RENDERED)}


def _due(channel: Channel, now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    return [
        OutboxMessage.state.in_(literally(WAITING_STATES)),
        OutboxMessage.due_at <= now,
        OutboxMessage.channel == literal_of(channel),
    ]


def _lapsed(now: dt.datetime) -> list[sa.ColumnElement[bool]]:
    return [OutboxMessage.state.in_(literally([OutboxState.SENDING])), OutboxMessage.claimed_until < now]


def _write_claims(
    session: Session, claim: Claim, rows: Sequence[OutboxMessage], rendered: Mapping[int, Rendered | RenderingError]
) -> None:
    contents = [
        {"outbox_id": row.id, "subject": content.subject, "html": content.html, "text": content.text}
        for row in rows
        if isinstance(content := rendered.get(row.id), Rendered)
    ]
    if contents:
        statement = (
            sa.update(OutboxMessage)
            .where(OutboxMessage.id == sa.bindparam("outbox_id"))
            .values(
                state=OutboxState.SENDING,
                attempts=OutboxMessage.attempts + 1,
                claimed_by=claim.worker,
                claimed_until=claim.until,
                provider=claim.provider,
                error="",
            )
        )
        session.connection().execute(statement, contents)


def _write_failures(
    session: Session, rows: Sequence[OutboxMessage], rendered: Mapping[int, Rendered | RenderingError]
) -> None:
    failures = [
        {"outbox_id": row.id, "error": str(content or _NOT_RENDERED)}
        for row in rows
        if not isinstance(content := rendered.get(row.id), Rendered)
    ]
    if failures:
        statement = (
            sa.update(OutboxMessage)
            .where(OutboxMessage.id == sa.bindparam("outbox_id"))
            .values(state=OutboxState.FAILED)
        )
        session.connection().execute(statement, failures)


def _outgoing(row: OutboxMessage, content: Rendered, claim: Claim) -> OutgoingEmail:
    return OutgoingEmail(
        outbox_id=row.id,
        template=row.template,
        recipient_kind=row.recipient_kind,
        recipient=row.recipient,
        recipient_name=row.recipient_name,
        content=content,
        created_at=row.created_at,
        attempt=row.attempts + 1,
        claimed_until=claim.until,
        attachments=tuple(
            AttachmentRef(
                each.ref, each.name, each.sha256, int(each.file_id) if each.file_id else None, each.content_id
            )
            for each in enclosures(row.attachments)
            if each.is_enclosed
        ),
    )


def _outcome_row(outcome: Outcome, now: dt.datetime) -> dict[str, Any]:
    return {
        "outbox_id": outcome.outbox_id,
        "new_state": outcome.state,
        "new_provider_id": outcome.provider_id,
        "new_error": outcome.error,
        "new_due_at": outcome.due_at,
        "new_sent_at": now if outcome.state is OutboxState.SENT else None,
    }
