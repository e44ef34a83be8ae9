"""Somebody else changed the order meanwhile: what was on the screen beside what is there now, and who did what."""

import datetime as dt
from dataclasses import dataclass

import streamlit as st

from dashboard.order_page.drawing import draw, draw_styles
from dashboard.order_page.facts import written
from dashboard.order_page.timeline import timeline_entry
from dashboard.statuses import label_of
from db.domain import formats
from db.queries.order_rows import AddressRow, OrderPage


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was."""

    what: str
    was: str
    now: str


def show_changes(before: OrderPage, fresh: OrderPage, now: dt.datetime) -> None:
    """Draw what differs, and what the history says of it."""
    st.warning(
        "**Rien n’a été fait.** Cette commande a changé pendant que vous la regardiez. Relisez, puis continuez si cela "
        "convient encore\u00a0: ce que vous aviez saisi est gardé.",
        icon=":material/sync_problem:",
    )
    known = {entry.id for entry in before.history}
    parcels = {shipment.id: shipment for shipment in fresh.shipments}
    draw_styles()
    draw("changes.html", differences=differences(before, fresh))
    draw(
        "timeline.html",
        entries=[
            timeline_entry(entry, fresh.header.currency, now, parcels)
            for entry in fresh.history
            if entry.id not in known
        ],
    )


def differences(before: OrderPage, fresh: OrderPage) -> list[Difference]:
    """Return what the two differ in, in words."""
    was, now = _stated(before), _stated(fresh)
    return [Difference(what, was[what], now[what]) for what in was if was[what] != now[what]]


def _stated(page: OrderPage) -> dict[str, str]:
    header = page.header
    return {
        "Statut": label_of(header.status),
        "Règlement": header.payment_state.label,
        "Total": formats.money(header.total_cents, header.currency),
        "Payé": formats.money(header.paid_cents, header.currency),
        "Remboursé": formats.money(header.refunded_cents, header.currency),
        "Articles expédiés": formats.integer(sum(line.quantity_shipped for line in page.lines)),
        "Articles annulés": formats.integer(sum(line.quantity_cancelled for line in page.lines)),
        "Client": header.customer_name,
        "E-mail": header.customer_email,
        "Téléphone": header.customer_phone,
        "Mode de livraison": header.delivery_mode.label,
        "Retrait": header.pickup_address,
        "Adresse de livraison": _address(page.delivery),
        "Adresse de facturation": _address(page.billing),
    }


def _address(address: AddressRow | None) -> str:
    return "\n".join([*written(address), address.phone]).strip() if address else ""
