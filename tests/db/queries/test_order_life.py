"""What the page tells of an order's life: history with its e-mails, parcels, tags; and what a seller is not told."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.moves import CancelReason, Move
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, PaymentState
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import Marketplace, OrderTag, OutboxMessage, Tag
from db.queries.order_page import order_page
from db.services.moves import move_order
from db.services.notes import add_note
from db.services.parcels import confirm_receipt
from tests.conftest import NOW
from tests.db.services.test_moves import someone
from tests.factories import ADMIN, create_line, create_order

S = OrderStatus


def test_an_email_hangs_on_what_caused_it_and_all_are_listed_newest_first(session: Session) -> None:
    order, actor = create_order(session), someone(session)
    prepared = move_order(session, actor, order.id, Move(S.PREPARING), NOW)
    shipped = move_order(session, actor, order.id, Move(S.SHIPPED, carrier="Colissimo"), NOW)

    page = order_page(session, ADMIN, order.number)

    assert [(mail.template, mail.history_id) for mail in page.mails] == [
        (EmailTemplate.ORDER_SHIPPED, shipped),
        (EmailTemplate.ORDER_PREPARING, prepared),
    ]
    assert [[mail.template for mail in entry.mails] for entry in page.history] == [
        [EmailTemplate.ORDER_SHIPPED],
        [EmailTemplate.ORDER_PREPARING],
    ]
    assert page.mails[0].state is OutboxState.HELD
    assert page.history[0].person_id == actor.person_id


def test_a_parcel_is_told_with_the_units_it_held(session: Session) -> None:
    order = create_order(session, lines=[create_line(quantity=2), create_line(quantity=3)])
    move = Move(S.SHIPPED, carrier="Colissimo", tracking_number="6A1", tracking_url="https://suivi.fr/6A1")
    move_order(session, someone(session), order.id, move, NOW)

    parcel = order_page(session, ADMIN, order.number).shipments[0]

    assert (parcel.carrier, parcel.tracking_number, parcel.tracking_url, parcel.units) == (
        "Colissimo",
        "6A1",
        "https://suivi.fr/6A1",
        5,
    )
    page = order_page(session, ADMIN, order.number)
    assert parcel.contents == tuple((line.id, line.quantity) for line in page.lines)
    assert parcel.is_under_way
    assert parcel.expected_on == dt.date(2026, 11, 24)  # Two business days after a Saturday.
    assert [parcel.days_late(parcel.expected_on + dt.timedelta(days=days)) for days in (0, 3)] == [0, 3]


def test_a_seller_is_not_told_from_where_a_receipt_was_confirmed(session: Session) -> None:
    order = create_order(session, lines=[create_line(quantity=2)])
    move_order(session, someone(session), order.id, Move(S.SHIPPED, carrier="Colissimo"), NOW)
    parcel = order_page(session, ADMIN, order.number).shipments[0]
    confirm_receipt(session, Actor(ActorKind.CUSTOMER, name="Évelyne"), order.id, parcel.id, "192.0.2.9", NOW)

    ours = order_page(session, ADMIN, order.number)
    theirs = order_page(session, Viewer(2, "Sam", "s@x.fr", Role.SELLER, order.seller_id), order.number)

    assert (ours.shipments[0].received_from, theirs.shipments[0].received_from) == ("192.0.2.9", "")
    told = [[entry.after.get("from") for entry in page.history if "from" in entry.after] for page in (ours, theirs)]
    assert told == [["192.0.2.9"], []]
    assert theirs.shipments[0].received_by is ActorKind.CUSTOMER


def test_a_refund_that_is_to_be_made_is_said(session: Session) -> None:
    order = create_order(session)
    move = Move(S.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK)
    move_order(session, someone(session), order.id, move, NOW)
    assert order_page(session, ADMIN, order.number).refund_due_cents == 31_90


def test_the_tags_are_in_the_order_of_the_alphabet(session: Session) -> None:
    order = create_order(session)
    for name in ("Urgent", "Fragile"):
        session.add(tag := Tag(name=name))
        session.flush()
        session.add(OrderTag(tag_id=tag.id, order_id=order.id))
    session.flush()
    assert order_page(session, ADMIN, order.number).header.tags == ("Fragile", "Urgent")


def test_the_undo_window_is_the_one_that_was_chosen(session: Session) -> None:
    order = create_order(session)
    assert order_page(session, ADMIN, order.number).undo_window == dt.timedelta(seconds=60)
    session.add(Marketplace(id=1, name="Marché", undo_window_s=90))
    session.flush()
    assert order_page(session, ADMIN, order.number).undo_window == dt.timedelta(seconds=90)


def test_a_seller_is_told_neither_notes_nor_reasons_nor_what_customers_are_written(session: Session) -> None:
    order = create_order(session, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    staff = someone(session)
    move_order(session, staff, order.id, Move(S.PREPARING, note="Mairie, paiera après"), NOW)
    add_note(session, staff, order.id, "Client pénible", NOW)
    move_order(
        session, staff, order.id, Move(S.CANCELLED, note="Fraude ?", cancel_reason=CancelReason.SUSPECTED_FRAUD), NOW
    )
    session.add(tag := Tag(name="Suspect"))
    session.flush()
    session.add(OrderTag(tag_id=tag.id, order_id=order.id))
    session.add(
        OutboxMessage(
            order_id=order.id,
            event="new",
            template=EmailTemplate.SELLER_NEW_ORDER,
            recipient_kind=RecipientKind.SELLER,
            recipient="vendeur@example.org",
        )
    )
    session.flush()

    page = order_page(session, Viewer(2, "Sam", "s@example.org", Role.SELLER, order.seller_id), order.number)

    assert [entry.event for entry in page.history] == [HistoryEvent.STATUS_CHANGED, HistoryEvent.STATUS_CHANGED]
    assert [entry.note for entry in page.history] == ["", ""]
    assert [set(entry.after) & {"reason", "derogation"} for entry in page.history] == [set(), set()]
    assert [mail.recipient for mail in page.mails] == ["vendeur@example.org"]
    assert page.header.tags == ()
    for_staff = order_page(session, ADMIN, order.number)
    assert [entry.note for entry in for_staff.history] == ["Fraude ?", "Client pénible", "Mairie, paiera après"]
    assert for_staff.history[0].after["reason"] == "suspected_fraud"
