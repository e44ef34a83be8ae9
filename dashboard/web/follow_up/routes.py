"""The addresses of the page: to look, to be asked once, to confirm. A link that opens nothing tells no one why."""

import datetime as dt
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import BinaryIO

from limits import RateLimitItem, RateLimitItemPerMinute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.web.files import file_response, open_whole
from dashboard.web.follow_up.documents import DocumentLink, document_link
from dashboard.web.follow_up.look import Look, look_of
from dashboard.web.follow_up.view import FollowUp, follow_up_view
from dashboard.web.forms import read_form
from dashboard.web.pages import page
from dashboard.web.rate_limits import client_network, seconds_to_wait
from db.domain.documents import DocumentNotFoundError
from db.domain.errors import MarketplaceError
from db.domain.time import utc_now
from db.emails.links import FOLLOW_UP_PATH, FollowUpToken, read_follow_up_token
from db.engine import reading, transaction
from db.queries.files import Download
from db.queries.follow_up_documents import customers_documents, customers_download
from db.queries.marketplace import MarketplaceRow, marketplace
from db.queries.order_details import OrderDetails, order_details
from db.services.follow_up import confirm_by_link
from db.settings import settings
from db.storage import StorageError

#: Far more than a person needs; many of them may share the address of one network.
PER_ADDRESS: RateLimitItem = RateLimitItemPerMinute(120)
PER_LINK: RateLimitItem = RateLimitItemPerMinute(30)

#: The id of no order: a link that says nothing is looked up all the same, and takes as long.
_NO_ORDER = _NO_DOCUMENT = 0

_HIDDEN_FROM_SEARCH = "noindex, nofollow, noarchive"

_log = logging.getLogger(__name__)

_Answering = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a link opens, and what it says itself."""

    link: FollowUpToken
    order: OrderDetails

    def view(self, market: MarketplaceRow) -> FollowUp:
        """Return the page as it is now."""
        return follow_up_view(self.order, market, utc_now(), on_paper=self.link.on_paper)


def _limited(answering: _Answering) -> _Answering:
    """Answer so often only, per address and per link, before anything is looked up."""

    @wraps(answering)
    async def answer(request: Request) -> Response:
        link = hashlib.sha256(request.path_params["token"].encode()).hexdigest()
        seconds = seconds_to_wait(PER_ADDRESS, "follow-up", client_network(request)) or seconds_to_wait(
            PER_LINK, "follow-up link", link
        )
        return await answering(request) if seconds is None else _wait(seconds)

    return answer


@_limited
async def show_follow_up(request: Request) -> Response:
    """Show the page of the order that the link was made for."""
    opened, market = await run_in_threadpool(_find, request.path_params["token"])
    if opened is None:
        return _unknown(market)
    documents = await run_in_threadpool(_documents, opened.order.id)
    path = request.url.path
    return _answer("follow_up.html", look_of(market), view=opened.view(market), documents=documents, path=path)


@_limited
async def download_document(request: Request) -> Response:
    """Give out an invoice or a credit note of the order, as it was made; those of no other."""
    opened, market = await run_in_threadpool(_find, request.path_params["token"])
    document_id = _number(request.path_params["document_id"])
    if opened is None:
        return _unknown(market)
    try:
        found, content = await run_in_threadpool(_open, opened.order.id, document_id)
    except MarketplaceError:  # Another order's, or one that is being made again.
        return _answer("follow_up_document.html", look_of(market), status=404, path=_page_path(request))
    response = file_response(found, content)
    response.headers["X-Robots-Tag"] = _HIDDEN_FROM_SEARCH
    return response


@_limited
async def ask_receipt(request: Request) -> Response:
    """Ask once before the receipt of a parcel is confirmed."""
    opened, market = await run_in_threadpool(_find, request.path_params["token"])
    if opened is None:
        return _unknown(market)
    view = opened.view(market)
    shipment_id = _number(request.query_params.get("colis"))
    if not view.can_confirm(shipment_id):
        return _back(request, shipment_id)
    parcel = view.parcel(shipment_id) if shipment_id is not None else None
    path = _page_path(request)
    return _answer("follow_up_confirm.html", look_of(market), view=view, parcel=parcel, path=path)


@_limited
async def confirm_receipt(request: Request) -> Response:
    """Have the customer say that a parcel arrived; saying it twice changes nothing and is thanked alike."""
    opened, market = await run_in_threadpool(_find, request.path_params["token"])
    if opened is None:
        return _unknown(market)
    shipment_id = _number((await read_form(request)).get("colis"))
    # Behind a proxy, FORWARDED_ALLOW_IPS says whose X-Forwarded-For is believed (dashboard/web/server.py).
    address = request.client.host if request.client else ""
    if opened.view(market).can_confirm(shipment_id):
        await run_in_threadpool(_confirm, opened.link, shipment_id, address)
    return _back(request, shipment_id)


def _find(token: str) -> tuple[_Opened | None, MarketplaceRow]:
    """Return the order a link opens, or None: wrong, bent, expired, revoked and gone take the same way."""
    with reading() as session:
        market = marketplace(session)
        said = read_follow_up_token(token, dt.timedelta(days=market.follow_up_days))
        order_id = said.order_id if said else _NO_ORDER
        order = order_details(session, [order_id]).get(order_id)
    if said is None or order is None or order.link_generation != said.generation:
        return None, market
    return _Opened(said, order), market


def _documents(order_id: int) -> list[DocumentLink]:
    with reading() as session:
        return [document_link(each) for each in customers_documents(session, order_id)]


def _open(order_id: int, document_id: int | None) -> tuple[Download, BinaryIO]:
    with reading() as session:
        found = customers_download(session, order_id, document_id or _NO_DOCUMENT)
    try:
        return found, open_whole(found)
    except StorageError:
        _log.exception("document %s : impossible à lire", document_id)
        raise DocumentNotFoundError from None


def _confirm(link: FollowUpToken, shipment_id: int | None, address: str) -> None:
    with transaction() as session:
        confirm_by_link(session, link, shipment_id, address, utc_now())


def _number(text: str | None) -> int | None:
    """Return the number of a parcel that a form or an address names."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < len(str(2**63)) else None


def _page_path(request: Request) -> str:
    return f"{FOLLOW_UP_PATH}/{request.path_params['token']}"


def _back(request: Request, shipment_id: int | None) -> Response:
    place = f"#colis-{shipment_id}" if shipment_id is not None else ""
    return RedirectResponse(f"{_page_path(request)}{place}", 303, {"Cache-Control": "no-store"})


def _unknown(market: MarketplaceRow) -> Response:
    return _answer("follow_up_unknown.html", look_of(market), status=404)


def _wait(seconds: int) -> Response:
    response = _answer("follow_up_wait.html", look_of(MarketplaceRow(settings().marketplace_name)), status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _answer(template: str, look: Look, *, status: int = 200, **values: object) -> Response:
    response = page(template, status=status, policy=look.policy, look=look, **values)
    response.headers["X-Robots-Tag"] = _HIDDEN_FROM_SEARCH
    return response


_PATH = f"{FOLLOW_UP_PATH}/{{token}}"

ROUTES: list[BaseRoute] = [
    Route(_PATH, show_follow_up, methods=["GET"]),
    Route(f"{_PATH}/reception", ask_receipt, methods=["GET"]),
    Route(f"{_PATH}/reception", confirm_receipt, methods=["POST"]),
    Route(f"{_PATH}/documents/{{document_id}}", download_document, methods=["GET"]),
]
