"""Make the upload file of a carrier that somebody asked for."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.carrier_files import CarrierFile
from db.domain.spreadsheets import harmless
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.labels import Parcel, parcels_to_label
from db.services.labels import wanted_parcels
from jobs.carrier_files.layouts import LAYOUTS, Layout
from jobs.labels.make import NothingToLabelError
from jobs.makers import Made, Progress

_READ_AT_ONCE = 500


def make_carrier_csv(engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write one line a parcel, a piece at a time: the memory stays flat."""
    wanted = wanted_parcels(arguments)
    kind = CarrierFile(arguments["layout"])
    layout, day = LAYOUTS[kind], local_day(utc_now())
    # A letter that an old encoding lacks is no reason to lose the file.
    text = io.TextIOWrapper(out, encoding=layout.encoding, errors="replace", newline="", write_through=True)
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    if layout.titles:
        lines.writerow(layout.titles)
    written = 0
    for start in range(0, len(wanted), _READ_AT_ONCE):
        with reading(engine) as session:
            parcels = parcels_to_label(session, wanted[start : start + _READ_AT_ONCE])
        lines.writerows(line_of(layout, parcel, day) for parcel in parcels)
        written += len(parcels)
        progress(written)
    text.detach()  # The file stays open: it is not ours to close.
    if not written:
        raise NothingToLabelError
    return Made(f"{kind}-{day.isoformat()}.csv", "text/csv", written)


def line_of(layout: Layout, parcel: Parcel, day: dt.date) -> list[str]:
    """Return the cells of a parcel as they are written: each on one line, and no formula.

    Spaces go first: those before a formula would otherwise hide it.
    """
    return [harmless(" ".join(cell.split())) for cell in layout.cells(parcel, day)]
