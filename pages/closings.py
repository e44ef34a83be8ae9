"""Clôtures: closed months, the next one to close, and whether all still come out as they were frozen."""

import streamlit as st

from dashboard.closings.listing import chosen_of, show_closed, show_details, show_faults
from dashboard.closings.next_month import first_candidates, show_next
from dashboard.closings.verifying import last_faults, show_button
from dashboard.viewer import current_viewer
from db.domain.actor import Actor
from db.domain.closing import is_over, month_words
from db.domain.months import add_months
from db.domain.permissions import Permission
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.closings import closed_months, late_sales
from db.services.closing import plan_closing

viewer, now = current_viewer(), utc_now()
today = local_day(now)
with reading() as session:
    months = closed_months(session, viewer)

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.header("Clôtures", anchor=False, width="content")
    if months:
        show_button(viewer)
faults = last_faults()
if months and faults is not None:
    show_faults(faults, months)

if viewer.may(Permission.CLOSE_MONTHS):
    candidates = [add_months(months[0].month, 1)] if months else first_candidates(today)
    month = candidates[0]
    if not months:
        st.caption("Aucun mois n’est encore clos. Choisissez le premier\u00a0: les suivants se font dans l’ordre.")
        month = st.selectbox("Premier mois à clore", candidates, format_func=month_words, width=260)
    if is_over(month, today):
        with reading(at_one_instant=True) as session:
            plan = plan_closing(session, Actor.person(viewer), month, now)
        show_next(viewer, plan)
    else:
        st.caption(f"Tous les mois terminés sont clos\u00a0: le prochain sera {month_words(month)}.")
elif not months:
    st.info("Aucun mois n’est encore clos. La finance ou un administrateur les clôture ici.")

if months:
    st.subheader("Mois clos", anchor=False)
    show_closed(months, faults)
    chosen = chosen_of(months) or months[0]
    with reading() as session:
        late = late_sales(session, viewer, chosen)
    show_details(chosen, late)
