from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.orders import (
    FINAL_STATUSES,
    OPEN_RETURN_STATUSES,
    OPEN_STATUSES,
    STATUS_COLOURS,
    STATUS_LABELS,
    TO_PREPARE_STATUSES,
    TO_SHIP_STATUSES,
    UNSHIPPED_PAID_STATUSES,
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentMethod,
    PaymentState,
    ReturnStatus,
    StatusColour,
    payment_state,
)

CENTS = st.integers(0, 10**9)


@pytest.mark.parametrize("enum", [OrderStatus, PaymentState, PaymentMethod, DeliveryMode, Origin, StatusColour])
def test_everything_people_see_has_a_label_of_its_own(enum: type[StrEnum]) -> None:
    labels = [member.label for member in enum]
    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_every_status_has_a_colour_of_its_own() -> None:
    assert set(STATUS_COLOURS) == set(STATUS_LABELS) == set(OrderStatus)
    assert set(STATUS_COLOURS.values()) == set(StatusColour)


def test_nothing_leads_out_of_completed_and_cancelled() -> None:
    assert {status for status in OrderStatus if status.is_final} == {OrderStatus.COMPLETED, OrderStatus.CANCELLED}


def test_only_cancelled_orders_are_no_sale() -> None:
    assert [status for status in OrderStatus if not status.counts_as_sale] == [OrderStatus.CANCELLED]


def test_what_staff_acts_on_is_open_and_neither_final_nor_on_its_way() -> None:
    on_its_way = {OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RECEIVED}
    assert set(OrderStatus) - OPEN_STATUSES == FINAL_STATUSES | on_its_way
    assert UNSHIPPED_PAID_STATUSES == TO_PREPARE_STATUSES | TO_SHIP_STATUSES
    assert not TO_PREPARE_STATUSES & TO_SHIP_STATUSES
    assert UNSHIPPED_PAID_STATUSES < OPEN_STATUSES


def test_a_return_that_is_done_or_denied_waits_for_nobody() -> None:
    assert set(ReturnStatus) - OPEN_RETURN_STATUSES == {ReturnStatus.COMPLETED, ReturnStatus.DENIED}


@pytest.mark.parametrize(
    ("total", "paid", "refunded", "state"),
    [
        (31_90, 0, 0, PaymentState.UNPAID),
        (31_90, 31_89, 0, PaymentState.PARTLY_PAID),
        (31_90, 31_90, 0, PaymentState.PAID),
        (31_90, 31_91, 0, PaymentState.OVERPAID),
        (31_90, 31_90, 1, PaymentState.PARTLY_REFUNDED),
        (31_90, 31_90, 31_90, PaymentState.REFUNDED),
        # What was paid too much is given back: only a part of what was received.
        (31_90, 41_90, 10_00, PaymentState.PARTLY_REFUNDED),
        # A gift costs nothing and is paid from the start.
        (0, 0, 0, PaymentState.PAID),
    ],
)
def test_the_payment_state_follows_from_three_amounts(
    total: int, paid: int, refunded: int, state: PaymentState
) -> None:
    assert payment_state(total, paid, refunded) is state


@given(CENTS, CENTS)
def test_without_a_refund_more_money_never_makes_an_order_less_paid(total: int, paid: int) -> None:
    ranks = [PaymentState.UNPAID, PaymentState.PARTLY_PAID, PaymentState.PAID, PaymentState.OVERPAID]
    assert ranks.index(payment_state(total, paid, 0)) <= ranks.index(payment_state(total, paid + 1, 0))


@given(CENTS, st.integers(1, 10**9), st.data())
def test_a_refund_shows_whether_anything_is_left(total: int, paid: int, data: st.DataObject) -> None:
    refunded = data.draw(st.integers(1, paid))
    expected = PaymentState.REFUNDED if refunded == paid else PaymentState.PARTLY_REFUNDED
    assert payment_state(total, paid, refunded) is expected


def test_means_of_payment_stand_inside_a_sentence_and_names_keep_their_capitals() -> None:
    said = [method.word for method in PaymentMethod]
    assert said == ["carte bancaire", "PayPal", "virement", "chèque", "espèces", "bon d’achat"]
