"""Whom SMS go to, and when they may leave."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.mail import Channel, EmailTemplate, OutboxState
from db.domain.moves import Move
from db.domain.orders import DeliveryMode, OrderStatus, PaymentState
from db.models import Marketplace, Order, OrderAddress, OutboxMessage, SmsOptOut
from db.models.orders import AddressKind
from db.services.bulk_actions import plan
from db.services.intake import take_in
from db.services.moves import move_order, plan_moves
from db.services.order_facts import load_facts
from db.services.outbox import Letter, address_book, letters_for, queue
from db.services.tasks import start_task
from tests.conftest import NOW
from tests.factories import create_customer, create_line, create_order, create_person, create_seller, viewer_for

#: 22:30 in Paris.
AT_NIGHT = dt.datetime(2026, 11, 21, 21, 30, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 11, 22, 7, tzinfo=dt.UTC)


@pytest.fixture
def market(session: Session) -> Marketplace:
    row = Marketplace(id=1, name="Marché d’ici", texts_customers=True)
    session.add(row)
    session.flush()
    return row


def letters(session: Session, order: Order, template: EmailTemplate) -> tuple[Letter, ...]:
    facts = load_facts(session, SYSTEM, [order.id])
    book = address_book(session, [order.seller_id], texted_orders=facts)
    return letters_for(facts[order.id], template, book, {})


def numbers(session: Session, order: Order, template: EmailTemplate) -> list[str]:
    return [each.recipient for each in letters(session, order, template) if each.channel is Channel.SMS]


def test_a_seller_with_a_mobile_is_texted_of_a_new_order_beside_the_email(session: Session) -> None:
    seller = create_seller(session, email="vendeur@example.org", mobile="06 12 34 56 78")
    order = create_order(session, seller)
    told = letters(session, order, EmailTemplate.SELLER_NEW_ORDER)
    assert [(each.channel, each.recipient) for each in told] == [
        (Channel.EMAIL, "vendeur@example.org"),
        (Channel.SMS, "+33612345678"),
    ]
    assert numbers(session, order, EmailTemplate.SELLER_RECEIPT_CONFIRMED) == []


@pytest.mark.parametrize("mobile", ["", "05 61 00 00 00", "06 12", "à demander"])
def test_a_seller_without_a_usable_mobile_gets_the_email_alone(session: Session, mobile: str) -> None:
    order = create_order(session, create_seller(session, email="vendeur@example.org", mobile=mobile))
    [letter] = letters(session, order, EmailTemplate.SELLER_NEW_ORDER)
    assert letter.channel is Channel.EMAIL


def test_a_seller_with_a_mobile_and_no_address_is_texted_all_the_same(session: Session) -> None:
    order = create_order(session, create_seller(session, email="", mobile="0612345678"))
    assert [each.channel for each in letters(session, order, EmailTemplate.SELLER_NEW_ORDER)] == [Channel.SMS]


def test_customers_are_texted_only_where_the_marketplace_wants_it(session: Session, market: Marketplace) -> None:
    order = create_order(session, customer=create_customer(session, phone="06 12 34 56 78"))
    assert numbers(session, order, EmailTemplate.ORDER_READY) == ["+33612345678"]
    assert numbers(session, order, EmailTemplate.ORDER_SHIPPED) == []
    market.texts_customers = False
    session.flush()
    assert numbers(session, order, EmailTemplate.ORDER_READY) == []


@pytest.mark.usefixtures("market")
def test_a_foreign_customer_number_is_read_with_the_country_of_the_order(session: Session) -> None:
    order = create_order(session, customer=create_customer(session, phone="0470 12 34 56"))
    assert numbers(session, order, EmailTemplate.ORDER_READY) == []
    session.add(OrderAddress(order_id=order.id, kind=AddressKind.DELIVERY, name="Anna", country_code="BE"))
    session.flush()
    assert numbers(session, order, EmailTemplate.ORDER_READY) == ["+32470123456"]


@pytest.mark.usefixtures("market")
def test_a_number_that_wants_no_sms_gets_none(session: Session) -> None:
    seller = create_seller(session, mobile="0612345678")
    order = create_order(session, seller, create_customer(session, phone="+33 6 98 76 54 32"))
    session.add_all([SmsOptOut(phone="+33612345678"), SmsOptOut(phone="+33698765432")])
    session.flush()
    assert numbers(session, order, EmailTemplate.SELLER_NEW_ORDER) == []
    assert numbers(session, order, EmailTemplate.ORDER_READY) == []


@pytest.mark.usefixtures("market")
def test_an_order_that_becomes_ready_texts_its_customer_within_the_undo_window(session: Session) -> None:
    order = create_order(
        session,
        customer=create_customer(session, phone="0612345678"),
        status=OrderStatus.PREPARING,
        delivery_mode=DeliveryMode.CLICK_AND_COLLECT,
    )
    actor = Actor.person(viewer_for(create_person(session)))
    plan = plan_moves(session, actor, [order.id], Move(OrderStatus.READY))
    assert [each.channel for each in plan.letters] == [Channel.EMAIL, Channel.SMS]
    move_order(session, actor, order.id, Move(OrderStatus.READY), NOW)
    text = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.channel == Channel.SMS)).one()
    assert (text.recipient, text.template) == ("+33612345678", EmailTemplate.ORDER_READY)
    assert (text.state, text.due_at) == (OutboxState.HELD, NOW + dt.timedelta(seconds=60))


def due_times(session: Session) -> dict[Channel, dt.datetime]:
    return {row.channel: row.due_at for row in session.execute(sa.select(OutboxMessage.channel, OutboxMessage.due_at))}


def queued(session: Session, now: dt.datetime) -> dict[Channel, dt.datetime]:
    seller = create_seller(session, email="vendeur@example.org", mobile="0612345678")
    told = letters(session, create_order(session, seller), EmailTemplate.SELLER_NEW_ORDER)
    queue(session, SYSTEM, [replace(letter, event="intake") for letter in told], now)
    return due_times(session)


def test_at_night_the_email_leaves_and_the_sms_waits_for_the_morning(session: Session) -> None:
    assert queued(session, AT_NIGHT) == {Channel.EMAIL: AT_NIGHT, Channel.SMS: MORNING}


def test_by_day_both_leave_at_once(session: Session) -> None:
    assert queued(session, NOW) == {Channel.EMAIL: NOW, Channel.SMS: NOW}


def test_without_quiet_hours_an_sms_leaves_at_night(session: Session, market: Marketplace) -> None:
    market.quiet_from = market.quiet_until = 0
    session.flush()
    assert queued(session, AT_NIGHT)[Channel.SMS] == AT_NIGHT


@pytest.mark.usefixtures("market")
def test_the_sms_of_a_bulk_action_wait_for_the_morning_and_its_emails_do_not(session: Session) -> None:
    order = create_order(session, customer=create_customer(session, phone="0612345678"), status=OrderStatus.PREPARING)
    actor = Actor.person(viewer_for(create_person(session)))
    start_task(session, actor, plan(session, actor, [order.id], Move(OrderStatus.READY), AT_NIGHT), AT_NIGHT)
    window = dt.timedelta(seconds=60)
    assert due_times(session) == {Channel.EMAIL: AT_NIGHT + window, Channel.SMS: MORNING}


def test_a_new_order_that_is_taken_in_at_night_texts_its_seller_in_the_morning_once(session: Session) -> None:
    order = create_order(
        session,
        create_seller(session, mobile="06 12 34 56 78"),
        status=OrderStatus.AWAITING_PAYMENT,
        payment_state=PaymentState.UNPAID,
        placed_at=AT_NIGHT,
        lines=[create_line(sku="")],  # Of no catalogue.
    )
    for _ in range(2):
        take_in(session, [order.id], AT_NIGHT)
    texts = session.scalars(sa.select(OutboxMessage).where(OutboxMessage.channel == Channel.SMS)).all()
    assert [(text.recipient, text.state, text.due_at) for text in texts] == [
        ("+33612345678", OutboxState.QUEUED, MORNING)
    ]
