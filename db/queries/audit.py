"""Réglages › Journal d'audit: one page of the log, one entry, and how its chain stands."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.audit import AuditArea
from db.domain.audit_words import words_of
from db.domain.orders import ActorKind
from db.domain.permissions import Permission
from db.domain.time import PARIS
from db.domain.viewer import Viewer
from db.models import AuditAnchor, AuditCheck, AuditEntry, AuditSeal, Document, Order, Person, Seller
from db.queries.text_match import text_conditions

PAGE_SIZE = 50
#: Sellers and people that a text may mean; one that means more says too little.
_MEANT = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """What acts are about: a table's name in the singular, and a key of it."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; what is empty filters nothing."""

    area: AuditArea | None = None
    event: str = ""
    actor_kind: ActorKind | None = None
    person_id: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    subject: Subject | None = None
    #: The number of an order or a document, or a part of the name of a seller or of somebody of the house.
    text: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry, and its place in the chain; None while it is not sealed."""

    id: int
    at: dt.datetime
    actor_kind: ActorKind
    person_id: int | None
    actor_name: str
    area: AuditArea
    event: str
    subject: Subject | None
    label: str
    sequence: int | None
    is_erased: bool
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""

    @property
    def words(self) -> str:
        """Return what was done, in French."""
        return words_of(self.area, self.event)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the log. ``has_newer``: there are entries above it; ``has_older``: below."""

    rows: tuple[AuditRow, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What the last verification found."""

    id: int
    checked_at: dt.datetime
    person_name: str
    entries: int
    is_sound: bool
    faults: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ChainState:
    """How the chain stands."""

    #: How many entries are sealed, and when the last one was; None where none is.
    sealed: int
    sealed_at: dt.datetime | None
    last_hash: str
    #: The last day that was anchored.
    anchored_on: dt.date | None
    anchors: int
    check: ChainCheck | None


def audit_page(
    session: Session, viewer: Viewer, wanted: AuditFilter, *, before: int | None = None, after: int | None = None
) -> AuditPage:
    """Return one page of the log, the newest first.

    Args:
        session: An open session.
        viewer: Who looks.
        wanted: Which entries.
        before: Only those older than this one (its id).
        after: The page that ends just above this one (its id); ``before`` is then not looked at.

    Raises:
        NotAllowedError: The person may not read the log.
    """
    viewer.require(Permission.READ_AUDIT)
    conditions = _conditions(session, wanted)
    if conditions is None:
        return AuditPage((), has_newer=False, has_older=False)
    upwards = after is not None
    place = sa.tuple_(AuditEntry.at, AuditEntry.id)
    if (edge := before if after is None else after) is not None:
        at = session.scalar(sa.select(AuditEntry.at).where(AuditEntry.id == edge))
        if at is not None:
            end = sa.tuple_(sa.literal(at, AuditEntry.at.type), sa.literal(edge))
            conditions.append(place > end if upwards else place < end)
    order = (AuditEntry.at.asc(), AuditEntry.id.asc()) if upwards else (AuditEntry.at.desc(), AuditEntry.id.desc())
    found = session.execute(_entries().where(*conditions).order_by(*order).limit(PAGE_SIZE + 1)).all()
    has_more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return AuditPage(
        rows=tuple(_row(each) for each in (shown[::-1] if upwards else shown)),
        has_newer=has_more if upwards else before is not None,
        has_older=True if upwards else has_more,
    )


def audit_entry(session: Session, viewer: Viewer, entry_id: int) -> AuditRow | None:
    """Return one entry; None where there is none.

    Raises:
        NotAllowedError: The person may not read the log.
    """
    viewer.require(Permission.READ_AUDIT)
    found = session.execute(_entries().where(AuditEntry.id == entry_id)).one_or_none()
    return _row(found) if found else None


def audit_people(session: Session, viewer: Viewer) -> dict[int, str]:
    """Return everybody of the house by id, for the filter.

    Raises:
        NotAllowedError: The person may not read the log.
    """
    viewer.require(Permission.READ_AUDIT)
    found = session.execute(sa.select(Person.id, Person.name).order_by(Person.name, Person.id))
    return {row.id: row.name for row in found}


def chain_state(session: Session, viewer: Viewer) -> ChainState:
    """Return how the chain stands.

    Raises:
        NotAllowedError: The person may not read the log.
    """
    viewer.require(Permission.READ_AUDIT)
    end = session.scalars(sa.select(AuditSeal).order_by(AuditSeal.sequence.desc()).limit(1)).one_or_none()
    anchored_on, anchors = session.execute(sa.select(sa.func.max(AuditAnchor.day), sa.func.count())).one()
    return ChainState(
        sealed=end.sequence if end else 0,
        sealed_at=end.sealed_at if end else None,
        last_hash=end.hash if end else "",
        anchored_on=anchored_on,
        anchors=anchors,
        check=last_chain_check(session),
    )


def last_chain_check(session: Session) -> ChainCheck | None:
    """Return what the last verification found; None before the first."""
    row = session.scalars(sa.select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return ChainCheck(row.id, row.checked_at, row.person_name, row.entries, row.is_sound, tuple(row.faults))


def _entries() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_kind,
        AuditEntry.person_id,
        AuditEntry.actor_name,
        AuditEntry.area,
        AuditEntry.event,
        AuditEntry.subject,
        AuditEntry.subject_id,
        AuditEntry.label,
        AuditEntry.details,
        AuditEntry.erased_at,
        AuditSeal.sequence,
    ).outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)


def _row(row: sa.Row[*tuple[Any, ...]]) -> AuditRow:
    details = row.details or {}
    return AuditRow(
        id=row.id,
        at=row.at,
        actor_kind=row.actor_kind,
        person_id=row.person_id,
        actor_name=row.actor_name,
        area=row.area,
        event=row.event,
        subject=Subject(row.subject, row.subject_id) if row.subject and row.subject_id is not None else None,
        label=row.label,
        sequence=row.sequence,
        is_erased=row.erased_at is not None,
        before=details.get("before") or {},
        after=details.get("after") or {},
        note=details.get("note") or "",
    )


def _conditions(session: Session, wanted: AuditFilter) -> list[sa.ColumnElement[bool]] | None:
    """Return what the filter asks for; None where its text means nothing that there is."""
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.area is not None:
        conditions.append(AuditEntry.area == wanted.area)
        if wanted.event:
            conditions.append(AuditEntry.event == wanted.event)
    if wanted.actor_kind is not None:
        conditions += [AuditEntry.actor_kind == wanted.actor_kind, AuditEntry.person_id.is_(None)]
    elif wanted.person_id is not None:
        conditions += [AuditEntry.actor_kind == ActorKind.PERSON, AuditEntry.person_id == wanted.person_id]
    if wanted.first is not None:
        conditions.append(AuditEntry.at >= _midnight(wanted.first))
    if wanted.last is not None:
        conditions.append(AuditEntry.at < _midnight(wanted.last + dt.timedelta(days=1)))
    subjects = [wanted.subject] if wanted.subject else []
    if wanted.text:
        subjects += _meant(session, wanted.text)
        if not subjects:
            return None
    if subjects:
        conditions.append(_about(subjects))
    return conditions


def _about(subjects: Sequence[Subject]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(AuditEntry.subject == each.kind, AuditEntry.subject_id == each.id) for each in subjects))


def _meant(session: Session, text: str) -> list[Subject]:
    """Return what a text may mean; each is looked for where an index finds it, not in the log's own words."""
    number = text.strip()
    ids: dict[str, sa.Executable] = {
        "order": sa.union(
            sa.select(Order.id).where(Order.number == number),
            sa.select(Document.order_id).where(Document.number == number),
        ),
        "seller": sa.select(Seller.id).where(*text_conditions(Seller.search_text, text)).limit(_MEANT),
        "person": sa.select(Person.id).where(sa.func.lower(Person.name).contains(number.lower())).limit(_MEANT),
    }
    found = [Subject(kind, key) for kind, wanted in ids.items() for key in session.scalars(wanted)]
    if number.isascii() and number.isdecimal() and len(number) < 19:
        found += [Subject(kind, int(number)) for kind in ("customer", "payout", "file")]
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
