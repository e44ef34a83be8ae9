"""One-time links: an invitation, a new password, or the terminal's way in at the first start."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import TERMINAL_LINK_LIFETIME
from db.domain.actor import SYSTEM
from db.domain.audit import AuditArea
from db.domain.errors import MarketplaceError
from db.domain.permissions import Role
from db.models import Person, SignInLink
from db.services.access import Browser, end_sessions, hash_token, new_token, note_entry, open_session
from db.services.audit import Act, note_act
from db.services.passwords import NewPassword

FIRST_ADMIN_EMAIL = "admin@localhost"
FIRST_ADMIN_NAME = "Administration"


class LinkUnusableError(MarketplaceError):
    """A one-time link is wrong, used or expired; which of the three is told to nobody."""

    def __init__(self) -> None:
        super().__init__(
            "Ce lien ne fonctionne plus\u00a0: il a déjà servi ou il a expiré. "
            "Demandez-en un nouveau à un administrateur."
        )


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made: its token is told once, to whoever made it, and kept nowhere."""

    token: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whom a one-time link is for, and whether it asks for a password."""

    person_id: int
    name: str
    email: str
    asks_password: bool


def create_link(
    session: Session, person: Person, lifetime: dt.timedelta, now: dt.datetime, *, asks_password: bool = True
) -> NewLink:
    """Make a one-time link for a person; the person's earlier links of its kind end."""
    session.execute(
        sa.delete(SignInLink).where(
            SignInLink.person_id == person.id,
            SignInLink.asks_password == sa.literal(asks_password),
            SignInLink.used_at.is_(None),
        )
    )
    link = NewLink(new_token(), now + lifetime)
    session.add(
        SignInLink(
            token_hash=hash_token(link.token),
            person_id=person.id,
            asks_password=asks_password,
            created_at=now,
            expires_at=link.expires_at,
        )
    )
    session.flush()
    return link


def create_first_admin_link(session: Session, now: dt.datetime) -> str:
    """Return the token of a one-time link that opens the dashboard as administrator; for whoever starts the server.

    The administrator is the first active one; where there is none, ``admin@localhost`` is made (or restored).
    """
    admin = session.scalars(
        sa.select(Person).where(Person.role == Role.ADMIN, Person.is_active).order_by(Person.id).limit(1)
    ).one_or_none() or _first_admin(session, now)
    note_act(session, SYSTEM, Act(AuditArea.ACCESS, "link_created", "person", admin.id, admin.name), now)
    return create_link(session, admin, TERMINAL_LINK_LIFETIME, now, asks_password=False).token


def _first_admin(session: Session, now: dt.datetime) -> Person:
    person = session.scalars(sa.select(Person).where(Person.email == FIRST_ADMIN_EMAIL)).one_or_none()
    if person is None:
        person = Person(email=FIRST_ADMIN_EMAIL, name=FIRST_ADMIN_NAME, created_at=now)
        session.add(person)
    person.role, person.seller_id, person.is_active = Role.ADMIN, None, True
    session.flush()
    return person


def link_owner(session: Session, token: str, now: dt.datetime) -> LinkOwner:
    """Return whom a link is for, without using it.

    Raises:
        LinkUnusableError: The link is wrong, used or expired, or its person may not come in.
    """
    row = session.execute(
        sa.select(Person.id, Person.name, Person.email, SignInLink.asks_password)
        .join(Person, Person.id == SignInLink.person_id)
        .where(*_usable(token, now), Person.is_active)
    ).one_or_none()
    if row is None:
        raise LinkUnusableError
    return LinkOwner(*row)


def follow_terminal_link(session: Session, token: str, browser: Browser, now: dt.datetime) -> str:
    """Use a link that asks for no password; return the token of the session it opens.

    Raises:
        LinkUnusableError: The link is wrong, used or expired, or asks for a password.
    """
    person = _use_link(session, token, now, asks_password=False)
    note_entry(session, person, "signed_in_by_link", browser, now)
    return open_session(session, person, browser, now)


def choose_password_by_link(
    session: Session, token: str, password: NewPassword, browser: Browser, now: dt.datetime
) -> str:
    """Use an invitation or a new-password link; end the person's sessions and return the token of a new one.

    Raises:
        LinkUnusableError: The link is wrong, used or expired, or asks for no password.
    """
    person = _use_link(session, token, now, asks_password=True)
    person.password_hash = password.hash
    end_sessions(session, person.id, now)
    note_entry(session, person, "password_chosen", browser, now)
    return open_session(session, person, browser, now)


def _use_link(session: Session, token: str, now: dt.datetime, *, asks_password: bool) -> Person:
    # One conditional UPDATE: of two requests at the same moment, one finds nothing left to use.
    person_id = session.scalar(
        sa.update(SignInLink)
        .where(*_usable(token, now), SignInLink.asks_password == sa.literal(asks_password))
        .values(used_at=now)
        .returning(SignInLink.person_id)
    )
    person = session.get(Person, person_id, with_for_update=True) if person_id is not None else None
    if person is None or not person.is_active:
        raise LinkUnusableError
    return person


def _usable(token: str, now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return SignInLink.token_hash == hash_token(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now
