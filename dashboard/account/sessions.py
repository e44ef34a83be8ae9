"""The browsers one is signed in with, and closing the others."""

import datetime as dt

import streamlit as st

from dashboard.browsers import browser_name
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.access import OpenSession, SignedIn
from db.services.access import end_other_sessions, end_session


def show_sessions(here: SignedIn, opened: list[OpenSession], now: dt.datetime) -> None:
    """Draw one's open sessions; every one but this browser's can be closed."""
    st.subheader("Sessions ouvertes", anchor=False)
    for each in opened:
        _show_session(here, each, now)
    if len(opened) > 1:
        st.button("Fermer toutes les autres", key="close_others", on_click=_close_others, args=(here,))


def _show_session(here: SignedIn, opened: OpenSession, now: dt.datetime) -> None:
    is_here = opened.id == here.session_id
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            name = escape_markdown(browser_name(opened.user_agent))
            st.markdown(f"**{name}** :green-badge[Ce navigateur]" if is_here else f"**{name}**")
            st.caption(
                f"Adresse {escape_markdown(opened.ip_address) or 'inconnue'} · "
                f"ouverte le {formats.instant(opened.created_at)} · "
                f"vue {formats.short_instant(opened.last_seen_at, now)}"
            )
        if not is_here:
            args = (here.viewer, opened.id)
            st.button("Fermer", key=f"close_{opened.id}", on_click=_close, args=args, width="content")


@telling_refusals()
def _close(viewer: Viewer, session_id: int) -> None:
    with transaction() as session:
        end_session(session, viewer, session_id, utc_now())
    flash("Session fermée.")


@telling_refusals()
def _close_others(here: SignedIn) -> None:
    with transaction() as session:
        ended = end_other_sessions(session, here.viewer, here.session_id, utc_now())
    flash(f"{formats.plural(ended, 'session fermée', 'sessions fermées')}.")
