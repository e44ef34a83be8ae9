"""Make the files of invoices and credit notes: the XML, its official check, the PDF that holds it.

A document that fails the check is made all the same, with what is wrong in it: it is issued, so it exists. It is
flagged, shown to finance and sent to nobody.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.files import FileKind
from db.domain.snapshot import Snapshot, from_json
from db.engine import reading
from db.models import Document
from db.storage import Storage, storage
from jobs.documents.facturx.cii import NotStatableError, cii
from jobs.documents.facturx.validation import Fault, faults
from jobs.documents.logos import Logos
from jobs.documents.numbered import render
from jobs.files import make_files
from jobs.makers import Made, Progress
from jobs.run import Run

_log = logging.getLogger(__name__)

_NO_LOGO = "Le logo n’a pas été trouvé."


def make_documents(run: Run, *, place: Storage | None = None) -> int:
    """Make the documents that are issued and have no file yet, or lost it; return how many were made or given up."""
    chosen = place or storage()
    return make_files(run, makers={FileKind.DOCUMENT: partial(_make_document, Logos(chosen))}, place=chosen)


def _make_document(
    logos: Logos, engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress
) -> Made:
    """Write one document: the same bytes whenever it is made, because it is made of its snapshot and its logo."""
    snapshot = _snapshot(engine, arguments["document_id"])
    progress(0)
    xml, found = _stated(snapshot)
    if found:
        _log.warning("%s : %s", snapshot.number, ", ".join(each.rule for each in found))
    logo = logos.of(snapshot.logo_ref)
    undrawn = render(snapshot, out, xml=xml, logo=logo)
    missing = [_NO_LOGO] if snapshot.logo_ref and logo is None else []
    return Made(
        name=f"{snapshot.number}.pdf",
        media_type="application/pdf",
        rows=1,
        faults=tuple(asdict(each) for each in found),
        warnings=tuple({"text": each} for each in (*undrawn, *missing)),
    )


def _stated(snapshot: Snapshot) -> tuple[bytes | None, list[Fault]]:
    """Return a document's XML and what is wrong in it; one that no XML can state is printed without."""
    try:
        xml = cii(snapshot)
    except NotStatableError as error:
        return None, [Fault("Factur-X", str(error))]
    return xml, faults(xml)


def _snapshot(engine: sa.Engine, document_id: int) -> Snapshot:
    with reading(engine) as session:
        return from_json(session.scalars(sa.select(Document.snapshot).where(Document.id == document_id)).one())
