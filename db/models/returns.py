"""Return requests, whoever wrote them: what is sent back, why, what arrived, what was said and shown."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.orders import OPEN_RETURN_STATUSES, ActorKind, ReturnStatus
from db.domain.returns import Condition, ReturnReason
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of, sql_list

_IS_OPEN = f"status IN ({sql_list(OPEN_RETURN_STATUSES)})"
_IS_NEW = "taken_in_at IS NULL"
#: What a customer wrote and nobody read or answered, in the words of the index on it.
IS_UNREAD = f"author_kind = '{ActorKind.CUSTOMER}' AND read_at IS NULL"


class Return(Base):
    """The buyer's request to send something back."""

    __tablename__ = "returns"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    status: Mapped[ReturnStatus] = mapped_column(EnumText(ReturnStatus), server_default=ReturnStatus.REQUESTED.value)
    reason: Mapped[ReturnReason] = mapped_column(EnumText(ReturnReason), server_default=ReturnReason.OTHER.value)
    explanation: Mapped[str] = mapped_column(server_default="")
    #: Who asked: the customer on the follow-up page, staff on the order, the shop in the tables.
    requested_by: Mapped[ActorKind] = mapped_column(EnumText(ActorKind), server_default=ActorKind.SHOP.value)
    requested_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: Why staff accept it although the rules would refuse it; empty where they do not.
    gesture_reason: Mapped[str] = mapped_column(server_default="")
    #: Why it was denied, or ended without giving anything back; told to the customer.
    decision: Mapped[str] = mapped_column(server_default="")
    #: When staff said yes or no, when the parcel came, when nothing more was to do.
    decided_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    #: What staff found in the parcel, in words; not told to the customer.
    inspection: Mapped[str] = mapped_column(server_default="")
    #: When intake checked it, told its people and began its history; NULL rows are its work.
    taken_in_at: Mapped[dt.datetime | None]
    #: Its slip as it was last asked for (``db/services/return_slips.py``).
    slip_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("files.id", ondelete="SET NULL"), index=True)
    #: Raised by every change; acting on an old version is refused.
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        one_of("status", ReturnStatus),
        one_of("reason", ReturnReason),
        one_of("requested_by", ActorKind),
        # « retours en attente »: few rows, whatever the number of returns ever made.
        sa.Index("ix_returns_open", "order_id", sqlite_where=sa.text(_IS_OPEN), postgresql_where=sa.text(_IS_OPEN)),
        sa.Index("ix_returns_status", "status", "requested_at", "id"),
        sa.Index("ix_returns_requested_at", "requested_at", "id"),
        sa.Index("ix_returns_new", "id", sqlite_where=sa.text(_IS_NEW), postgresql_where=sa.text(_IS_NEW)),
    )


class ReturnLine(Base):
    """How many units of which line the buyer sends back, and how many came, in what condition."""

    __tablename__ = "return_lines"

    return_id: Mapped[int] = mapped_column(sa.ForeignKey("returns.id", ondelete="CASCADE"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        sa.ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]
    #: NULL until staff counted; more than announced is possible, up to what was shipped.
    quantity_received: Mapped[int | None]
    condition: Mapped[Condition | None] = mapped_column(EnumText(Condition))
    #: What staff noted of these units: « boîte ouverte ».
    remark: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        one_of("condition", Condition),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.CheckConstraint("quantity + coalesce(quantity_received, 0) > 0", name="something_comes_back"),
        *not_negative("quantity_received"),
    )


class ReturnPhoto(Base):
    """A picture that the customer or staff added, drawn again by us: nothing else of the upload is kept."""

    __tablename__ = "return_photos"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("returns.id", ondelete="CASCADE"), index=True)
    #: Its path below ``FILES_URL``.
    ref: Mapped[str]
    sha256: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    added_by: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    added_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (one_of("added_by", ActorKind), *not_negative("size_bytes"))


class ReturnMessage(Base):
    """One message of the thread between the customer and staff about a return."""

    __tablename__ = "return_messages"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("returns.id", ondelete="CASCADE"), index=True)
    author_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind))
    author_name: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    body: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: When staff read what the customer wrote; NULL rows of customers wait for an answer.
    read_at: Mapped[dt.datetime | None]

    __table_args__ = (
        one_of("author_kind", ActorKind),
        sa.CheckConstraint("body <> ''", name="body_not_empty"),
        # « à répondre »: few, whatever was ever written.
        sa.Index(
            "ix_return_messages_unread",
            "return_id",
            sqlite_where=sa.text(IS_UNREAD),
            postgresql_where=sa.text(IS_UNREAD),
        ),
    )


class ReturnSettings(Base):
    """Réglages › Règles des retours: one row."""

    __tablename__ = "return_settings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    is_on: Mapped[bool] = mapped_column(server_default=sa.true())
    #: Days after receipt in which a return may be asked for; never fewer than the law's fourteen.
    window_days: Mapped[int] = mapped_column(server_default="14")
    max_photos: Mapped[int] = mapped_column(server_default="5")
    #: How to pack and where to send: on the return slip, in the e-mail, on the follow-up page.
    instructions: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="single_row"),
        sa.CheckConstraint("window_days BETWEEN 14 AND 365", name="window_days_up_to_a_year"),
        sa.CheckConstraint("max_photos BETWEEN 0 AND 20", name="max_photos_up_to_twenty"),
    )
