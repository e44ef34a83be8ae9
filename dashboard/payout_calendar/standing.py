"""Beside the calendar: what a preparation would find today, what waits for somebody, and what is kept back."""

from collections.abc import Mapping

import streamlit as st

from dashboard.navigation import PAYOUTS
from dashboard.payouts.state import PayoutsState, to_query
from db.domain import formats
from db.domain.payout_filter import PayoutTab
from db.queries.payout_calendar import Due, DueNow
from db.queries.payouts import Worth

_WAITING = {
    PayoutTab.TO_APPROVE: ("à approuver", "à approuver", ":material/approval:"),
    PayoutTab.APPROVED: ("approuvé, à exporter", "approuvés, à exporter", ":material/verified:"),
    PayoutTab.EXPORTED: ("transmis à la banque", "transmis à la banque", ":material/account_balance:"),
}


def show_standing(due: DueNow, worth: Mapping[PayoutTab, Worth], currency: str) -> None:
    """Draw what is due now, each line with the way to its list where there is one."""
    with st.container(border=True, gap="xxsmall", key="due_now"):
        st.markdown("**Échu à ce jour**")
        _link(PayoutTab.TO_APPROVE, _words(due.ready, ("vendeur à préparer", "vendeurs à préparer"), currency), "draft")
        for tab, (one, several, icon) in _WAITING.items():
            waiting = Due(worth[tab].count, worth[tab].cents.get(currency, 0))
            _link(tab, _words(waiting, (one, several), currency), icon)
        st.markdown("**Mis à part**")
        _link(PayoutTab.HELD, _words(due.held, ("reversement retenu", "reversements retenus"), currency), "pan_tool")
        held_orders = _words(due.held_orders, ("commande retenue", "commandes retenues"), currency)
        debts = _words(due.debts, ("vendeur débiteur", "vendeurs débiteurs"), currency)
        st.markdown(f":small[{held_orders}]  \n:small[{debts}]")


def _link(tab: PayoutTab, label: str, icon: str) -> None:
    shown = icon if icon.startswith(":") else f":material/{icon}:"
    st.page_link(PAYOUTS.page(), label=label, icon=shown, query_params=to_query(PayoutsState(tab)), width="stretch")


def _words(due: Due, words: tuple[str, str], currency: str) -> str:
    """Return « **3** vendeurs à préparer · 92,91 € », grey at zero, as Markdown."""
    if not due.count:
        return f":gray[0 {words[0]}]"
    word = words[0 if due.count < 2 else 1]
    return f"**{formats.integer(due.count)}** {word} · {formats.money(due.cents, currency)}"
