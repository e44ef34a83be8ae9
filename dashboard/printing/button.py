"""The way to printing in number without ticking orders, beside the title of « Commandes » and of « Fichiers »."""

import streamlit as st

from dashboard.printing.opened import print_any
from db.domain.order_filter import OrderFilter
from db.domain.permissions import Permission
from db.domain.viewer import Viewer


def show_print_button(viewer: Viewer, listed: OrderFilter | None = None) -> None:
    """Draw the button for whoever reads documents; ``listed`` is the list of orders that it can print."""
    if viewer.may(Permission.READ_DOCUMENTS):
        st.button(
            "Imprimer en nombre",
            key="print_any",
            icon=":material/print:",
            type="tertiary",
            on_click=print_any,
            args=(listed,),
        )
