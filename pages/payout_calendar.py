"""Échéancier: what is due to sellers when, and to whom."""

from dataclasses import replace

import streamlit as st

from dashboard.home.headline import show_head
from dashboard.home.navigation import choices_for, present_state, turn_to_day, turn_to_month
from dashboard.month_calendar import month_calendar
from dashboard.payout_calendar.month import due_view
from dashboard.payout_calendar.standing import show_standing
from dashboard.payout_calendar.table import VIEW, WHOLE_MONTH, show_rows
from dashboard.viewer import current_viewer
from db.domain import formats
from db.domain.months import last_day
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.payout_calendar import Scope, due_now, due_rows, month_due
from db.queries.payouts import open_worth

viewer, today = current_viewer(), local_day(utc_now())
choices = choices_for(viewer)
is_whole_month = st.query_params.get(VIEW) == WHOLE_MONTH
state = present_state(choices, today)
if is_whole_month:
    state = replace(state, day=None)
scope = Scope(state.currency, state.seller_id)
first, last = (state.day, state.day) if state.day else (state.month, last_day(state.month))

with reading() as session:
    due = month_due(session, viewer, state.month, scope)
    rows = due_rows(session, viewer, first, last, scope)
    now = due_now(session, viewer, today, scope)
    worth = open_worth(session, viewer)

sides = [11, 4]
head_side, _ = st.columns(sides, gap="medium")  # The shell's search stands in the other.
with head_side:
    show_head(state, choices, today, "Échéancier")
calendar_side, standing_side = st.columns(sides, gap="medium")
with calendar_side:
    st.markdown(f"**{formats.money(due.total_cents, due.currency)}** dus dans le mois, net des commissions")
    month_calendar(
        due_view(due, selected=state.day, today=today),
        key="due_calendar",
        on_day=lambda: turn_to_day(state, st.session_state["due_calendar"].day),
        on_month=lambda: turn_to_month(state, st.session_state["due_calendar"].month),
    )
with standing_side:
    show_standing(now, worth, state.currency)
show_rows(viewer, rows, state, today)
