"""Everything the page shows, in words, as data."""

import datetime as dt
from dataclasses import dataclass

from dashboard.web.follow_up.headline import Headline, headline
from dashboard.web.follow_up.parcels import (
    Item,
    Parcel,
    confirms_whole_order,
    everything,
    options_of,
    parcels_of,
    still_to_come,
)
from dashboard.web.follow_up.payment import Payment, payment_of
from dashboard.web.follow_up.words import day_of
from db.domain import formats
from db.domain.orders import COLLECTED_MODES, OrderStatus
from db.domain.progress import Step, current_step, progress
from db.domain.time import local_day
from db.domain.withdrawal import WITHDRAWAL_DAYS, last_day_to_withdraw
from db.emails.context import pickup_lines
from db.queries.marketplace import MarketplaceRow
from db.queries.order_details import LineDetails, OrderDetails
from db.services.follow_up import PrintedLinkError

_S = OrderStatus

#: The code opens nothing before the goods are there, and nothing once they are gone.
_SHOWS_CODE = frozenset({_S.READY, _S.SHIPPED})
_CODE_IN_EMAIL = "Votre code de retrait est dans l’e-mail qui annonce que votre commande vous attend."
_ARRIVED = frozenset({_S.DELIVERED, _S.RECEIVED, _S.COMPLETED})


@dataclass(frozen=True, slots=True)
class Line:
    """One article in words."""

    name: str
    details: str
    total: str


@dataclass(frozen=True, slots=True)
class Pickup:
    """Where and when the customer collects, and what they say there."""

    address: tuple[str, ...]
    opening_hours: str
    code: str = ""
    #: Where the code is found that a printed link does not show.
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The page of one order."""

    number: str
    placed: str
    seller: str
    headline: Headline
    steps: tuple[Step, ...]
    step_words: str
    #: Nothing is expected any more: the last step is done, too.
    has_arrived: bool
    payment: Payment | None
    pickup: Pickup | None
    parcels: tuple[Parcel, ...]
    to_come: tuple[Item, ...]
    #: What a whole order holds that came without a parcel of ours.
    items: tuple[Item, ...]
    confirms_whole_order: bool
    delivery: str
    lines: tuple[Line, ...]
    totals: tuple[tuple[str, str], ...]
    #: Until when the customer may change their mind; None where that is not (or no longer) to be said.
    withdrawal: str | None
    #: What stands in place of the buttons where the link was printed: nothing is confirmed by it.
    read_only: str = ""

    def parcel(self, shipment_id: int) -> Parcel | None:
        """Return one parcel that can be confirmed."""
        return next((each for each in self.parcels if each.id == shipment_id and each.confirms), None)

    def can_confirm(self, shipment_id: int | None) -> bool:
        """Tell whether the customer can confirm a parcel by this link, or with None the whole order."""
        if self.read_only:
            return False
        return self.confirms_whole_order if shipment_id is None else self.parcel(shipment_id) is not None


def follow_up_view(
    order: OrderDetails, market: MarketplaceRow, now: dt.datetime, *, on_paper: bool = False
) -> FollowUp:
    """Return an order as its page shows it; ``on_paper`` as it shows whoever holds a paper of it."""
    today = local_day(now)
    steps = progress(order.told_status, order.delivery_mode, is_paid=not order.due_cents)
    return FollowUp(
        number=order.number,
        placed=day_of(order.placed_at),
        seller=order.seller_name,
        headline=headline(order, today),
        steps=steps,
        step_words=_step_words(steps),
        has_arrived=order.told_status in _ARRIVED,
        payment=payment_of(order, market),
        pickup=_pickup(order, on_paper=on_paper),
        parcels=parcels_of(order, today),
        to_come=still_to_come(order),
        items=everything(order),
        confirms_whole_order=confirms_whole_order(order),
        delivery=order.delivery_mode.label,
        lines=tuple(_line(order, line) for line in order.lines),
        totals=_totals(order),
        withdrawal=_withdrawal(order, today),
        read_only=str(PrintedLinkError()) if on_paper else "",
    )


def _step_words(steps: tuple[Step, ...]) -> str:
    place = current_step(steps)
    return f"Étape {place} sur {len(steps)}\u00a0: {steps[place - 1].label.lower()}" if place else ""


def _pickup(order: OrderDetails, *, on_paper: bool) -> Pickup | None:
    address = pickup_lines(order)
    if not address or order.told_status in {_S.CANCELLED, _S.RECEIVED, _S.COMPLETED}:
        return None
    if order.delivery_mode not in COLLECTED_MODES:
        return Pickup(address, "")
    code = order.pickup_code if order.told_status in _SHOWS_CODE else ""
    if code and on_paper:  # It proves who collects: the paper lies at the counter.
        return Pickup(address, order.seller_opening_hours, sentence=_CODE_IN_EMAIL)
    return Pickup(address, order.seller_opening_hours, code)


def _line(order: OrderDetails, line: LineDetails) -> Line:
    details = [options_of(line), f"{line.quantity} × {formats.money(line.unit_price_cents, order.currency)}"]
    if line.discount_cents:
        details.append(f"remise de {formats.money(line.discount_cents, order.currency)}")
    if line.quantity_cancelled and order.told_status is not _S.CANCELLED:
        details.append(f"dont {formats.plural(line.quantity_cancelled, 'annulé')}")
    if line.quantity_returned:
        details.append(f"dont {formats.plural(line.quantity_returned, 'rendu')}")
    return Line(
        line.name, " · ".join(each for each in details if each), formats.money(line.total_cents, order.currency)
    )


def _totals(order: OrderDetails) -> tuple[tuple[str, str], ...]:
    def said(cents: int) -> str:
        return formats.money(cents, order.currency)

    rows = [("Articles", said(order.items_cents))]
    carriage, free = ("Retrait", "Offert") if order.delivery_mode in COLLECTED_MODES else ("Livraison", "Offerte")
    rows.append((carriage, said(order.shipping_cents) if order.shipping_cents else free))
    rows.append(("Total TTC", said(order.total_cents)))
    if order.given_back_cents and order.due_cents:
        rows.append(("Annulé ou rendu", said(-order.given_back_cents)))
    if order.refunded_cents:
        rows.append(("Remboursé", said(order.refunded_cents)))
    return tuple(rows)


def _withdrawal(order: OrderDetails, today: dt.date) -> str | None:
    """Return until when the customer may change their mind: the days count from what arrived last."""
    arrivals = [each.received_at or each.delivered_at for each in order.shipments] or [
        order.received_at or order.delivered_at
    ]
    days = [local_day(each) for each in arrivals if each]
    if not days or order.told_status is _S.CANCELLED:
        return None
    if order.told_status is _S.PARTLY_SHIPPED or len(days) < len(arrivals):
        return f"jusqu’à {WITHDRAWAL_DAYS}\u00a0jours après l’arrivée de votre dernier article"
    last_day = last_day_to_withdraw(max(days))
    return f"jusqu’au {formats.long_date(last_day)}" if last_day >= today else None
