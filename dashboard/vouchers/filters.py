"""Above the list of vouchers: what customers can still spend, the tabs and the filters; each writes the URL."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.list_filters import clear_button, filter_row, list_tabs, period_field, search_field
from dashboard.vouchers.opened import VoucherAct, open_dialog
from dashboard.vouchers.state import VouchersState, go, present_state, widget_key
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
    list_tabs(
        VoucherTab,
        state.tab,
        widget_key("tab", state),
        lambda tab: go(present_state().of_tab(tab)),
        lambda tab: tab_words(tab, usable),
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
    with filter_row("vouchers"):
        search_field(
            "Code, client, e-mail ou n° de commande",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text),
            width=330,
        )
        period_field(
            state.period,
            widget_key("period", state),
            lambda period: _change(period=period),
            label="Donné",
            anything="Donné à tout moment",
        )
        if state.tab is VoucherTab.LIVE:
            _show_soon(state)
        if state.is_filtered:
            clear_button(lambda: go(VouchersState(state.tab)))


def _show_soon(state: VouchersState) -> None:
    key = widget_key("soon", state)
    st.toggle(
        f"Expire dans les {SOON.days} jours",
        state.expires_soon,
        key=key,
        on_change=lambda: _change(expires_soon=st.session_state[key]),
    )


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))
