"""The summary of the sales by e-mail: how often one wants it."""

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain.exports import Cadence
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.services.summaries import choose_summary, wanted_summary

_KEY = "summary_every"
_NEVER = "Jamais"
_TELLS = {
    Cadence.DAILY: "les ventes de la veille",
    Cadence.WEEKLY: "la semaine passée",
    Cadence.MONTHLY: "le mois passé",
}


def show_summary_choice(viewer: Viewer) -> None:
    """Draw the choice, for those who may read charts."""
    if not viewer.may(Permission.READ_CHARTS):
        return
    with reading() as session:
        chosen = wanted_summary(session, viewer)
    st.subheader("Résumé des ventes", anchor=False)
    st.session_state.setdefault(_KEY, chosen.label if chosen else _NEVER)
    st.segmented_control(
        "Recevoir le résumé par e-mail",
        [_NEVER, *(cadence.label for cadence in Cadence)],
        key=_KEY,
        required=True,
        on_change=_choose,
        args=(viewer,),
    )
    if chosen is None:
        st.caption("Chiffre d’affaires, commandes, retours, retards et meilleures ventes, avec un graphique.")
    else:
        st.caption(f"Envoyé à {escape_markdown(viewer.email)} à partir de 7\u00a0h, avec {_TELLS[chosen]}.")


@telling_refusals()
def _choose(viewer: Viewer) -> None:
    cadence = next((each for each in Cadence if each.label == st.session_state[_KEY]), None)
    with transaction() as session:
        choose_summary(session, viewer, cadence, utc_now())
    if cadence is None:
        flash("Vous ne recevrez plus de résumé des ventes.")
    else:
        flash(f"Résumé programmé\u00a0: le premier, {_TELLS[cadence]}, part dans l’heure.")
