"""The summary of the sales: who wants it how often, and sending it to each of them once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.cadences import due_on, of_days
from db.domain.enclosures import chart_enclosure
from db.domain.exports import Cadence
from db.domain.files import FileKind
from db.domain.mail import STAFF_TEMPLATES, EmailTemplate, RecipientKind
from db.domain.permissions import Permission, Role
from db.domain.summaries import Summary
from db.domain.time import PARIS, local_day
from db.domain.viewer import Viewer
from db.models import OutboxMessage, Person
from db.queries.plans import literally
from db.queries.summaries import sales_summary
from db.services.audit import Act, note_act
from db.services.files import ask_for_file
from db.services.outbox import AccountLetter, queue

#: On the clock of Paris, whatever the season: before the day's work, when the night's counting is done.
SENT_FROM = dt.time(7)
_READERS = frozenset(role for role in Role if role.may(Permission.READ_CHARTS))


@dataclass(frozen=True, slots=True)
class DueSummary:
    """One summary, and the people who want it and have not been sent it."""

    cadence: Cadence
    #: The day on which it fell due.
    day: dt.date
    readers: tuple[Viewer, ...]

    @property
    def event(self) -> str:
        """Return what it is known by in the outbox: of each day it is sent once to each."""
        return f"summary:{self.cadence}:{self.day.isoformat()}"


def wanted_summary(session: Session, viewer: Viewer) -> Cadence | None:
    """Return how often somebody is sent the summary; None for never."""
    return session.scalar(sa.select(Person.summary_every).where(Person.id == viewer.person_id))


def choose_summary(session: Session, viewer: Viewer, cadence: Cadence | None, now: dt.datetime) -> None:
    """Have oneself sent the summary, or no longer.

    Args:
        session: The caller's transaction.
        viewer: Whose choice it is.
        cadence: How often; None for never.
        now: The instant.

    Raises:
        NotAllowedError: The person may not read charts.
    """
    if cadence is not None:
        viewer.require(Permission.READ_CHARTS)
    person = session.get_one(Person, viewer.person_id, with_for_update=True)
    before, person.summary_every = person.summary_every, cadence
    session.flush()
    if before is cadence:
        return
    was, becomes = ({"summary_every": each} for each in (before, cadence))
    act = Act(AuditArea.PEOPLE, "summary_chosen", "person", person.id, person.name, was, becomes)
    note_act(session, Actor.person(viewer), act, now)


def due_summaries(session: Session, now: dt.datetime) -> list[DueSummary]:
    """Return the summaries that somebody waits for; of those that were missed, only the last one.

    Who is no longer there, or may no longer read charts, waits for none.
    """
    wanting: dict[Cadence, list[Viewer]] = {}
    for reader, cadence in _readers(session):
        wanting.setdefault(cadence, []).append(reader)
    found = [DueSummary(cadence, day_due(cadence, now), tuple(readers)) for cadence, readers in wanting.items()]
    left = [(summary, _unsent(session, summary)) for summary in found]
    return [DueSummary(summary.cadence, summary.day, readers) for summary, readers in left if readers]


def day_due(cadence: Cadence, now: dt.datetime) -> dt.date:
    """Return the last day on which a summary fell due: at seven in the morning, on the clock of Paris."""
    today = local_day(now)
    has_begun = now.astimezone(PARIS).time() >= SENT_FROM
    return due_on(cadence, today if has_begun else today - dt.timedelta(days=1))


def send_summary(session: Session, due: DueSummary, now: dt.datetime) -> int:
    """Queue a summary to all who wait for it, and have its charts drawn; return to how many.

    Args:
        session: The caller's transaction.
        due: One of ``due_summaries``. Whoever sends it at the same time sends it in our place.
        now: The instant.
    """
    summary = sales_summary(session, due.readers[0], due.cadence, due.day, local_day(now))
    charts = _ask_for_charts(session, summary, now)
    said = {"summary": summary.to_json()}
    letters = [
        AccountLetter(
            due.event,
            EmailTemplate.MANAGER_SUMMARY,
            reader.email,
            reader.name,
            said,
            recipient_kind=RecipientKind.STAFF,
            attachments=charts,
        )
        for reader in due.readers
    ]
    return queue(session, SYSTEM, letters, now)


def _ask_for_charts(session: Session, summary: Summary, now: dt.datetime) -> list[dict[str, str]]:
    days = of_days(summary.cadence, summary.days)
    return [
        chart_enclosure(
            ask_for_file(
                session,
                SYSTEM,
                FileKind.SUMMARY_CHART,
                f"Ventes {days} ({each.currency})",
                {"chart": each.chart.to_json()},
                1,
                now,
            ),
            each.currency,
        )
        for each in summary.currencies
    ]


def _readers(session: Session) -> list[tuple[Viewer, Cadence]]:
    found = session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.role, Person.seller_id, Person.summary_every)
        .where(Person.is_active, Person.summary_every.is_not(None), Person.role.in_(sorted(_READERS)))
        .order_by(Person.id)
    )
    return [
        (Viewer(row.id, row.name, row.email, row.role, row.seller_id), row.summary_every)
        for row in found
        if row.summary_every
    ]


def _unsent(session: Session, summary: DueSummary) -> tuple[Viewer, ...]:
    told: Sequence[str] = session.scalars(
        sa.select(OutboxMessage.recipient).where(
            OutboxMessage.template.in_(literally(STAFF_TEMPLATES)),
            OutboxMessage.template == EmailTemplate.MANAGER_SUMMARY,
            OutboxMessage.order_id.is_(None),
            OutboxMessage.event == summary.event,
        )
    ).all()
    return tuple(reader for reader in summary.readers if reader.email not in told)
