"""Who is behind a session, what sessions a person has, who the people are."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import SESSION_IDLE, PersonState
from db.domain.permissions import Permission, Role
from db.domain.viewer import Viewer
from db.models import Person, Seller, SignInLink
from db.models import Session as SessionRow


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and whose it is."""

    session_id: int
    viewer: Viewer
    last_seen_at: dt.datetime
    has_password: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's browsers."""

    id: int
    created_at: dt.datetime
    last_seen_at: dt.datetime
    ip_address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as administrators see them."""

    id: int
    name: str
    email: str
    role: Role
    seller_id: int | None
    seller_name: str | None
    is_active: bool
    has_password: bool
    has_open_link: bool
    last_sign_in_at: dt.datetime | None
    sessions: int

    @property
    def state(self) -> PersonState:
        """Return whether the person can come in; who once came in by a link is no longer a guest."""
        if not self.is_active:
            return PersonState.INACTIVE
        if self.has_password or self.last_sign_in_at:
            return PersonState.ACTIVE
        return PersonState.INVITED if self.has_open_link else PersonState.INVITATION_EXPIRED


@dataclass(frozen=True, slots=True)
class Account:
    """What a sign-in compares with."""

    person_id: int
    password_hash: str | None


def live_session(session: Session, session_id: int, now: dt.datetime) -> SignedIn | None:
    """Return who is behind a session, or None if it has ended or its person may no longer come in."""
    return _signed_in(session, SessionRow.id == session_id, now)


def live_session_of_token(session: Session, token_hash: str, now: dt.datetime) -> SignedIn | None:
    """Return the live session a browser's token opens, or None."""
    return _signed_in(session, SessionRow.token_hash == token_hash, now)


def _signed_in(session: Session, wanted: sa.ColumnElement[bool], now: dt.datetime) -> SignedIn | None:
    row = session.execute(
        sa.select(
            SessionRow.id.label("session_id"),
            SessionRow.last_seen_at,
            Person.id,
            Person.name,
            Person.email,
            Person.role,
            Person.seller_id,
            Person.password_hash.is_not(None).label("has_password"),
        )
        .join(Person, Person.id == SessionRow.person_id)
        .where(wanted, Person.is_active, *is_live(now))
    ).one_or_none()
    if row is None:
        return None
    viewer = Viewer(row.id, row.name, row.email, row.role, row.seller_id)
    return SignedIn(row.session_id, viewer, row.last_seen_at, row.has_password)


def is_live(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what a session must fulfil to let anyone in."""
    return (
        SessionRow.revoked_at.is_(None),
        SessionRow.expires_at > now,
        SessionRow.last_seen_at > now - SESSION_IDLE,
    )


def open_sessions(session: Session, viewer: Viewer, now: dt.datetime) -> list[OpenSession]:
    """Return one's own live sessions, the one used last first."""
    rows = session.execute(
        sa.select(
            SessionRow.id,
            SessionRow.created_at,
            SessionRow.last_seen_at,
            SessionRow.ip_address,
            SessionRow.user_agent,
        )
        .where(SessionRow.person_id == viewer.person_id, *is_live(now))
        .order_by(SessionRow.last_seen_at.desc(), SessionRow.id.desc())
    )
    return [OpenSession(*row) for row in rows]


def seller_choices(session: Session, viewer: Viewer) -> dict[int, str]:
    """Return the active sellers a person can be made to see the orders of: id → name, by name.

    Raises:
        NotAllowedError: The viewer may not manage people.
    """
    viewer.require(Permission.MANAGE_PEOPLE)
    rows = session.execute(
        sa.select(Seller.id, Seller.name).where(Seller.is_active).order_by(sa.func.lower(Seller.name), Seller.id)
    )
    return {row.id: row.name for row in rows}


def account(session: Session, email: str) -> Account | None:
    """Return what a sign-in with this address is compared with, or None if no active person has it."""
    row = session.execute(sa.select(Person.id, Person.password_hash).where(Person.email == email, Person.is_active))
    found = row.one_or_none()
    return None if found is None else Account(found.id, found.password_hash)


def people(session: Session, viewer: Viewer, now: dt.datetime) -> list[PersonRow]:
    """Return everybody, active people first, by name.

    Raises:
        NotAllowedError: The viewer may not manage people.
    """
    viewer.require(Permission.MANAGE_PEOPLE)
    sessions = sa.select(sa.func.count()).where(SessionRow.person_id == Person.id, *is_live(now)).scalar_subquery()
    open_link = (
        sa.select(SignInLink.id)
        .where(SignInLink.person_id == Person.id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .where(SignInLink.asks_password)
        .exists()
    )
    rows = session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.email,
            Person.role,
            Person.seller_id,
            Seller.name,
            Person.is_active,
            Person.password_hash.is_not(None),
            open_link,
            Person.last_sign_in_at,
            sessions,
        )
        .outerjoin(Seller, Seller.id == Person.seller_id)
        .order_by(Person.is_active.desc(), sa.func.lower(Person.name), Person.id)
    )
    return [PersonRow(*row) for row in rows]


def viewer_of(session: Session, person_id: int) -> Viewer | None:
    """Return what somebody may see now; None where their account is closed."""
    row = session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.role, Person.seller_id).where(
            Person.id == person_id, Person.is_active
        )
    ).one_or_none()
    return Viewer(row.id, row.name, row.email, row.role, row.seller_id) if row else None
