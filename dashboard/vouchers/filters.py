"""Above the list of vouchers: what customers can still spend, the tabs and the filters; each writes the URL."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.order_list.state import Period, clean_text
from dashboard.vouchers.opened import VoucherAct, open_dialog
from dashboard.vouchers.state import VouchersState, go, widget_key
from db.domain import formats
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.domain.voucher_filter import SOON, VoucherTab
from db.queries.vouchers import StillUsable


def show_title(viewer: Viewer) -> None:
    """Draw the page's title and, for who gives money back, the way to give a voucher."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Bons d’achat", anchor=False, width="content")
        if viewer.may(Permission.REFUND):
            st.button(
                "Donner un bon d’achat",
                key="vouchers_give",
                icon=":material/add:",
                type="tertiary",
                on_click=open_dialog,
                args=(VoucherAct.GIVE,),
            )


def show_tabs(state: VouchersState, usable: Sequence[StillUsable]) -> None:
    """Draw the lists; the first says how many vouchers it has."""
    key = widget_key("tab", state)
    st.segmented_control(
        "Listes",
        list(VoucherTab),
        key=key,
        default=state.tab,
        label_visibility="collapsed",
        format_func=lambda tab: tab_words(tab, usable),
        required=True,
        on_change=lambda: go(state.of_tab(st.session_state[key])),
    )


def tab_words(tab: VoucherTab, usable: Sequence[StillUsable]) -> str:
    """Return « À utiliser 12 », as Markdown."""
    count = sum(each.vouchers for each in usable)
    return f"{tab.label}  **{formats.integer(count)}**" if tab is VoucherTab.LIVE and count else tab.label


def usable_words(usable: Sequence[StillUsable]) -> str:
    """Return « 12 bons d’achat à utiliser · il reste 240,00 € à dépenser », as Markdown; nothing where there are none.

    What is left is what the marketplace owes its customers by them, currency by currency.
    """
    count = sum(each.vouchers for each in usable)
    if not count:
        return ""
    left = formats.enumeration([formats.money(each.rest_cents, each.currency) for each in usable])
    vouchers = formats.plural(count, "bon d’achat", "bons d’achat")
    return f"**{vouchers}** à utiliser · il reste **{left}** à dépenser"


def show_filters(state: VouchersState) -> None:
    """Draw the search and the filters."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="vouchers_filters"):
        _show_search(state)
        _show_period(state)
        if state.tab is VoucherTab.LIVE:
            _show_soon(state)
        if state.is_filtered:
            st.button(
                "Effacer", icon=":material/backspace:", type="tertiary", on_click=lambda: go(VouchersState(state.tab))
            )


def _show_search(state: VouchersState) -> None:
    key = widget_key("q", state)
    st.text_input(
        "Rechercher",
        state.text,
        key=key,
        type="search",
        icon=":material/search:",
        label_visibility="collapsed",
        placeholder="Code, client, e-mail ou n° de commande",
        width=330,
        on_change=lambda: go(replace(state.from_the_top(), text=clean_text(st.session_state[key]))),
    )


def _show_period(state: VouchersState) -> None:
    key, periods = widget_key("period", state), list(Period)
    st.selectbox(
        "Donné",
        periods,
        index=periods.index(state.period) if state.period else None,
        key=key,
        format_func=lambda period: period.label,
        placeholder="Donné à tout moment",
        label_visibility="collapsed",
        width=190,
        on_change=lambda: go(replace(state.from_the_top(), period=st.session_state[key])),
    )


def _show_soon(state: VouchersState) -> None:
    key = widget_key("soon", state)
    st.toggle(
        f"Expire dans les {SOON.days} jours",
        state.expires_soon,
        key=key,
        on_change=lambda: go(replace(state.from_the_top(), expires_soon=st.session_state[key])),
    )
