"""The ways to « Remboursement de produits »: from an order's page, and from a return with what came back filled in."""

from dashboard.order_page.actions import Action, Kind
from db.domain.orders import OPEN_RETURN_STATUSES, OrderStatus
from db.domain.permissions import Permission
from db.domain.returns import Condition
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderHeader, OrderPage
from db.queries.return_detail import ReturnDetail

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
    """Tell whether somebody may settle a return now: the customer still has something of it."""
    is_open = detail.status in OPEN_RETURN_STATUSES and detail.order_status is not OrderStatus.ERROR
    return is_open and may_settle(viewer) and any(line.quantity_kept for line in detail.lines)


def _has_something_left(header: OrderHeader) -> bool:
    if header.status in {OrderStatus.ERROR, OrderStatus.CANCELLED}:
        return False
    return header.total_cents > 0 and (not header.paid_cents or header.refunded_cents < header.paid_cents)
