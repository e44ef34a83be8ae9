"""What is wrong with an order that was put aside."""

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain.orders import HistoryEvent, OrderStatus
from db.queries.order_rows import OrderPage


def trouble_of(page: OrderPage) -> str:
    """Return why an order is in error, as it was written down when it was put aside; nothing where it is not."""
    if page.header.status is not OrderStatus.ERROR:
        return ""
    reasons = (
        entry.note.strip()
        for entry in sorted(page.history, key=lambda each: each.id, reverse=True)
        if entry.event is HistoryEvent.STATUS_CHANGED and entry.after.get("status") == OrderStatus.ERROR
    )
    return next(reasons, "")


def show_trouble(page: OrderPage) -> None:
    """Draw what is wrong, in red."""
    if trouble := trouble_of(page):
        st.error(escape_markdown(trouble), icon=":material/error:")
