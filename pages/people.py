"""Équipe: who may come in. Search → query → show → invite, change, deactivate, let in again."""

import streamlit as st

from dashboard.one_time_link import show_kept_link
from dashboard.people.invitation import show_invitation, show_invite_button
from dashboard.people.navigation import chosen_person
from dashboard.people.person_panel import show_panel
from dashboard.people.table import matching, show_people, show_search
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.access import people, seller_choices

viewer, now = current_viewer(), utc_now()
with reading() as session:
    everybody = people(session, viewer, now)
    sellers = seller_choices(session, viewer)

st.header("Équipe", anchor=False)
show_invitation(viewer, sellers)
show_kept_link()
chosen = chosen_person(everybody)

list_side, panel_side = st.columns([3, 2], gap="medium")
with list_side:
    with st.container(horizontal=True):
        wanted = show_search()
        show_invite_button()
    show_people(matching(everybody, wanted), chosen, now)
with panel_side:
    show_panel(viewer, chosen, sellers, now)
