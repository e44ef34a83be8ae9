"""Make the statement that somebody, or an e-mail, asked for: ``db/services/payout_statements.py``."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.document_filter import ListFormat
from db.domain.payout_statements import StatementFormat, statement_of_json
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.services.documents.sources import house
from db.services.payout_statements import whoever_asked
from db.storage import storage
from jobs.documents.logos import Logos
from jobs.documents.papers.names import safe_name
from jobs.makers import Made, Progress
from jobs.payouts.statements.contents import read_statement
from jobs.payouts.statements.listing import write_listing
from jobs.payouts.statements.paper import Letterhead, write_paper
from jobs.spreadsheets import MEDIA_TYPES


def make_statement(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the statement that a file's row names, as the account stands now.

    Raises:
        NotAllowedError: Whoever asked has left, or does not read payouts any more.
        NotFoundError: The payout is not theirs any more.
        ValueError: What is booked does not add up: tried again, then given up, never stated.
    """
    now, form = utc_now(), StatementFormat(arguments["format"])
    with reading(engine, at_one_instant=True) as session:
        viewer = whoever_asked(session, arguments)
        statement = read_statement(session, viewer, statement_of_json(arguments), local_day(now))
        ours = house(session)
    progress(0)
    name = f"{safe_name(f'{statement.of.file_stem}-{statement.seller_code}')}.{form}"
    if form is not StatementFormat.PDF:
        list_format = ListFormat(form)
        write_listing(list_format, out, statement, lambda: progress(0))
        return Made(name, MEDIA_TYPES[list_format], 1)
    head = Letterhead(ours, Logos(storage()).of(ours.logo_ref))
    warnings = write_paper(statement, head, now, out)
    return Made(name, "application/pdf", 1, warnings=tuple({"text": each} for each in warnings))
