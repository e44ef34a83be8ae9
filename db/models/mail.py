"""The outbox and what surrounds it: providers' events, e-mail templates, prepared messages."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.mail import (
    SELLER_ACCOUNT_TEMPLATES,
    STAFF_TEMPLATES,
    TROUBLED_STATES,
    WAITING_STATES,
    Channel,
    EmailTemplate,
    OutboxState,
    RecipientKind,
)
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of, sql_list

_IS_WAITING = f"state IN ({sql_list(WAITING_STATES)})"
_IS_TEXT = f"channel = '{Channel.SMS}'"
_IS_WAITING_TEXT = f"{_IS_TEXT} AND {_IS_WAITING}"
_IS_OF_SELLER = f"template IN ({sql_list(SELLER_ACCOUNT_TEMPLATES)}) AND order_id IS NULL"
_IS_OF_STAFF = f"template IN ({sql_list(STAFF_TEMPLATES)}) AND order_id IS NULL"
_IS_SENDING = f"state = '{OutboxState.SENDING}'"
_IS_TROUBLED = f"state IN ({sql_list(TROUBLED_STATES)})"


class OutboxMessage(Base):
    """One e-mail or SMS to one recipient, written in the transaction of its cause.

    The unique key (order, event, template, recipient) is why nothing is ever mailed twice for one event.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: NULL only for what concerns no order (a test e-mail).
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    #: The history row that caused it.
    history_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_history.id", ondelete="CASCADE"), index=True)
    #: The bulk action that caused it, while its undo may still drop it.
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    channel: Mapped[Channel] = mapped_column(EnumText(Channel), server_default=Channel.EMAIL.value)
    #: What caused it, as a stable key: « move:812 », « payment_reminder:77:2 ».
    event: Mapped[str]
    template: Mapped[EmailTemplate] = mapped_column(EnumText(EmailTemplate))
    recipient_kind: Mapped[RecipientKind] = mapped_column(EnumText(RecipientKind))
    recipient: Mapped[str]
    recipient_name: Mapped[str] = mapped_column(server_default="")
    #: What the template needs beside the order: the status it tells, a message, a tracking link.
    variables: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    #: What goes with it, asked for and found: ``db/domain/enclosures.py``.
    attachments: Mapped[list[dict[str, str]] | None]

    state: Mapped[OutboxState] = mapped_column(EnumText(OutboxState), server_default=OutboxState.QUEUED.value)
    #: When it may leave: the end of the undo window, or the next try.
    due_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    attempts: Mapped[int] = mapped_column(server_default="0")
    #: Who is sending it, and until when we believe so: a worker that died has lost the answer.
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[dt.datetime | None]
    provider: Mapped[str] = mapped_column(server_default="")
    provider_id: Mapped[str | None]
    error: Mapped[str] = mapped_column(server_default="")

    #: As it was rendered just before it left.
    subject: Mapped[str] = mapped_column(server_default="")
    html: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")

    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    sent_at: Mapped[dt.datetime | None]
    #: The newest event of the provider that counted.
    settled_at: Mapped[dt.datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("order_id", "event", "template", "recipient"),
        # NULL orders are all different to SQL: what concerns no order carries its own unique event. What sellers are
        # told of their money has an index to say so, which also finds it.
        sa.Index(
            "uq_outbox_of_sellers",
            "event",
            "template",
            "recipient",
            unique=True,
            sqlite_where=sa.text(_IS_OF_SELLER),
            postgresql_where=sa.text(_IS_OF_SELLER),
        ),
        sa.Index(
            "uq_outbox_of_staff",
            "event",
            "template",
            "recipient",
            unique=True,
            sqlite_where=sa.text(_IS_OF_STAFF),
            postgresql_where=sa.text(_IS_OF_STAFF),
        ),
        one_of("channel", Channel),
        one_of("template", EmailTemplate),
        one_of("recipient_kind", RecipientKind),
        one_of("state", OutboxState),
        sa.CheckConstraint("recipient <> ''", name="recipient_not_empty"),
        sa.CheckConstraint("event <> ''", name="event_not_empty"),
        *not_negative("attempts"),
        sa.Index(
            "ix_outbox_waiting",
            "due_at",
            "id",
            sqlite_where=sa.text(_IS_WAITING),
            postgresql_where=sa.text(_IS_WAITING),
        ),
        # SMS are few among many e-mails, and are taken by themselves.
        sa.Index(
            "ix_outbox_waiting_texts",
            "channel",
            "due_at",
            "id",
            sqlite_where=sa.text(_IS_WAITING_TEXT),
            postgresql_where=sa.text(_IS_WAITING_TEXT),
        ),
        sa.Index(
            "ix_outbox_sending",
            "claimed_until",
            sqlite_where=sa.text(_IS_SENDING),
            postgresql_where=sa.text(_IS_SENDING),
        ),
        sa.Index(
            "ix_outbox_troubled", "id", sqlite_where=sa.text(_IS_TROUBLED), postgresql_where=sa.text(_IS_TROUBLED)
        ),
        # The mailbox, newest first, by state or by template.
        sa.Index("ix_outbox_state", "state", "id"),
        sa.Index("ix_outbox_template", "template", "id"),
        sa.Index("ix_outbox_recipient", "recipient", "id"),
        # The mailbox's SMS, newest first.
        sa.Index(
            "ix_outbox_texts", "channel", "id", sqlite_where=sa.text(_IS_TEXT), postgresql_where=sa.text(_IS_TEXT)
        ),
        # Where a day begins and ends among the ids.
        sa.Index("ix_outbox_created_at", "created_at", "id"),
    )


class MailEvent(Base):
    """One event of the provider's webhook, kept so that a repeated one changes nothing."""

    __tablename__ = "mail_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: The provider's own id of the event.
    provider_event_id: Mapped[str] = mapped_column(unique=True)
    #: NULL where no message of ours is known by it.
    outbox_id: Mapped[int | None] = mapped_column(sa.ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(server_default="")
    received_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())


class EmailTemplateVersion(Base):
    """One saved text of an automatic e-mail; the newest counts, and without any the default of the code does."""

    __tablename__ = "email_template_versions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    template: Mapped[EmailTemplate] = mapped_column(EnumText(EmailTemplate))
    subject: Mapped[str]
    body: Mapped[str]
    #: True where somebody went back to the default of the code: subject and body are then those of that day.
    is_default: Mapped[bool] = mapped_column(server_default=sa.false())
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        one_of("template", EmailTemplate),
        sa.Index("ix_email_template_versions_template", "template", "id"),
    )


class MessageTemplate(Base):
    """A text staff picks, edits and sends to a customer."""

    __tablename__ = "message_templates"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (sa.CheckConstraint("name <> ''", name="name_not_empty"),)
