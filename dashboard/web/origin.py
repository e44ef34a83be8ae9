"""Which addresses are ours, and whether a request comes from one of our own pages."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from db.settings import settings

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this very machine."""
    return host in _LOOPBACK


def is_our_host(connection: HTTPConnection) -> bool:
    """Tell whether the request is addressed to us; another name pointing here is someone's rebinding trick."""
    return requested_host(connection) in _LOOPBACK | {urlsplit(settings().public_url).hostname, settings().host}


def requested_host(connection: HTTPConnection) -> str:
    """Return the host name the browser asked for, without its port, or an empty text."""
    try:
        return urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def comes_from_us(connection: HTTPConnection) -> bool:
    """Tell whether one of our own pages made the request.

    Browsers send ``Origin`` with every request that may change something and with every WebSocket. The rare one
    that does not says where the request comes from in ``Sec-Fetch-Site``; without either it is not a page of ours.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site") == "same-origin"
    ours = {settings().public_url, f"http://{connection.headers.get('host', '')}"}
    return origin in ours


def safe_next(path: str | None) -> str:
    """Return where to go after signing in: a path on this site, else the home page."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return "/"
    # Browsers drop tabs and line ends, and read a backslash as a slash: « /\t/evil.example » would leave the site.
    if "\\" in path or any(ord(c) <= 0x20 or ord(c) == 0x7F for c in path):
        return "/"
    return path
