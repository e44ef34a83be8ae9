"""Mon compte: who I am here, my password, the browsers I am signed in with, what I am sent."""

import streamlit as st

from dashboard.account.password import show_password_form
from dashboard.account.sessions import show_sessions
from dashboard.account.summary import show_summary_choice
from dashboard.markdown import escape_markdown
from dashboard.viewer import signed_in
from db.domain.time import utc_now
from db.engine import reading
from db.queries.access import open_sessions

here, now = signed_in(), utc_now()
viewer = here.viewer
with reading() as session:
    opened = open_sessions(session, viewer, now)

st.header("Mon compte", anchor=False)
st.markdown(f"**{escape_markdown(viewer.name)}** · {escape_markdown(viewer.email)} · {viewer.role.label}")

password_side, sessions_side = st.columns(2, gap="large")
with password_side:
    show_password_form(here)
    show_summary_choice(viewer)
with sessions_side:
    show_sessions(here, opened, now)
