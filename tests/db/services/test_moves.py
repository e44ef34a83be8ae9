"""The one door of statuses, on both databases: effects, refusals, e-mails, versions."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, NotAllowedError, OrderNotFoundError
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.moves import (
    AlreadyThereError,
    CancelReason,
    IllegalMoveError,
    MissingReasonError,
    Move,
    NotPaidError,
    Rest,
)
from db.domain.orders import HistoryEvent, OrderStatus, PaymentKind, PaymentRecordState, PaymentState
from db.domain.permissions import Role
from db.models import (
    Marketplace,
    Order,
    OrderHistory,
    OrderLine,
    OutboxMessage,
    Payment,
    Product,
    Shipment,
    ShipmentLine,
    StatusSetting,
)
from db.services.error_state import put_in_error, repair
from db.services.moves import move_order, move_orders, plan_moves
from db.services.order_facts import ChangedMeanwhileError
from tests.conftest import NOW
from tests.factories import create_line, create_order, create_person, create_product, create_seller, viewer_for

S = OrderStatus


def someone(session: Session, role: Role = Role.ADMIN, **columns: object) -> Actor:
    return Actor.person(viewer_for(create_person(session, role, **columns)))


def status_of(session: Session, order: Order) -> OrderStatus:
    return session.scalars(sa.select(Order.status).where(Order.id == order.id)).one()


def history_of(session: Session, order: Order) -> list[OrderHistory]:
    return list(
        session.scalars(sa.select(OrderHistory).where(OrderHistory.order_id == order.id).order_by(OrderHistory.id))
    )


def mails_of(session: Session, order: Order) -> list[OutboxMessage]:
    found = sa.select(OutboxMessage).where(OutboxMessage.order_id == order.id)
    return list(session.scalars(found.order_by(OutboxMessage.id)))


def test_a_move_writes_status_version_history_and_a_held_email(session: Session) -> None:
    order, actor = create_order(session, status=S.PAID), someone(session, Role.SUPPORT)
    move_order(session, actor, order.id, Move(S.PREPARING, message="Nous emballons."), NOW, version=1)
    assert session.execute(sa.select(Order.status, Order.version).where(Order.id == order.id)).one() == (S.PREPARING, 2)
    (row,) = history_of(session, order)
    assert (row.event, row.before, row.after) == (
        HistoryEvent.STATUS_CHANGED,
        {"status": "paid"},
        {"status": "preparing"},
    )
    assert (row.person_id, row.actor_name, row.at) == (actor.person_id, actor.name, NOW)
    (mail,) = mails_of(session, order)
    assert (mail.template, mail.recipient, mail.state) == (
        EmailTemplate.ORDER_PREPARING,
        order.customer_email,
        OutboxState.HELD,
    )
    assert (mail.due_at - NOW).total_seconds() == 60
    assert mail.variables == {"status": "preparing", "message": "Nous emballons."}
    assert mail.history_id == row.id


def test_the_system_s_emails_are_not_held(session: Session) -> None:
    order = create_order(session, status=S.PAID)
    move_order(session, SYSTEM, order.id, Move(S.PREPARING), NOW)
    assert [mail.state for mail in mails_of(session, order)] == [OutboxState.QUEUED]


def test_nobody_is_told_when_staff_says_so_or_no_address_is_known_or_the_status_is_silent(session: Session) -> None:
    actor = someone(session)
    quiet, unknown = create_order(session), create_order(session, customer_email="  ")
    move_order(session, actor, quiet.id, Move(S.PREPARING, notifies=False), NOW)
    move_order(session, actor, unknown.id, Move(S.PREPARING), NOW)
    session.add(StatusSetting(status=S.READY, label="Prête", colour="teal", sends_email=False))
    session.flush()
    silent = create_order(session)
    move_order(session, actor, silent.id, Move(S.READY), NOW)
    assert [mails_of(session, order) for order in (quiet, unknown, silent)] == [[], [], []]


def test_the_seller_is_told_of_a_receipt_and_the_marketplace_gets_a_copy_of_payments(session: Session) -> None:
    session.add(Marketplace(id=1, name="Marché", copy_email="copie@example.org", undo_window_s=5))
    seller = create_seller(session, email="vendeur@example.org")
    shipped = create_order(session, seller, status=S.SHIPPED)
    move_order(session, SYSTEM, shipped.id, Move(S.RECEIVED), NOW)
    assert [(m.template, m.recipient) for m in mails_of(session, shipped)] == [
        (EmailTemplate.SELLER_RECEIPT_CONFIRMED, "vendeur@example.org")
    ]
    waiting = create_order(session, seller, status=S.AWAITING_PAYMENT)
    move_order(session, someone(session), waiting.id, Move(S.PAID), NOW)
    assert {(m.recipient_kind, m.recipient) for m in mails_of(session, waiting)} == {
        (RecipientKind.CUSTOMER, waiting.customer_email),
        (RecipientKind.MARKETPLACE, "copie@example.org"),
    }
    assert {(m.due_at - NOW).total_seconds() for m in mails_of(session, waiting)} == {5}


def test_a_cancelled_order_gives_its_stock_back_once_and_owes_what_was_paid(session: Session) -> None:
    seller = create_seller(session)
    tea, cup = create_product(session, seller, stock=3), create_product(session, seller, stock=None)
    lines = [
        create_line(total_cents=20_00, quantity=2, product_id=tea.id),
        create_line(total_cents=5_00, quantity=1, product_id=cup.id),
        create_line(total_cents=6_90, quantity=1),
    ]
    order, actor = create_order(session, seller, lines=lines), someone(session)
    move = Move(S.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK)
    move_order(session, actor, order.id, move, NOW)
    with pytest.raises(AlreadyThereError):
        move_order(session, actor, order.id, move, NOW)
    session.expire_all()
    assert (session.get_one(Product, tea.id).stock, session.get_one(Product, cup.id).stock) == (5, None)
    cancelled = session.scalars(sa.select(OrderLine.quantity_cancelled).where(OrderLine.order_id == order.id))
    assert sorted(cancelled) == [1, 1, 2]
    (refund,) = session.scalars(sa.select(Payment).where(Payment.order_id == order.id))
    assert (refund.kind, refund.state, refund.amount_cents) == (PaymentKind.REFUND, PaymentRecordState.PENDING, 31_90)
    assert history_of(session, order)[0].after["reason"] == "out_of_stock"
    assert mails_of(session, order) == []


def test_an_unpaid_cancelled_order_owes_nothing_back(session: Session) -> None:
    order = create_order(session, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    move_order(session, someone(session), order.id, Move(S.CANCELLED, cancel_reason=CancelReason.UNPAID), NOW)
    assert session.scalars(sa.select(Payment).where(Payment.order_id == order.id)).all() == []


def test_shipping_sends_all_that_is_left_in_one_parcel(session: Session) -> None:
    lines = [create_line(quantity=3, quantity_shipped=1), create_line(quantity=2, quantity_cancelled=2)]
    order = create_order(session, status=S.PARTLY_SHIPPED, lines=lines)
    move = Move(S.SHIPPED, carrier="Colissimo", tracking_number="6A123", tracking_url="https://example.org/6A123")
    move_order(session, someone(session), order.id, move, NOW)
    (parcel,) = session.scalars(sa.select(Shipment).where(Shipment.order_id == order.id))
    assert (parcel.carrier, parcel.tracking_number, parcel.shipped_at) == ("Colissimo", "6A123", NOW)
    units = session.execute(
        sa.select(ShipmentLine.order_line_id, ShipmentLine.quantity).where(ShipmentLine.shipment_id == parcel.id)
    ).all()
    assert units == [(lines[0].id, 2)]
    shipped = session.scalars(
        sa.select(OrderLine.quantity_shipped).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    )
    assert list(shipped) == [3, 0]
    assert mails_of(session, order)[0].variables["tracking_url"] == "https://example.org/6A123"


def test_the_rest_of_a_partly_shipped_order_can_be_cancelled_and_is_owed_back(session: Session) -> None:
    product = create_product(session, seller := create_seller(session), stock=0)
    # 3 for 10,00 €: one shipped is worth 3,33 €, the two left 6,67 €.
    line = create_line(total_cents=10_00, quantity=3, quantity_shipped=1, product_id=product.id)
    order = create_order(session, seller, status=S.PARTLY_SHIPPED, total_cents=10_00, lines=[line])
    move_order(session, someone(session), order.id, Move(S.SHIPPED, rest=Rest.CANCEL), NOW)
    session.expire_all()
    assert session.get_one(OrderLine, line.id).quantity_cancelled == 2
    assert session.get_one(Product, product.id).stock == 2
    assert session.scalars(sa.select(Payment.amount_cents).where(Payment.order_id == order.id)).all() == [6_67]
    assert session.scalars(sa.select(Shipment).where(Shipment.order_id == order.id)).all() == []


def test_illegal_moves_and_missing_reasons_are_refused_with_their_sentence(session: Session) -> None:
    actor = someone(session)
    completed, waiting = (
        create_order(session, status=S.COMPLETED),
        create_order(session, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID),
    )
    with pytest.raises(IllegalMoveError, match="Pas de passage de « Terminée » à « Annulée »"):
        move_order(session, actor, completed.id, Move(S.CANCELLED, cancel_reason=CancelReason.OTHER, note="x"), NOW)
    with pytest.raises(MissingReasonError):
        move_order(session, actor, waiting.id, Move(S.CANCELLED), NOW)
    with pytest.raises(MissingReasonError):
        move_order(session, actor, waiting.id, Move(S.PREPARING), NOW)
    with pytest.raises(NotPaidError):
        move_order(session, actor, waiting.id, Move(S.PAID), NOW)
    assert history_of(session, completed) == history_of(session, waiting) == []


def test_only_those_who_may_derogate_prepare_an_unpaid_order(session: Session) -> None:
    order = create_order(session, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    move = Move(S.PREPARING, note="Mairie : mandat administratif")
    with pytest.raises(NotAllowedError):
        move_order(session, someone(session, Role.SUPPORT), order.id, move, NOW)
    move_order(session, someone(session, Role.MANAGER), order.id, move, NOW)
    (row,) = history_of(session, order)
    assert (row.note, row.after) == ("Mairie : mandat administratif", {"status": "preparing", "derogation": True})


def test_a_seller_neither_moves_nor_reaches_another_seller_s_order(session: Session) -> None:
    own, other = create_seller(session), create_seller(session)
    actor = someone(session, Role.SELLER, seller_id=own.id)
    with pytest.raises(NotAllowedError):
        move_order(session, actor, create_order(session, own).id, Move(S.PREPARING), NOW)
    with pytest.raises(OrderNotFoundError):
        move_order(session, actor, create_order(session, other).id, Move(S.PREPARING), NOW)


def test_acting_on_an_old_version_is_refused_and_says_who_changed_the_order(session: Session) -> None:
    order, first, second = create_order(session), someone(session), someone(session)
    move_order(session, first, order.id, Move(S.CONFIRMING), NOW, version=1)
    with pytest.raises(ChangedMeanwhileError, match=f"Modifiée entre-temps par {first.name} le 21/11 à 10:30"):
        move_order(session, second, order.id, Move(S.PREPARING), NOW, version=1)
    assert status_of(session, order) is S.CONFIRMING


def test_the_dry_run_and_the_act_say_the_same_and_one_refusal_stops_nobody(session: Session) -> None:
    actor = someone(session)
    good, done, absent = create_order(session), create_order(session, status=S.COMPLETED), 10**12
    ids, move = [good.id, done.id, absent], Move(S.PREPARING)
    plan = plan_moves(session, actor, ids, move)
    assert status_of(session, good) is S.PAID
    moved = move_orders(session, actor, ids, move, NOW, versions=plan.versions)
    assert list(moved.history_ids) == [each.order.id for each in plan.planned] == [good.id]
    assert {(r.order_id, r.reason) for r in moved.refused} == {(r.order_id, r.reason) for r in plan.refused}
    assert moved.emails == sum(len(each.letters) for each in plan.planned) == 1
    again = move_orders(session, actor, ids, move, NOW)
    assert (again.history_ids, again.emails) == ({}, 0)


def test_the_system_puts_an_order_in_error_and_an_administrator_brings_it_back(session: Session) -> None:
    order, admin = create_order(session, status=S.READY), someone(session)
    put_in_error(session, SYSTEM, order.id, "Le total ne correspond pas aux articles.", NOW)
    assert put_in_error(session, SYSTEM, order.id, "Encore.", NOW) is None
    with pytest.raises(NotAllowedError):
        repair(session, someone(session, Role.SUPPORT), order.id, 2, "Corrigé", NOW)
    with pytest.raises(InvalidInputError):
        repair(session, admin, order.id, 2, "  ", NOW)
    repair(session, admin, order.id, 2, "Article ajouté.", NOW)
    found = session.execute(sa.select(Order.status, Order.status_before_error).where(Order.id == order.id)).one()
    assert found == (S.READY, None)
    assert [row.note for row in history_of(session, order)] == [
        "Le total ne correspond pas aux articles.",
        "Article ajouté.",
    ]
    with pytest.raises(ValueError, match="system alone"):
        put_in_error(session, admin, order.id, "", NOW)
