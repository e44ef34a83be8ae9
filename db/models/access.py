"""Who may come in: people of the staff and sellers, their sessions and links; and the views they saved."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.exports import Cadence
from db.domain.permissions import Role
from db.models.base import Base, BigId, EnumText, now_utc, one_of


class Person(Base):
    """An account. It has no password until its owner chooses one through a one-time link."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: Lower-cased; what people sign in with.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(EnumText(Role))
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=sa.true())
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    last_sign_in_at: Mapped[dt.datetime | None]
    #: How often they are sent the main figures; NULL: never.
    summary_every: Mapped[Cadence | None] = mapped_column(EnumText(Cadence))

    __table_args__ = (
        one_of("role", Role),
        sa.CheckConstraint("(role = 'seller') = (seller_id IS NOT NULL)", name="seller_goes_with_role"),
        sa.CheckConstraint("email = lower(email)", name="email_lower_case"),
        one_of("summary_every", Cadence),
    )


class Session(Base):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    last_seen_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    ip_address: Mapped[str] = mapped_column(server_default="")
    user_agent: Mapped[str] = mapped_column(server_default="")


class SignInLink(Base):
    """A one-time link: an invitation, a new password, or the first start's way in. Only its hash is kept."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    #: Whether the person must choose a password before going on (invitation), or comes straight in (terminal).
    asks_password: Mapped[bool] = mapped_column(server_default=sa.true())
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SignInAttempt(Base):
    """A failed sign-in, counted by account and by address; purged after a day."""

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime]
    email: Mapped[str]
    ip_address: Mapped[str]

    __table_args__ = (
        sa.Index("ix_sign_in_attempts_email", "email", "at"),
        sa.Index("ix_sign_in_attempts_ip_address", "ip_address", "at"),
        sa.Index("ix_sign_in_attempts_at", "at"),
    )


class SavedView(Base):
    """A named set of grid filters: the query string of the page, personal or shared with everybody."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    name: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(server_default=sa.false())
    #: The filters as they stand in the URL: « statut=paid&vendeur=3 ».
    query: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        sa.UniqueConstraint("owner_id", "name"),
        sa.CheckConstraint("name <> ''", name="name_not_empty"),
    )
