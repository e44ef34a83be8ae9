"""Ask for a list of payouts as a file: what accounting keeps, or compares with the bank's statement."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.formats import plural
from db.domain.payout_filter import PayoutFilter, filter_from_json
from db.domain.viewer import Viewer
from db.queries.access import viewer_of
from db.queries.payouts import payout_count
from db.services.files import ask_for_file

#: More payouts than this are no list that anybody works through.
MOST_LISTED = 200_000


def ask_for_payout_list(
    session: Session, viewer: Viewer, wanted: PayoutFilter, list_format: ListFormat, now: dt.datetime
) -> int:
    """Have the payouts of a filter listed in a file; return the file.

    Raises:
        NotAllowedError: The person may not take lists out of the house.
        InvalidInputError: There are none, or too many.
    """
    viewer.require(FileKind.PAYOUT_LIST.permission)
    count = payout_count(session, viewer, wanted, MOST_LISTED + 1)
    if not count:
        raise InvalidInputError("Aucun reversement ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")
    if count > MOST_LISTED:
        raise InvalidInputError("Cette liste est trop longue pour un fichier. Choisissez une période ou un vendeur.")
    title = f"{plural(count, 'reversement')} ({wanted.tab.label.lower()})"
    arguments = {"filter": wanted.to_json(), "format": list_format, "person_id": viewer.person_id}
    return ask_for_file(session, Actor.person(viewer), FileKind.PAYOUT_LIST, title, arguments, count, now)


def wanted_payouts(session: Session, arguments: Mapping[str, Any]) -> tuple[Viewer, PayoutFilter]:
    """Return for whom a file's row says that payouts are listed, and which.

    Raises:
        NotAllowedError: Whoever asked has no account any more, or may not take lists out of the house any more.
    """
    viewer = viewer_of(session, arguments["person_id"])
    if viewer is None:
        raise NotAllowedError(FileKind.PAYOUT_LIST.permission)
    viewer.require(FileKind.PAYOUT_LIST.permission)
    return viewer, filter_from_json(arguments["filter"])
