"""What a customer finds of their returns and of what was given back; nothing of another order's."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.orders import ActorKind, PaymentKind, PaymentMethod, PaymentRecordState, ReturnStatus
from db.models import (
    Order,
    OrderLine,
    Payment,
    Return,
    ReturnLine,
    ReturnMessage,
    ReturnPhoto,
    Settlement,
    Voucher,
)
from db.queries.follow_up_returns import customers_photo, customers_returns, given_back
from tests.conftest import NOW
from tests.factories import create_line, create_order

R = PaymentRecordState


def add_return(session: Session, order: Order, line: OrderLine, **columns: object) -> Return:
    wanted = Return(order_id=order.id, requested_at=NOW, **columns)
    session.add(wanted)
    session.flush()
    session.add(ReturnLine(return_id=wanted.id, order_line_id=line.id, quantity=2))
    session.flush()
    return wanted


def add_photo(session: Session, wanted: Return) -> ReturnPhoto:
    photo = ReturnPhoto(
        return_id=wanted.id,
        ref=f"returns/{wanted.id}",
        sha256="ab" * 32,
        media_type="image/jpeg",
        size_bytes=9,
        added_by=ActorKind.CUSTOMER,
    )
    session.add(photo)
    session.flush()
    return photo


def two_orders(session: Session) -> list[tuple[Order, OrderLine]]:
    made = []
    for _ in range(2):
        line = create_line("Tasse", 32_00, 4, quantity_shipped=4)
        made.append((create_order(session, lines=[line]), line))
    return made


def test_a_return_comes_with_its_lines_photos_and_thread_in_order(session: Session) -> None:
    (order, line), (other, others_line) = two_orders(session)
    first = add_return(session, order, line, status=ReturnStatus.DENIED, decision="Non.")
    second = add_return(session, order, line)
    add_return(session, other, others_line)
    photos = [add_photo(session, second).id for _ in range(2)]
    for place, kind in enumerate((ActorKind.CUSTOMER, ActorKind.PERSON)):
        session.add(ReturnMessage(return_id=second.id, author_kind=kind, body=f"{place}", at=NOW))
        session.flush()
    # What staff found beside what was announced is not the customer's business.
    session.execute(
        sa.update(ReturnLine).where(ReturnLine.return_id == first.id).values(quantity=0, quantity_received=1)
    )

    refused, asked = customers_returns(session, order.id)

    assert (refused.id, refused.decision, refused.units, refused.item_count) == (first.id, "Non.", {}, 0)
    assert (asked.units, asked.photo_ids) == ({line.id: 2}, tuple(photos))
    assert [(each.author_kind, each.body) for each in asked.messages] == [
        (ActorKind.CUSTOMER, "0"),
        (ActorKind.PERSON, "1"),
    ]


def test_a_photo_is_found_by_its_own_order_and_return_alone(session: Session) -> None:
    (order, line), (other, others_line) = two_orders(session)
    wanted, foreign = add_return(session, order, line), add_return(session, other, others_line)
    photo = add_photo(session, wanted)
    found = customers_photo(session, order.id, wanted.id, photo.id)
    assert found is not None
    assert (found.ref, found.media_type, found.name) == (photo.ref, "image/jpeg", f"photo-{photo.id}.jpg")
    for order_id, return_id in ((other.id, wanted.id), (order.id, foreign.id), (other.id, foreign.id)):
        assert customers_photo(session, order_id, return_id, photo.id) is None


def add_settlement(session: Session, order: Order, wanted: Return | None = None) -> Settlement:
    settlement = Settlement(
        order_id=order.id,
        return_id=wanted.id if wanted else None,
        key=f"key {order.id} {wanted}",
        total_cents=16_00,
        refund_cents=10_00,
        voucher_cents=6_00,
        has_credit_note=False,
        reason="Retour",
        deduction_reason="boîte abîmée" if wanted else "",
    )
    session.add(settlement)
    session.flush()
    return settlement


def test_what_was_given_back_is_told_with_the_return_it_is_for(session: Session) -> None:
    (order, line), (other, _) = two_orders(session)
    wanted = add_return(session, order, line)
    settled = add_settlement(session, order, wanted)
    card = {"order_id": order.id, "kind": PaymentKind.REFUND, "method": PaymentMethod.CARD}
    session.add_all(
        [
            Payment(**card, amount_cents=10_00, settlement_id=settled.id),
            Payment(**card, amount_cents=5_00, state=R.CAPTURED, ended_at=NOW),  # Of a cancellation: no settlement.
            Payment(**card, amount_cents=1_00, state=R.CANCELLED),
            Payment(**card | {"method": PaymentMethod.VOUCHER}, amount_cents=6_00, state=R.CAPTURED),
            Payment(**card | {"kind": PaymentKind.PAYMENT}, amount_cents=50_00, state=R.CAPTURED),
            Payment(**card | {"order_id": other.id}, amount_cents=2_00),
        ]
    )
    vouchers = [("7F3K-9MPX-2WTJ", settled.id, None), ("2222-2222-2222", None, NOW)]
    for code, settlement_id, cancelled_at in vouchers:
        session.add(
            Voucher(
                code=code,
                amount_cents=6_00,
                expires_on=dt.date(2027, 5, 31),
                order_id=order.id,
                settlement_id=settlement_id,
                cancelled_at=cancelled_at,
            )
        )
    session.flush()

    back = given_back(session, order.id)

    assert [(each.amount_cents, each.return_id, each.state, each.deduction_reason) for each in back.refunds] == [
        (10_00, wanted.id, R.PENDING, "boîte abîmée"),
        (5_00, None, R.CAPTURED, ""),
    ]
    (voucher,) = back.vouchers
    assert (voucher.voucher.code, voucher.return_id) == ("7F3K-9MPX-2WTJ", wanted.id)


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("ask", [customers_returns, given_back])
def test_an_order_s_returns_are_found_by_an_index(session: Session, ask: Callable[[Session, int], object]) -> None:
    (order, line), _ = two_orders(session)
    add_photo(session, add_return(session, order, line))
    driver, asked = session.connection().connection.driver_connection, []
    assert driver is not None
    driver.set_trace_callback(asked.append)
    ask(session, order.id)
    driver.set_trace_callback(None)
    plans = [row[3] for statement in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN")], plans
