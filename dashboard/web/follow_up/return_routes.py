"""The addresses of one return: follow it, write about it with photos, look at them, take its slip along."""

import logging
from collections.abc import Sequence
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.web.files import file_response
from dashboard.web.follow_up.opening import Visit, by_link, go_to, hidden, new_key
from dashboard.web.follow_up.photos import add_photos, fault_of, refused_with, sent_form
from dashboard.web.follow_up.return_view import return_view
from db.domain.errors import MarketplaceError
from db.domain.returns import MAX_MESSAGE
from db.domain.time import utc_now
from db.emails.links import FOLLOW_UP_PATH
from db.engine import reading, transaction
from db.queries.files import Download
from db.queries.follow_up_returns import customers_photo, customers_returns, given_back
from db.queries.return_settings import return_rules
from db.queries.return_settlements import settlements_of
from db.queries.return_slips import current_slip
from db.services.follow_up_returns import ask_for_slip_by_link, write_by_link
from db.storage import StorageError, storage

#: How soon the page asks again for a slip that is being made.
_SLIP_SECONDS = 3
#: A photo never changes: a browser may keep it while somebody looks at the page.
_PHOTO_CACHE = "private, max-age=3600"

_log = logging.getLogger(__name__)


@by_link
async def show_return(visit: Visit) -> Response:
    """Show where a return is, what was said of it and what was given back."""
    return await run_in_threadpool(return_page, visit, visit.named("return_id"))


@by_link
async def write(visit: Visit) -> Response:
    """Send a message, photos or both to staff about a return: one form, so that neither loses the other."""
    return_id, form = visit.named("return_id"), await sent_form(visit)
    try:
        typed = dict(form.fields)
        text = typed.get("message", "")
        refusal = fault_of(visit, form)
        if not refusal and (text.strip() or not form.files):
            refusal = await run_in_threadpool(_write, visit, return_id, text, typed.get("cle", ""))
        if refusal:
            return await run_in_threadpool(return_page, visit, return_id, refused_with(refusal, form), text)
        refusals = await add_photos(visit, return_id, form.files)
    finally:
        await form.close()
    if refusals:  # Of photos alone: the message stands in the thread.
        return await run_in_threadpool(return_page, visit, return_id, refusals)
    return go_to(f"{return_path(visit, return_id)}#messages")


@by_link
async def show_photo(visit: Visit) -> Response:
    """Give out a photo of a return to who sent it; a printed link shows none."""
    stored = None if visit.on_paper else await run_in_threadpool(_photo, visit)
    if stored is None:
        return visit.notice("Photo indisponible", "Elle n’est pas de ce retour, ou plus là.", status=404)
    response = hidden(file_response(*stored))
    response.headers["Cache-Control"] = _PHOTO_CACHE
    return response


@by_link
async def download_slip(visit: Visit) -> Response:
    """Give out the slip to put into the parcel, or have it made and ask again in a moment."""
    try:
        stored = await run_in_threadpool(_slip, visit)
    except MarketplaceError as refusal:
        return visit.notice("Bon de retour indisponible", str(refusal), status=404)
    if stored is not None:
        return hidden(file_response(*stored))
    text = "Votre bon de retour se prépare\u00a0: le téléchargement commence tout seul dans quelques secondes."
    response = visit.notice("Un instant…", text, status=503)
    response.headers["Refresh"] = response.headers["Retry-After"] = str(_SLIP_SECONDS)
    return response


def return_page(visit: Visit, return_id: int, refusals: Sequence[str] = (), message: str = "") -> Response:
    """Return the page of a return; with what was refused, and the message that was to be sent."""
    with reading() as session:
        wanted = next((each for each in customers_returns(session, visit.order.id) if each.id == return_id), None)
        rules, back = return_rules(session), given_back(session, visit.order.id)
        settlements = settlements_of(session, wanted.id) if wanted else ()
    if wanted is None:
        text = "Vérifiez l’adresse, ou repartez de la page de votre commande."
        return visit.notice("Ce retour est introuvable", text, status=404)
    return visit.answer(
        "follow_up_return.html",
        status=422 if refusals else 200,
        view=return_view(visit.order, wanted, rules, back, utc_now(), settlements=settlements, on_paper=visit.on_paper),
        refusals=refusals,
        message=message,
        max_message=MAX_MESSAGE,
        key=new_key(),
    )


def return_path(visit: Visit, return_id: int) -> str:
    """Return the address of a return's page."""
    return f"{visit.path}/retours/{return_id}"


def _write(visit: Visit, return_id: int, text: str, key: str) -> str:
    """Write a message; return what is wrong with it, nothing where it is sent."""
    try:
        with transaction() as session:
            write_by_link(session, visit.link, return_id, text, key, utc_now())
    except MarketplaceError as refusal:
        return str(refusal)
    return ""


def _photo(visit: Visit) -> tuple[Download, BinaryIO] | None:
    with reading() as session:
        found = customers_photo(session, visit.order.id, visit.named("return_id"), visit.named("photo_id"))
    return _open(found) if found else None


def _slip(visit: Visit) -> tuple[Download, BinaryIO] | None:
    """Return the slip that is made; None while it is being made, asked for now if it was not."""
    return_id, now = visit.named("return_id"), utc_now()
    with transaction() as session:
        ask_for_slip_by_link(session, visit.link, return_id, now)
        current = current_slip(session, return_id, now)
    return _open(current.download) if current and current.download else None


def _open(found: Download) -> tuple[Download, BinaryIO] | None:
    try:
        return found, storage().open(found.ref)
    except StorageError:
        _log.exception("%s : impossible à lire", found.ref)
        return None


_PATH = f"{FOLLOW_UP_PATH}/{{token}}/retours/{{return_id}}"

ROUTES: list[BaseRoute] = [
    Route(_PATH, show_return, methods=["GET"]),
    Route(f"{_PATH}/messages", write, methods=["POST"]),
    Route(f"{_PATH}/photos/{{photo_id}}", show_photo, methods=["GET"]),
    Route(f"{_PATH}/bon", download_slip, methods=["GET"]),
]
