"""The parts of the page below its header, each a titled block that is left out where there is nothing to say."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.files.dialog import show_order_label_button
from dashboard.order_page.action_bar import show_action_button, show_edits, show_note_button
from dashboard.order_page.drawing import draw
from dashboard.order_page.facts import address_blocks, customer_facts, delivery_facts, origin_facts, payment_facts
from dashboard.order_page.return_actions import requesting_actions
from dashboard.order_page.rows import article_row, handed_over_units, money_row, other_row, return_block, sums
from dashboard.order_page.timeline import timeline_entry
from dashboard.web.files import file_url
from db.domain import formats
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage

#: The others stand in the history.
_NOTES_SHOWN = 3


def _card() -> DeltaGenerator:
    return st.container(border=True, gap="xsmall")


@contextmanager
def _block(title: str) -> Iterator[None]:
    with _card():
        st.markdown(f"**{title}**")
        yield


@contextmanager
def _editable_block(title: str, viewer: Viewer, page: OrderPage, *parts: str) -> Iterator[None]:
    with _card():
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"order_title_{parts[0]}"):
            st.markdown(f"**{title}**", width="content")
            st.space("stretch")
            show_edits(viewer, page, *parts)
        yield


def show_articles(page: OrderPage) -> None:
    """Draw the lines, the totals per VAT rate and what the total is made of."""
    header, in_hands = page.header, handed_over_units(page.shipments)
    with _card():
        draw(
            "lines.html",
            lines=[article_row(line, header.currency, in_hands.get(line.id, 0)) for line in page.lines],
        )
        draw(
            "totals.html",
            vat_totals=page.vat_totals,
            sums=sums(header),
            total=formats.money(header.total_cents, header.currency),
            currency=header.currency,
        )


def show_payments(page: OrderPage) -> None:
    """Draw every payment and refund, those that did not come through too."""
    if page.payments:
        with _block("Paiements"):
            draw("payments.html", payments=[money_row(payment) for payment in page.payments])


def show_returns(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw the customer's return requests, each with its page, and the way to another."""
    if not page.returns:
        return
    with _card():
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_returns"):
            st.markdown("**Retours**", width="content")
            st.space("stretch")
            for action in requesting_actions(page, viewer):
                show_action_button(page, action)
        draw("returns.html", returns=[return_block(request, local_day(now)) for request in page.returns])


def show_other_orders(page: OrderPage) -> None:
    """Draw the orders of the same basket, and the customer's last ones."""
    if page.basket_siblings:
        with _block("Même panier"):
            draw("others.html", others=[other_row(order) for order in page.basket_siblings])
    if page.account and page.account.recent_orders:
        with _block("Autres commandes du client"):
            draw("others.html", others=[other_row(order) for order in page.account.recent_orders])


def show_customer(viewer: Viewer, page: OrderPage) -> None:
    """Draw who the customer is, how to reach them and what they have bought."""
    with _editable_block("Client", viewer, page, "contact"):
        may_open = viewer.may(Permission.READ_CUSTOMERS)
        draw("facts.html", facts=customer_facts(page.header, page.account, opens_account=may_open))


def show_notes(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw what the team last wrote down; for the team alone."""
    if viewer.seller_id is not None:
        return
    notes = [entry for entry in page.history if entry.event is HistoryEvent.NOTE_ADDED][:_NOTES_SHOWN]
    with _card():
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_notes"):
            st.markdown("**Notes internes**", width="content")
            st.space("stretch")
            show_note_button(page)
        if notes:
            draw("notes.html", notes=[timeline_entry(note, page.header.currency, now) for note in notes])


def show_addresses(viewer: Viewer, page: OrderPage) -> None:
    """Draw the addresses with their links to a map."""
    with _editable_block("Adresses", viewer, page, "delivery_address", "billing_address"):
        blocks = address_blocks(page.billing, page.delivery)
        if blocks:
            draw("addresses.html", blocks=blocks)
        else:
            st.caption("Aucune adresse n’a été transmise avec cette commande.")


def show_delivery(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw how and when the goods reach the customer."""
    with _editable_block("Livraison", viewer, page, "delivery"):
        draw("facts.html", facts=delivery_facts(page.header, local_day(now)))
        if not page.shipments:
            show_order_label_button(viewer, page.header)


def show_payment(page: OrderPage) -> None:
    """Draw what was paid and what is left."""
    with _block("Paiement"):
        draw("facts.html", facts=payment_facts(page.header, page.refund_due_cents))


def show_origin(page: OrderPage) -> None:
    """Draw where the order comes from."""
    with _block("Origine et conditions"):
        draw("facts.html", facts=origin_facts(page.header))


def show_timeline(page: OrderPage, now: dt.datetime) -> None:
    """Draw everything that happened to the order, the newest first."""
    with _block("Historique"):
        parcels = {shipment.id: shipment for shipment in page.shipments}
        documents = {each.id: file_url(each.file_id) for each in page.documents.issued if each.is_ready}
        entries = [timeline_entry(entry, page.header.currency, now, parcels, documents) for entry in page.history]
        draw("timeline.html", entries=entries)
