"""The addresses of the order's page: to look, to take its documents along, to confirm that a parcel arrived."""

import logging
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.web.files import file_response, open_whole
from dashboard.web.follow_up import return_form_routes, return_routes
from dashboard.web.follow_up.documents import DocumentLink, document_link
from dashboard.web.follow_up.opening import Visit, by_link, go_to, hidden, number
from dashboard.web.follow_up.returns import OrdersReturns, orders_returns
from dashboard.web.follow_up.view import FollowUp, follow_up_view
from dashboard.web.forms import read_form
from db.domain.documents import DocumentNotFoundError
from db.domain.errors import MarketplaceError
from db.domain.time import local_day, utc_now
from db.emails.links import FOLLOW_UP_PATH, FollowUpToken
from db.engine import reading, transaction
from db.queries.files import Download
from db.queries.follow_up_documents import customers_documents, customers_download
from db.queries.follow_up_returns import customers_returns, given_back
from db.queries.returnable import returnable
from db.services.follow_up import confirm_by_link
from db.storage import StorageError

_log = logging.getLogger(__name__)


@by_link
async def show_follow_up(visit: Visit) -> Response:
    """Show the page of the order that the link was made for."""
    documents, returns = await run_in_threadpool(_beside, visit)
    return visit.answer("follow_up.html", view=_view(visit), documents=documents, returns=returns)


@by_link
async def download_document(visit: Visit) -> Response:
    """Give out an invoice or a credit note of the order, as it was made; those of no other."""
    try:
        found, content = await run_in_threadpool(_open, visit.order.id, visit.named("document_id"))
    except MarketplaceError:  # Another order's, or one that is being made again.
        text = "Il est peut-être en préparation\u00a0: revenez sur la page de votre commande dans quelques minutes."
        return visit.notice("Ce document n’est pas disponible", text, status=404)
    return hidden(file_response(found, content))


@by_link
async def ask_receipt(visit: Visit) -> Response:
    """Ask once before the receipt of a parcel is confirmed."""
    view = _view(visit)
    shipment_id = number(visit.request.query_params.get("colis"))
    if not view.can_confirm(shipment_id):
        return _back(visit, shipment_id)
    parcel = view.parcel(shipment_id) if shipment_id is not None else None
    return visit.answer("follow_up_confirm.html", view=view, parcel=parcel)


@by_link
async def confirm_receipt(visit: Visit) -> Response:
    """Have the customer say that a parcel arrived; saying it twice changes nothing and is thanked alike."""
    shipment_id = number((await read_form(visit.request)).get("colis"))
    # Behind a proxy, FORWARDED_ALLOW_IPS says whose X-Forwarded-For is believed (dashboard/web/server.py).
    address = visit.request.client.host if visit.request.client else ""
    if _view(visit).can_confirm(shipment_id):
        await run_in_threadpool(_confirm, visit.link, shipment_id, address)
    return _back(visit, shipment_id)


def _view(visit: Visit) -> FollowUp:
    return follow_up_view(visit.order, visit.market, utc_now(), on_paper=visit.on_paper)


def _beside(visit: Visit) -> tuple[list[DocumentLink], OrdersReturns]:
    """Return what else the page shows: the documents of the order, its returns and what was given back."""
    order_id, today = visit.order.id, local_day(utc_now())
    with reading() as session:
        documents = [document_link(each) for each in customers_documents(session, order_id)]
        rules = returnable(session, order_id)
        returns, back = customers_returns(session, order_id), given_back(session, order_id)
    return documents, orders_returns(rules, returns, back, today, on_paper=visit.on_paper)


def _open(order_id: int, document_id: int) -> tuple[Download, BinaryIO]:
    with reading() as session:
        found = customers_download(session, order_id, document_id)
    try:
        return found, open_whole(found)
    except StorageError:
        _log.exception("document %s : impossible à lire", document_id)
        raise DocumentNotFoundError from None


def _confirm(link: FollowUpToken, shipment_id: int | None, address: str) -> None:
    with transaction() as session:
        confirm_by_link(session, link, shipment_id, address, utc_now())


def _back(visit: Visit, shipment_id: int | None) -> Response:
    return go_to(visit.path + (f"#colis-{shipment_id}" if shipment_id is not None else ""))


_PATH = f"{FOLLOW_UP_PATH}/{{token}}"

ROUTES: list[BaseRoute] = [
    Route(_PATH, show_follow_up, methods=["GET"]),
    Route(f"{_PATH}/reception", ask_receipt, methods=["GET"]),
    Route(f"{_PATH}/reception", confirm_receipt, methods=["POST"]),
    Route(f"{_PATH}/documents/{{document_id}}", download_document, methods=["GET"]),
    *return_form_routes.ROUTES,
    *return_routes.ROUTES,
]
