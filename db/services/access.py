"""Come in, stay in, go out: sign-in, sessions, one-time links and passwords of one's own.

Tokens are 256 random bits that only the browser or the link holds; the database keeps their SHA-256.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import (
    ATTEMPT_WINDOW,
    ATTEMPTS_KEPT,
    ATTEMPTS_PER_ACCOUNT,
    ATTEMPTS_PER_ADDRESS,
    EMAIL_MAX_LENGTH,
    SEEN_EVERY,
    SESSION_IDLE,
    SESSION_LIFETIME,
    TERMINAL_LINK_LIFETIME,
    USER_AGENT_MAX_LENGTH,
    check_new_password,
    tidy,
)
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Person, SignInAttempt, SignInLink
from db.models import Session as SessionRow
from db.queries.access import Account, account
from db.services.passwords import hash_password, needs_rehash, password_matches

FIRST_ADMIN_EMAIL = "admin@localhost"
FIRST_ADMIN_NAME = "Administration"


class SignInRefusedError(MarketplaceError):
    """The address or the password is wrong; which of the two is told to nobody."""

    def __init__(self) -> None:
        super().__init__("Adresse e-mail ou mot de passe incorrect.")


class TooManyAttemptsError(MarketplaceError):
    """Too many failed sign-ins for this account or from this address."""

    def __init__(self, retry_at: dt.datetime, now: dt.datetime) -> None:
        self.retry_at = retry_at
        minutes = -(-int((retry_at - now).total_seconds()) // 60)
        wait = "une minute" if minutes <= 1 else f"{minutes}\u00a0minutes"
        super().__init__(f"Trop d’essais de connexion. Réessayez dans {wait}, ou demandez un nouveau lien d’accès.")


class LinkUnusableError(MarketplaceError):
    """A one-time link is wrong, used or expired; which of the three is told to nobody."""

    def __init__(self) -> None:
        super().__init__(
            "Ce lien ne fonctionne plus : il a déjà servi ou il a expiré. Demandez-en un nouveau à un administrateur."
        )


@dataclass(frozen=True, slots=True)
class Browser:
    """What a session remembers of the browser it was opened in."""

    ip_address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whom a one-time link is for, and whether it asks for a password."""

    person_id: int
    name: str
    email: str
    asks_password: bool


def hash_token(token: str) -> str:
    """Return what the database keeps of a session's or a link's token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def new_token() -> str:
    """Return 256 random bits for a URL or a cookie."""
    return secrets.token_urlsafe(32)


# Sign-in, in three steps so that the slow check of the password holds no transaction: note the attempt, check, open.


def note_attempt(session: Session, email: str, ip_address: str, now: dt.datetime) -> None:
    """Count a sign-in before its password is looked at; a successful one is forgotten by ``open_session``.

    Raises:
        TooManyAttemptsError: There were too many; this one is not counted, so that waiting helps.
    """
    email, since = tidy(email).lower()[:EMAIL_MAX_LENGTH], now - ATTEMPT_WINDOW
    for column, value, limit in (
        (SignInAttempt.email, email, ATTEMPTS_PER_ACCOUNT),
        (SignInAttempt.ip_address, ip_address, ATTEMPTS_PER_ADDRESS),
    ):
        # The attempt that must grow old before one more is allowed.
        oldest = session.scalar(
            sa.select(SignInAttempt.at)
            .where(column == value, SignInAttempt.at > since)
            .order_by(SignInAttempt.at.desc())
            .offset(limit - 1)
            .limit(1)
        )
        if oldest is not None:
            raise TooManyAttemptsError(oldest + ATTEMPT_WINDOW, now)
    session.add(SignInAttempt(at=now, email=email, ip_address=ip_address))
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT))
    session.flush()


def check_credentials(session: Session, email: str, password: str) -> Account:
    """Return the account that the address and the password open.

    Raises:
        SignInRefusedError: They do not go together; unknown accounts take as long as known ones.
    """
    found = account(session, tidy(email).lower())
    if not password_matches(password, found.password_hash if found else None) or found is None:
        raise SignInRefusedError
    return found


def sign_in(session: Session, found: Account, password: str, browser: Browser, now: dt.datetime) -> str:
    """Open a session for a checked account and return its token.

    Raises:
        SignInRefusedError: The account was deactivated or given another password in between.
    """
    person = session.scalars(
        sa.select(Person)
        .where(Person.id == found.person_id, Person.password_hash == found.password_hash, Person.is_active)
        .with_for_update()
    ).one_or_none()
    if person is None or found.password_hash is None:
        raise SignInRefusedError
    if needs_rehash(found.password_hash):
        person.password_hash = hash_password(password)
    return _open_session(session, person, browser, now)


def _open_session(session: Session, person: Person, browser: Browser, now: dt.datetime) -> str:
    token = new_token()
    session.add(
        SessionRow(
            token_hash=hash_token(token),
            person_id=person.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFETIME,
            ip_address=browser.ip_address,
            user_agent=tidy(browser.user_agent)[:USER_AGENT_MAX_LENGTH],
        )
    )
    person.last_sign_in_at = now
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.email == person.email))
    session.flush()
    return token


def note_seen(session: Session, session_id: int, now: dt.datetime) -> None:
    """Write that a session was used, unless that was written less than a minute ago."""
    session.execute(
        sa.update(SessionRow)
        .where(SessionRow.id == session_id, SessionRow.last_seen_at <= now - SEEN_EVERY)
        .values(last_seen_at=now)
    )


def end_session(session: Session, viewer: Viewer, session_id: int, now: dt.datetime) -> None:
    """End one of one's own sessions.

    Raises:
        NotFoundError: It is not a live session of the viewer's.
    """
    if not end_sessions(session, viewer.person_id, now, only=session_id):
        raise NotFoundError("Cette session est déjà fermée.")


def end_sessions(
    session: Session, person_id: int, now: dt.datetime, *, only: int | None = None, keep: int | None = None
) -> int:
    """End a person's sessions, all but ``keep`` or ``only`` one; return how many."""
    ending = sa.update(SessionRow).where(SessionRow.person_id == person_id, SessionRow.revoked_at.is_(None))
    if only is not None:
        ending = ending.where(SessionRow.id == only)
    if keep is not None:
        ending = ending.where(SessionRow.id != keep)
    ended = session.scalars(ending.values(revoked_at=now).returning(SessionRow.id)).all()
    return len(ended)


def purge(session: Session, now: dt.datetime) -> None:
    """Forget sessions, links and attempts that can no longer be used."""
    session.execute(sa.delete(SessionRow).where(SessionRow.expires_at < now - SESSION_IDLE))
    session.execute(sa.delete(SignInLink).where(SignInLink.expires_at < now - SESSION_LIFETIME))
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT))


# One-time links.


def create_link(
    session: Session, person: Person, lifetime: dt.timedelta, now: dt.datetime, *, asks_password: bool = True
) -> str:
    """Make a one-time link for a person and return its token; the person's earlier links of its kind end."""
    session.execute(
        sa.delete(SignInLink).where(
            SignInLink.person_id == person.id,
            SignInLink.asks_password == sa.literal(asks_password),
            SignInLink.used_at.is_(None),
        )
    )
    token = new_token()
    session.add(
        SignInLink(
            token_hash=hash_token(token),
            person_id=person.id,
            asks_password=asks_password,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    session.flush()
    return token


def create_first_admin_link(session: Session, now: dt.datetime) -> str:
    """Return the token of a one-time link that opens the dashboard as administrator; for whoever starts the server.

    The administrator is the first active one; where there is none, ``admin@localhost`` is made (or restored).
    """
    admin = session.scalars(
        sa.select(Person).where(Person.role == Role.ADMIN, Person.is_active).order_by(Person.id).limit(1)
    ).one_or_none() or _first_admin(session, now)
    return create_link(session, admin, TERMINAL_LINK_LIFETIME, now, asks_password=False)


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
    return _open_session(session, person, browser, now)


def choose_password_by_link(session: Session, token: str, password: str, browser: Browser, now: dt.datetime) -> str:
    """Use an invitation or a new-password link; end the person's sessions and return the token of a new one.

    Raises:
        LinkUnusableError: The link is wrong, used or expired.
        InvalidInputError: The password is refused; the link can be used again.
    """
    owner = link_owner(session, token, now)
    check_new_password(password, email=owner.email, name=owner.name)
    person = _use_link(session, token, now, asks_password=True)
    person.password_hash = hash_password(password)
    end_sessions(session, person.id, now)
    return _open_session(session, person, browser, now)


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


# One's own password.


def change_password(session: Session, viewer: Viewer, session_id: int, current: str, new: str, now: dt.datetime) -> int:
    """Change one's own password; end one's other sessions and return how many.

    A person who came in by the terminal's link has none yet, and chooses the first one here.

    Raises:
        InvalidInputError: The current password is wrong, or the new one is refused.
    """
    person = session.get_one(Person, viewer.person_id, with_for_update=True)
    if person.password_hash is not None and not password_matches(current, person.password_hash):
        raise InvalidInputError("Le mot de passe actuel est incorrect.")
    check_new_password(new, email=person.email, name=person.name)
    if person.password_hash is not None and password_matches(new, person.password_hash):
        raise InvalidInputError("Ce mot de passe est déjà le vôtre. Choisissez-en un autre.")
    person.password_hash = hash_password(new)
    return end_sessions(session, person.id, now, keep=session_id)
