"""The pages before the dashboard: sign in, and one-time links."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.web.cookies import give_token, token_in
from dashboard.web.forms import read_form
from dashboard.web.origin import is_loopback, requested_host, safe_next
from dashboard.web.pages import message_page, page
from dashboard.web.sessions import session_of_token
from db.domain.errors import InvalidInputError
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.services.access import (
    Browser,
    SignInRefusedError,
    TooManyAttemptsError,
    check_credentials,
    note_attempt,
    note_refusal,
    sign_in,
)
from db.services.links import (
    LinkOwner,
    LinkUnusableError,
    choose_password_by_link,
    follow_terminal_link,
    link_owner,
)
from db.services.passwords import new_password

#: Checking one password takes 64 MiB: a crowd of sign-ins waits its turn instead of taking all the memory.
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="hashing")


async def show_sign_in(request: Request) -> Response:
    """Show the form; someone already signed in goes on."""
    wanted = safe_next(request.query_params.get("next"))
    token = token_in(request)
    if token and await run_in_threadpool(session_of_token, token):
        return RedirectResponse(wanted, 303, {"Cache-Control": "no-store"})
    return _sign_in_page(wanted)


async def submit_sign_in(request: Request) -> Response:
    """Check the form and open a session, or show the form again with what went wrong."""
    form = await read_form(request)
    wanted = safe_next(form.get("next"))
    email = form.get("email", "")
    try:
        token = await _hashed(_sign_in, email, form.get("password", ""), _browser(request))
    except TooManyAttemptsError as refusal:
        return _sign_in_page(wanted, email=email, error=str(refusal), status=429)
    except SignInRefusedError as refusal:
        return _sign_in_page(wanted, email=email, error=str(refusal), status=401)
    return _enter(token, wanted)


async def _hashed(work: Callable[[str, str, Browser], str], first: str, password: str, browser: Browser) -> str:
    return await asyncio.get_running_loop().run_in_executor(_hashing, work, first, password, browser)


def _sign_in(email: str, password: str, browser: Browser) -> str:
    now = utc_now()
    with transaction() as session:
        note_attempt(session, email, browser.ip_address, now)
    try:
        with reading() as session:
            checked = check_credentials(session, email, password)
    except SignInRefusedError:
        with transaction() as session:
            note_refusal(session, email, browser, now)
        raise
    with transaction() as session:
        return sign_in(session, checked, browser, now)


async def show_link(request: Request) -> Response:
    """Show what a one-time link offers; only the one of the terminal, on this machine, is followed at once.

    Mail scanners and browsers that fetch ahead open links too: a link that asks for a password is used by the form,
    never by being looked at.
    """
    token = request.path_params["token"]
    try:
        owner = await run_in_threadpool(_link_owner, token)
        if not owner.asks_password and _is_at_the_terminal(request):
            return _enter(await run_in_threadpool(_follow, token, _browser(request)), "/")
    except LinkUnusableError as refusal:
        return message_page("Lien inutilisable", str(refusal), status=410)
    return _link_page(owner)


def _is_at_the_terminal(request: Request) -> bool:
    ahead = request.headers.get("sec-purpose") or request.headers.get("purpose")
    client = request.client.host if request.client else ""
    return not ahead and request.method == "GET" and is_loopback(client) and is_loopback(requested_host(request))


async def submit_link(request: Request) -> Response:
    """Use a one-time link: choose a password if it asks for one, then come in."""
    token = request.path_params["token"]
    form = await read_form(request)
    try:
        owner = await run_in_threadpool(_link_owner, token)
        if not owner.asks_password:
            return _enter(await run_in_threadpool(_follow, token, _browser(request)), "/")
        password = form.get("password", "")
        if password != form.get("again", ""):
            return _link_page(owner, error="Les deux saisies diffèrent. Recommencez.", status=422)
        opened = await _hashed(_choose_password, token, password, _browser(request))
    except LinkUnusableError as refusal:
        return message_page("Lien inutilisable", str(refusal), status=410)
    except InvalidInputError as refusal:
        return _link_page(owner, error=str(refusal), status=422)
    return _enter(opened, "/")


def _link_owner(token: str) -> LinkOwner:
    with reading() as session:
        return link_owner(session, token, utc_now())


def _follow(token: str, browser: Browser) -> str:
    with transaction() as session:
        return follow_terminal_link(session, token, browser, utc_now())


def _choose_password(token: str, password: str, browser: Browser) -> str:
    owner = _link_owner(token)
    chosen = new_password(password, email=owner.email, name=owner.name)
    with transaction() as session:
        return choose_password_by_link(session, token, chosen, browser, utc_now())


def _enter(token: str, wanted: str) -> Response:
    response = RedirectResponse(wanted, 303, {"Cache-Control": "no-store"})
    give_token(response, token)
    return response


def _sign_in_page(wanted: str, *, email: str = "", error: str = "", status: int = 200) -> Response:
    return page("sign_in.html", status=status, wanted=wanted, email=email, error=error)


def _link_page(owner: LinkOwner, *, error: str = "", status: int = 200) -> Response:
    return page("link.html", status=status, owner=owner, error=error)


def _browser(request: Request) -> Browser:
    address = request.client.host if request.client else ""
    return Browser(address, request.headers.get("user-agent", ""))


ROUTES: list[BaseRoute] = [
    Route("/connexion", show_sign_in, methods=["GET"]),
    Route("/connexion", submit_sign_in, methods=["POST"]),
    Route("/lien/{token}", show_link, methods=["GET"]),
    Route("/lien/{token}", submit_link, methods=["POST"]),
]
