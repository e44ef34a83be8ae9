"""Boîte d'envoi: every e-mail that left, is about to, or could not. Filter → query → show → read, decide, export."""

from dataclasses import replace

import streamlit as st

from dashboard.exports.button import show_export_button
from dashboard.exports.dialog import show_export_dialog
from dashboard.mail.email import show_email
from dashboard.mail.mailbox import go, present_state, show_filters, show_list, show_tabs, show_where_mail_goes
from dashboard.mail.style import draw_styles
from dashboard.viewer import current_viewer
from db.domain.exports import ExportSubject
from db.domain.time import local_day, utc_now
from db.engine import reading
from db.queries.mailbox import mail_counts, mail_page

viewer, now = current_viewer(), utc_now()
state = present_state()
wanted = state.wanted(local_day(now))
with reading() as session:
    counts = mail_counts(session, viewer, state.channel)
    page = mail_page(session, viewer, wanted, before=state.before, after=state.after)

draw_styles()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header("Boîte d’envoi", anchor=False, width="content")
    show_export_button(viewer, wanted, ExportSubject.EMAILS)
show_where_mail_goes(viewer)
show_tabs(state, counts)
show_filters(state)

if state.chosen is None:
    show_list(page, state, now)
else:
    list_side, mail_side = st.columns([1, 1], gap="medium")
    with list_side, st.container(key="mail_list"):
        show_list(page, state, now)
    with mail_side, st.container(key="mail_read", border=True, gap="xsmall"):
        show_email(viewer, state.chosen, on_close=lambda: go(replace(state, chosen=None)))
show_export_dialog(viewer)
