"""Download a file that leaves the house: streamed, to whom it is for, and whole or broken off for all to see."""

import hashlib
import logging
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from dashboard.web.proof import session_id_in
from dashboard.web.sessions import session_with_id
from db.domain.files import FileUnavailableError
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import Download, file_to_download
from db.storage import StorageError, chunks_of, storage

FILES_PATH = "/fichiers"
#: What browsers can show by themselves, and what asks for that in place of a download.
VIEWED_TYPE, VIEW_PARAMETER = "application/pdf", "voir"
#: More digits than any id has, and than the databases' integers take.
_TOO_MANY_DIGITS = 19

_POLICY = "default-src 'none'; sandbox"
#: Browsers show no PDF in a sandbox; theirs is the viewer's own, in which the document can do nothing.
_VIEWED_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

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
    found, content = await run_in_threadpool(_open, session_id_in(request.headers), request.path_params["file_id"])
    is_viewed = found.media_type == VIEWED_TYPE and VIEW_PARAMETER in request.query_params
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
    is_number = file_id.isascii() and file_id.isdecimal() and len(file_id) < _TOO_MANY_DIGITS
    if signed_in is None or not is_number:
        raise HTTPException(404)
    found = _find(signed_in.viewer, int(file_id))
    try:
        return found, storage().open(found.ref)
    except StorageError:
        _log.exception("fichier %s : impossible à lire", file_id)
        raise HTTPException(404) from None


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
