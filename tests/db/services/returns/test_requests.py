"""A return is asked for: by the customer, by staff, by the shop in the tables."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError, OrderNotFoundError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, ReturnStatus
from db.domain.permissions import Role
from db.domain.return_rules import NothingToReturnError, OutsideRulesError, TooManyUnitsError
from db.domain.returns import ReturnReason, ReturnRequest, ReturnRules
from db.models import Order, OrderLine, Product, Return, ReturnLine
from db.services.return_settings import save_return_settings
from db.services.returns.intake import has_new_returns, take_in_new_returns
from db.services.returns.requests import request_return
from tests.conftest import NOW
from tests.db.services.returns.conftest import CUSTOMER, Scene, ask, events, mails, version_of
from tests.factories import ADMIN, create_order, create_person, create_product, create_seller, viewer_for


def set_received(session: Session, order: Order, day: dt.date) -> None:
    order.received_at = dt.datetime.combine(day, dt.time(9), dt.UTC)
    session.flush()


def test_the_customer_asks_and_gets_one_acknowledgement(session: Session, scene: Scene) -> None:
    asked = ask(session, scene)

    assert (asked.status, asked.reason, asked.requested_by) == (
        ReturnStatus.REQUESTED,
        ReturnReason.DAMAGED,
        ActorKind.CUSTOMER,
    )
    assert (asked.explanation, asked.requested_at, asked.taken_in_at) == ("Fêlée à l’arrivée.", NOW, NOW)
    (line,) = session.scalars(sa.select(ReturnLine).where(ReturnLine.return_id == asked.id))
    assert (line.order_line_id, line.quantity, line.quantity_received) == (scene.teapots.id, 2, None)
    (entry,) = events(session, scene.order)
    assert (entry.event, entry.actor_kind, entry.after["return_id"]) == (
        HistoryEvent.RETURN_REQUESTED,
        ActorKind.CUSTOMER,
        asked.id,
    )
    (mail,) = mails(session, scene.order)
    assert (mail.template, mail.recipient, mail.state) == (
        EmailTemplate.RETURN_REQUESTED,
        scene.order.customer_email,
        OutboxState.QUEUED,
    )
    assert mail.variables["lines"] == {str(scene.teapots.id): 2}
    assert mail.variables["refund_by"] == "2026-12-05"  # Fourteen days after 21 November.
    assert version_of(session, scene.order) == 2


def test_asking_again_with_the_same_key_finds_the_first_return(session: Session, scene: Scene) -> None:
    wanted = ReturnRequest({scene.teapots.id: 1})
    made = [request_return(session, CUSTOMER, scene.order.id, wanted, NOW, key=key) for key in ("a", "a", "b")]
    assert made[0] == made[1] != made[2]
    assert len(mails(session, scene.order)) == 2


def test_units_of_an_open_return_are_not_asked_for_again_those_of_a_denied_one_are(
    session: Session, scene: Scene
) -> None:
    first = ask(session, scene, 2)
    with pytest.raises(TooManyUnitsError, match="1\u00a0unité au plus"):
        ask(session, scene, 2)
    first.status = ReturnStatus.DENIED
    session.flush()
    assert ask(session, scene, 3).id != first.id


def test_what_never_left_or_was_given_back_cannot_be_sent_back(session: Session, scene: Scene) -> None:
    order = create_order(session, status=OrderStatus.PREPARING)
    line_id = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    with pytest.raises(NothingToReturnError, match="rien n’est parti"):
        request_return(session, CUSTOMER, order.id, ReturnRequest({line_id: 1}), NOW)
    scene.teapots.quantity_returned = 2
    session.flush()
    with pytest.raises(TooManyUnitsError, match="1\u00a0unité au plus"):
        ask(session, scene, 2)


def test_a_late_request_is_refused_to_the_customer_and_taken_by_staff_as_a_gesture(
    session: Session, scene: Scene
) -> None:
    set_received(session, scene.order, dt.date(2026, 11, 6))  # Until Friday the 20th: yesterday.
    with pytest.raises(OutsideRulesError, match="20/11/2026"):
        ask(session, scene)
    with pytest.raises(OutsideRulesError):
        ask(session, scene, actor=scene.staff)
    wanted = ReturnRequest({scene.teapots.id: 1})

    with pytest.raises(OutsideRulesError):  # The reason is staff's to give.
        request_return(session, CUSTOMER, scene.order.id, wanted, NOW, gesture_reason="Je suis bon client")
    given = request_return(session, scene.staff, scene.order.id, wanted, NOW, gesture_reason=" Cliente fidèle ")

    assert session.get_one(Return, given).gesture_reason == "Cliente fidèle"
    assert events(session, scene.order)[-1].note == "Cliente fidèle"


def test_a_gesture_is_noted_only_where_a_rule_is_broken(session: Session, scene: Scene) -> None:
    wanted = ReturnRequest({scene.teapots.id: 1})
    given = request_return(session, scene.staff, scene.order.id, wanted, NOW, gesture_reason="Cliente fidèle")
    assert session.get_one(Return, given).gesture_reason == ""
    with pytest.raises(InvalidInputError, match="300 caractères"):
        request_return(session, scene.staff, scene.order.id, wanted, NOW, gesture_reason="x" * 301)


def test_the_houses_window_and_option_decide(session: Session, scene: Scene) -> None:
    set_received(session, scene.order, dt.date(2026, 10, 30))
    save_return_settings(session, ADMIN, ReturnRules(window_days=30))
    ask(session, scene, 1)
    save_return_settings(session, ADMIN, ReturnRules(is_on=False, window_days=30))
    with pytest.raises(OutsideRulesError, match="fermées"):
        ask(session, scene, 1)


def test_a_product_that_is_not_taken_back_is_refused_for_a_change_of_mind(session: Session, scene: Scene) -> None:
    product = create_product(session, create_seller(session), is_returnable=False)
    scene.teapots.product_id = product.id
    session.flush()
    wanted = ReturnRequest({scene.teapots.id: 1}, ReturnReason.CHANGED_MIND)
    with pytest.raises(OutsideRulesError, match="« Théière » ne se reprend pas"):
        request_return(session, CUSTOMER, scene.order.id, wanted, NOW)
    assert session.get_one(Product, product.id).is_returnable is False
    ask(session, scene, 1)  # It came damaged.


def test_only_who_handles_returns_asks_in_the_customers_place(session: Session, scene: Scene) -> None:
    wanted = ReturnRequest({scene.teapots.id: 1})
    seller = viewer_for(create_person(session, Role.SELLER, seller_id=scene.order.seller_id))
    for viewer in (viewer_for(create_person(session, Role.FINANCE)), seller):
        with pytest.raises(NotAllowedError):
            request_return(session, Actor.person(viewer), scene.order.id, wanted, NOW)
    with pytest.raises(OrderNotFoundError):
        request_return(session, scene.staff, 999_999, wanted, NOW)


def test_staff_can_ask_without_a_word_to_the_customer_and_their_words_wait_for_the_undo(
    session: Session, scene: Scene
) -> None:
    wanted = ReturnRequest({scene.teapots.id: 1})
    request_return(session, scene.staff, scene.order.id, wanted, NOW, notifies=False)
    assert mails(session, scene.order) == []
    request_return(session, scene.staff, scene.order.id, wanted, NOW)
    assert [mail.state for mail in mails(session, scene.order)] == [OutboxState.HELD]


def test_a_return_that_the_shop_wrote_is_taken_in_once(session: Session, scene: Scene) -> None:
    written = Return(order_id=scene.order.id, explanation="Trop petite", requested_at=NOW - dt.timedelta(minutes=5))
    session.add(written)
    session.flush()
    session.add(ReturnLine(return_id=written.id, order_line_id=scene.teapots.id, quantity=1))
    session.flush()
    assert has_new_returns(session)

    assert take_in_new_returns(session, NOW, limit=10) == 1
    assert take_in_new_returns(session, NOW, limit=10) == 0

    assert not has_new_returns(session)
    (entry,) = events(session, scene.order)
    assert (entry.event, entry.actor_name, entry.at, entry.after["units"]) == (
        HistoryEvent.RETURN_REQUESTED,
        "Boutique",
        NOW - dt.timedelta(minutes=5),
        {str(scene.teapots.id): 1},
    )
    (mail,) = mails(session, scene.order)
    assert (mail.template, mail.event, mail.state) == (
        EmailTemplate.RETURN_REQUESTED,
        f"return_requested:{written.id}",
        OutboxState.QUEUED,
    )


def test_nobody_is_told_of_returns_of_long_ago_or_decided_already(session: Session, scene: Scene) -> None:
    for status, age in ((ReturnStatus.REQUESTED, 16), (ReturnStatus.COMPLETED, 1)):
        session.add(Return(order_id=scene.order.id, status=status, requested_at=NOW - dt.timedelta(days=age)))
    session.flush()
    assert take_in_new_returns(session, NOW, limit=10) == 2
    assert mails(session, scene.order) == []


def test_a_shops_clock_that_is_ahead_gives_no_more_days_to_refund(session: Session, scene: Scene) -> None:
    written = Return(order_id=scene.order.id, requested_at=NOW + dt.timedelta(days=400))
    session.add(written)
    session.flush()
    take_in_new_returns(session, NOW, limit=10)
    session.refresh(written)
    assert written.requested_at == NOW


@pytest.mark.parametrize("shared_engine", ["sqlite"], indirect=True)  # PostgreSQL takes no such value.
def test_one_that_cannot_be_read_keeps_no_other_back(
    session: Session, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [Return(order_id=scene.order.id, requested_at=NOW) for _ in range(2)]
    session.add_all(rows)
    session.flush()
    session.execute(sa.text("UPDATE returns SET requested_at = 'hier' WHERE id = :id"), {"id": rows[0].id})
    session.expire_all()

    assert take_in_new_returns(session, NOW, limit=10) == 2

    session.expire_all()
    assert [(row.requested_at, row.taken_in_at) for row in rows] == [(NOW, NOW)] * 2
    assert [entry.note[:27] for entry in events(session, scene.order)] == ["La demande de retour était ", ""]
    assert len(mails(session, scene.order)) == 1
    assert f"return {rows[0].id} cannot be taken in" in caplog.text
