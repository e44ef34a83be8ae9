"""The top of a payout's page: what it is, how it stands, what it comes to, and why it is held."""

import streamlit as st

from dashboard.badges import PAYOUT_BADGES
from dashboard.markdown import escape_markdown
from dashboard.navigation import PAYOUT, SELLER_ACCOUNT
from dashboard.payout_page.links import payout_params
from dashboard.seller_account.links import seller_account_params
from db.domain import formats
from db.domain.payout_acts import HOLD_REMEDIES
from db.domain.payouts import PayoutState, reference_of
from db.domain.viewer import Viewer
from db.queries.payout_rows import PayoutDetail


def show_way_back(viewer: Viewer, payout: PayoutDetail) -> None:
    """Draw the way to the account that it is paid from."""
    with st.container(key="order_way"):
        label = "Mon compte vendeur" if viewer.seller_id is not None else payout.seller_name
        st.page_link(
            SELLER_ACCOUNT.page(),
            label=escape_markdown(label),
            icon=":material/arrow_back:",
            query_params={} if viewer.seller_id is not None else seller_account_params(payout.seller_id),
        )


def show_header(payout: PayoutDetail) -> None:
    """Draw its reference, its state and its amount on one line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_header"):
        st.header(f"Reversement {payout.reference}", anchor=False, width="content")
        st.markdown(PAYOUT_BADGES[payout.state].markdown, width="content")
        st.space("stretch")
        st.subheader(formats.money(payout.net_cents, payout.currency), anchor=False, width="content")


def show_standing(viewer: Viewer, payout: PayoutDetail) -> None:
    """Draw what keeps it from being paid, or what became of what it held; nothing where all is as usual."""
    if payout.hold_reason is not None:
        remedy = "" if viewer.seller_id is not None else f" {HOLD_REMEDIES[payout.hold_reason]}"
        st.warning(f"Retenu\u00a0: **{payout.hold_reason.label}**.{remedy}", icon=":material/pan_tool:")
    elif payout.state is PayoutState.CANCELLED:
        st.info(
            "Annulé\u00a0: ce qu’il contenait est de nouveau dû et part avec le reversement suivant.",
            icon=":material/block:",
        )
    elif payout.state in {PayoutState.CARRIED, PayoutState.REJECTED}:
        _show_successor(payout)


def _show_successor(payout: PayoutDetail) -> None:
    """Draw where the debt, or the amount that came back, went on to."""
    if not payout.net_cents:
        st.info("Tout se compense\u00a0: il n’y a rien à payer ni à reporter.", icon=":material/redo:")
        return
    is_debt = payout.state is PayoutState.CARRIED
    what = "La dette est reprise" if is_debt else "Le montant rejeté est repris"
    if payout.successor_id is None:
        st.info(f"{what} dans le prochain reversement.", icon=":material/redo:")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"{what} dans", width="content")
        reference = reference_of(payout.successor_id)
        st.page_link(PAYOUT.page(), label=reference, query_params=payout_params(payout.successor_id))
