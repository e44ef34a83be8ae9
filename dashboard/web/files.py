"""Download a file that leaves the house: to whom it is for, and whole or broken off for all to see.

Files are streamed; an invoice or a credit note is small, and compared with its hash before its first byte leaves.
"""

import hashlib
import io
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from dashboard.url_values import identifier
from dashboard.web.pages import message_page
from dashboard.web.proof import session_id_in
from dashboard.web.sessions import session_with_id
from db.domain.actor import Actor
from db.domain.files import NUMBERED_KINDS, DocumentNotServedError, FileState, FileUnavailableError
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.files import Download, file_to_download
from db.services.document_files import StoredDocument, report_damage
from db.services.files import note_download
from db.storage import FileMissingError, StorageError, chunks_of, storage

FILES_PATH = "/fichiers"
#: What browsers can show by themselves, and what asks for that in place of a download.
VIEWED_TYPE, VIEW_PARAMETER = "application/pdf", "voir"

_POLICY = "default-src 'none'; sandbox"
#: Not every browser shows a PDF in a sandbox; its viewer is one of its own, in which the document can do nothing.
_VIEWED_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

#: How long it takes at most, as a rule, until a document is made: the page asks again.
_MADE_WITHIN_SECONDS = 30

_log = logging.getLogger(__name__)


class FileChangedError(Exception):
    """What is stored is not what was made: nobody shall take it for a document of ours."""


def file_url(file_id: int) -> str:
    """Return where a file is downloaded."""
    return f"{FILES_PATH}/{file_id}"


def view_url(file_id: int) -> str:
    """Return where a PDF is opened in the browser; any other file is downloaded there, too."""
    return f"{file_url(file_id)}?{VIEW_PARAMETER}=1"


async def download(request: Request) -> Response:
    """Answer with a file; one that is absent, not ready or not for this person is not there, all alike."""
    try:
        found, content = await run_in_threadpool(_open, session_id_in(request.headers), request.path_params["file_id"])
    except DocumentNotServedError as refusal:
        refresh = _MADE_WITHIN_SECONDS if refusal.is_coming else None
        return message_page(
            "Un instant…" if refusal.is_coming else "Fichier indisponible",
            str(refusal),
            status=503,
            refresh_seconds=refresh,
        )
    return file_response(found, content, is_viewed=VIEW_PARAMETER in request.query_params)


def file_response(found: Download, content: BinaryIO, *, is_viewed: bool = False) -> StreamingResponse:
    """Return the answer that holds a file, to be kept or, where a browser shows its kind, to be looked at."""
    is_viewed = is_viewed and found.media_type == VIEWED_TYPE
    return StreamingResponse(
        checked(content, found),
        media_type=found.media_type,
        headers={
            # Streamlit would compress it on the way, which hides its length; a download shows how far it is.
            "Content-Encoding": "identity",
            "Content-Length": str(found.size_bytes),
            "Content-Disposition": _disposition(found.name, "inline" if is_viewed else "attachment"),
            "Content-Security-Policy": _VIEWED_POLICY if is_viewed else _POLICY,
            "ETag": f'"{found.sha256}"',
            "Cache-Control": "private, no-store",
        },
    )


def checked(content: BinaryIO, found: Download) -> Iterator[bytes]:
    """Return what is stored, a piece at a time; the last one only once all of it is what was made.

    Raises:
        FileChangedError: It is not: the download breaks off, and browsers say so.
    """
    digest = hashlib.sha256()
    with content:
        held = b""
        for chunk in chunks_of(content):
            digest.update(chunk)
            if held:
                yield held
            held = chunk
    if digest.hexdigest() != found.sha256:
        raise FileChangedError(found.ref)
    yield held


def _open(session_id: int | None, file_id: str) -> tuple[Download, BinaryIO]:
    signed_in = session_with_id(session_id) if session_id is not None else None
    wanted = identifier(file_id)
    if signed_in is None or wanted is None:
        raise HTTPException(404)
    found = _find(signed_in.viewer, wanted)
    try:
        content = open_whole(found) if found.kind in NUMBERED_KINDS else storage().open(found.ref)
    except StorageError:
        _log.exception("fichier %s : impossible à lire", file_id)
        raise HTTPException(404) from None
    with ExitStack() as unless_noted:
        unless_noted.callback(content.close)
        with transaction() as session:
            note_download(session, Actor.person(signed_in.viewer), found.id, found.name, utc_now())
        unless_noted.pop_all()
    return found, content


def open_whole(found: Download) -> BinaryIO:
    """Return a document as it was made, or have it made again.

    Raises:
        DocumentNotServedError: What is stored is not what was made.
        StorageError: What is stored cannot be read.
    """
    try:
        with storage().open(found.ref) as stored:
            content = stored.read()
    except FileMissingError:
        content = b""
    if hashlib.sha256(content).hexdigest() != found.sha256:
        _log.error("fichier %d : %s est perdu ou altéré", found.id, found.ref)
        with transaction() as session:
            report_damage(session, StoredDocument(found.id, found.ref, found.sha256), utc_now())
        raise DocumentNotServedError(FileState.QUEUED, was_ready=True)
    return io.BytesIO(content)


def _find(viewer: Viewer, file_id: int) -> Download:
    try:
        with reading() as session:
            return file_to_download(session, viewer, file_id)
    except FileUnavailableError:
        raise HTTPException(404) from None


def _disposition(name: str, how: str) -> str:
    plain = "".join(each if each.isascii() and each.isprintable() and each not in '"\\' else "_" for each in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


ROUTES: list[BaseRoute] = [Route(f"{FILES_PATH}/{{file_id}}", download, methods=["GET"])]
