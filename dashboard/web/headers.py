"""What every answer carries: security headers, and a document that says it is French and ours."""

import base64
import hashlib
import re
from functools import lru_cache
from html import escape
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from dashboard.web.cookies import is_https
from db.settings import settings

_HTML = "text/html"
_YEAR_SECONDS = 365 * 24 * 3600

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Same origin, not « no-referrer »: with that one browsers send « Origin: null » with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}


class Headers:
    """Pure ASGI middleware, the outermost: complete the headers and the document of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _asks_for_page(scope):
            # Streamlit's document is rewritten below, which a compressed one could not be; it is small.
            scope = dict(scope, headers=[(k, v) for k, v in scope["headers"] if k != b"accept-encoding"])
        await self.app(scope, receive, _Completing(send))


class _Completing:
    """The ``send`` of one answer. Streamlit's document is held back until it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            is_streamlits = "content-security-policy" not in headers
            _complete(headers)
            if is_streamlits and headers.get("content-type", "").startswith(_HTML):
                self._held = message
                return
        if self._held is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body"):
            await self._send_document(self._held)

    async def _send_document(self, start: Message) -> None:
        body = in_french(self._body)
        if self._body:  # The answer to HEAD keeps the length that GET would announce.
            MutableHeaders(scope=start)["content-length"] = str(len(body))
        self._held = None
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _asks_for_page(scope: Scope) -> bool:
    return any(name == b"accept" and _HTML.encode() in value for name, value in scope["headers"])


def _complete(headers: MutableHeaders) -> None:
    headers.setdefault("Content-Security-Policy", streamlit_policy())
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if is_https():
        headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_SECONDS}")


def in_french(document: bytes) -> bytes:
    """Return Streamlit's document with our language and name."""
    name = escape(settings().marketplace_name).encode()
    document = document.replace(b'<html lang="en"', b'<html lang="fr"', 1)
    document = document.replace(b"<title>Streamlit</title>", b"<title>" + name + b"</title>", 1)
    return document.replace(
        b"You need to enable JavaScript to run this app.",
        b"Activez JavaScript pour utiliser ce tableau de bord.",
        1,
    )


@lru_cache(maxsize=1)
def streamlit_policy() -> str:
    """Return the narrowest policy Streamlit's front end works under.

    ``blob:`` scripts are how Components v2 load the code we hand them; inline styles are how its widgets are styled.
    The one inline script of its document is allowed by its hash.
    """
    document = Path(file_util.get_static_dir(), "index.html").read_bytes()
    hashes = " ".join(_script_hashes(document))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _script_hashes(document: bytes) -> list[str]:
    scripts = re.findall(rb"<script>(.*?)</script>", document, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts]
