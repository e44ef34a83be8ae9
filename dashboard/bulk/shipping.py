"""The fields of « Expédier » for many orders: the carrier, the day, a number for each."""

from dataclasses import dataclass

import streamlit as st

from dashboard.bulk.opened import Opened
from dashboard.bulk.tracking import Numbers, show_numbers
from db.domain.carriers import carrier_named
from db.domain.move_words import MAX_TRACKING_URL
from db.domain.moves import Move
from db.domain.orders import OrderStatus
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.carriers import all_carriers


@dataclass(frozen=True, slots=True)
class Shipping:
    """What the fields say."""

    move: Move
    numbers: Numbers


def show_shipping(viewer: Viewer, opened: Opened) -> Shipping:
    """Draw the fields; return the move without what is told to the customers."""
    with reading() as session:
        carriers = all_carriers(session)
    today = local_day(utc_now())
    left, right = st.columns([3, 2])
    name = left.selectbox(
        "Transporteur",
        [each.name for each in carriers if each.is_active],
        index=None,
        key=opened.key("carrier"),
        accept_new_options=True,
        placeholder="Celui de chaque commande",
    )
    st.session_state.setdefault(opened.key("day"), today)
    day = right.date_input("Parties le", max_value=today, key=opened.key("day"), format="DD/MM/YYYY")
    carrier = carrier_named(carriers, name or "")
    link = ""
    if name and (carrier is None or not carrier.tracking_url_pattern):
        link = st.text_input(
            "Lien de suivi, le même pour toutes",
            key=opened.key("link"),
            max_chars=MAX_TRACKING_URL,
            autocomplete="off",
            placeholder="https://…",
        )
    numbers = show_numbers(viewer, opened, carrier)
    move = Move(
        OrderStatus.SHIPPED,
        carrier=(name or "").strip(),
        tracking_url=link.strip(),
        tracking_numbers=numbers.by_order,
        happened_on=None if day == today else day,
    )
    return Shipping(move, numbers)
