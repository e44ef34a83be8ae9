"""Exports that are made by themselves."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.exports import Cadence, ExportFormat, ExportSubject
from db.models.base import Base, BigId, EnumText, now_utc, one_of


class ExportSchedule(Base):
    """One list that is made every day, week or month, in the name of its owner and with their rights of then."""

    __tablename__ = "export_schedules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    name: Mapped[str]
    subject: Mapped[ExportSubject] = mapped_column(EnumText(ExportSubject))
    #: {"filter", "columns", "period"}: ``db/domain/exports.py`` and ``db/domain/export_schedules.py`` read it.
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    format: Mapped[ExportFormat] = mapped_column(EnumText(ExportFormat))
    cadence: Mapped[Cadence] = mapped_column(EnumText(Cadence))
    #: Whether its owner gets an e-mail with a link; whether it is laid down in ``exports/`` of the storage.
    emails: Mapped[bool] = mapped_column(server_default=sa.true())
    is_stored: Mapped[bool] = mapped_column(server_default=sa.false())
    #: The next day on which it is made.
    next_on: Mapped[dt.date]
    is_active: Mapped[bool] = mapped_column(server_default=sa.true())
    last_file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("files.id", ondelete="SET NULL"), index=True)
    #: The day for which ``last_file_id`` was asked for, and whether its people were told that it is ready.
    last_on: Mapped[dt.date | None]
    told_at: Mapped[dt.datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        one_of("subject", ExportSubject),
        one_of("format", ExportFormat),
        one_of("cadence", Cadence),
        sa.CheckConstraint("name <> ''", name="name_not_empty"),
        sa.UniqueConstraint("owner_id", "name"),
        sa.Index("ix_export_schedules_next_on", "next_on"),
    )
