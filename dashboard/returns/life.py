"""What happened to one return: its part of the order's history."""

import datetime as dt
from collections.abc import Iterable

import streamlit as st

from dashboard.order_page.drawing import draw
from dashboard.order_page.timeline import timeline_entry
from db.queries.order_rows import HistoryEntry, OrderPage


def show_life(page: OrderPage, return_id: int, now: dt.datetime) -> None:
    """Draw everything that happened to a return, the newest first, with the e-mails it caused."""
    entries = entries_of(page.history, return_id)
    if not entries:  # The shop wrote it just now: it is not taken in yet.
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**Historique du retour**")
        draw("timeline.html", entries=[timeline_entry(entry, page.header.currency, now) for entry in entries])


def entries_of(history: Iterable[HistoryEntry], return_id: int) -> list[HistoryEntry]:
    """Return the entries that tell of a return, those that took one of them back among them."""
    entries = list(history)
    of_return = {entry.id for entry in entries if entry.after.get("return_id") == return_id}
    return [entry for entry in entries if entry.id in of_return or entry.undoes_id in of_return]
