"""« Colis »: each parcel with what it holds, where it is, the proof of its receipt, and what may be done with it."""

import datetime as dt

import streamlit as st

from dashboard.files.dialog import show_label_button
from dashboard.order_page.action_bar import show_parcel_actions
from dashboard.order_page.drawing import draw
from dashboard.order_page.parcel_rows import parcels
from db.domain.time import local_day
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage, ShipmentRow


def show_parcels(viewer: Viewer, page: OrderPage, now: dt.datetime) -> None:
    """Draw the parcels that left; nothing where none has."""
    if not page.shipments:
        return
    with st.container(border=True, gap="small", key="order_parcels"):
        for shipment, parcel in zip(page.shipments, parcels(page, local_day(now)), strict=True):
            with st.container(gap="xxsmall", key=f"order_parcel_{shipment.id}"):
                draw("parcel.html", parcel=parcel)
                _show_actions(viewer, page, shipment)


def _show_actions(viewer: Viewer, page: OrderPage, shipment: ShipmentRow) -> None:
    """Draw the row of buttons of one parcel: what concerns one parcel alone has its place here."""
    with st.container(horizontal=True, gap="small", key=f"order_parcel_actions_{shipment.id}"):
        show_parcel_actions(viewer, page, shipment)
        if shipment.cancelled_at is None:
            show_label_button(viewer, shipment.id)
