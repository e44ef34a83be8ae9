"""The ways to « Remboursement de produits »: from an order's page, and from a return with what came back filled in."""

import streamlit as st

from dashboard.flash import telling_refusals
from dashboard.navigation import ORDER
from dashboard.order_page.actions import Action, Kind
from dashboard.order_page.dialogs.frame import open_dialog
from db.domain.orders import OPEN_RETURN_STATUSES, OrderStatus
from db.domain.permissions import Permission
from db.domain.returns import Condition
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_page import order_page
from db.queries.order_rows import OrderHeader, OrderPage
from db.queries.return_detail import ReturnDetail, return_detail

_ICON = "currency_exchange"
LABEL = "Rembourser des produits"


def may_settle(viewer: Viewer) -> bool:
    """Tell whether somebody may give money back; never a seller."""
    return viewer.seller_id is None and viewer.may(Permission.REFUND)


def settling_actions(page: OrderPage, viewer: Viewer) -> list[Action]:
    """Return how something is given back of an order, where there is something left to give."""
    return [Action(Kind.SETTLE, LABEL, _ICON)] if may_settle(viewer) and _has_something_left(page.header) else []


def settling_action_of(detail: ReturnDetail) -> Action:
    """Return how a return is settled: with what was received, or what was announced where nobody counted."""
    return Action(
        Kind.SETTLE,
        "Remboursement de produits",
        _ICON,
        return_id=detail.id,
        units_back=tuple(
            (line.order_line_id, line.quantity if line.quantity_received is None else line.quantity_received)
            for line in detail.lines
        ),
        unsaleable=tuple(line.order_line_id for line in detail.lines if line.condition is Condition.DAMAGED),
    )


def may_settle_return(viewer: Viewer, detail: ReturnDetail) -> bool:
    """Tell whether somebody may settle a return now."""
    return may_settle(viewer) and detail.status in OPEN_RETURN_STATUSES and detail.order_status is not OrderStatus.ERROR


@telling_refusals()
def open_settlement(viewer: Viewer, return_id: int) -> None:
    """Open the order of a return with the dialog that settles it; what a button's callback calls.

    An order is acted on in one place; the return's page can be gone back to from there.
    """
    with reading() as session:
        detail = return_detail(session, viewer, return_id, local_day(utc_now()))
        page = order_page(session, viewer, detail.order_number)
    open_dialog(settling_action_of(detail), page)
    st.switch_page(ORDER.page(), query_params={"n": detail.order_number})


def _has_something_left(header: OrderHeader) -> bool:
    if header.status in {OrderStatus.ERROR, OrderStatus.CANCELLED}:
        return False
    return header.total_cents > 0 and (not header.paid_cents or header.refunded_cents < header.paid_cents)
