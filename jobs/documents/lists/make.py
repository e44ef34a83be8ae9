"""Make the list of invoices and credit notes that somebody of finance asked for."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.errors import MarketplaceError
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.document_list import ListedDocument, Listing, next_listed, start_listing
from db.services.document_lists import wanted_list, whoever_asked
from jobs.documents.lists.columns import COLUMNS, rows_of
from jobs.makers import Made, Progress
from jobs.spreadsheets import MEDIA_TYPES, list_writer

_READ_AT_ONCE = 1_000


class NothingToListError(MarketplaceError):
    """No document is in the list any more: another status has been reached since it was asked for."""

    def __init__(self) -> None:
        super().__init__("Plus aucun document ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")


def make_document_list(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the documents one after the other, a piece at a time, as whoever asked may see them now."""
    wanted = wanted_list(arguments)
    with reading(engine) as session:
        listing = start_listing(session, whoever_asked(session, wanted), wanted.filter, wanted.newest_id)
    writer = list_writer(wanted.format, out, COLUMNS, "Documents")
    written, last = 0, None
    while documents := _next(engine, listing, last):
        writer.write(row for document in documents for row in rows_of(document))
        written, last = written + len(documents), documents[-1]
        progress(written)
    writer.close()
    if not written:
        raise NothingToListError
    day = local_day(utc_now())
    return Made(f"factures-et-avoirs-{day.isoformat()}.{wanted.format}", MEDIA_TYPES[wanted.format], written)


def _next(engine: sa.Engine, listing: Listing, last: ListedDocument | None) -> list[ListedDocument]:
    with reading(engine) as session:
        return next_listed(session, listing, last, _READ_AT_ONCE)
