"""Shops' tokens: who a request comes from, and the list that administrators see."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.api import ApiClient, Scope, TokenState, read_scopes, token_state
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import ApiToken, Person, Seller


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token that opens something, and when it was last used."""

    client: ApiClient
    last_used_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token as the list shows it; its secret is nowhere."""

    id: int
    name: str
    hint: str
    scopes: frozenset[Scope]
    seller_name: str
    made_by: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    expires_at: dt.datetime | None
    state: TokenState


def token_with_hash(session: Session, token_hash: str, now: dt.datetime) -> FoundToken | None:
    """Return the token with this hash, if it still opens anything."""
    row = session.execute(
        sa.select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.scopes,
            ApiToken.seller_id,
            ApiToken.last_used_at,
            ApiToken.expires_at,
            ApiToken.revoked_at,
        ).where(ApiToken.token_hash == token_hash)
    ).one_or_none()
    if row is None or token_state(row.expires_at, row.revoked_at, now) is not TokenState.ACTIVE:
        return None
    return FoundToken(ApiClient(row.id, row.name, read_scopes(row.scopes), row.seller_id), row.last_used_at)


def api_tokens(session: Session, viewer: Viewer, now: dt.datetime) -> list[TokenRow]:
    """Return every token, those that still open something first, the newest before.

    Raises:
        NotAllowedError: The person manages no settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    found = session.execute(
        sa.select(
            ApiToken.id,
            ApiToken.name,
            ApiToken.hint,
            ApiToken.scopes,
            sa.func.coalesce(Seller.name, "").label("seller_name"),
            sa.func.coalesce(Person.name, "").label("made_by"),
            ApiToken.created_at,
            ApiToken.last_used_at,
            ApiToken.expires_at,
            ApiToken.revoked_at,
        )
        .outerjoin(Seller, Seller.id == ApiToken.seller_id)
        .outerjoin(Person, Person.id == ApiToken.person_id)
        .order_by(ApiToken.id.desc())
    )
    rows = []
    for row in found:
        values = row._asdict()
        state = token_state(row.expires_at, values.pop("revoked_at"), now)
        rows.append(TokenRow(**values | {"scopes": read_scopes(row.scopes), "state": state}))
    return sorted(rows, key=lambda each: each.state is not TokenState.ACTIVE)
