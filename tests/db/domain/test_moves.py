"""The table of moves is DOMAIN.md's, and what a move does adds up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.errors import NotAllowedError
from db.domain.moves import (
    MOVE_VERBS,
    MOVES,
    AlreadyThereError,
    CancelReason,
    IllegalMoveError,
    InErrorError,
    Move,
    NothingToShipError,
    Rest,
    decide,
    possible_moves,
)
from db.domain.order_facts import LineFacts, OrderFacts
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.permissions import Permission, Role

S = OrderStatus

#: As DOMAIN.md words it, status by status.
ALLOWED = {
    S.AWAITING_PAYMENT: "paid cancelled preparing",
    S.PAID: "confirming preparing ready shipped completed cancelled",
    S.CONFIRMING: "preparing ready cancelled completed",
    S.PREPARING: "ready shipped completed cancelled",
    S.READY: "shipped completed cancelled",
    S.PARTLY_SHIPPED: "shipped",
    S.SHIPPED: "delivered received completed",
    S.DELIVERED: "received completed",
    S.RECEIVED: "completed",
    S.COMPLETED: "",
    S.CANCELLED: "",
    S.ERROR: "",
}


def everything(_permission: Permission) -> bool:
    return True


def an_order(status: OrderStatus = S.PAID, *, lines: tuple[LineFacts, ...] = (), **facts: int) -> OrderFacts:
    return OrderFacts(
        **{
            "id": 1,
            "number": "T-1",
            "version": 1,
            "status": status,
            "status_before_error": None,
            "seller_id": 1,
            "customer_name": "Évelyne Morin",
            "customer_email": "evelyne@example.org",
            "payment_method": PaymentMethod.CARD,
            "payment_state": PaymentState.PAID,
            "currency": "EUR",
            "total_cents": 31_90,
            "paid_cents": 31_90,
            "refunded_cents": 0,
            "lines": lines or (LineFacts(1, None, 2, 0, 0, 31_90),),
        }
        | facts
    )


@pytest.mark.parametrize("status", OrderStatus)
def test_the_table_says_what_the_domain_says(status: OrderStatus) -> None:
    assert {target.value for target in MOVES[status]} == set(ALLOWED[status].split())


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("target", OrderStatus)
def test_decide_allows_exactly_the_arrows_of_the_table(status: OrderStatus, target: OrderStatus) -> None:
    move = Move(target, note="Vu avec le client", cancel_reason=CancelReason.CUSTOMER_REQUEST)
    if target in MOVES[status]:
        assert decide(an_order(status), move, everything).status is target
        return
    expected = AlreadyThereError if status is target else InErrorError if status is S.ERROR else IllegalMoveError
    with pytest.raises(expected):
        decide(an_order(status), move, everything)


def test_every_arrow_has_a_verb_for_its_button() -> None:
    assert {target for targets in MOVES.values() for target in targets} == set(MOVE_VERBS)


def test_buttons_are_what_the_role_may_do() -> None:
    assert possible_moves(S.AWAITING_PAYMENT, Role.SUPPORT.may) == (S.CANCELLED,)
    assert possible_moves(S.AWAITING_PAYMENT, Role.FINANCE.may) == (S.PAID,)
    assert possible_moves(S.AWAITING_PAYMENT, Role.MANAGER.may) == (S.PREPARING,)
    assert possible_moves(S.READY, Role.SUPPORT.may)[0] is S.SHIPPED
    assert possible_moves(S.PAID, Role.SELLER.may) == ()


def test_the_permission_is_checked_by_the_rule_itself() -> None:
    with pytest.raises(NotAllowedError):
        decide(an_order(), Move(S.SHIPPED), Role.FINANCE.may)


def test_nothing_left_is_not_shipped_but_an_order_without_articles_is() -> None:
    gone = an_order(lines=(LineFacts(1, None, 2, 1, 1, 31_90),))
    with pytest.raises(NothingToShipError):
        decide(gone, Move(S.SHIPPED), everything)
    bare = OrderFacts(**{name: getattr(gone, name) for name in OrderFacts.__slots__} | {"lines": ()})
    assert decide(bare, Move(S.SHIPPED), everything).shipped == {}


@given(paid=st.integers(0, 50_00), refunded=st.integers(0, 50_00), total=st.integers(0, 50_00))
def test_a_refund_never_exceeds_what_was_received_and_not_given_back(paid: int, refunded: int, total: int) -> None:
    facts = {"paid_cents": paid, "refunded_cents": refunded, "total_cents": total}
    lines = (LineFacts(1, None, 3, 1, 0, total),)
    cancel = decide(an_order(lines=lines, **facts), Move(S.CANCELLED, cancel_reason=CancelReason.UNPAID), everything)
    rest = decide(an_order(S.PARTLY_SHIPPED, lines=lines, **facts), Move(S.SHIPPED, rest=Rest.CANCEL), everything)
    assert cancel.refund_cents == max(0, paid - refunded)
    assert rest.refund_cents <= cancel.refund_cents
    assert cancel.cancelled == rest.cancelled == {1: 2}
