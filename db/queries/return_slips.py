"""The slip of a return, as it was last asked for."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.files import FileState
from db.domain.return_slips import SLIP_STAYS
from db.models import Return, StoredFile
from db.queries.columns import columns
from db.queries.files import Download


@dataclass(frozen=True, slots=True)
class SlipFile:
    """The file of a slip that still says what is true."""

    id: int
    #: Where it is stored, once it is made.
    download: Download | None


def current_slip(session: Session, return_id: int, now: dt.datetime) -> SlipFile | None:
    """Return the slip of a return; None where none was asked for, it failed, or things changed since."""
    found = (
        sa.select(*columns(StoredFile, Download), StoredFile.state, StoredFile.arguments, Return.version)
        .join(Return, Return.slip_file_id == StoredFile.id)
        .where(Return.id == return_id, StoredFile.asked_at > now - SLIP_STAYS)
    )
    row = session.execute(found).one_or_none()
    if row is None or row.arguments["version"] != row.version:
        return None
    if row.state is FileState.READY:
        return SlipFile(row.id, Download(*row[: len(columns(StoredFile, Download))]))
    return None if row.state.is_over else SlipFile(row.id, None)
