"""Bons d’achat: what customers may spend. Filter → query → show → give, send, cancel."""

from dataclasses import replace

import streamlit as st

from dashboard.viewer import current_viewer
from dashboard.vouchers.detail import show_voucher
from dashboard.vouchers.dialog import show_dialog
from dashboard.vouchers.filters import show_filters, show_tabs, show_title, usable_words
from dashboard.vouchers.opened import give_to
from dashboard.vouchers.state import NEW_PARAMETER, go, present_state
from dashboard.vouchers.table import show_list
from db.domain.permissions import Permission
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.vouchers import still_usable, voucher_page

viewer, now = current_viewer(), utc_now()
today = local_day(now)
if NEW_PARAMETER in st.query_params and viewer.may(Permission.REFUND):
    give_to(st.query_params.pop(NEW_PARAMETER))
state = present_state()
with reading() as session:
    page = voucher_page(session, viewer, state.wanted(today), today, before=state.before, after=state.after)
    usable = still_usable(session, viewer, today)

show_title(viewer)
show_tabs(state, usable)
show_filters(state)
st.markdown(usable_words(usable) or "\u00a0")
if state.chosen is None:
    show_list(page, state, now)
else:
    list_side, voucher_side = st.columns([1, 1], gap="medium")
    with list_side:
        show_list(page, state, now)
    with voucher_side, st.container(key="voucher_detail", border=True, gap="xsmall"):
        show_voucher(viewer, state.chosen, now, on_close=lambda: go(replace(state, chosen=None)))
show_dialog(viewer)
