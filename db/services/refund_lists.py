"""Ask for a list of refunds as a file: what finance types into the bank's site, or hands to whoever does."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.formats import plural
from db.domain.refund_list import RefundFilter, filter_from_json
from db.queries.access import viewer_of
from db.queries.refunds import refund_count
from db.services.files import ask_for_file

#: More refunds than this are no list that anybody works through.
MOST_LISTED = 100_000


def ask_for_refund_list(session: Session, actor: Actor, wanted: RefundFilter, now: dt.datetime) -> int:
    """Have the refunds of a filter listed in a file; return the file.

    Raises:
        NotAllowedError: The actor may not give money back.
        InvalidInputError: There are none, or too many.
    """
    actor.require(FileKind.REFUND_LIST.permission)
    count = refund_count(session, wanted, MOST_LISTED + 1)
    if not count:
        raise InvalidInputError("Aucun remboursement ne correspond à ces filtres\u00a0: il n’y a rien à exporter.")
    if count > MOST_LISTED:
        raise InvalidInputError("Cette liste est trop longue pour un fichier. Choisissez un moyen ou un vendeur.")
    title = f"{plural(count, 'remboursement')} ({wanted.tab.label.lower()})"
    arguments = {"filter": wanted.to_json(), "person_id": actor.person_id}
    return ask_for_file(session, actor, FileKind.REFUND_LIST, title, arguments, count, now)


def wanted_refunds(session: Session, arguments: Mapping[str, Any]) -> RefundFilter:
    """Return what a file's row says is to be listed.

    Raises:
        NotAllowedError: Whoever asked has no account any more, or may not give money back any more.
    """
    viewer = viewer_of(session, arguments["person_id"])
    if viewer is None:
        raise NotAllowedError(FileKind.REFUND_LIST.permission)
    viewer.require(FileKind.REFUND_LIST.permission)
    return filter_from_json(arguments["filter"])
