"""« Boîte d'envoi »: the outbox page by page, newest first, however many millions it holds.

Each list walks the one index that has its messages in order: by template, by state (one walk per state, merged), or
the primary key. A search asks for few orders first, and for their messages then.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.mailbox import MailFilter, MailTab
from db.domain.permissions import Permission
from db.domain.sms import mobile_number
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import Order, OutboxMessage
from db.queries.day_bounds import day_bounds
from db.queries.global_search import newest_matching_orders
from db.queries.plans import literal_of, not_indexed

PAGE_SIZE = 50
#: Counters stop there: « 1 000+ ».
COUNT_CAP = 1_000

#: A search looks at the messages of this many orders, the newest.
_ORDERS_SEARCHED = 200

_Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class MailRow:
    """One message of the outbox as a list shows it."""

    id: int
    order_id: int | None
    order_number: str | None
    channel: Channel
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    recipient_name: str
    #: As it was sent; of a message still to leave, what is known of it.
    subject: str
    state: OutboxState
    attempts: int
    created_at: dt.datetime
    due_at: dt.datetime
    sent_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class MailPage:
    """One page of the list, newest first."""

    rows: tuple[MailRow, ...]
    has_newer: bool
    has_older: bool


def mail_page(
    session: Session, viewer: Viewer, wanted: MailFilter, *, before: int | None = None, after: int | None = None
) -> MailPage:
    """Return one page of the messages that the filter asks for.

    Args:
        session: An open session.
        viewer: Who looks.
        wanted: Which messages.
        before: Only messages older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read messages.
    """
    viewer.require(Permission.READ_MESSAGES)
    bounds = _bounds(session, wanted, None if after is not None else before, after)
    upwards = after is not None
    found = _ids(session, viewer, wanted, bounds, upwards=upwards)
    ids, has_more = sorted(found[:PAGE_SIZE], reverse=True), len(found) > PAGE_SIZE
    return MailPage(
        rows=mail_rows(session, ids),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def mail_counts(session: Session, viewer: Viewer, channel: Channel | None = None) -> dict[MailTab, int]:
    """Return how many messages each list has, of one channel or of all, at most ``COUNT_CAP`` + 1.

    Raises:
        NotAllowedError: The person may not read messages.
    """
    viewer.require(Permission.READ_MESSAGES)
    return {tab: min(_count_of(session, tab, channel), COUNT_CAP + 1) for tab in MailTab}


def conditions(session: Session, viewer: Viewer, wanted: MailFilter) -> list[_Condition]:
    """Return what a filter asks of ``OutboxMessage``, for who reads the whole list and not a page of it."""
    viewer.require(Permission.READ_MESSAGES)
    found = _bounds(session, wanted, None, None)
    if wanted.text or wanted.order_number:
        found.append(sa.or_(sa.false(), *_searched(session, viewer, wanted)))
    return [*found, *_in_tab(wanted), *_of_template(wanted), *_of_channel(wanted)]


def _in_tab(wanted: MailFilter) -> list[_Condition]:
    return [] if wanted.tab is MailTab.ALL else [OutboxMessage.state.in_(sorted(wanted.tab.states))]


def _of_template(wanted: MailFilter) -> list[_Condition]:
    return [OutboxMessage.template == wanted.template] if wanted.template else []


def _of_channel(wanted: MailFilter) -> list[_Condition]:
    # In the very words of its partial index.
    return [OutboxMessage.channel == literal_of(wanted.channel)] if wanted.channel else []


def _count_of(session: Session, tab: MailTab, channel: Channel | None) -> int:
    # In the very words of its partial index.
    of_channel = [OutboxMessage.channel == literal_of(channel)] if channel else []
    in_tab = [] if tab is MailTab.ALL else [OutboxMessage.state.in_(sorted(tab.states))]
    if channel is Channel.SMS and tab in {MailTab.ALL, MailTab.SENT}:
        return _count(session, *of_channel, *map(not_indexed, in_tab))
    checks = [not_indexed(check) for check in of_channel]
    if tab is MailTab.ALL:
        return _count(session, *checks)
    return sum(_count(session, OutboxMessage.state == state, *checks) for state in tab.states)


def _count(session: Session, *conditions: _Condition) -> int:
    few = sa.select(OutboxMessage.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(few)) or 0


def _bounds(session: Session, wanted: MailFilter, before: int | None, after: int | None) -> list[_Condition]:
    """Return the conditions on the id: every walk of an index starts and ends with them."""
    bounds = []
    if before is not None:
        bounds.append(OutboxMessage.id < before)
    if after is not None:
        bounds.append(OutboxMessage.id > after)
    days = day_bounds(session, OutboxMessage.id, OutboxMessage.created_at, wanted.first_day, wanted.last_day)
    return [*bounds, *days]


def _ids(
    session: Session, viewer: Viewer, wanted: MailFilter, bounds: Sequence[_Condition], *, upwards: bool
) -> list[int]:
    """Return the ids of a page and one more, from the bound on."""

    def walk(*conditions: _Condition) -> list[int]:
        order = OutboxMessage.id.asc() if upwards else OutboxMessage.id.desc()
        ids = sa.select(OutboxMessage.id).where(*bounds, *conditions).order_by(order)
        return list(session.scalars(ids.limit(PAGE_SIZE + 1)))

    in_tab, of_template, of_channel = _in_tab(wanted), _of_template(wanted), _of_channel(wanted)
    if wanted.text or wanted.order_number:
        sources = _searched(session, viewer, wanted)
        checks = [not_indexed(check) for check in (*in_tab, *of_template, *of_channel)]
        walks = [walk(source, *checks) for source in sources]
    elif wanted.channel is Channel.SMS and wanted.tab in {MailTab.ALL, MailTab.SENT}:
        # Few among many e-mails: they have an index of their own.
        return walk(*of_channel, *map(not_indexed, (*in_tab, *of_template)))
    elif wanted.tab is MailTab.ALL or (wanted.template and wanted.tab is MailTab.SENT):
        # Most messages were sent: a walk by template or by id meets few others.
        return walk(*of_template, *map(not_indexed, (*in_tab, *of_channel)))
    else:
        checks = [not_indexed(check) for check in (*of_template, *of_channel)]
        walks = [walk(OutboxMessage.state == state, *checks) for state in wanted.tab.states]
    return _merged(walks, upwards=upwards)


def _merged(walks: Iterable[Sequence[int]], *, upwards: bool) -> list[int]:
    return sorted({outbox_id for walked in walks for outbox_id in walked}, reverse=not upwards)[: PAGE_SIZE + 1]


def _searched(session: Session, viewer: Viewer, wanted: MailFilter) -> list[_Condition]:
    """Return the conditions any of which a searched message meets; none where nothing can."""
    sources: list[_Condition] = []
    if wanted.order_number:
        number = wanted.order_number if is_storable(wanted.order_number) else ""
        order_id = session.scalar(sa.select(Order.id).where(Order.number == number))
        return [OutboxMessage.order_id == order_id] if order_id else []
    if is_storable(wanted.text):
        typed = wanted.text.strip()
        number = mobile_number(typed)
        sources.append(OutboxMessage.recipient.in_(sorted({typed, typed.lower(), *([number] if number else [])})))
        order_ids = newest_matching_orders(session, viewer, wanted.text, _ORDERS_SEARCHED)
        if order_ids:
            sources.append(OutboxMessage.order_id.in_(order_ids))
    return sources


def mail_rows(session: Session, ids: Sequence[int]) -> tuple[MailRow, ...]:
    """Return messages by id, in that order."""
    if not ids:
        return ()
    found = session.execute(
        sa.select(
            OutboxMessage.id,
            OutboxMessage.order_id,
            Order.number.label("order_number"),
            OutboxMessage.channel,
            OutboxMessage.template,
            OutboxMessage.recipient_kind,
            OutboxMessage.recipient,
            OutboxMessage.recipient_name,
            OutboxMessage.subject,
            OutboxMessage.state,
            OutboxMessage.attempts,
            OutboxMessage.created_at,
            OutboxMessage.due_at,
            OutboxMessage.sent_at,
            OutboxMessage.variables,
        )
        .outerjoin(Order, Order.id == OutboxMessage.order_id)
        .where(OutboxMessage.id.in_(ids))
    )
    rows = {row.id: _row(row._asdict()) for row in found}
    return tuple(rows[outbox_id] for outbox_id in ids if outbox_id in rows)


def _row(facts: dict[str, Any]) -> MailRow:
    variables = facts.pop("variables")
    facts["subject"] = facts["subject"] or subject_known(facts["template"], variables)
    return MailRow(**facts)


def subject_known(template: EmailTemplate, variables: Mapping[str, Any] | None) -> str:
    """Return what can be said of the subject of a message that was not rendered yet."""
    said = str((variables or {}).get("subject", ""))
    return said if template is EmailTemplate.MESSAGE else ""
