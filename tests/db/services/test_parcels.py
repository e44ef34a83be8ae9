"""A parcel after it left: corrected, called back, delivered, received; the order follows."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.moves import (
    CancelReason,
    Move,
    NotCollectedError,
    NothingToShipError,
    NotThatManyError,
    Rest,
    WrongPickupCodeError,
)
from db.domain.orders import ActorKind, DeliveryMode, HistoryEvent, OrderStatus, PaymentKind
from db.domain.permissions import Role
from db.models import (
    CarrierSetting,
    Order,
    OrderHistory,
    OrderLine,
    OutboxMessage,
    Payment,
    Shipment,
    ShipmentLine,
    StatusSetting,
)
from db.services.moves import move_order
from db.services.order_facts import ChangedMeanwhileError
from db.services.parcels import (
    ParcelEdit,
    ParcelNotFoundError,
    ParcelSettledError,
    cancel_parcel,
    confirm_receipt,
    correct_parcel,
    mark_delivered,
)
from db.services.undo import undo
from tests.conftest import NOW
from tests.factories import create_line, create_order, create_person, create_seller, viewer_for

S = OrderStatus
CUSTOMER = Actor(ActorKind.CUSTOMER, "Évelyne Morin")


@pytest.fixture
def staff(session: Session) -> Actor:
    return Actor.person(viewer_for(create_person(session, Role.SUPPORT)))


@pytest.fixture
def order(session: Session) -> Order:
    """Three teapots at 10 € and one box of tea, in preparation."""
    seller = create_seller(session, email="vendeur@example.org")
    lines = [create_line("Théière", 30_00, 3), create_line("Thé", 5_00)]
    return create_order(session, seller, status=S.PREPARING, total_cents=35_00, carrier="Colissimo", lines=lines)


def line_ids(session: Session, order: Order) -> list[int]:
    found = sa.select(OrderLine.id).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    return list(session.scalars(found))


def ship(session: Session, actor: Actor, order: Order, *units: int, **words: Any) -> Shipment:
    """Send a parcel with so many units of each line; without units, all that is left."""
    chosen = dict(zip(line_ids(session, order), units, strict=True)) if units else None
    move_order(session, actor, order.id, Move(S.SHIPPED, units=chosen, **words), NOW)
    session.expire_all()
    return session.scalars(
        sa.select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id.desc()).limit(1)
    ).one()


def mails(session: Session, order: Order) -> list[OutboxMessage]:
    found = sa.select(OutboxMessage).where(OutboxMessage.order_id == order.id).order_by(OutboxMessage.id)
    return list(session.scalars(found))


def last(session: Session, order: Order) -> OrderHistory:
    found = sa.select(OrderHistory).where(OrderHistory.order_id == order.id).order_by(OrderHistory.id.desc())
    return session.scalars(found.limit(1)).one()


class TestSending:
    def test_some_units_make_it_partly_shipped_and_the_rest_shipped(self, session, staff, order) -> None:
        ship(session, staff, order, 2, 0)
        assert order.status is S.PARTLY_SHIPPED
        ship(session, staff, order, 1, 0)
        assert order.status is S.PARTLY_SHIPPED
        ship(session, staff, order)
        assert order.status is S.SHIPPED
        held = session.execute(
            sa.select(ShipmentLine.shipment_id, ShipmentLine.order_line_id, ShipmentLine.quantity)
            .join(Shipment)
            .where(Shipment.order_id == order.id)
            .order_by(ShipmentLine.shipment_id, ShipmentLine.order_line_id)
        ).all()
        pot, tea = line_ids(session, order)
        assert [(row.order_line_id, row.quantity) for row in held] == [(pot, 2), (pot, 1), (tea, 1)]

    def test_each_part_has_its_own_email_with_its_articles_and_link(self, session, staff, order) -> None:
        pot, _ = line_ids(session, order)
        ship(session, staff, order, 2, 0, tracking_number="6A12345678901")
        (part,) = mails(session, order)
        assert part.template is EmailTemplate.ORDER_PARTLY_SHIPPED
        assert part.variables["lines"] == {str(pot): 2}
        link = "https://www.laposte.fr/outils/suivre-vos-envois?code=6A12345678901"
        assert part.variables["tracking_url"] == link

    def test_all_at_once_tells_no_list_of_articles(self, session, staff, order) -> None:
        ship(session, staff, order)
        (whole,) = mails(session, order)
        assert (whole.template, "lines" in whole.variables) == (EmailTemplate.ORDER_SHIPPED, False)

    @pytest.mark.parametrize(("units", "left"), [((4, 0), 3), ((0, 2), 1), ((-1, 0), 3)])
    def test_more_than_is_left_is_refused_with_the_limit(self, session, staff, order, units, left) -> None:
        with pytest.raises(NotThatManyError, match=f"que {left} à expédier"):
            ship(session, staff, order, *units)

    def test_nothing_chosen_is_nothing_to_ship(self, session, staff, order) -> None:
        with pytest.raises(NothingToShipError):
            ship(session, staff, order, 0, 0)

    def test_it_is_expected_so_many_business_days_after_it_left(self, session, staff, order) -> None:
        # Saturday 21 November; Colissimo takes two business days: Tuesday 24.
        parcel = ship(session, staff, order, 1, 0)
        assert (parcel.expected_on, order.expected_delivery_on) == (dt.date(2026, 11, 24), dt.date(2026, 11, 24))

    def test_the_carriers_days_and_pattern_are_settings(self, session, staff, order) -> None:
        session.add(
            CarrierSetting(
                code="velo",
                name="Vélo express",
                tracking_url_pattern="https://velo.example.org/{number}",
                delivery_days=1,
            )
        )
        session.flush()
        parcel = ship(session, staff, order, carrier="VELO EXPRESS", tracking_number="A 1")
        assert (parcel.carrier, parcel.tracking_url, parcel.expected_on) == (
            "Vélo express",
            "https://velo.example.org/A1",
            dt.date(2026, 11, 23),
        )

    def test_the_order_is_expected_with_the_slowest_of_its_parcels(self, session, staff, order) -> None:
        ship(session, staff, order, 3, 0, carrier="Mondial Relay")
        ship(session, staff, order, carrier="Chronopost")
        assert order.expected_delivery_on == dt.date(2026, 11, 26)

    def test_a_day_in_the_past_is_kept_and_one_in_the_future_refused(self, session, staff, order) -> None:
        with pytest.raises(InvalidInputError, match="dans l’avenir"):
            ship(session, staff, order, happened_on=dt.date(2026, 11, 22))
        parcel = ship(session, staff, order, happened_on=dt.date(2026, 11, 19))
        assert parcel.shipped_at == dt.datetime(2026, 11, 19, 11, 0, tzinfo=dt.UTC)  # Noon in Paris.
        assert parcel.expected_on == dt.date(2026, 11, 23)

    def test_taking_it_back_leaves_nothing_behind(self, session, staff, order) -> None:
        order.expected_delivery_on = dt.date(2026, 11, 30)
        session.flush()
        ship(session, staff, order, 2, 0)
        undo(session, staff, last(session, order).id, NOW)
        session.expire_all()
        assert (order.status, order.expected_delivery_on) == (S.PREPARING, dt.date(2026, 11, 30))
        assert session.scalar(sa.select(sa.func.count()).where(Shipment.order_id == order.id)) == 0


class TestHandingOver:
    @pytest.fixture
    def ready(self, session: Session, staff: Actor) -> Order:
        made = create_order(session, status=S.PREPARING, delivery_mode=DeliveryMode.IN_STORE)
        move_order(session, staff, made.id, Move(S.READY), NOW)
        session.expire_all()
        return made

    def test_the_right_code_makes_it_shipped_delivered_and_received_at_once(self, session, staff, ready) -> None:
        parcel = ship(session, staff, ready, handed_over=True, pickup_code=ready.pickup_code)
        assert ready.status is S.RECEIVED
        assert (parcel.carrier, parcel.delivered_at, parcel.received_at) == ("Remise en main propre", NOW, NOW)
        assert (last(session, ready).after or {})["handed_over"] is True

    def test_without_the_code_somebody_says_how_they_knew_the_customer(self, session, staff, ready) -> None:
        with pytest.raises(WrongPickupCodeError):
            ship(session, staff, ready, handed_over=True, pickup_code="000")
        ship(session, staff, ready, handed_over=True, note="Carte d’identité vue")
        assert ready.status is S.RECEIVED
        assert (last(session, ready).after or {})["handed_over"] is False

    def test_an_order_that_is_sent_is_not_handed_over(self, session, staff, order) -> None:
        with pytest.raises(NotCollectedError):
            ship(session, staff, order, handed_over=True, note="Vu")

    def test_taking_it_back_makes_it_ready_again_with_the_same_code(self, session, staff, ready) -> None:
        code = ready.pickup_code
        ship(session, staff, ready, handed_over=True, pickup_code=code)
        undo(session, staff, last(session, ready).id, NOW)
        session.expire_all()
        assert (ready.status, ready.pickup_code, ready.received_at) == (S.READY, code, None)


class TestCorrecting:
    def test_a_new_number_makes_a_new_link_and_what_waits_tells_it(self, session, staff, order) -> None:
        parcel = ship(session, staff, order, tracking_number="6A1")
        edit = ParcelEdit("Chronopost", "XY123456789FR")
        correct_parcel(session, staff, parcel.id, order.version, edit, NOW, notifies=True)
        session.expire_all()
        assert parcel.tracking_url.endswith("listeNumerosLT=XY123456789FR")
        assert parcel.expected_on == dt.date(2026, 11, 23)
        (mail,) = mails(session, order)
        assert (mail.variables["carrier"], mail.variables["tracking_number"]) == ("Chronopost", "XY123456789FR")
        row = last(session, order)
        assert row.event is HistoryEvent.SHIPMENT_CORRECTED
        assert (row.before or {})["tracking_number"] == "6A1"

    def test_once_told_the_customer_is_written_to_again_if_wanted(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        mails(session, order)[0].state = OutboxState.SENT
        session.flush()
        correct_parcel(session, staff, parcel.id, order.version, ParcelEdit("DPD", "1"), NOW, notifies=True)
        assert [mail.template for mail in mails(session, order)] == [EmailTemplate.ORDER_SHIPPED] * 2

    def test_the_order_is_expected_with_the_last_of_its_parcels(self, session, staff, order) -> None:
        first = ship(session, staff, order, 3, 0, carrier="Colissimo")
        ship(session, staff, order, carrier="Mondial Relay")
        edit = ParcelEdit("Chronopost", "XY123456789FR")
        correct_parcel(session, staff, first.id, order.version, edit, NOW)
        session.expire_all()
        # Chronopost one business day after Saturday 21, Mondial Relay four.
        assert (first.expected_on, order.expected_delivery_on) == (dt.date(2026, 11, 23), dt.date(2026, 11, 26))

    def test_correcting_nothing_writes_nothing(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        edit = ParcelEdit(parcel.carrier, parcel.tracking_number)
        assert correct_parcel(session, staff, parcel.id, order.version, edit, NOW) is None

    def test_what_has_arrived_is_not_corrected(self, session, staff, order) -> None:
        parcel = ship(session, staff, order, 1, 0)
        mark_delivered(session, staff, parcel.id, order.version, None, NOW)
        session.expire_all()
        with pytest.raises(ParcelSettledError, match="déjà livré"):
            correct_parcel(session, staff, parcel.id, order.version, ParcelEdit("DPD", "1"), NOW)

    def test_acting_on_an_old_page_is_refused(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        with pytest.raises(ChangedMeanwhileError):
            correct_parcel(session, staff, parcel.id, order.version - 1, ParcelEdit("DPD", "1"), NOW)


class TestCallingBack:
    def test_its_articles_are_to_ship_again_and_its_email_is_dropped(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        cancel_parcel(session, staff, parcel.id, order.version, "Resté au quai", NOW)
        session.expire_all()
        assert order.status is S.PREPARING
        shipped = sa.select(OrderLine.quantity_shipped).where(OrderLine.order_id == order.id)
        assert session.scalars(shipped).all() == [0, 0]
        assert [mail.state for mail in mails(session, order)] == [OutboxState.CANCELLED]
        assert last(session, order).note == "Resté au quai"

    def test_with_another_parcel_under_way_the_order_is_partly_shipped(self, session, staff, order) -> None:
        ship(session, staff, order, 3, 0, carrier="Mondial Relay")
        second = ship(session, staff, order)
        cancel_parcel(session, staff, second.id, order.version, "Cassé", NOW)
        session.expire_all()
        assert order.status is S.PARTLY_SHIPPED
        assert order.expected_delivery_on == dt.date(2026, 11, 26)  # Four business days after Saturday 21.

    def test_without_any_parcel_left_what_the_shop_promised_stands_again(self, session, staff, order) -> None:
        order.expected_delivery_on = dt.date(2026, 11, 30)
        session.flush()
        parcel = ship(session, staff, order)
        assert order.expected_delivery_on == dt.date(2026, 11, 24)
        cancel_parcel(session, staff, parcel.id, order.version, "Cassé", NOW)
        session.expire_all()
        assert order.expected_delivery_on == dt.date(2026, 11, 30)

    def test_what_is_promised_back_is_never_promised_twice(self, session, staff, order) -> None:
        # 35,00 € paid. A teapot leaves, the rest (25,00 €) is cancelled; the parcel comes back, the order is cancelled.
        parcel = ship(session, staff, order, 1, 0)
        move_order(session, staff, order.id, Move(S.SHIPPED, rest=Rest.CANCEL), NOW)
        session.expire_all()
        cancel_parcel(session, staff, parcel.id, order.version, "Cassé", NOW)
        move_order(session, staff, order.id, Move(S.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK), NOW)
        owed = session.scalars(
            sa.select(Payment.amount_cents).where(Payment.order_id == order.id, Payment.kind == PaymentKind.REFUND)
        ).all()
        assert sorted(owed) == [10_00, 25_00]

    def test_it_takes_a_reason(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        with pytest.raises(InvalidInputError, match="pourquoi"):
            cancel_parcel(session, staff, parcel.id, order.version, " ", NOW)

    def test_twice_is_once(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        cancel_parcel(session, staff, parcel.id, order.version, "Cassé", NOW)
        session.expire_all()
        with pytest.raises(ParcelSettledError, match="n’est pas parti"):
            cancel_parcel(session, staff, parcel.id, order.version, "Cassé", NOW)


class TestArriving:
    def test_with_its_last_parcel_the_order_is_delivered_on_the_day_that_was_noted(self, session, staff, order) -> None:
        first = ship(session, staff, order, 3, 0, happened_on=dt.date(2026, 11, 16))
        second = ship(session, staff, order, happened_on=dt.date(2026, 11, 16))
        mark_delivered(session, staff, first.id, order.version, dt.date(2026, 11, 18), NOW)
        session.expire_all()
        assert order.status is S.SHIPPED
        mark_delivered(session, staff, second.id, order.version, dt.date(2026, 11, 19), NOW)
        session.expire_all()
        assert (order.status, order.delivered_at) == (S.DELIVERED, dt.datetime(2026, 11, 19, 11, 0, tzinfo=dt.UTC))
        told = [mail.template for mail in mails(session, order)].count(EmailTemplate.ORDER_DELIVERED)
        assert told == 2  # One for each parcel: each asks to confirm its own.

    def test_the_day_that_is_noted_for_a_whole_order_is_the_orders_too(self, session, staff, order) -> None:
        parcel = ship(session, staff, order, happened_on=dt.date(2026, 11, 16))
        move_order(session, staff, order.id, Move(S.DELIVERED, happened_on=dt.date(2026, 11, 18)), NOW)
        session.expire_all()
        noon = dt.datetime(2026, 11, 18, 11, 0, tzinfo=dt.UTC)
        assert (order.delivered_at, parcel.delivered_at) == (noon, noon)

    def test_a_noted_delivery_is_taken_back(self, session, staff, order) -> None:
        parcel = ship(session, staff, order, 1, 0)
        history_id = mark_delivered(session, staff, parcel.id, order.version, None, NOW)
        undo(session, staff, history_id, NOW)
        session.expire_all()
        assert (parcel.delivered_at, order.status) == (None, S.PARTLY_SHIPPED)
        told = [mail for mail in mails(session, order) if mail.template is EmailTemplate.ORDER_DELIVERED]
        assert [mail.state for mail in told] == [OutboxState.CANCELLED]

    def test_taking_the_last_delivery_back_makes_the_order_shipped_again(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        history_id = mark_delivered(session, staff, parcel.id, order.version, None, NOW)
        session.expire_all()
        assert order.status is S.DELIVERED
        undo(session, staff, history_id, NOW)
        session.expire_all()
        assert (parcel.delivered_at, order.status, order.delivered_at) == (None, S.SHIPPED, None)

    def test_taking_a_receipt_back_forgets_the_delivery_that_came_with_it(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        move_order(session, staff, order.id, Move(S.RECEIVED), NOW)
        session.expire_all()
        assert (parcel.delivered_at, parcel.received_at) == (NOW, NOW)
        undo(session, staff, last(session, order).id, NOW)
        session.expire_all()
        assert (order.status, parcel.delivered_at, parcel.received_at) == (S.SHIPPED, None, None)

    def test_an_email_that_is_switched_off_is_not_sent_for_a_part_either(self, session, staff, order) -> None:
        look = {"label": "Livrée", "colour": "green", "sends_email": False}
        session.add(StatusSetting(status=S.DELIVERED, template=EmailTemplate.ORDER_DELIVERED, **look))
        session.flush()
        parcel = ship(session, staff, order, 1, 0)
        mark_delivered(session, staff, parcel.id, order.version, None, NOW)
        assert EmailTemplate.ORDER_DELIVERED not in [mail.template for mail in mails(session, order)]

    def test_a_whole_order_cannot_arrive_before_it_left(self, session, staff, order) -> None:
        ship(session, staff, order)
        with pytest.raises(InvalidInputError, match="avant le départ"):
            move_order(session, staff, order.id, Move(S.DELIVERED, happened_on=dt.date(2026, 11, 20)), NOW)

    def test_it_cannot_arrive_before_it_left(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        with pytest.raises(InvalidInputError, match="avant le départ"):
            mark_delivered(session, staff, parcel.id, order.version, dt.date(2026, 11, 20), NOW)

    def test_finance_does_not_note_deliveries(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        finance = Actor.person(viewer_for(create_person(session, Role.FINANCE)))
        with pytest.raises(NotAllowedError):
            mark_delivered(session, finance, parcel.id, order.version, None, NOW)

    def test_another_sellers_parcel_does_not_exist(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        with pytest.raises(ParcelNotFoundError):
            mark_delivered(session, staff, parcel.id + 1000, order.version, None, NOW)

    def test_cancelling_the_rest_follows_parcels_that_are_there_already(self, session, staff, order) -> None:
        parcel = ship(session, staff, order, 3, 0)
        mark_delivered(session, staff, parcel.id, order.version, None, NOW)
        session.expire_all()
        assert order.status is S.PARTLY_SHIPPED
        move_order(session, staff, order.id, Move(S.SHIPPED, rest=Rest.CANCEL), NOW)
        session.expire_all()
        assert order.status is S.DELIVERED

    def test_marking_the_order_delivered_marks_its_parcels(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        move_order(session, staff, order.id, Move(S.DELIVERED), NOW)
        session.expire_all()
        assert parcel.delivered_at == NOW
        undo(session, staff, last(session, order).id, NOW)
        session.expire_all()
        assert parcel.delivered_at is None


class TestReceipt:
    def test_the_proof_is_who_when_and_from_where(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        assert confirm_receipt(session, CUSTOMER, order.id, parcel.id, "2001:db8::7", NOW)
        session.expire_all()
        assert (parcel.received_at, parcel.received_by, parcel.received_from) == (
            NOW,
            ActorKind.CUSTOMER,
            "2001:db8::7",
        )
        assert order.status is S.RECEIVED
        told = [mail for mail in mails(session, order) if mail.template is EmailTemplate.SELLER_RECEIPT_CONFIRMED]
        assert [mail.recipient for mail in told] == ["vendeur@example.org"]

    def test_saying_it_twice_is_no_news(self, session, staff, order) -> None:
        parcel = ship(session, staff, order, 1, 0)
        assert confirm_receipt(session, CUSTOMER, order.id, parcel.id, "192.0.2.1", NOW)
        later = NOW + dt.timedelta(hours=1)
        assert not confirm_receipt(session, CUSTOMER, order.id, parcel.id, "192.0.2.2", later)
        session.expire_all()
        assert (parcel.received_at, parcel.received_from) == (NOW, "192.0.2.1")
        sellers = [mail for mail in mails(session, order) if mail.template is EmailTemplate.SELLER_RECEIPT_CONFIRMED]
        assert len(sellers) == 1

    def test_a_parcel_of_another_order_is_not_confirmed(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        other = create_order(session)
        with pytest.raises(ParcelNotFoundError):
            confirm_receipt(session, CUSTOMER, other.id, parcel.id, "192.0.2.1", NOW)

    def test_a_parcel_that_was_called_back_is_not_confirmed(self, session, staff, order) -> None:
        parcel = ship(session, staff, order)
        cancel_parcel(session, staff, parcel.id, order.version, "Cassé", NOW)
        session.expire_all()
        with pytest.raises(ParcelNotFoundError):
            confirm_receipt(session, SYSTEM, order.id, parcel.id, "", NOW)
