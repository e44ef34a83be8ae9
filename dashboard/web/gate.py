"""The gate: nothing reaches Streamlit or a route of ours, over HTTP or WebSocket, without a live session."""

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.navigation import SCREENS
from dashboard.web.cookies import token_in
from dashboard.web.live_socket import LiveSocket
from dashboard.web.origin import comes_from_us, is_our_host
from dashboard.web.pages import database_lost_page, message_page
from dashboard.web.proof import IDENTITY_HEADERS, identity_headers
from dashboard.web.routes import is_ours
from dashboard.web.sessions import is_seen_again, session_of_token, write_seen
from db.domain.permissions import Permission
from db.engine import DATABASE_LOST
from db.queries.access import SignedIn

#: What anybody may ask for: health, the way in, a customer's own order by its signed link, and files that hold nothing
#: of the shop's: fonts, logo, style sheets, and Streamlit's own bundle, which everybody has from PyPI. Everything else
#: needs a session.
PUBLIC = re.compile(
    r"/(?:healthz|readyz|connexion|lien/[^/]+|(?:app/)?static/.+"
    r"|suivi/[^/]+(?:/reception|/documents/[^/]+|/retour|/retours/[^/]+(?:/messages|/photos/[^/]+|/bon)?)?)"
)

#: What machines of others post to, by POST only: the route checks a signature where people show a session.
SIGNED = re.compile(r"/webhooks/sendgrid")

#: What shops' machines call: each request carries a token, which the API checks by itself; it knows no cookie.
BY_TOKEN = re.compile(r"/api/v1/.*", re.DOTALL)

#: What Streamlit registers and we do not use: its own sign-in, and an interface for agents.
CLOSED = re.compile(r"/(?:auth/.*|oauth2callback|_stcore/agent(?:/.*)?)")

#: What needs a permission besides a session: some of Streamlit's own addresses, and the screens.
RESTRICTED = {"/_stcore/metrics": Permission.READ_METRICS} | {f"/{each.url_path}": each.permission for each in SCREENS}

#: Where Streamlit serves things; any other address is a screen of ours, a route of ours, or nothing.
STREAMLITS = ("/_stcore/", "/media/", "/component/", "/app/", "/static/")

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_STRIPPED = frozenset(name.lower().encode() for name in IDENTITY_HEADERS)


class Gate:
    """Pure ASGI middleware: deny by default."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope = dict(scope, headers=[(name, value) for name, value in scope["headers"] if name not in _STRIPPED])
        connection = HTTPConnection(scope)
        admitted = _refusal_of_origin(connection) or (None if _is_public(connection) else await _admit(connection))
        if isinstance(admitted, Response):
            await _answer(scope, receive, send, admitted)
            return
        if admitted is not None:
            scope["headers"] += identity_headers(admitted.session_id)
        if admitted is not None and scope["type"] == "websocket":
            await LiveSocket(self.app, admitted).serve(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_public(connection: HTTPConnection) -> bool:
    is_open = PUBLIC.fullmatch(connection.scope["path"]) is not None
    return connection.scope["type"] == "http" and (is_open or _is_a_machines(connection))


def _is_a_machines(connection: HTTPConnection) -> bool:
    """Tell whether the route asks for a proof that no page of another site can bring: no cookie is looked at."""
    if connection.scope["type"] != "http":
        return False
    path = connection.scope["path"]
    is_signed = connection.scope["method"] == "POST" and SIGNED.fullmatch(path) is not None
    return is_signed or BY_TOKEN.fullmatch(path) is not None


async def _admit(connection: HTTPConnection) -> SignedIn | Response:
    """Return whom to let in, or the answer that keeps the request out."""
    try:
        signed_in = await run_in_threadpool(_find_session, token_in(connection))
    except DATABASE_LOST:
        return database_lost_page()
    if signed_in is None:
        return _sign_in_first(connection)
    return _refusal_of_person(connection, signed_in) or signed_in


def _find_session(token: str | None) -> SignedIn | None:
    found = session_of_token(token) if token else None
    if found is not None and is_seen_again(found.last_seen_at):
        write_seen(found.session_id)
    return found


def _refusal_of_origin(connection: HTTPConnection) -> Response | None:
    if not is_our_host(connection):
        return message_page(
            "Adresse inconnue",
            "Ce tableau de bord ne répond pas à cette adresse. Ouvrez-le à son adresse habituelle\u00a0; si celle-ci "
            "est nouvelle, indiquez-la dans le réglage PUBLIC_URL.",
            status=421,
        )
    changes = connection.scope["type"] == "websocket" or connection.scope["method"] not in _SAFE_METHODS
    return _forbidden() if changes and not _is_a_machines(connection) and not comes_from_us(connection) else None


def _refusal_of_person(connection: HTTPConnection, signed_in: SignedIn) -> Response | None:
    path = connection.scope["path"].rstrip("/") or "/"
    permission = RESTRICTED.get(path)
    if permission is not None and not signed_in.viewer.may(permission):
        return _forbidden()
    # For an unknown address Streamlit would serve its document, and then say in English that there is no such page.
    if CLOSED.fullmatch(path) or (_wants_page(connection) and not _leads_somewhere(connection, path)):
        return message_page(
            "Page introuvable", "Cette adresse ne mène nulle part. Vérifiez-la, ou repartez de l’accueil.", status=404
        )
    return None


def _leads_somewhere(connection: HTTPConnection, path: str) -> bool:
    return path in RESTRICTED or path.startswith(STREAMLITS) or is_ours(connection.scope)


def _wants_page(connection: HTTPConnection) -> bool:
    return connection.scope.get("method") == "GET" and "text/html" in connection.headers.get("accept", "")


def _sign_in_first(connection: HTTPConnection) -> Response:
    if not _wants_page(connection):
        return PlainTextResponse("Connectez-vous d’abord.", 401)
    query = connection.scope["query_string"].decode("latin-1")
    wanted = quote(connection.scope["path"]) + (f"?{query}" if query else "")
    target = "/connexion" if wanted == "/" else f"/connexion?next={quote(wanted, safe='')}"
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


def _forbidden() -> Response:
    return message_page(
        "Accès refusé",
        "Vous n’avez pas accès à cette page, ou la demande ne vient pas de ce tableau de bord.",
        status=403,
    )


async def _answer(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "http":
        await response(scope, receive, send)
    else:
        # Closed before it is accepted: the server answers the handshake with 403.
        await send({"type": "websocket.close", "code": 1008})
