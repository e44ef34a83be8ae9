"""« Demander un retour » in the customer's place: within the rules, as a gesture, or refused with the limit."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.mail import EmailTemplate
from db.domain.orders import ActorKind, OrderStatus, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import ReturnReason
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import OrderLine, Return, ReturnLine
from tests.dashboard.order_page.dialogs.test_frame import (
    act,
    can_act,
    field,
    html_of,
    is_open,
    mails,
    new_order,
    opened,
    start,
    words,
)
from tests.factories import create_line

SignUp = Callable[..., int]
LABEL = "Demander un retour"


def received_order(days_ago: int = 3) -> int:
    """Three teas and a bowl that came some days ago."""
    lines = [create_line("Thé vert bio", 30_00, 3, quantity_shipped=3), create_line("Bol", 12_00, quantity_shipped=1)]
    received_at = utc_now() - dt.timedelta(days=days_ago)
    return new_order(status=OrderStatus.RECEIVED, total_cents=42_00, lines=lines, received_at=received_at)


def returns() -> list[Return]:
    with reading() as session:
        return list(session.scalars(sa.select(Return).order_by(Return.id)))


def units(at: AppTest) -> list[object]:
    return [box for box in at.text_input if "_units_" in str(box.key)]


def test_staff_ask_for_a_return_and_it_stands_on_the_order(signed_up: SignUp) -> None:
    received_order()
    at = start(opened(signed_up(Role.SUPPORT)), LABEL)
    assert "3 chez le client" in words(at)
    units(at)[0].set_value("2")
    field(at.selectbox, "reason").set_value(ReturnReason.DEFECTIVE)
    at = field(at.text_area, "explanation").set_value("Il fuit.").run()
    assert "E-mail «\u00a0Retour demandé\u00a0» à e.morin@example.org." in words(at)
    assert "vous pourrez annuler" not in words(at)
    at = act(at)
    assert not is_open(at)
    (request,) = returns()
    assert (request.status, request.reason, request.explanation) == (
        ReturnStatus.REQUESTED,
        ReturnReason.DEFECTIVE,
        "Il fuit.",
    )
    assert (request.requested_by, request.gesture_reason) == (ActorKind.PERSON, "")
    with reading() as session:
        assert session.scalars(sa.select(ReturnLine.quantity)).all() == [2]
    assert [mail.template for mail in mails()] == [EmailTemplate.RETURN_REQUESTED]
    drawn = html_of(at)
    assert "2 × Thé vert bio" in drawn
    assert f"/retour?r={request.id}" in drawn
    assert "Retour demandé" in drawn  # In the history, with how many articles and why.
    assert "2\u00a0articles annoncés" in drawn


def test_what_the_rules_refuse_is_accepted_as_a_gesture(signed_up: SignUp) -> None:
    received_order(days_ago=60)
    at = start(opened(signed_up(Role.SUPPORT)), LABEL)
    assert "Le délai de retour (14 jours après la réception) est passé" in words(at)
    units(at)[1].set_value("1")
    at = act(field(at.selectbox, "reason").set_value(ReturnReason.CHANGED_MIND).run())
    assert is_open(at)
    assert returns() == []
    field(at.text_input, "gesture").set_value("Cliente fidèle")
    assert not is_open(act(at))
    assert returns()[0].gesture_reason == "Cliente fidèle"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("4", "Il reste 3 Thé vert bio. Saisissez 3 au plus."), ("-1", "ne peut pas être négative"), ("x", "entier")],
)
def test_more_than_the_customer_has_is_refused_with_the_limit(signed_up: SignUp, typed: str, sentence: str) -> None:
    received_order()
    at = start(opened(signed_up(Role.SUPPORT)), LABEL)
    at = units(at)[0].set_value(typed).run()
    assert sentence in words(at)
    assert not can_act(at)


def test_nothing_chosen_and_no_reason_are_both_told(signed_up: SignUp) -> None:
    received_order()
    at = act(start(opened(signed_up(Role.SUPPORT)), LABEL))
    assert "Choisissez le motif du retour." in words(at)
    at = act(field(at.selectbox, "reason").set_value(ReturnReason.OTHER).run())
    assert "Choisissez au moins un article à renvoyer" in words(at)
    assert returns() == []


def test_units_of_another_return_are_not_asked_for_twice(signed_up: SignUp) -> None:
    order_id = received_order()
    with transaction() as session:
        request = Return(order_id=order_id)
        session.add(request)
        session.flush()
        tea = session.scalar(sa.select(OrderLine.id).where(OrderLine.order_id == order_id, OrderLine.position == 1))
        session.add(ReturnLine(return_id=request.id, order_line_id=tea, quantity=2))
    at = start(opened(signed_up(Role.SUPPORT)), LABEL)
    assert "3 chez le client, 2 dans un autre retour" in words(at)
    at = units(at)[0].set_value("2").run()
    assert "1\u00a0unité au plus" in words(at)
    assert not can_act(at)


def test_only_who_handles_returns_asks_for_one_and_only_of_what_left(signed_up: SignUp) -> None:
    received_order()
    for role, may in ((Role.SUPPORT, True), (Role.ADMIN, True), (Role.FINANCE, False), (Role.MANAGER, False)):
        menus = opened(signed_up(role)).get("menu_button")
        assert any(option.endswith(LABEL) for menu in menus for option in menu.options) is may, role


def test_nothing_is_asked_back_of_what_has_not_left(signed_up: SignUp) -> None:
    new_order()
    at = opened(signed_up(Role.SUPPORT))
    assert not any(option.endswith(LABEL) for menu in at.get("menu_button") for option in menu.options)
