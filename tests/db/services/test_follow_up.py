"""Follow-up links in staff's hands, and what their customer confirms by one."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import NotAllowedError, OrderNotFoundError
from db.domain.mail import EmailTemplate
from db.domain.moves import Move
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus
from db.domain.permissions import Role
from db.emails.links import FollowUpToken, follow_up_url
from db.emails.rendering import preview
from db.models import Order, OrderHistory, OrderLine, OutboxMessage, Shipment
from db.services.error_state import put_in_error
from db.services.follow_up import PrintedLinkError, confirm_by_link, new_link, revoke_links
from db.services.moves import move_order
from db.services.order_facts import ChangedMeanwhileError
from db.services.parcels import cancel_parcel
from tests.conftest import NOW
from tests.factories import create_line, create_order, create_person, create_seller, viewer_for

S = OrderStatus
ADDRESS = "203.0.113.7"


@pytest.fixture(autouse=True)
def _one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are dated: two of one order are alike only if they are made at once."""
    monkeypatch.setattr("itsdangerous.timed.time.time", NOW.timestamp)


def staff(session: Session, role: Role = Role.SUPPORT) -> Actor:
    return Actor.person(viewer_for(create_person(session, role)))


def in_two_parcels(session: Session) -> tuple[int, list[int]]:
    """An order of two units, each in a parcel of its own; the order's id and its parcels'."""
    seller = create_seller(session, email="vendeur@example.org")
    order = create_order(session, seller, status=S.PREPARING, lines=[create_line(quantity=2)])
    line_id = session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    for _ in range(2):
        move_order(session, SYSTEM, order.id, Move(S.SHIPPED, units={line_id: 1}), NOW)
    parcels = sa.select(Shipment.id).where(Shipment.order_id == order.id).order_by(Shipment.id)
    return order.id, list(session.scalars(parcels))


def status_of(session: Session, order_id: int) -> OrderStatus:
    return session.scalars(sa.select(Order.status).where(Order.id == order_id)).one()


def letters_to_seller(session: Session) -> int:
    told = sa.select(sa.func.count()).where(OutboxMessage.template == EmailTemplate.SELLER_RECEIPT_CONFIRMED)
    return session.scalars(told).one()


def test_revoking_makes_what_was_sent_useless_and_says_so(session: Session) -> None:
    ada, order = staff(session), create_order(session)
    assert new_link(session, ada, order.id) == follow_up_url(order.id, 0)
    revoke_links(session, ada, order.id, 1, NOW)
    assert new_link(session, ada, order.id) == follow_up_url(order.id, 1)
    row = session.execute(sa.select(Order.version, Order.updated_at).where(Order.id == order.id)).one()
    assert tuple(row) == (2, NOW)
    entry = session.scalars(sa.select(OrderHistory).where(OrderHistory.order_id == order.id)).one()
    assert (entry.event, entry.actor_name) == (HistoryEvent.LINKS_REVOKED, ada.name)


def test_the_next_email_carries_the_new_link(session: Session) -> None:
    ada, order = staff(session), create_order(session)
    revoke_links(session, ada, order.id, 1, NOW)
    assert new_link(session, ada, order.id) in preview(session, EmailTemplate.ORDER_DELIVERED, order.id).html


def test_nobody_revokes_the_links_of_an_order_they_do_not_see_as_it_is(session: Session) -> None:
    ada, order = staff(session), create_order(session)
    revoke_links(session, ada, order.id, 1, NOW)
    with pytest.raises(ChangedMeanwhileError):
        revoke_links(session, ada, order.id, 1, NOW)
    with pytest.raises(OrderNotFoundError):
        new_link(session, ada, order.id + 1)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER])
def test_who_does_not_write_to_customers_has_no_link(session: Session, role: Role) -> None:
    person, order = staff(session, role), create_order(session)
    with pytest.raises(NotAllowedError):
        new_link(session, person, order.id)
    with pytest.raises(NotAllowedError):
        revoke_links(session, person, order.id, 1, NOW)


def test_the_proof_is_who_when_and_from_where(session: Session) -> None:
    order_id, (first, second) = in_two_parcels(session)
    assert confirm_by_link(session, FollowUpToken(order_id, 0), first, ADDRESS, NOW)
    parcel = session.get_one(Shipment, first)
    assert (parcel.received_by, parcel.received_at, parcel.received_from) == (ActorKind.CUSTOMER, NOW, ADDRESS)
    entry = session.scalars(sa.select(OrderHistory).order_by(OrderHistory.id.desc()).limit(1)).one()
    assert (entry.event, entry.actor_kind) == (HistoryEvent.PARCEL_RECEIVED, ActorKind.CUSTOMER)
    assert entry.after is not None
    assert entry.after["from"] == ADDRESS
    assert letters_to_seller(session) == 1
    assert status_of(session, order_id) is S.SHIPPED
    assert confirm_by_link(session, FollowUpToken(order_id, 0), second, ADDRESS, NOW)
    assert status_of(session, order_id) is S.RECEIVED
    assert letters_to_seller(session) == 2


def test_said_again_it_is_no_news(session: Session) -> None:
    order_id, (first, _) = in_two_parcels(session)
    confirm_by_link(session, FollowUpToken(order_id, 0), first, ADDRESS, NOW)
    count = session.scalars(sa.select(sa.func.count()).select_from(OrderHistory)).one()
    assert not confirm_by_link(session, FollowUpToken(order_id, 0), first, "198.51.100.1", NOW)
    assert session.get_one(Shipment, first).received_from == ADDRESS
    assert session.scalars(sa.select(sa.func.count()).select_from(OrderHistory)).one() == count
    assert letters_to_seller(session) == 1


def test_a_parcel_of_another_order_or_called_back_is_not_confirmed(session: Session) -> None:
    order_id, (first, second) = in_two_parcels(session)
    other, (foreign, _) = in_two_parcels(session)
    version = session.scalars(sa.select(Order.version).where(Order.id == order_id)).one()
    cancel_parcel(session, staff(session), second, version, "Jamais parti", NOW)
    assert not confirm_by_link(session, FollowUpToken(order_id, 0), foreign, ADDRESS, NOW)
    assert not confirm_by_link(session, FollowUpToken(order_id, 0), second, ADDRESS, NOW)
    assert not confirm_by_link(session, FollowUpToken(10**9, 0), first, ADDRESS, NOW)
    assert status_of(session, other) is S.SHIPPED


def test_an_order_with_parcels_is_not_confirmed_as_a_whole(session: Session) -> None:
    order_id, _ = in_two_parcels(session)
    move_order(session, SYSTEM, order_id, Move(S.DELIVERED), NOW)
    assert not confirm_by_link(session, FollowUpToken(order_id, 0), None, ADDRESS, NOW)
    assert status_of(session, order_id) is S.DELIVERED


def test_an_order_delivered_without_parcels_is_confirmed_once(session: Session) -> None:
    order = create_order(session, create_seller(session, email="v@example.org"), status=S.DELIVERED)
    assert confirm_by_link(session, FollowUpToken(order.id, 0), None, ADDRESS, NOW)
    assert not confirm_by_link(session, FollowUpToken(order.id, 0), None, ADDRESS, NOW)
    assert status_of(session, order.id) is S.RECEIVED
    entry = session.scalars(sa.select(OrderHistory).where(OrderHistory.order_id == order.id)).one()
    assert (entry.actor_kind, entry.note) == (ActorKind.CUSTOMER, f"Confirmé depuis l’adresse {ADDRESS}")


def test_what_is_in_error_between_us_is_confirmed_all_the_same(session: Session) -> None:
    order_id, (first, _) = in_two_parcels(session)
    put_in_error(session, SYSTEM, order_id, "Totaux incohérents", NOW)
    assert confirm_by_link(session, FollowUpToken(order_id, 0), first, ADDRESS, NOW)
    assert status_of(session, order_id) is S.ERROR


def test_what_is_printed_confirms_nothing(session: Session) -> None:
    order_id, (first, _) = in_two_parcels(session)
    whole = create_order(session, create_seller(session, email="v@example.org"), status=S.DELIVERED)
    for printed, parcel in (
        (FollowUpToken(order_id, 0, on_paper=True), first),
        (FollowUpToken(whole.id, 0, on_paper=True), None),
    ):
        with pytest.raises(PrintedLinkError, match="ouvrez le lien reçu par e-mail"):
            confirm_by_link(session, printed, parcel, ADDRESS, NOW)
    assert session.get_one(Shipment, first).received_at is None
    assert status_of(session, whole.id) is S.DELIVERED
