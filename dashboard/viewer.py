"""Who is there: asked of the database on every run, whatever the middleware has already said."""

from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.web.load_again import load_again
from dashboard.web.proof import proven_session_id
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.access import SignedIn, live_session
from db.services.access import end_session


def current_viewer() -> Viewer:
    """Return the signed-in person, or stop the run."""
    return signed_in().viewer


def signed_in() -> SignedIn:
    """Return the live session this browser came in with, or stop the run with a sentence that says what to do."""
    session_id = proven_session_id(st.user)
    if session_id is None:
        _stop_without_middleware()
    with reading() as session:
        found = live_session(session, session_id, utc_now())
    if found is None:
        _stop_signed_out()
    return found


def sign_out(here: SignedIn) -> None:
    """End this browser's session; the run that follows sends the tab to the sign-in page."""
    with transaction() as session:
        end_session(session, here.viewer, here.session_id, utc_now())


def _stop_without_middleware() -> NoReturn:
    st.error("Ce tableau de bord ne s’ouvre pas ainsi. Démarrez-le avec\u00a0: `python -m dashboard`")
    st.stop()


def _stop_signed_out() -> NoReturn:
    st.warning("Votre session est terminée. Rechargez cette page pour vous connecter.")
    context = get_script_run_ctx()
    if context is not None:
        context.enqueue(load_again())
    st.stop()
