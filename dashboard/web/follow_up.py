"""The customer's page of one order, behind the link of every e-mail: where it is, what is in it, what is left to do.

Whoever has the link has the page: it names neither the customer nor their address.
"""

import datetime as dt
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.web.pages import page
from db.domain import formats
from db.domain.actor import Actor
from db.domain.moves import Move, MoveRefusedError
from db.domain.orders import COLLECTED_MODES, ActorKind, OrderStatus
from db.domain.progress import Step, current_step, progress
from db.domain.time import local_day, utc_now
from db.emails.context import pickup_lines
from db.emails.links import FOLLOW_UP_PATH, payment_url, read_follow_up_token
from db.engine import reading, transaction
from db.queries.marketplace import MarketplaceRow, marketplace
from db.queries.order_details import OrderDetails, order_details
from db.services.moves import move_order

#: Nothing is expected any more.
_ARRIVED_STATUSES = frozenset({OrderStatus.DELIVERED, OrderStatus.RECEIVED, OrderStatus.COMPLETED})


@dataclass(frozen=True, slots=True)
class LineView:
    """One article in words."""

    name: str
    details: str
    total: str


@dataclass(frozen=True, slots=True)
class ParcelView:
    """One parcel in words; without an address it cannot be followed."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Everything the page shows, in words."""

    number: str
    placed: str
    seller: str
    headline: str
    steps: tuple[Step, ...]
    lines: tuple[LineView, ...]
    totals: tuple[tuple[str, str], ...]
    due: str
    payment_url: str
    payment_method: str
    delivery: str
    pickup: tuple[str, ...]
    parcels: tuple[ParcelView, ...]
    can_confirm: bool
    is_received: bool
    contact: str
    phone: str


def follow_up_view(order: OrderDetails, market: MarketplaceRow) -> FollowUp:
    """Return an order as its page shows it."""
    is_alive = order.told_status is not OrderStatus.CANCELLED
    steps = progress(order.told_status, order.delivery_mode, is_paid=not order.due_cents)
    return FollowUp(
        number=order.number,
        placed=formats.long_date(local_day(order.placed_at)),
        seller=order.seller_name,
        headline=_headline(steps),
        steps=steps,
        lines=tuple(_lines(order)),
        totals=_totals(order),
        due=formats.money(order.due_cents, order.currency) if order.due_cents and is_alive else "",
        payment_url=payment_url(market.payment_url_pattern, order.number) if order.due_cents and is_alive else "",
        payment_method=order.payment_method.label,
        delivery=_delivery(order),
        pickup=pickup_lines(order),
        parcels=tuple(_parcels(order)),
        can_confirm=order.told_status is OrderStatus.DELIVERED,
        is_received=order.told_status is OrderStatus.RECEIVED,
        contact=market.contact_email,
        phone=market.phone,
    )


def _headline(steps: tuple[Step, ...]) -> str:
    place = current_step(steps)
    if place is None:
        return "Cette commande est annulée"
    return f"Étape {place} sur {len(steps)}\u00a0: {steps[place - 1].label.lower()}"


def _lines(order: OrderDetails) -> list[LineView]:
    lines = []
    for line in order.lines:
        details = [f"{name}\u00a0: {value}" for name, value in line.attributes.items()]
        details.append(f"{line.quantity} × {formats.money(line.unit_price_cents, order.currency)}")
        if line.quantity_cancelled:
            details.append(f"dont {formats.plural(line.quantity_cancelled, 'annulé')}")
        lines.append(LineView(line.name, " · ".join(details), formats.money(line.total_cents, order.currency)))
    return lines


def _totals(order: OrderDetails) -> tuple[tuple[str, str], ...]:
    def said(cents: int) -> str:
        return formats.money(cents, order.currency)

    rows = [("Articles", said(order.items_cents + order.discount_cents))]
    if order.discount_cents:
        rows.append(("Remise", said(-order.discount_cents)))
    rows.append(
        (
            "Retrait" if order.delivery_mode in COLLECTED_MODES else "Livraison",
            said(order.shipping_cents) if order.shipping_cents else "Gratuit",
        )
    )
    rows.append(("Total TTC", said(order.total_cents)))
    if order.refunded_cents:
        rows.append(("Remboursé", said(order.refunded_cents)))
    return tuple(rows)


def _delivery(order: OrderDetails) -> str:
    expected = order.expected_delivery_on
    is_under_way = order.told_status not in _ARRIVED_STATUSES | {OrderStatus.CANCELLED}
    when = f", prévu pour le {formats.long_date(expected)}" if expected and is_under_way else ""
    return f"{order.delivery_mode.label}{when}"


def _parcels(order: OrderDetails) -> list[ParcelView]:
    parcels = []
    for shipment in order.shipments:
        words = [shipment.carrier or "Colis", shipment.tracking_number, f"parti le {_day(shipment.shipped_at)}"]
        # Typed by people: nothing but an address of the web becomes a link.
        is_web = shipment.tracking_url.lower().startswith(("https://", "http://"))
        parcels.append(ParcelView(" · ".join(word for word in words if word), shipment.tracking_url if is_web else ""))
    return parcels


def _day(moment: dt.datetime) -> str:
    return formats.date(local_day(moment))


async def show_follow_up(request: Request) -> Response:
    """Show the page of the order that the link was made for."""
    found = await run_in_threadpool(_find, request.path_params["token"])
    if found is None:
        return _unknown()
    order, market = found
    view = follow_up_view(order, market)
    return page("follow_up.html", view=view, marketplace=market.name, request_path=request.url.path)


async def confirm_receipt(request: Request) -> Response:
    """Have the customer say that everything arrived; saying it twice changes nothing."""
    token = request.path_params["token"]
    if await run_in_threadpool(_find, token) is None:
        return _unknown()
    await run_in_threadpool(_confirm, token)
    return RedirectResponse(f"{FOLLOW_UP_PATH}/{token}", 303, {"Cache-Control": "no-store"})


def _find(token: str) -> tuple[OrderDetails, MarketplaceRow] | None:
    with reading() as session:
        market = marketplace(session)
        said = read_follow_up_token(token, dt.timedelta(days=market.follow_up_days))
        order = order_details(session, [said.order_id]).get(said.order_id) if said else None
        if said is None or order is None or order.link_generation != said.generation:
            return None
        return order, market


def _confirm(token: str) -> None:
    found = _find(token)
    if found is None:
        return
    order, _ = found
    try:
        with transaction() as session:
            if order.told_status is OrderStatus.DELIVERED:
                customer = Actor(ActorKind.CUSTOMER, order.customer_name or "Client")
                move_order(session, customer, order.id, Move(OrderStatus.RECEIVED), utc_now())
    except MoveRefusedError:
        return  # Somebody was quicker; the page says where the order is now.


def _unknown() -> Response:
    return page(
        "message.html",
        status=404,
        title="Suivi indisponible",
        text="Ce lien de suivi n’est pas reconnu. Ouvrez-le de nouveau depuis l’e-mail de votre commande.",
        link_to_home=False,
    )


ROUTES: list[BaseRoute] = [
    Route(f"{FOLLOW_UP_PATH}/{{token}}", show_follow_up, methods=["GET"]),
    Route(f"{FOLLOW_UP_PATH}/{{token}}/reception", confirm_receipt, methods=["POST"]),
]
