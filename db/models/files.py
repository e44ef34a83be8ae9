"""Files that leave the house: who asked, for what, when, and where the finished file lies."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.files import TROUBLED_STATES, UNDER_WAY_STATES, FileKind, FileState
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of, sql_list

_IS_UNDER_WAY = f"state IN ({sql_list(UNDER_WAY_STATES)})"

#: Documents that finance has to look at, in the words of their index.
IS_TROUBLED = f"document_id IS NOT NULL AND (is_flagged OR state IN ({sql_list(TROUBLED_STATES)}))"
_IS_DOCUMENT = "document_id IS NOT NULL"
_IS_ASKED_FOR = "document_id IS NULL"


class StoredFile(Base):
    """One file that a job makes; pages show its progress and link to the download route."""

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[FileKind] = mapped_column(EnumText(FileKind))
    #: What it is, in words: « Étiquettes de 12 colis ».
    title: Mapped[str]
    #: Derived: the folded title; empty for documents, which are found by their number.
    search_text: Mapped[str] = mapped_column(server_default="")
    #: What was asked for, as the maker of the kind reads it.
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))
    state: Mapped[FileState] = mapped_column(EnumText(FileState), server_default=FileState.QUEUED.value)
    #: How many pieces there are to do and how many are done.
    total: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[dt.datetime | None]
    #: How often it was ever taken: what tells each try's place from all others, never counted back.
    attempts: Mapped[int] = mapped_column(server_default="0")
    #: How many tries it has had since it was asked for, or asked for again: it is given up after ``MAX_TRIES``.
    tries: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    person_name: Mapped[str] = mapped_column(server_default="")
    #: Whose orders alone it holds, and whose people alone may have it; None for the house.
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: When the last try began: what the time that is left is reckoned from.
    started_at: Mapped[dt.datetime | None]
    ready_at: Mapped[dt.datetime | None]
    #: As it is called when downloaded.
    name: Mapped[str] = mapped_column(server_default="")
    media_type: Mapped[str] = mapped_column(server_default="")
    #: Its path below ``FILES_URL``; empty until it is ready.
    ref: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str] = mapped_column(server_default="")
    size_bytes: Mapped[int] = mapped_column(server_default="0")
    #: The numbered document that it is; such a file is made once and kept for ever.
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"), unique=True)
    #: Whether an official check found something wrong in it: it is not sent to anybody.
    is_flagged: Mapped[bool] = mapped_column(server_default=sa.false())
    #: What an official check found wrong in it: [{"rule": "BR-CO-15", "text": "…"}].
    faults: Mapped[list[dict[str, str]]] = mapped_column(server_default=sa.text("'[]'"))
    #: What could not be drawn as it is written: [{"text": "…"}].
    warnings: Mapped[list[dict[str, str]]] = mapped_column(server_default=sa.text("'[]'"))
    #: When what is stored was last compared with its hash.
    checked_at: Mapped[dt.datetime | None]

    __table_args__ = (
        one_of("kind", FileKind),
        one_of("state", FileState),
        *not_negative("total", "done", "attempts", "tries", "size_bytes"),
        sa.CheckConstraint(f"state <> '{FileState.READY}' OR sha256 <> ''", name="ready_has_its_hash"),
        sa.Index(
            "ix_files_under_way",
            "kind",
            "id",
            sqlite_where=sa.text(_IS_UNDER_WAY),
            postgresql_where=sa.text(_IS_UNDER_WAY),
        ),
        sa.Index("ix_files_person", "person_id", "id"),
        sa.Index("ix_files_asked_at", "asked_at"),
        # What people asked for, few among a million documents.
        sa.Index(
            "ix_files_asked_for", "id", sqlite_where=sa.text(_IS_ASKED_FOR), postgresql_where=sa.text(_IS_ASKED_FOR)
        ),
        sa.Index("ix_files_troubled", "id", sqlite_where=sa.text(IS_TROUBLED), postgresql_where=sa.text(IS_TROUBLED)),
        sa.Index(
            "ix_files_checked_at",
            "checked_at",
            "id",
            sqlite_where=sa.text(_IS_DOCUMENT),
            postgresql_where=sa.text(_IS_DOCUMENT),
        ),
    )
