"""What people see when a page fails: a sentence, and a reference that finds the details in the log."""

import logging
import secrets

import streamlit as st

from dashboard.markdown import escape_markdown
from dashboard.web.health import database_is_ready
from db.domain.errors import MarketplaceError
from db.engine import DATABASE_LOST

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 3


def show_failure(error: Exception) -> bool:
    """Show a French sentence for whatever a page raised; return True to keep Streamlit's own box away."""
    if isinstance(error, DATABASE_LOST):
        _show_database_lost()
    elif isinstance(error, MarketplaceError):
        st.error(escape_markdown(str(error)), icon=":material/error:")
    else:
        reference = secrets.token_hex(4)
        _log.error("reference %s", reference, exc_info=error)
        st.error(
            f"Cette page n’a pas pu s’afficher (référence {reference}). Rechargez-la\u00a0; si cela se répète, "
            "transmettez cette référence à la personne qui administre le tableau de bord."
        )
    return True


def _show_database_lost() -> None:
    st.error("La base de données ne répond pas. Cette page s’affichera toute seule dès qu’elle sera de retour.")
    _retry()


@st.fragment(run_every=_RETRY_SECONDS)
def _retry() -> None:
    if database_is_ready():
        st.rerun()
