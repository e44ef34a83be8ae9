"""Scripts, styles and fonts, compressed once and kept in memory: most of the weight of a first load.

Streamlit leaves compression to a proxy and looks each file up anew; a first screen asks for more than a hundred.
These files stand ahead of the gate: they are what anyone can download from PyPI and from our repository, the sign-in
page needs some of them, and none is worth a look-up of the session.
"""

import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

_OURS = Path(__file__).resolve().parents[1] / "static"

#: Their names change with their content: browsers may keep them for ever.
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_AN_HOUR = "public, max-age=3600"

#: Fonts and pictures are compressed already.
_WORTH_COMPRESSING = frozenset({".js", ".css", ".svg", ".json"})
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

_RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file and how long browsers may keep it."""

    path: Path
    keep: str

    def read(self, *, compressed: bool) -> tuple[_RawHeaders, bytes]:
        """Return the headers and the body of the answer."""
        body = self.path.read_bytes()
        media_type = _MEDIA_TYPES.get(self.path.suffix) or mimetypes.guess_type(self.path.name)[0]
        headers = [
            (b"content-type", (media_type or "application/octet-stream").encode()),
            (b"cache-control", self.keep.encode()),
        ]
        if self.path.suffix in _WORTH_COMPRESSING:
            headers.append((b"vary", b"accept-encoding"))
            if compressed:
                headers.append((b"content-encoding", b"gzip"))
                body = gzip.compress(body, compresslevel=6, mtime=0)
        return [*headers, (b"content-length", str(len(body)).encode())], body


class Assets:
    """Pure ASGI middleware: answer what asks for an asset, pass everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # Listed once: whatever path a request invents, only these files are ever read.
        self._assets = assets()
        self._answers: dict[tuple[str, bool], tuple[_RawHeaders, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        asset = None
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            asset = self._assets.get(scope["path"])
        if asset is None:
            await self.app(scope, receive, send)
            return
        compressed = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        key = (scope["path"], compressed)
        if key not in self._answers:
            self._answers[key] = await run_in_threadpool(asset.read, compressed=compressed)
        headers, body = self._answers[key]
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})


def assets() -> dict[str, Asset]:
    """Return every asset by its address: Streamlit's front end and our own ``dashboard/static``."""
    front_end = Path(file_util.get_static_dir()) / "static"
    found = {f"/static/{path}": Asset(front_end / path, _FOR_EVER) for path in _files(front_end)}
    for path in _files(_OURS):
        # A font's version is in its name (docs/fonts/make.py); the logo keeps its name when it changes.
        keep = _FOR_EVER if path.suffix == ".woff2" else _FOR_AN_HOUR
        found[f"/app/static/{path}"] = Asset(_OURS / path, keep)
    return found


def _files(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
