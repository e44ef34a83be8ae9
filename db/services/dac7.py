"""Ask for the file from which the DAC7 declaration of a year is made."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.document_filter import ListFormat
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.files import FileKind
from db.domain.viewer import Viewer
from db.queries.access import viewer_of
from db.services.files import ask_for_file


def ask_for_dac7(
    session: Session, actor: Actor, year: int, list_format: ListFormat, sellers: int, now: dt.datetime
) -> int:
    """Have what is to be declared of a year put into a file; return the file.

    Args:
        session: The caller's transaction.
        actor: Who wants it.
        year: Which year.
        list_format: What the file is to be.
        sellers: How many sellers there are, as the screen counted them.
        now: The instant.

    Raises:
        NotAllowedError: The actor may not take figures of all sellers out of the house.
        InvalidInputError: There are none.
    """
    actor.require(FileKind.DAC7.permission)
    if not sellers:
        raise InvalidInputError(f"Aucun vendeur n’a été crédité en {year}\u00a0: il n’y a rien à exporter.")
    title = f"Préparation DAC7 de {year} ({list_format.upper()})"
    arguments = {"year": year, "format": list_format, "person_id": actor.person_id}
    return ask_for_file(session, actor, FileKind.DAC7, title, arguments, sellers, now)


@dataclass(frozen=True, slots=True)
class WantedDac7:
    """What a file's row says is wanted, and who asked as they are now."""

    year: int
    format: ListFormat
    viewer: Viewer


def wanted_dac7(session: Session, arguments: Mapping[str, Any]) -> WantedDac7:
    """Return what a file's row says is wanted.

    Raises:
        NotAllowedError: Whoever asked has no account any more, or may not export any more.
    """
    viewer = viewer_of(session, arguments["person_id"])
    if viewer is None:
        raise NotAllowedError(FileKind.DAC7.permission)
    viewer.require(FileKind.DAC7.permission)
    return WantedDac7(arguments["year"], ListFormat(arguments["format"]), viewer)
