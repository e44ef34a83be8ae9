"""Accueil: the month's sales, the orders of a day, and what is to be done."""

import streamlit as st

from dashboard.home.day import day_view, show_day
from dashboard.home.headline import show_figures, show_foot, show_head
from dashboard.home.navigation import choices_for, present_state, turn_to_day, turn_to_month
from dashboard.home.todo import show_todo
from dashboard.month_calendar import month_calendar, month_view
from dashboard.viewer import current_viewer
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.calendar import last_day_with_sales, month_sales, orders_of_day
from db.queries.todo import (
    balance_todo_counts,
    document_todo_counts,
    mail_todo_counts,
    payout_todo_counts,
    refund_todo_counts,
    return_todo_counts,
    todo_counts,
)

viewer, now = current_viewer(), utc_now()
today = local_day(now)
choices = choices_for(viewer)
state = present_state(choices, today)
scope = {"currency": state.currency, "seller_id": state.seller_id}

with reading() as session:
    sales = month_sales(session, viewer, state.month, today=today, **scope)
    orders = orders_of_day(session, viewer, state.day, **scope) if state.day else None
    newest_sale = None if sales.total.orders else last_day_with_sales(session, viewer, **scope)
    todo = {
        **todo_counts(session, viewer, today),
        **return_todo_counts(session, viewer, today),
        **refund_todo_counts(session, viewer, today),
        **payout_todo_counts(session, viewer),
        **mail_todo_counts(session, viewer),
        **document_todo_counts(session, viewer),
        **balance_todo_counts(session, viewer),
    }

sides = [11, 4]
head_side, _ = st.columns(sides, gap="medium")  # The shell's search stands in the other.
with head_side:
    show_head(state, choices, today)
calendar_side, todo_side = st.columns(sides, gap="medium")
with calendar_side:
    show_figures(sales)
    month_calendar(
        month_view(sales, selected=state.day, today=today),
        key="home_calendar",
        on_day=lambda: turn_to_day(state, st.session_state["home_calendar"].day),
        on_month=lambda: turn_to_month(state, st.session_state["home_calendar"].month),
    )
    show_foot(state, newest_sale)
with todo_side:
    show_todo(todo)
if state.day and orders:
    show_day(day_view(state.day, orders, state.currency, now))
else:
    st.caption("Choisissez un jour pour voir ses commandes.")
