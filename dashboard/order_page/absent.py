"""The page where there is no order to show: says so, and how to find one."""

import streamlit as st

from dashboard.navigation import ORDERS

_FIELD = "order_number"


def show_absent(title: str, sentence: str) -> None:
    """Draw a title, a sentence, a field for a number and the way to the list."""
    st.header(title, anchor=False)
    st.markdown(sentence)
    with st.container(width=480):
        st.text_input(
            "Numéro de commande",
            key=_FIELD,
            placeholder="Saisissez un numéro, puis Entrée",
            icon=":material/search:",
            on_change=_open,
        )
    st.page_link(ORDERS.page(), label="Voir toutes les commandes", query_params={"statut": "tous"})


def _open() -> None:
    number = st.session_state[_FIELD].strip()
    if number:
        st.query_params["n"] = number
