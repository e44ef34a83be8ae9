import pytest

from db.domain.orders import DeliveryMode, OrderStatus
from db.domain.progress import StepState, current_step, progress

S = OrderStatus


def told(status: OrderStatus, mode: DeliveryMode = DeliveryMode.HOME, *, is_paid: bool = True) -> str:
    marks = {StepState.DONE: "✓", StepState.CURRENT: "●", StepState.TO_COME: "○"}
    return " ".join(f"{marks[step.state]}{step.label}" for step in progress(status, mode, is_paid=is_paid))


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (S.AWAITING_PAYMENT, "●Commandée ○Payée ○En préparation ○Expédiée ○Livrée"),
        (S.PAID, "✓Commandée ●Payée ○En préparation ○Expédiée ○Livrée"),
        (S.CONFIRMING, "✓Commandée ●Payée ○En préparation ○Expédiée ○Livrée"),
        (S.PREPARING, "✓Commandée ✓Payée ●En préparation ○Expédiée ○Livrée"),
        (S.READY, "✓Commandée ✓Payée ●En préparation ○Expédiée ○Livrée"),
        (S.PARTLY_SHIPPED, "✓Commandée ✓Payée ✓En préparation ●Expédiée en partie ○Livrée"),
        (S.SHIPPED, "✓Commandée ✓Payée ✓En préparation ●Expédiée ○Livrée"),
        (S.DELIVERED, "✓Commandée ✓Payée ✓En préparation ✓Expédiée ●Livrée"),
        (S.RECEIVED, "✓Commandée ✓Payée ✓En préparation ✓Expédiée ●Livrée"),
        (S.COMPLETED, "✓Commandée ✓Payée ✓En préparation ✓Expédiée ●Livrée"),
    ],
)
def test_a_parcel_walks_five_steps(status: OrderStatus, steps: str) -> None:
    assert told(status) == told(status, DeliveryMode.PICKUP_POINT) == steps


@pytest.mark.parametrize("mode", [DeliveryMode.CLICK_AND_COLLECT, DeliveryMode.IN_STORE])
def test_what_the_customer_collects_is_ready_instead_of_sent(mode: DeliveryMode) -> None:
    assert told(S.READY, mode) == "✓Commandée ✓Payée ✓En préparation ●Prête ○Retirée"
    assert told(S.COMPLETED, mode) == "✓Commandée ✓Payée ✓En préparation ✓Prête ●Retirée"
    assert told(S.PARTLY_SHIPPED, mode).endswith("●Prête ○Retirée")


def test_an_order_prepared_before_it_is_paid_is_not_said_to_be_paid() -> None:
    assert told(S.PREPARING, is_paid=False) == "✓Commandée ○Paiement attendu ●En préparation ○Expédiée ○Livrée"
    assert told(S.AWAITING_PAYMENT, is_paid=False) == "●Commandée ○Payée ○En préparation ○Expédiée ○Livrée"


def test_a_cancelled_order_goes_nowhere() -> None:
    assert progress(S.CANCELLED, DeliveryMode.HOME, is_paid=True) == ()
    assert current_step(()) is None


def test_the_present_step_has_a_place() -> None:
    assert current_step(progress(S.PREPARING, DeliveryMode.HOME, is_paid=True)) == 3
