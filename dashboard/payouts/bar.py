"""At the foot of the screen: what can be done with the ticked payouts. The same buttons serve the page of one."""

import secrets
from collections.abc import Sequence

import streamlit as st

from dashboard.payouts.opened import DIALOG, Opened, PayoutAct, possible_acts
from db.domain import formats
from db.domain.viewer import Viewer
from db.queries.payouts import PayoutRow


def show_bar(viewer: Viewer, ticked: Sequence[PayoutRow]) -> None:
    """Draw the bar while payouts are ticked, for whoever does something with them."""
    if not ticked or viewer.seller_id is not None:
        return
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="payouts_selection"):
        st.markdown(f"**{formats.plural(len(ticked), 'sélectionné')}** · {worth_of(ticked)}", width="content")
        if not show_acts(viewer, ticked):
            st.caption("Ces reversements n’ont pas d’étape en commun que vous puissiez faire\u00a0: cochez-en moins.")


def show_acts(viewer: Viewer, rows: Sequence[PayoutRow]) -> bool:
    """Draw a button for each thing that can be done with all of some payouts, the usual one first.

    Returns:
        Whether there is any.
    """
    acts = possible_acts(viewer, rows)
    for place, act in enumerate(acts):
        st.button(
            act.look.verb,
            key=f"payouts_{act}",
            icon=f":material/{act.look.icon}:",
            type="secondary" if place else "primary",
            on_click=open_act,
            args=(act, rows),
        )
    return bool(acts)


def open_act(act: PayoutAct, rows: Sequence[PayoutRow]) -> None:
    """Have the next run open the dialog of an act; what a button's callback calls."""
    DIALOG.open(Opened(act, tuple(row.shown for row in rows), secrets.token_hex(16)))


def worth_of(rows: Sequence[PayoutRow]) -> str:
    """Return what payouts come to, by currency."""
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.currency] = totals.get(row.currency, 0) + row.net_cents
    return " · ".join(formats.money(cents, currency) for currency, cents in totals.items())
