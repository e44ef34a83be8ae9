"""Shops that speak to us by HTTP: their tokens, and what was answered to which request."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, now_utc


class ApiToken(Base):
    """One shop's bearer token; we keep its hash."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: The shop's name, as the history tells it.
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    #: The first characters, to tell tokens apart on the screen.
    hint: Mapped[str] = mapped_column(server_default="")
    #: What it may do (``db/domain/api.Scope``), separated by spaces.
    scopes: Mapped[str]
    #: Whose orders alone it reaches; NULL for everybody's.
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    last_used_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    __table_args__ = (sa.CheckConstraint("name <> ''", name="name_not_empty"),)


class ApiRequest(Base):
    """What a request with an idempotency key was answered: the same request again gets the same answer."""

    __tablename__ = "api_requests"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_tokens.id", ondelete="CASCADE"))
    key: Mapped[str]
    #: SHA-256 of method, path and body: the same key with another request is a conflict.
    fingerprint: Mapped[str]
    status_code: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc(), index=True)

    __table_args__ = (sa.UniqueConstraint("token_id", "key"),)
