"""Remember what a request with an idempotency key was answered, in the transaction of what it did.

Only what was done is remembered: a refused request did nothing, and may be sent again once it is mended.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.api import ANSWERS_KEPT, KeyInUseError, KeyReusedError
from db.models import ApiRequest


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request under an idempotency key of one token."""

    token_id: int
    key: str
    #: SHA-256 of what was asked.
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status_code: int
    body: Mapping[str, Any]


def fingerprint_of(method: str, path: str, body: bytes) -> str:
    """Return what tells two requests apart."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def known_answer(session: Session, request: KeyedRequest, now: dt.datetime) -> Answer | None:
    """Return what this very request was answered before; until the transaction ends, nobody else works on its key.

    On SQLite the second of two requests waits for the first one's transaction and finds its answer. On PostgreSQL it
    is told at once to come back.

    Raises:
        KeyInUseError: The first request with the key is still being answered.
        KeyReusedError: The key served for another request.
    """
    if not _lock(session, request):
        raise KeyInUseError
    kept = session.execute(
        sa.select(ApiRequest.fingerprint, ApiRequest.status_code, ApiRequest.body).where(
            ApiRequest.token_id == request.token_id,
            ApiRequest.key == request.key,
            ApiRequest.created_at > now - ANSWERS_KEPT,
        )
    ).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != request.fingerprint:
        raise KeyReusedError
    return Answer(kept.status_code, kept.body)


def remember(session: Session, request: KeyedRequest, answer: Answer, now: dt.datetime) -> None:
    """Keep what a request was answered; ``known_answer`` found nothing."""
    # One that is too old to count may still be there: the purge comes once a day.
    mine = (ApiRequest.token_id == request.token_id, ApiRequest.key == request.key)
    session.execute(sa.delete(ApiRequest).where(*mine))
    session.add(
        ApiRequest(
            token_id=request.token_id,
            key=request.key,
            fingerprint=request.fingerprint,
            status_code=answer.status_code,
            body=dict(answer.body),
            created_at=now,
        )
    )
    session.flush()


def purge_answers(session: Session, now: dt.datetime) -> None:
    """Forget the answers that are kept no longer."""
    session.execute(sa.delete(ApiRequest).where(ApiRequest.created_at <= now - ANSWERS_KEPT))


def _lock(session: Session, request: KeyedRequest) -> bool:
    if session.connection().dialect.name != "postgresql":
        return True  # SQLite has one writer at a time, and we are it.
    name = hashlib.sha256(f"{request.token_id}:{request.key}".encode()).digest()
    number = int.from_bytes(name[:8], signed=True)
    return bool(session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(number))))
