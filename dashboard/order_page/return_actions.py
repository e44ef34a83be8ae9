"""What may be done with the order's returns, as data: drawn from the table of moves, for this person's role."""

from dashboard.badges import RETURN_BADGES
from dashboard.order_page.actions import Action, Choices, Kind
from db.domain.orders import ReturnStatus
from db.domain.permissions import Permission
from db.domain.returns import RETURN_VERBS, return_moves
from db.domain.viewer import Viewer
from db.queries.order_rows import OrderPage, ReturnRow

#: What is not the usual way on: the customer gets nothing back.
_EXCEPTIONS = frozenset({ReturnStatus.DENIED, ReturnStatus.COMPLETED})


def requesting_actions(page: OrderPage, viewer: Viewer) -> list[Action]:
    """Return how staff ask for a return in the customer's place, where something left and was not given back."""
    is_kept = any(line.quantity_shipped > line.quantity_returned for line in page.lines)
    if not is_kept or not _may(viewer):
        return []
    return [Action(Kind.REQUEST_RETURN, "Demander un retour", "assignment_return")]


def has_something_left(page: OrderPage, request: ReturnRow) -> bool:
    """Tell whether the customer still has something of what a return announced."""
    announced = {line.line_id for line in request.lines if line.quantity}
    return any(line.id in announced and line.quantity_shipped > line.quantity_returned for line in page.lines)


def return_choices(page: OrderPage, request: ReturnRow, viewer: Viewer) -> Choices:
    """Return what may be done with a return now; what gives money back is asked elsewhere."""
    if not _may(viewer):
        return Choices(None, ())
    targets = return_moves(request.status, has_something_left=has_something_left(page, request))
    moves = [_move(request, target) for target in targets]
    usual = [move for move in moves if move.return_target not in _EXCEPTIONS]
    others = [move for move in moves if move.return_target in _EXCEPTIONS]
    if request.status is ReturnStatus.PARCEL_RECEIVED:
        others.insert(0, inspection(request))
    return Choices(usual[0] if usual else None, tuple(others))


def inspection(request: ReturnRow) -> Action:
    """Return how staff note what was in the parcel, or put right what they noted."""
    is_noted = any(line.quantity_received is not None for line in request.lines)
    label = "Corriger le constat" if is_noted else "Vérifier le colis"
    return Action(Kind.INSPECT_RETURN, label, "fact_check", return_id=request.id)


def _move(request: ReturnRow, target: ReturnStatus) -> Action:
    icon = RETURN_BADGES[target].icon
    return Action(Kind.MOVE_RETURN, RETURN_VERBS[target], icon, return_id=request.id, return_target=target)


def _may(viewer: Viewer) -> bool:
    return viewer.seller_id is None and viewer.may(Permission.HANDLE_RETURNS)
