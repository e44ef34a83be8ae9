"""Make the file of labels that somebody asked for."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.errors import MarketplaceError
from db.domain.labels import LabelFormat
from db.engine import reading
from db.queries.carriers import all_carriers
from db.queries.labels import parcels_to_label
from db.services.labels import wanted_parcels
from jobs.labels.makers import maker_of
from jobs.labels.sheet import Sheet
from jobs.makers import Made, Progress

_READ_AT_ONCE = 100


class NothingToLabelError(MarketplaceError):
    """Every parcel was called back, or its order deleted, since the labels were asked for."""

    def __init__(self) -> None:
        super().__init__("Ces colis n’existent plus\u00a0: il n’y a rien à étiqueter.")


def make_labels(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the labels, one after the other on as many pages as they take."""
    wanted = wanted_parcels(arguments)
    sheet = Sheet(LabelFormat(arguments["paper"]), arguments["first_place"])
    drawn, number = 0, ""
    for start in range(0, len(wanted), _READ_AT_ONCE):
        with reading(engine) as session:
            carriers = all_carriers(session)
            parcels = parcels_to_label(session, wanted[start : start + _READ_AT_ONCE])
        for parcel in parcels:
            maker_of(carriers, parcel.carrier).draw(sheet, sheet.next_box(), parcel)
            drawn, number = drawn + 1, parcel.order_number
            progress(drawn)
    if not drawn:
        raise NothingToLabelError
    sheet.write_to(out)
    name = f"etiquette-{number}.pdf" if drawn == 1 else f"etiquettes-{drawn}-colis.pdf"
    return Made(name, "application/pdf", drawn)
