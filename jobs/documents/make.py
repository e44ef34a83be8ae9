"""Make the files of invoices and credit notes that are issued, of sales and of fees.

A document that fails the official check is made all the same, with what is wrong in it: it is issued, so it exists. It
is flagged, shown to finance and sent to nobody.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.files import FileKind
from db.storage import Storage, storage
from jobs.documents.fees import make_fees
from jobs.documents.logos import Logos
from jobs.documents.original import make_original
from jobs.files import make_files
from jobs.makers import Made, Progress
from jobs.run import Run


def make_documents(run: Run, *, place: Storage | None = None) -> int:
    """Make the documents that are issued and have no file yet, or lost it; return how many were made or given up."""
    chosen = place or storage()
    logos = Logos(chosen)
    makers = {FileKind.DOCUMENT: partial(_make_document, logos), FileKind.FEE_DOCUMENT: partial(make_fees, logos)}
    return make_files(run, makers=makers, place=chosen)


def _make_document(
    logos: Logos, engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress
) -> Made:
    progress(0)
    return make_original(engine, arguments["document_id"], logos, out)
