"""Above the list of products: its tabs and its filters, filled from the URL; each writes the URL when changed."""

from dataclasses import replace

import streamlit as st

from dashboard.order_list.choices import choices_for
from dashboard.order_list.state import clean_text
from dashboard.stock.state import StockState, go, widget_key
from db.domain import formats
from db.domain.stock import StockList
from db.domain.viewer import Viewer


def show_tabs(state: StockState, low: int) -> None:
    """Draw the lists; the one of what runs out says how many."""
    key = widget_key("tab", state)
    st.segmented_control(
        "Listes",
        list(StockList),
        key=key,
        default=state.list,
        label_visibility="collapsed",
        format_func=lambda tab: tab_words(tab, low),
        required=True,
        on_change=lambda: go(replace(state.from_the_top(), list=st.session_state[key])),
    )


def tab_words(tab: StockList, low: int) -> str:
    """Return a tab's label, as Markdown."""
    if tab is not StockList.LOW or not low:
        return tab.label
    return f"{tab.label}  **{formats.integer(low)}**"


def show_filters(viewer: Viewer, state: StockState) -> None:
    """Draw what is looked for: words of a product, a seller."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="stock_filters"):
        _show_search(state)
        _show_seller(viewer, state)
        if state.is_filtered:
            st.button(
                "Effacer", icon=":material/backspace:", type="tertiary", on_click=lambda: go(StockState(state.list))
            )


def _show_search(state: StockState) -> None:
    key = widget_key("q", state)
    st.text_input(
        "Rechercher un produit",
        state.text,
        key=key,
        type="search",
        icon=":material/search:",
        label_visibility="collapsed",
        placeholder="Produit, référence, catégorie ou attribut",
        width=330,
        on_change=lambda: go(replace(state.from_the_top(), text=clean_text(st.session_state[key]))),
    )


def _show_seller(viewer: Viewer, state: StockState) -> None:
    sellers = choices_for(viewer).sellers
    if len(sellers) < 2:
        return
    key = widget_key("seller", state)
    st.selectbox(
        "Vendeur",
        list(sellers),
        index=list(sellers).index(state.seller_id) if state.seller_id in sellers else None,
        key=key,
        format_func=lambda seller_id: sellers[seller_id],
        placeholder="Tous les vendeurs",
        label_visibility="collapsed",
        width=210,
        on_change=lambda: go(replace(state.from_the_top(), seller_id=st.session_state[key])),
    )
