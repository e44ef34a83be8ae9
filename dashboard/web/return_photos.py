"""The photos of returns, to staff and to the seller of what they show; customers have an address of their own."""

import logging
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.url_values import identifier
from dashboard.web.files import file_response
from dashboard.web.proof import session_id_in
from dashboard.web.sessions import session_with_id
from db.domain.errors import MarketplaceError
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.files import Download
from db.queries.return_photos import photo_to_show
from db.storage import StorageError, storage

PHOTOS_PATH = "/photos-retours"
#: A photo never changes: a browser may keep it while somebody works with the return.
_CACHE = "private, max-age=3600"

_log = logging.getLogger(__name__)


def photo_url(photo_id: int) -> str:
    """Return where a photo is shown."""
    return f"{PHOTOS_PATH}/{photo_id}"


async def show_photo(request: Request) -> Response:
    """Answer with a photo to look at; one that is absent or not for this person is not there, all alike."""
    found, content = await run_in_threadpool(_open, session_id_in(request.headers), request.path_params["photo_id"])
    response = file_response(found, content)
    # Drawn anew by us: a browser may show it, where it keeps files that others made.
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = _CACHE
    return response


def _open(session_id: int | None, photo_id: str) -> tuple[Download, BinaryIO]:
    signed_in = session_with_id(session_id) if session_id is not None else None
    wanted = identifier(photo_id)
    if signed_in is None or wanted is None:
        raise HTTPException(404)
    found = _find(signed_in.viewer, wanted)
    try:
        return found, storage().open(found.ref)
    except StorageError:
        _log.exception("photo %d : impossible à lire", wanted)
        raise HTTPException(404) from None


def _find(viewer: Viewer, photo_id: int) -> Download:
    try:
        with reading() as session:
            found = photo_to_show(session, viewer, photo_id)
    except MarketplaceError:
        raise HTTPException(404) from None
    name = f"retour-{found.return_id}-photo-{found.id}.jpg"
    return Download(found.id, None, found.ref, found.sha256, found.size_bytes, name, found.media_type)


ROUTES: list[BaseRoute] = [Route(f"{PHOTOS_PATH}/{{photo_id}}", show_photo, methods=["GET"])]
