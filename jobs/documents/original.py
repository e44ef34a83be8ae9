"""The file of one invoice or credit note: the XML, its official check, the PDF that holds it.

The same bytes whenever it is made, because it is made of the document's snapshot and its logo.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from typing import BinaryIO

import sqlalchemy as sa

from db.domain.snapshot import Numbered, Snapshot
from db.domain.snapshot_json import from_json
from db.engine import reading
from db.models import Document
from jobs.documents.facturx.cii import NotStatableError, cii
from jobs.documents.facturx.validation import Fault, faults
from jobs.documents.logos import Logos
from jobs.documents.numbered import render
from jobs.makers import Made

_log = logging.getLogger(__name__)

_NO_LOGO = "Le logo n’a pas été trouvé."


def make_original(engine: sa.Engine, document_id: int, logos: Logos, out: BinaryIO) -> Made:
    """Write the file of a document, with what the official check finds wrong in it."""
    return write_original(_snapshot(engine, document_id), logos, out, render)


def write_original(snapshot: Numbered, logos: Logos, out: BinaryIO, render_it: Callable[..., tuple[str, ...]]) -> Made:
    """Write a document's file as ``render_it`` draws it, with what the official check finds wrong in it."""
    xml, found = _checked_xml(snapshot)
    logo = logos.of(snapshot.logo_ref)
    undrawn = render_it(snapshot, out, xml=xml, logo=logo)
    missing = [_NO_LOGO] if snapshot.logo_ref and logo is None else []
    return Made(
        name=f"{snapshot.number}.pdf",
        media_type="application/pdf",
        rows=1,
        faults=tuple(asdict(each) for each in found),
        warnings=tuple({"text": each} for each in (*undrawn, *missing)),
    )


def original_again(engine: sa.Engine, document_id: int, logos: Logos, sha256: str) -> bytes | None:
    """Return the file of a document as it once was made; None where it does not come out as it was."""
    snapshot, out = _snapshot(engine, document_id), BytesIO()
    try:
        xml = cii(snapshot)
    except NotStatableError:
        xml = None
    render(snapshot, out, xml=xml, logo=logos.of(snapshot.logo_ref))
    content = out.getvalue()
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _checked_xml(snapshot: Numbered) -> tuple[bytes | None, list[Fault]]:
    """Return a document's XML and what is wrong in it; one that no XML can state is printed without."""
    try:
        xml = cii(snapshot)
    except NotStatableError as error:
        return None, [Fault("Factur-X", str(error))]
    found = faults(xml)
    if found:
        _log.warning("%s : %s", snapshot.number, ", ".join(each.rule for each in found))
    return xml, found


def _snapshot(engine: sa.Engine, document_id: int) -> Snapshot:
    with reading(engine) as session:
        return from_json(session.scalars(sa.select(Document.snapshot).where(Document.id == document_id)).one())
