"""The first lines of a return's page: where it is, how long there is to refund, and what to do next."""

import datetime as dt

import streamlit as st

from dashboard.badges import GESTURE_BADGE, LATE_REQUEST_BADGE, RETURN_BADGES
from dashboard.markdown import escape_markdown
from dashboard.navigation import RETURNS
from dashboard.order_page.action_bar import show_next_step
from dashboard.order_page.return_actions import return_choices
from dashboard.order_page.undo_bar import show_undo_bar
from dashboard.returns.deadlines import refund_badge
from dashboard.returns.state import list_of_origin
from dashboard.settlement.opening import may_settle_return, settling_action_of
from db.domain import formats
from db.domain.orders import ActorKind, ReturnStatus
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage, ReturnRow
from db.queries.return_detail import ReturnDetail

_ASKED_BY = {
    ActorKind.CUSTOMER: "par le client",
    ActorKind.PERSON: "par l’équipe",
    ActorKind.SHOP: "par la boutique",
    ActorKind.SYSTEM: "par le système",
}


def show_way_back() -> None:
    """Draw the link to the list that the return was opened from; the shell's search stands at its end."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_way"):
        st.page_link(RETURNS.page(), label="Retours", icon=":material/arrow_back:", query_params=list_of_origin())


def show_header(viewer: Viewer, page: OrderPage, detail: ReturnDetail, given_cents: int, now: dt.datetime) -> None:
    """Draw the number, the badges, what it is worth and what may be done; below, who asked, and the way back.

    Once the return is over, what was given back for it stands in the place of what it is worth.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_header"):
        st.header(f"Retour n° {detail.id}", anchor=False, width="content")
        with st.container(horizontal=True, gap="xxsmall", width="content"):
            for badge in badges(detail):
                st.markdown(badge, width="content")
        st.space("stretch")
        worth = formats.money(detail.worth_cents if detail.status.is_open else given_cents, detail.currency)
        st.subheader(escape_markdown(worth), anchor=False, width="content")
        _show_actions(viewer, page, detail)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="order_since"):
        st.caption(since_words(detail, now), width="content")
        show_undo_bar(viewer, page, now)


def badges(detail: ReturnDetail) -> list[str]:
    """Return the status, how long there is to refund, and what is unusual of it; Markdown."""
    return [
        RETURN_BADGES[detail.status].markdown,
        *([refund_badge(detail.refund).markdown] if detail.refund else []),
        *([LATE_REQUEST_BADGE.markdown] if not detail.is_within_withdrawal else []),
        *([GESTURE_BADGE.markdown] if detail.gesture_reason else []),
    ]


def since_words(detail: ReturnDetail, now: dt.datetime) -> str:
    """Return who asked, when: « Demandé le 20/11/2026 20:41 par le client, il y a 2 j »."""
    asked = f"Demandé le {formats.instant(detail.requested_at)} {_ASKED_BY[detail.requested_by]}"
    return f"{asked}, il y a {formats.age(detail.requested_at, now)}"


def _show_actions(viewer: Viewer, page: OrderPage, detail: ReturnDetail) -> None:
    """Draw the one filled next step, and everything else that is possible behind a menu."""
    possible = return_choices(page, _row_of(page, detail), viewer)
    settles = may_settle_return(viewer, detail)
    settling = settling_action_of(detail) if settles else None
    is_next = detail.status is ReturnStatus.PARCEL_RECEIVED
    primary = settling if settling and is_next else possible.primary
    others = [action for action in (possible.primary, *possible.others, settling) if action and action is not primary]
    show_next_step("return", page, primary, others)


def _row_of(page: OrderPage, detail: ReturnDetail) -> ReturnRow:
    return next(each for each in page.returns if each.id == detail.id)
