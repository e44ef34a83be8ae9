"""The top of a payout's page: what it is, how it stands, what it comes to, what may be done, why it is held."""

import streamlit as st

from dashboard.badges import PAYOUT_BADGES
from dashboard.markdown import escape_markdown
from dashboard.navigation import PAYOUT, PAYOUTS, SELLER_ACCOUNT
from dashboard.payout_page.links import payout_params
from dashboard.payouts.bar import open_act
from dashboard.payouts.opened import PayoutAct, possible_acts
from dashboard.seller_account.links import seller_account_params
from db.domain import formats
from db.domain.payout_acts import HOLD_REMEDIES
from db.domain.payouts import HoldReason, PayoutState, reference_of
from db.domain.viewer import Viewer
from db.queries.payout_rows import PayoutDetail
from db.queries.payouts import PayoutRow

#: What leads a payout on; the rest waits behind a menu, so that nobody cancels or rejects by habit.
_NEXT_STEPS = (
    PayoutAct.APPROVE,
    PayoutAct.LET_THROUGH,
    PayoutAct.EXPORT,
    PayoutAct.MARK_PAID,
    PayoutAct.RELEASE,
)
#: What sellers can do about it themselves.
_SELLERS_REMEDIES = {
    HoldReason.NO_IBAN: "Saisissez votre IBAN sur votre compte vendeur.",
    HoldReason.INVALID_IBAN: "Corrigez votre IBAN sur votre compte vendeur.",
    HoldReason.IBAN_CHANGED: "Il part une fois passé le délai qui suit un changement d’IBAN.",
}
#: « Étape suivante », as on an order's page.
_SHORTCUT = "E"


def show_way_back(viewer: Viewer) -> None:
    """Draw the way to the list; to sellers, to their account."""
    screen, label = (PAYOUTS, "Reversements") if viewer.seller_id is None else (SELLER_ACCOUNT, "Mon compte vendeur")
    with st.container(key="order_way"):
        st.page_link(screen.page(), label=label, icon=":material/arrow_back:")


def show_header(viewer: Viewer, payout: PayoutDetail, row: PayoutRow) -> None:
    """Draw its reference, its state, its amount and what may be done; below, whose it is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_header"):
        st.header(f"Reversement {payout.reference}", anchor=False, width="content")
        st.markdown(PAYOUT_BADGES[payout.state].markdown, width="content")
        st.space("stretch")
        st.subheader(formats.money(payout.net_cents, payout.currency), anchor=False, width="content")
        _show_acts(viewer, row)
    if viewer.seller_id is None:
        st.page_link(
            SELLER_ACCOUNT.page(),
            label=escape_markdown(payout.seller_name),
            icon=SELLER_ACCOUNT.icon,
            query_params=seller_account_params(payout.seller_id),
        )


def _show_acts(viewer: Viewer, row: PayoutRow) -> None:
    """Draw the one filled next step, and everything else that is possible behind a menu."""
    acts = possible_acts(viewer, [row])
    primary = next((act for act in acts if act in _NEXT_STEPS), None)
    if primary is not None:
        st.button(
            primary.look.verb,
            key="payout_next",
            type="primary",
            icon=f":material/{primary.look.icon}:",
            shortcut=_SHORTCUT,
            on_click=open_act,
            args=(primary, [row]),
        )
    others = [act for act in acts if act is not primary]
    if others:
        st.menu_button(
            "Autres actions",
            others,
            key="payout_others",
            format_func=lambda act: f":material/{act.look.icon}: {act.look.verb}",
            on_click=lambda: open_act(st.session_state.payout_others, [row]),
        )


def show_standing(viewer: Viewer, payout: PayoutDetail) -> None:
    """Draw what keeps it from being paid, or what became of what it held; nothing where all is as usual."""
    if payout.hold_reason is not None:
        remedies = HOLD_REMEDIES if viewer.seller_id is None else _SELLERS_REMEDIES
        remedy = remedies.get(payout.hold_reason, "")
        st.warning(f"Retenu\u00a0: **{payout.hold_reason.label}**. {remedy}", icon=":material/pan_tool:")
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
