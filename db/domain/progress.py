"""The steps of an order as its customer sees them: at the head of every e-mail and on the follow-up page."""

from dataclasses import dataclass
from enum import StrEnum

from db.domain.orders import COLLECTED_MODES, DeliveryMode, OrderStatus

_S = OrderStatus

#: Home and pick-up points; then click & collect and the shop, where nothing is sent and the customer comes.
_SENT = ("Commandée", "Payée", "En préparation", "Expédiée", "Livrée")
_COLLECTED = ("Commandée", "Payée", "En préparation", "Prête", "Retirée")

_PAID_STEP = 1
_PREPARING_STEP, _FOURTH_STEP = 2, 3
_STEP_OF = {
    _S.AWAITING_PAYMENT: 0,
    _S.PAID: _PAID_STEP,
    _S.CONFIRMING: _PAID_STEP,
    _S.PREPARING: _PREPARING_STEP,
    _S.PARTLY_SHIPPED: _FOURTH_STEP,
    _S.SHIPPED: _FOURTH_STEP,
    _S.DELIVERED: 4,
    _S.RECEIVED: 4,
    _S.COMPLETED: 4,
}
#: What the fourth step is called while only a part has left.
_PARTLY_SENT = "Expédiée en partie"
_UNPAID = "Paiement attendu"


class StepState(StrEnum):
    """Whether a step lies behind, is the present one, or is still to come."""

    DONE = "done"
    CURRENT = "current"
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, in the customer's words."""

    label: str
    state: StepState


def progress(status: OrderStatus, mode: DeliveryMode, *, is_paid: bool) -> tuple[Step, ...]:
    """Return the steps of an order; none where it is cancelled.

    Args:
        status: The status to tell; for an order in error, the one it had before.
        mode: How the goods reach the customer.
        is_paid: Whether nothing is owed any more: an order may be prepared before, by derogation, and the steps
            must not say it is paid.
    """
    if status in {_S.CANCELLED, _S.ERROR}:
        return ()
    labels = list(_COLLECTED if mode in COLLECTED_MODES else _SENT)
    current = _current_step(status, mode)
    if status is _S.PARTLY_SHIPPED and mode not in COLLECTED_MODES:
        labels[_FOURTH_STEP] = _PARTLY_SENT
    states = [_state(index, current) for index in range(len(labels))]
    if not is_paid and current >= _PAID_STEP:
        labels[_PAID_STEP], states[_PAID_STEP] = _UNPAID, StepState.TO_COME
    return tuple(Step(label, state) for label, state in zip(labels, states, strict=True))


def current_step(steps: tuple[Step, ...]) -> int | None:
    """Return the place of the present step, counted from one; None where there is none."""
    return next((place for place, step in enumerate(steps, start=1) if step.state is StepState.CURRENT), None)


def _current_step(status: OrderStatus, mode: DeliveryMode) -> int:
    if status is _S.READY:
        return _FOURTH_STEP if mode in COLLECTED_MODES else _PREPARING_STEP
    return _STEP_OF[status]


def _state(index: int, current: int) -> StepState:
    if index == current:
        return StepState.CURRENT
    return StepState.DONE if index < current else StepState.TO_COME
