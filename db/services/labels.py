"""Ask for what goes on a parcel: its label, or the line of a carrier's file."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.carrier_files import CarrierFile
from db.domain.errors import InvalidInputError
from db.domain.files import FileKind
from db.domain.formats import integer, plural
from db.domain.labels import MAX_LABELS, LabelFormat
from db.queries.labels import Labelled
from db.services.files import ask_for_file


def ask_for_labels(
    session: Session,
    actor: Actor,
    parcels: Sequence[Labelled],
    paper: LabelFormat,
    now: dt.datetime,
    *,
    first_place: int = 1,
) -> int:
    """Have labels made in one PDF; return the file.

    Args:
        session: The caller's transaction.
        actor: Who wants them.
        parcels: What the plan showed.
        paper: What they are printed on.
        now: The instant.
        first_place: The first free place of the first sheet, from 1.

    Raises:
        NotAllowedError: The actor does not ship.
        InvalidInputError: There are none, too many, or the sheet has no such place.
    """
    _check_count(parcels)
    if not 1 <= first_place <= paper.places:
        raise InvalidInputError(f"Choisissez une place de 1 à {paper.places}.")
    title = f"{plural(len(parcels), 'étiquette')} d’envoi, {paper.name}"
    arguments = {"parcels": _as_json(parcels), "paper": paper.value, "first_place": first_place}
    return ask_for_file(session, actor, FileKind.LABELS, title, arguments, len(parcels), now)


def ask_for_carrier_csv(
    session: Session, actor: Actor, parcels: Sequence[Labelled], layout: CarrierFile, now: dt.datetime
) -> int:
    """Have a carrier's upload file made; return the file.

    Raises:
        NotAllowedError: The actor does not ship.
        InvalidInputError: There are no parcels, or too many.
    """
    _check_count(parcels)
    title = f"{layout.label}\u00a0: {plural(len(parcels), 'colis', 'colis')}"
    arguments = {"parcels": _as_json(parcels), "layout": layout.value}
    return ask_for_file(session, actor, FileKind.CARRIER_CSV, title, arguments, len(parcels), now)


def wanted_parcels(arguments: Mapping[str, Any]) -> list[Labelled]:
    """Return the parcels that a file's row names."""
    return [Labelled(order_id, shipment_id) for order_id, shipment_id in arguments["parcels"]]


def _as_json(parcels: Sequence[Labelled]) -> list[list[int | None]]:
    return [[each.order_id, each.shipment_id] for each in parcels]


def _check_count(parcels: Sequence[Labelled]) -> None:
    if not parcels:
        raise InvalidInputError("Aucun colis à étiqueter.")
    if len(parcels) > MAX_LABELS:
        raise InvalidInputError(f"Demandez au plus {integer(MAX_LABELS)} colis à la fois.")
