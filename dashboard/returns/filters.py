"""Above the list of returns: its tabs with their counters, and its filters, filled from the URL."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from dashboard.order_list.choices import choices_for
from dashboard.order_list.state import Period, clean_text
from dashboard.returns.state import ReturnsState, go, present_state, widget_key
from db.domain import formats
from db.domain.return_filter import ReturnTab
from db.domain.returns import ReturnReason
from db.domain.viewer import Viewer
from db.queries.returns import COUNT_CAP

T = TypeVar("T")

#: What somebody has to see at once; coloured only where there is something.
_ALERTS = frozenset({ReturnTab.LATE, ReturnTab.TO_ANSWER})


def show_tabs(viewer: Viewer, state: ReturnsState, counts: Mapping[ReturnTab, int]) -> None:
    """Draw the lists, each that somebody works through with how many it has; sellers answer no customers."""
    key = widget_key("tab", state)
    tabs = [tab for tab in ReturnTab if tab is not ReturnTab.TO_ANSWER or viewer.seller_id is None]
    st.segmented_control(
        "Listes",
        tabs,
        key=key,
        default=state.tab if state.tab in tabs else None,
        label_visibility="collapsed",
        format_func=lambda tab: tab_words(tab, counts.get(tab)),
        required=True,
        on_change=lambda: go(replace(state.from_the_top(), tab=st.session_state[key])),
    )


def tab_words(tab: ReturnTab, count: int | None) -> str:
    """Return « Colis attendus **12** », as Markdown; red where somebody should have acted already."""
    if not count:
        return tab.label
    words = f"{tab.label}  **{capped(count)}**"
    return f":red[:material/warning:] {words}" if tab in _ALERTS else words


def capped(count: int) -> str:
    """Return « 12 », or « 1 000+ » where counters stop."""
    return f"{formats.integer(COUNT_CAP)}+" if count >= COUNT_CAP else formats.integer(count)


def show_filters(viewer: Viewer, state: ReturnsState) -> None:
    """Draw what is looked for: a return, an order or a customer, a seller, a reason, a period."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="returns_filters"):
        _show_search(state)
        sellers = choices_for(viewer).sellers
        if len(sellers) > 1:
            _show_choice("Vendeur", sellers, state, "seller_id", anything="Tous les vendeurs", width=190)
        reasons = {reason: reason.label for reason in ReturnReason}
        _show_choice("Motif", reasons, state, "reason", anything="Tous les motifs", width=230)
        periods = {period: period.label for period in Period}
        _show_choice("Demandé", periods, state, "period", anything="Toute période", width=170)
        if state.is_filtered:
            st.button(
                "Effacer", icon=":material/backspace:", type="tertiary", on_click=lambda: go(ReturnsState(state.tab))
            )


def _show_search(state: ReturnsState) -> None:
    key, label = widget_key("q", state), "N° de retour ou de commande, client, e-mail"
    st.text_input(
        label,
        state.text,
        key=key,
        type="search",
        icon=":material/search:",
        label_visibility="collapsed",
        placeholder=label,
        width=330,
        on_change=lambda: go(replace(present_state().from_the_top(), text=clean_text(st.session_state[key]))),
    )


def _show_choice(
    label: str,
    words: Mapping[T, str],
    state: ReturnsState,
    field: str,
    *,
    anything: str,
    width: int,
) -> None:
    """Draw the filter of one field of the URL; nothing chosen is anything."""
    key, chosen, choices = widget_key(field, state), getattr(state, field), list(words)
    st.selectbox(
        label,
        choices,
        index=choices.index(chosen) if chosen in choices else None,
        key=key,
        format_func=lambda choice: words[choice],
        placeholder=anything,
        label_visibility="collapsed",
        width=width,
        on_change=lambda: go(replace(present_state().from_the_top(), **{field: st.session_state[key]})),
    )
