"""Come in, stay in, go out: sign-in and sessions.

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
    USER_AGENT_MAX_LENGTH,
    tidy,
)
from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.errors import MarketplaceError, NotFoundError
from db.domain.viewer import Viewer
from db.models import Person, SignInAttempt, SignInLink
from db.models import Session as SessionRow
from db.queries.access import Account, account, is_live
from db.services.audit import Act, note_act
from db.services.passwords import hash_password, needs_rehash, password_matches


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


@dataclass(frozen=True, slots=True)
class CheckedAccount:
    """An account whose password was given, and its hash by today's parameters if it was made by others."""

    account: Account
    fresh_hash: str | None


@dataclass(frozen=True, slots=True)
class Browser:
    """What a session remembers of the browser it was opened in."""

    ip_address: str = ""
    user_agent: str = ""


def hash_token(token: str) -> str:
    """Return what the database keeps of a session's or a link's token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def new_token() -> str:
    """Return 256 random bits for a URL or a cookie."""
    return secrets.token_urlsafe(32)


# Sign-in, in three steps so that the slow check of the password holds no transaction: note the attempt, check, open.


def note_attempt(session: Session, email: str, ip_address: str, now: dt.datetime) -> None:
    """Count an attempt before its password is looked at; a successful one is forgotten afterwards.

    Raises:
        TooManyAttemptsError: There were too many; this one is not counted, so that waiting helps.
    """
    email, since = tidy(email).lower()[:EMAIL_MAX_LENGTH], now - ATTEMPT_WINDOW
    limits = [(SignInAttempt.email, email, ATTEMPTS_PER_ACCOUNT)]
    if ip_address:
        limits.append((SignInAttempt.ip_address, ip_address, ATTEMPTS_PER_ADDRESS))
    for column, value, limit in limits:
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


def forget_attempts(session: Session, email: str) -> None:
    """Forget the attempts on an account whose password has been given."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.email == email))


def check_credentials(session: Session, email: str, password: str) -> CheckedAccount:
    """Return the account that the address and the password open.

    Raises:
        SignInRefusedError: They do not go together; unknown accounts take as long as known ones.
    """
    found = account(session, tidy(email).lower())
    if not password_matches(password, found.password_hash if found else None) or found is None:
        raise SignInRefusedError
    is_dated = found.password_hash is not None and needs_rehash(found.password_hash)
    return CheckedAccount(found, hash_password(password) if is_dated else None)


def sign_in(session: Session, checked: CheckedAccount, browser: Browser, now: dt.datetime) -> str:
    """Open a session for a checked account and return its token.

    Raises:
        SignInRefusedError: The account was deactivated or given another password in between.
    """
    person = session.scalars(
        sa.select(Person)
        .where(
            Person.id == checked.account.person_id,
            Person.password_hash == checked.account.password_hash,
            Person.is_active,
        )
        .with_for_update()
    ).one_or_none()
    if person is None:
        raise SignInRefusedError
    if checked.fresh_hash is not None:
        person.password_hash = checked.fresh_hash
    note_entry(session, person, "signed_in", browser, now)
    return open_session(session, person, browser, now)


def open_session(session: Session, person: Person, browser: Browser, now: dt.datetime) -> str:
    """Open a session for a person who has been checked, forget the failed attempts, and return the token."""
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
    session.flush()
    forget_attempts(session, person.email)
    return token


def note_entry(session: Session, person: Person, event: str, browser: Browser, now: dt.datetime) -> None:
    """Note in the audit log that somebody came in, and from where."""
    actor = Actor.person(Viewer(person.id, person.name, person.email, person.role, person.seller_id))
    said = {"ip_address": browser.ip_address}
    note_act(session, actor, Act(AuditArea.ACCESS, event, "person", person.id, person.name, after=said), now)


def note_refusal(session: Session, email: str, browser: Browser, now: dt.datetime) -> None:
    """Note in the audit log that somebody was not let in; what was typed is not, for it may be a password.

    ``note_attempt`` bounds how many there are: what it refuses is not noted.
    """
    address = tidy(email).lower()
    person = session.execute(sa.select(Person.id, Person.name).where(Person.email == address)).one_or_none()
    said = {"ip_address": browser.ip_address}
    person_id, name = (person.id, person.name) if person else (None, "compte inconnu")
    act = Act(AuditArea.ACCESS, "sign_in_failed", "person", person_id, name, after=said)
    note_act(session, SYSTEM, act, now)


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
    _note_own(session, viewer, "signed_out", 1, now)


def end_other_sessions(session: Session, viewer: Viewer, session_id: int, now: dt.datetime) -> int:
    """End one's own sessions but this one; return how many."""
    ended = end_sessions(session, viewer.person_id, now, keep=session_id)
    if ended:
        _note_own(session, viewer, "other_sessions_ended", ended, now)
    return ended


def _note_own(session: Session, viewer: Viewer, event: str, sessions: int, now: dt.datetime) -> None:
    act = Act(AuditArea.ACCESS, event, "person", viewer.person_id, viewer.name, after={"sessions": sessions})
    note_act(session, Actor.person(viewer), act, now)


def end_sessions(
    session: Session, person_id: int, now: dt.datetime, *, only: int | None = None, keep: int | None = None
) -> int:
    """End a person's sessions, all but ``keep`` or ``only`` one; return how many."""
    ending = sa.update(SessionRow).where(SessionRow.person_id == person_id, *is_live(now))
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
