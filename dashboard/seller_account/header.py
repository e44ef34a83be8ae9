"""The top of a seller's account: whose it is, its large figures, what keeps it from being paid, what may be done."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from dashboard.navigation import SELLER_ACCOUNT
from dashboard.order_page.drawing import draw
from dashboard.seller_account.opened import open_correction, open_hold, open_release
from dashboard.seller_account.rows import figures, hold_words
from dashboard.seller_account.state import AccountState, go
from db.domain import formats
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.seller_account import DueDay, Hold, OpenPayout, SellerAccount


def show_way_back(viewer: Viewer) -> None:
    """Draw the way to the list of all accounts; sellers have but one. The shell's search stands at its end."""
    with st.container(horizontal=True, vertical_alignment="center", key="order_way"):
        if viewer.seller_id is None:
            st.page_link(SELLER_ACCOUNT.page(), label="Comptes vendeurs", icon=":material/arrow_back:")
        else:
            st.caption(SELLER_ACCOUNT.sellers_title)


def show_header(viewer: Viewer, account: SellerAccount, currency: str, state: AccountState) -> None:
    """Draw whose account it is, its currencies where there are several, and what may be done."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_header"):
        st.header(escape_markdown(account.name), anchor=False, width="content")
        st.caption(f"Code {escape_markdown(account.code)}", width="content")
        if len(account.balances) > 1:
            _show_currencies(account, currency, state)
        st.space("stretch")
        if viewer.may(Permission.PREPARE_PAYOUTS):
            _show_actions(account, currency)


def _show_currencies(account: SellerAccount, currency: str, state: AccountState) -> None:
    key = f"account_currency_{account.seller_id}_{currency}"
    st.segmented_control(
        "Devise",
        account.currencies,
        default=currency,
        key=key,
        label_visibility="collapsed",
        required=True,
        on_change=lambda: go(replace(state.from_the_top(), currency=st.session_state[key])),
    )


def _show_actions(account: SellerAccount, currency: str) -> None:
    balance = account.balances[currency]
    st.button(
        "Corriger le compte",
        key="account_correct",
        icon=":material/edit:",
        on_click=open_correction,
        args=(account.seller_id, account.name, currency, balance),
    )
    if account.hold is None:
        st.button(
            "Retenir ses reversements",
            key="account_hold",
            icon=":material/pan_tool:",
            on_click=open_hold,
            args=(account.seller_id, account.name),
        )


def show_holds(viewer: Viewer, account: SellerAccount) -> None:
    """Draw what keeps the seller, or single orders, from being paid; for who may, the way to lift it."""
    if account.hold is not None:
        with st.container(border=True, gap="xsmall", key="account_held"):
            _show_hold(viewer, account, account.hold, ":orange[:material/pan_tool:] **Reversements retenus**")
    if account.held_orders:
        with st.container(border=True, gap="xsmall", key="account_held_orders"):
            total = formats.enumeration(_sums(account.held_orders))
            count = formats.plural(len(account.held_orders), "commande retenue", "commandes retenues")
            st.markdown(f"**{count}** · {total}")
            for hold in account.held_orders:
                worth = formats.money(hold.cents, hold.currency)
                number = hold.order_number or ""
                _show_hold(viewer, account, hold, f"[{escape_markdown(number)}]({order_url(number)}) · {worth}")


def _show_hold(viewer: Viewer, account: SellerAccount, hold: Hold, title: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{title}  \n:small[{escape_markdown(hold_words(viewer, hold))}]", width="stretch")
        if viewer.may(Permission.PREPARE_PAYOUTS):
            st.button(
                "Lever",
                key=f"account_release_{hold.id}",
                icon=":material/lock_open:",
                on_click=open_release,
                args=(account.seller_id, account.name, hold.id, hold.order_number or ""),
            )


def _sums(holds: Sequence[Hold]) -> list[str]:
    currencies = dict.fromkeys(hold.currency for hold in holds)
    return [
        formats.money(sum(hold.cents for hold in holds if hold.currency == currency), currency)
        for currency in currencies
    ]


def show_figures(
    viewer: Viewer,
    account: SellerAccount,
    currency: str,
    waiting: Sequence[OpenPayout],
    due: Sequence[DueDay],
    today: dt.date,
) -> None:
    """Draw the balance, what is being paid, and what comes next."""
    with st.container(border=True, key="account_figures"):
        draw("figures.html", figures=figures(viewer, account, currency, waiting, due, today))
