"""The gate: nothing reaches Streamlit or a route of ours, over HTTP or WebSocket, without a live session."""

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.web.cookies import token_in
from dashboard.web.live_socket import LiveSocket
from dashboard.web.origin import comes_from_us, is_our_host
from dashboard.web.pages import database_lost_page, message_page
from dashboard.web.proof import IDENTITY_HEADERS, identity_headers
from dashboard.web.sessions import is_seen_again, session_of_token, write_seen
from db.domain.permissions import Permission
from db.engine import DATABASE_LOST
from db.queries.access import SignedIn

#: What anybody may ask for. Everything else needs a session.
PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/connexion"})
PUBLIC_PREFIXES = ("/lien/", "/app/static/")

#: What Streamlit registers and we do not use: its own sign-in, and an interface for agents.
CLOSED_PREFIXES = ("/auth/", "/oauth2callback", "/_stcore/agent")

#: What needs a permission besides a session.
RESTRICTED = {"/_stcore/metrics": Permission.READ_METRICS}

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_STRIPPED = frozenset(name.lower().encode() for name in IDENTITY_HEADERS)


class Gate:
    """Pure ASGI middleware, outermost but for the headers: deny by default."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope = dict(scope, headers=[(name, value) for name, value in scope["headers"] if name not in _STRIPPED])
        connection = HTTPConnection(scope)
        refusal = _refusal_of_origin(connection)
        if refusal is None and _is_public(connection):
            await self.app(scope, receive, send)
            return
        try:
            signed_in = None if refusal else await run_in_threadpool(_find_session, token_in(connection))
        except DATABASE_LOST:
            signed_in, refusal = None, database_lost_page()
        refusal = refusal or _refusal_of_person(connection, signed_in)
        if signed_in is None or refusal is not None:
            await _refuse(scope, receive, send, refusal or _forbidden())
            return
        scope["headers"] += identity_headers(signed_in.session_id)
        scope.setdefault("state", {})["signed_in"] = signed_in
        if scope["type"] == "websocket":
            await LiveSocket(self.app, signed_in).serve(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _refusal_of_origin(connection: HTTPConnection) -> Response | None:
    if not is_our_host(connection):
        return message_page(
            "Adresse inconnue",
            "Ce tableau de bord ne répond pas à cette adresse. Ouvrez-le à son adresse habituelle\u00a0; si celle-ci "
            "est nouvelle, indiquez-la dans le réglage PUBLIC_URL.",
            status=421,
        )
    changes = connection.scope["type"] == "websocket" or connection.scope["method"] not in _SAFE_METHODS
    return _forbidden() if changes and not comes_from_us(connection) else None


def _is_public(connection: HTTPConnection) -> bool:
    path = connection.scope["path"]
    return connection.scope["type"] == "http" and (path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIXES))


def _refusal_of_person(connection: HTTPConnection, signed_in: SignedIn | None) -> Response | None:
    path = connection.scope["path"]
    if signed_in is None:
        return _sign_in_first(connection)
    permission = RESTRICTED.get(path)
    if permission is not None and not signed_in.viewer.may(permission):
        return _forbidden()
    if path.startswith(CLOSED_PREFIXES):
        return message_page("Page introuvable", "Cette adresse ne mène nulle part.", status=404)
    return None


def _sign_in_first(connection: HTTPConnection) -> Response:
    scope = connection.scope
    wants_page = scope.get("method") == "GET" and "text/html" in connection.headers.get("accept", "")
    if not wants_page:
        return PlainTextResponse("Connectez-vous d’abord.", 401)
    query = scope["query_string"].decode("latin-1")
    wanted = quote(scope["path"]) + (f"?{query}" if query else "")
    target = "/connexion" if wanted == "/" else f"/connexion?next={quote(wanted, safe='')}"
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


def _forbidden() -> Response:
    return message_page(
        "Accès refusé",
        "Vous n’avez pas accès à cette page, ou la demande ne vient pas de ce tableau de bord.",
        status=403,
    )


async def _refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "http":
        await response(scope, receive, send)
    else:
        # Closed before it is accepted: the server answers the handshake with 403.
        await send({"type": "websocket.close", "code": 1008})


def _find_session(token: str | None) -> SignedIn | None:
    found = session_of_token(token) if token else None
    if found is not None and is_seen_again(found.last_seen_at):
        write_seen(found.session_id)
    return found
