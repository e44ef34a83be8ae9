"""What stands before the API: who asks, how often, and how much they send. The rest is FastAPI's."""

from limits import RateLimitItemPerMinute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.api.problems import problem, show_database_lost, show_http_error
from dashboard.web.bodies import read_body
from dashboard.web.rate_limits import client_network, seconds_to_wait
from db.domain.api import ApiClient
from db.domain.time import utc_now
from db.engine import DATABASE_LOST, reading, transaction
from db.services.api_tokens import client_of_token, is_used_again, note_use

PREFIX = "/api/v1"
#: Anybody may read what the API is.
DOCUMENT = f"{PREFIX}/openapi.json"
#: An order of 500 articles takes some 100 kB.
MAX_BODY_BYTES = 1024 * 1024

PER_TOKEN = RateLimitItemPerMinute(600)
PER_NETWORK = RateLimitItemPerMinute(1200)
REFUSED_PER_NETWORK = RateLimitItemPerMinute(30)

_LONGEST_TOKEN = 200
_JSON = "application/json"
_HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}


class Guard:
    """Pure ASGI middleware: requests that pass have their shop in ``state.client`` and their body in ``state.body``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        request = Request(scope, receive)
        send = _with_headers(send)
        refusal = await _refusal(request)
        if refusal is not None:
            await refusal(scope, receive, send)
        else:
            await self.app(scope, _receive_again(request, receive), send)


async def _refusal(request: Request) -> Response | None:
    network = client_network(request)
    wait = seconds_to_wait(PER_NETWORK, "api", network)
    if wait is not None:
        return _too_many(wait)
    if request.scope["path"] == DOCUMENT:
        return None
    try:
        client = await run_in_threadpool(_client_of, _token_in(request))
    except DATABASE_LOST as error:
        return await show_database_lost(request, error)
    if client is None:
        wait = seconds_to_wait(REFUSED_PER_NETWORK, "api-refused", network)
        return _too_many(wait) if wait is not None else _unknown()
    wait = seconds_to_wait(PER_TOKEN, "api-token", str(client.token_id))
    if wait is not None:
        return _too_many(wait)
    request.state.client = client
    return await _refusal_of_body(request)


async def _refusal_of_body(request: Request) -> Response | None:
    if request.method != "POST":
        return None
    try:
        request.state.body = await read_body(request, MAX_BODY_BYTES)
    except HTTPException as error:
        return await show_http_error(request, error)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Without a body there is nothing to announce: what is missing, or that nothing is posted here, is said later.
    is_refused = request.state.body and kind != _JSON
    return await show_http_error(request, HTTPException(415)) if is_refused else None


def _client_of(token: str) -> ApiClient | None:
    now = utc_now()
    with reading() as session:
        found = client_of_token(session, token, now) if token else None
    if found is None:
        return None
    if is_used_again(found.last_used_at, now):
        with transaction() as session:
            note_use(session, found.client.token_id, now)
    return found.client


def _token_in(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and len(token) <= _LONGEST_TOKEN else ""


def _unknown() -> Response:
    # Wrong, expired, revoked or missing: the answer is the same.
    reason = "Ce jeton ne donne pas accès à l’API, ou il manque (Authorization: Bearer …)."
    return problem(401, "unauthorized", reason, headers={"WWW-Authenticate": "Bearer"})


def _too_many(wait: int) -> Response:
    reason = f"Trop de demandes. Réessayez dans {wait} s."
    return problem(429, "too_many_requests", reason, headers={"Retry-After": str(wait)})


def _receive_again(request: Request, receive: Receive) -> Receive:
    """Return a ``receive`` that hands out the body that was read, then goes on as before."""
    if not hasattr(request.state, "body"):
        return receive
    waiting: list[Message] = [{"type": "http.request", "body": request.state.body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return send_with_headers
