"""What the seller is paid for the order: in which payout, or when, and what is in the way; for finance, holding it."""

import streamlit as st

from dashboard.badges import PAYOUT_BADGES
from dashboard.order_page.action_bar import show_action_button
from dashboard.order_page.actions import Action, Kind
from dashboard.order_page.drawing import draw
from dashboard.order_page.facts import Fact
from dashboard.payout_page.links import payout_url
from db.domain import formats
from db.domain.payouts import CLOSED_PAYOUT_STATES, reference_of
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.queries.order_payouts import OrderPayouts, OrderShare
from db.queries.order_rows import OrderPage


def show_payouts(viewer: Viewer, page: OrderPage, payouts: OrderPayouts | None) -> None:
    """Draw where the seller's part is, and for who may, the way to hold it; nothing where nothing is in the books."""
    if payouts is None:
        return
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="order_title_payouts"):
            st.markdown("**Reversement au vendeur**", width="content")
            st.space("stretch")
            action = holding_action(viewer, payouts)
            if action is not None:
                show_action_button(page, action)
        draw("facts.html", facts=payout_facts(payouts))


def holding_action(viewer: Viewer, payouts: OrderPayouts) -> Action | None:
    """Return how the order is held, or let go again; nothing where it is too late, or not this person's to do."""
    if viewer.seller_id is not None or not viewer.may(Permission.PREPARE_PAYOUTS):
        return None
    if payouts.hold_id is not None:
        return Action(Kind.RELEASE_PAYOUT, "Lever la retenue", "lock_open", hold_id=payouts.hold_id)
    return Action(Kind.HOLD_PAYOUT, "Retenir cette commande", "pan_tool") if payouts.is_waiting else None


def payout_facts(payouts: OrderPayouts) -> list[Fact]:
    """Return each part of what the order brings its seller, and what keeps it back."""
    return [*(_share_fact(share, payouts) for share in payouts.shares), *_hold_facts(payouts)]


def _share_fact(share: OrderShare, payouts: OrderPayouts) -> Fact:
    amount = formats.money(share.net_cents, payouts.currency)
    if share.payout_id is None or share.state is None:
        when = "pas avant la fin de la retenue" if payouts.hold_id else f"le {formats.date(share.due_on)}"
        return Fact(_label(share), f"{amount}, {when}")
    paid = f", payé le {formats.date(share.paid_on)}" if share.paid_on else ""
    return Fact(
        _label(share),
        f"{reference_of(share.payout_id)} · {amount}{paid}",
        href=payout_url(share.payout_id),
        is_page=True,
        badge=PAYOUT_BADGES[share.state],
    )


def _label(share: OrderShare) -> str:
    if share.state in CLOSED_PAYOUT_STATES:
        return "Versé" if share.net_cents > 0 else "Déduit"
    return "À verser" if share.net_cents > 0 else "À déduire"


def _hold_facts(payouts: OrderPayouts) -> list[Fact]:
    if payouts.hold_reason is None or payouts.held_at is None:
        return []
    by = f" par {payouts.held_by}" if payouts.held_by else ""
    return [
        Fact(
            "Retenue", f"{payouts.hold_reason.label}, depuis le {formats.instant(payouts.held_at)}{by}", is_strong=True
        ),
        *([Fact("Précisions", payouts.hold_note)] if payouts.hold_note else []),
    ]
