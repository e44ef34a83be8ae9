"""Ask for a list of documents as a file for the accountant's spreadsheet."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.document_filter import DocumentFilter, ListFormat, filter_from_json
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.formats import date, plural
from db.domain.viewer import Viewer
from db.queries.access import viewer_of
from db.queries.document_list import newest_document
from db.services.files import ask_for_file


def ask_for_document_list(
    session: Session,
    actor: Actor,
    wanted: DocumentFilter,
    list_format: ListFormat,
    documents: int,
    now: dt.datetime,
) -> int:
    """Have the documents of a filter listed in a file; return the file.

    Args:
        session: The caller's transaction.
        actor: Who wants it; a seller gets only their own documents.
        wanted: Which documents, of those that are issued now.
        list_format: What the file is to be.
        documents: How many there are, as the screen counted them.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not export.
        InvalidInputError: There are none.
    """
    if not documents:
        raise InvalidInputError("Aucun document ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")
    actor.require(FileKind.DOCUMENT_LIST.permission)
    own = replace(wanted, seller_id=actor.seller_id) if actor.seller_id is not None else wanted
    arguments = {
        "filter": own.to_json(),
        "format": list_format,
        "newest_id": newest_document(session),
        "person_id": actor.person_id,
    }
    title = f"Liste de {plural(documents, 'document')}{_period(own)} ({list_format.upper()})"
    return ask_for_file(session, actor, FileKind.DOCUMENT_LIST, title, arguments, documents, now)


@dataclass(frozen=True, slots=True)
class WantedList:
    """What a file's row says is to be listed."""

    filter: DocumentFilter
    format: ListFormat
    newest_id: int
    person_id: int


def wanted_list(arguments: Mapping[str, Any]) -> WantedList:
    """Return what a file's row says is to be listed."""
    return WantedList(
        filter_from_json(arguments["filter"]),
        ListFormat(arguments["format"]),
        arguments["newest_id"],
        arguments["person_id"],
    )


def whoever_asked(session: Session, wanted: WantedList) -> Viewer:
    """Return who asked for a list as they are now.

    Raises:
        NotAllowedError: The account is closed, or their role does not export any more.
    """
    viewer = viewer_of(session, wanted.person_id)
    if viewer is None:
        raise NotAllowedError(FileKind.DOCUMENT_LIST.permission)
    viewer.require(FileKind.DOCUMENT_LIST.permission)
    return viewer


def _period(wanted: DocumentFilter) -> str:
    if wanted.first_day and wanted.last_day:
        return f" du {date(wanted.first_day)} au {date(wanted.last_day)}"
    if wanted.first_day:
        return f" depuis le {date(wanted.first_day)}"
    return f" jusqu’au {date(wanted.last_day)}" if wanted.last_day else ""
