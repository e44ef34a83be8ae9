"""SMS: who gets them and when, their texts, the numbers that want none."""

import streamlit as st

from dashboard.sms_settings.opt_outs import show_opt_outs
from dashboard.sms_settings.rules import show_rules, show_where_texts_go
from dashboard.sms_settings.texts import show_texts
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.marketplace import marketplace
from db.queries.sms import opt_outs

viewer, now = current_viewer(), utc_now()
with reading() as session:
    saved = marketplace(session)
    silent = opt_outs(session, viewer)

st.header("SMS", anchor=False)
show_where_texts_go(viewer)
texts_side, rules_side = st.columns([3, 2], gap="large")
with texts_side:
    show_texts(viewer)
with rules_side:
    show_rules(viewer, saved)
    st.divider()
    show_opt_outs(viewer, silent, now)
