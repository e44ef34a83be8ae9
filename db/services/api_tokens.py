"""Give shops tokens for the API, and take them back. A token is told once; its hash is what we keep."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.api import HINT_LENGTH, TOKEN_PREFIX, USED_EVERY, Scope, written_scopes
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import ApiToken, Seller
from db.queries.api_tokens import FoundToken, token_with_hash
from db.services.access import hash_token, new_token
from db.services.audit import Act, note_act

MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class NewApiToken:
    """A token just made: told once, to whoever made it."""

    id: int
    token: str


def create_api_token(
    session: Session,
    viewer: Viewer,
    *,
    name: str,
    scopes: Collection[Scope],
    seller_id: int | None,
    expires_at: dt.datetime | None,
    now: dt.datetime,
) -> NewApiToken:
    """Make a token for a shop.

    Args:
        session: The caller's transaction.
        viewer: The administrator who makes it.
        name: The shop's name, as the history will tell it.
        scopes: What it may do.
        seller_id: Whose orders alone it reaches; None for everybody's.
        expires_at: When it stops; None for never.
        now: The present instant.

    Raises:
        NotAllowedError: The person manages no settings.
        InvalidInputError: The name, the scopes, the seller or the expiry cannot be.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not is_storable(name):
        raise InvalidInputError(f"Donnez le nom de la boutique, en {MAX_NAME} caractères au plus.")
    if not scopes:
        raise InvalidInputError("Cochez au moins une chose que ce jeton permet.")
    if expires_at is not None and expires_at <= now:
        raise InvalidInputError("Choisissez une date d’expiration à venir.")
    if seller_id is not None and session.get(Seller, seller_id) is None:
        raise InvalidInputError("Ce vendeur n’existe plus. Choisissez-en un autre.")
    token = TOKEN_PREFIX + new_token()
    row = ApiToken(
        name=name,
        token_hash=hash_token(token),
        hint=token[:HINT_LENGTH],
        scopes=written_scopes(scopes),
        seller_id=seller_id,
        person_id=viewer.person_id,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    said = {"scopes": sorted(scopes), "seller_id": seller_id, "expires_at": expires_at}
    act = Act(AuditArea.SETTINGS, "api_token_created", "api_token", row.id, name, after=said)
    note_act(session, Actor.person(viewer), act, now)
    return NewApiToken(row.id, token)


def revoke_api_token(session: Session, viewer: Viewer, token_id: int, now: dt.datetime) -> None:
    """Take a token back: the next request with it is refused.

    Raises:
        NotAllowedError: The person manages no settings.
        NotFoundError: There is no such token, or it was taken back already.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    revoked = session.scalar(
        sa.update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiToken.name)
    )
    if revoked is None:
        raise NotFoundError("Ce jeton n’existe pas ou est déjà révoqué.")
    act = Act(AuditArea.SETTINGS, "api_token_revoked", "api_token", token_id, revoked)
    note_act(session, Actor.person(viewer), act, now)


def client_of_token(session: Session, token: str, now: dt.datetime) -> FoundToken | None:
    """Return who shows a token, if it still opens anything; the database compares hashes, so time tells nothing."""
    return token_with_hash(session, hash_token(token), now)


def is_used_again(last_used_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether it is time to write that a token is in use."""
    return last_used_at is None or now - last_used_at >= USED_EVERY


def note_use(session: Session, token_id: int, now: dt.datetime) -> None:
    """Write that a token is in use."""
    session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))
