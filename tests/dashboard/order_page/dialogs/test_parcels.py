"""Parcels as staff handle them: chosen articles leave, are corrected, called back, arrive; goods are handed over."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from db.domain.actor import SYSTEM
from db.domain.mail import EmailTemplate
from db.domain.moves import Move
from db.domain.orders import DeliveryMode, HistoryEvent, OrderStatus
from db.domain.permissions import Role
from db.domain.time import local_day, utc_now
from db.engine import reading, transaction
from db.models import Order, OrderHistory, OrderLine, Seller, Shipment, ShipmentLine
from db.services.moves import move_order
from tests.dashboard.apptest import open_page
from tests.dashboard.order_page.dialogs.test_frame import (
    act,
    can_act,
    field,
    html_of,
    mails,
    new_order,
    one,
    opened,
    start,
    words,
)
from tests.factories import create_line, create_order, create_seller

S = OrderStatus
SignUp = Callable[..., int]


def three_teas_and_a_bowl(**columns: object) -> int:
    lines = [create_line("Thé vert bio", 30_00, quantity=3), create_line("Bol en grès", 12_00)]
    return new_order(lines=lines, total_cents=42_00, **columns)


def shipments() -> list[Shipment]:
    with reading() as session:
        return list(session.scalars(sa.select(Shipment).order_by(Shipment.id)))


def contents(shipment: Shipment) -> list[int]:
    with reading() as session:
        found = sa.select(ShipmentLine.quantity).where(ShipmentLine.shipment_id == shipment.id)
        return list(session.scalars(found.order_by(ShipmentLine.order_line_id)))


def units(at):
    return [box for box in at.text_input if "_units_" in str(box.key)]


def parcel_button(at, kind: str):
    return next(button for button in at.button if str(button.key).startswith(f"order_{kind}_"))


def test_two_of_three_leave_then_the_rest_in_a_parcel_of_its_own(signed_up: SignUp) -> None:
    order_id = three_teas_and_a_bowl(carrier="colissimo")
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    assert [box.value for box in units(at)] == ["3", "1"]
    assert field(at.selectbox, "carrier").value == "Colissimo"
    field(at.text_input, "tracking_number").set_value("6A 12345678901")
    units(at)[0].set_value("2")
    at = units(at)[1].set_value("0").run()
    assert "2\u00a0articles sont expédiés, 2\u00a0restent à expédier." in words(at)
    assert "**«\u00a0Expédiée en partie\u00a0»**" in words(at)
    assert "E-mail «\u00a0Expédiée en partie\u00a0»" in words(at)
    at = act(at)
    assert one(Order.status, order_id) is S.PARTLY_SHIPPED
    first = shipments()[0]
    assert (contents(first), first.carrier) == ([2], "Colissimo")
    assert first.tracking_url == "https://www.laposte.fr/outils/suivre-vos-envois?code=6A12345678901"
    assert "2 × Thé vert bio" in html_of(at)

    at = start(at, "Expédier le reste")
    assert [box.value for box in units(at)] == ["1", "1"]
    assert "Déjà parti\u00a0: 2 × Thé vert bio." in words(at)
    at = units(at)[1].set_value("0").run()
    assert "La commande reste au statut" in words(at)
    at = act(at)
    assert "Nouveau colis expédié" in words(at)
    assert "Nouveau colis" in html_of(at)
    assert [contents(each) for each in shipments()] == [[2], [1]]

    act(start(at, "Expédier le reste"))
    assert one(Order.status, order_id) is S.SHIPPED
    assert [contents(each) for each in shipments()] == [[2], [1], [1]]


def test_nothing_chosen_ships_nothing_and_all_is_one_click_away(signed_up: SignUp) -> None:
    three_teas_and_a_bowl()
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    at = next(button for button in at.button if button.label == "Rien").click().run()
    assert "Choisissez au moins un article." in words(at)
    assert not can_act(at)
    at = next(button for button in at.button if button.label == "Tout").click().run()
    assert [box.value for box in units(at)] == ["3", "1"]
    assert [button.label for button in at.button if str(button.key).endswith("_act")] == ["Expédier 4\u00a0articles"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9", "Il reste 3 Thé vert bio. Saisissez 3 au plus."),
        ("-1", "La quantité de Thé vert bio ne peut pas être négative."),
        ("1,5", "«\u00a01,5\u00a0» n’est pas une quantité de Thé vert bio. Saisissez un nombre entier de 0 à 3."),
        ("deux", "«\u00a0deux\u00a0» n’est pas une quantité de Thé vert bio."),
    ],
)
def test_what_is_no_quantity_is_never_shipped_as_another(typed: str, said: str, signed_up: SignUp) -> None:
    order_id = three_teas_and_a_bowl()
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    at = field(at.toggle, "muted").set_value(True).run()
    at = units(at)[0].set_value(typed).run()
    assert said in words(at)
    assert not can_act(at)
    at = units(at)[0].set_value(" 2 ").run()
    assert said not in words(at)
    assert field(at.toggle, "muted").value is True  # It was not drawn meanwhile.
    units(at)[0].set_value(typed)
    at = act(at)  # Typed and clicked in one go, before the button could be blocked.
    assert said in words(at)
    assert one(Order.status, order_id) is S.PAID
    assert shipments() == []


def test_the_number_of_another_parcel_of_the_order_is_a_warning(signed_up: SignUp) -> None:
    three_teas_and_a_bowl(carrier="Colissimo")
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    field(at.text_input, "tracking_number").set_value("6A12345678901")
    at = act(units(at)[1].set_value("0").run())
    at = start(at, "Expédier le reste")
    at = field(at.text_input, "tracking_number").set_value("6a 12345678901").run()
    assert "Le colis 1 de cette commande porte déjà ce numéro. Vous pouvez l’utiliser quand même." in words(at)
    act(at)
    assert len(shipments()) == 2


def test_a_number_that_looks_wrong_is_a_warning_and_the_day_is_kept(signed_up: SignUp) -> None:
    three_teas_and_a_bowl(carrier="Colissimo")
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    day = local_day(utc_now()) - dt.timedelta(days=3)
    field(at.date_input, "day").set_value(day)
    at = field(at.text_input, "tracking_number").set_value("12").run()
    assert "12 ne ressemble pas à un numéro Colissimo" in words(at)
    assert "Livraison attendue le" in words(at)
    act(at)
    assert (local_day(shipments()[0].shipped_at), shipments()[0].tracking_number) == (day, "12")


def test_what_somebody_else_shipped_meanwhile_is_no_longer_offered(signed_up: SignUp) -> None:
    order_id = three_teas_and_a_bowl()
    at = start(opened(signed_up(Role.SUPPORT)), "Expédier")
    with transaction() as session:
        teas = session.scalars(sa.select(OrderLine.id).where(OrderLine.quantity == 3)).one()
        move_order(session, SYSTEM, order_id, Move(S.SHIPPED, units={teas: 2}), utc_now())
    at = act(at)
    assert "**Rien n’a été fait.**" in words(at)
    assert [box.value for box in units(at)] == ["1", "1"]
    act(at)
    assert one(Order.status, order_id) is S.SHIPPED


@pytest.fixture
def sent(signed_up: SignUp) -> int:
    """An order that left whole in one parcel, four days ago; return its id."""
    order_id = three_teas_and_a_bowl(carrier="Colissimo")
    gone = utc_now() - dt.timedelta(days=10)
    with transaction() as session:
        move_order(session, SYSTEM, order_id, Move(S.SHIPPED, tracking_number="6A1", notifies=False), gone)
    return order_id


def test_a_parcel_that_is_late_says_so_on_the_page(sent: int, signed_up: SignUp) -> None:
    at = opened(signed_up(Role.SUPPORT))
    assert "livraison en retard de" in html_of(at)
    assert "livraison\u00a0en\u00a0retard\u00a0de" in words(at)
    assert "livraison prévue le" in words(at)
    assert sent


def test_a_parcel_is_corrected_and_the_customer_told_again(sent: int, signed_up: SignUp) -> None:
    at = parcel_button(opened(signed_up(Role.SUPPORT)), "correct_parcel").click().run()
    assert field(at.text_input, "tracking_number").value == "6A1"
    field(at.text_input, "tracking_number").set_value("6A2")
    field(at.toggle, "notifies").set_value(True)
    at = act(at)
    assert shipments()[0].tracking_number == "6A2"
    assert shipments()[0].tracking_url.endswith("code=6A2")
    assert [mail.template for mail in mails()] == [EmailTemplate.ORDER_SHIPPED]
    assert "numéro de suivi : 6A1 → 6A2" in html_of(at)
    assert one(Order.status, sent) is S.SHIPPED


def test_a_correction_that_changes_nothing_says_so(sent: int, signed_up: SignUp) -> None:
    at = act(parcel_button(opened(signed_up(Role.SUPPORT)), "correct_parcel").click().run())
    assert "tout était déjà ainsi" in words(at)
    assert sent


def test_a_parcel_is_called_back_with_a_reason(sent: int, signed_up: SignUp) -> None:
    at = parcel_button(opened(signed_up(Role.SUPPORT)), "recall_parcel").click().run()
    assert "4\u00a0articles sont de nouveau à expédier." in words(at)
    at = act(at)
    assert "Indiquez pourquoi ce colis n’est pas parti" in words(at)
    field(at.text_area, "reason").set_value("Resté au dépôt")
    at = act(at)
    assert one(Order.status, sent) is S.PREPARING
    assert shipments()[0].cancelled_at is not None
    for told in ("Colis annulé", "4\u00a0articles de nouveau à expédier", "Resté au dépôt", "Annulé, n’est pas parti"):
        assert told in html_of(at), told
    assert not [button for button in at.button if "_parcel_" in str(button.key)]


def test_an_arrival_is_noted_with_its_day(sent: int, signed_up: SignUp) -> None:
    at = parcel_button(opened(signed_up(Role.SUPPORT)), "deliver_parcel").click().run()
    assert "C’était le dernier colis. La commande passe de" in words(at)
    assert "à e.morin@example.org." in words(at)
    assert "Départ dans 60\u00a0secondes" in words(at)
    assert field(at.toggle, "example").label == "Voir l’e-mail"
    day = local_day(utc_now()) - dt.timedelta(days=1)
    field(at.date_input, "day").set_value(day)
    at = act(at)
    delivered_at = shipments()[0].delivered_at
    assert delivered_at is not None
    assert local_day(delivered_at) == day
    assert one(Order.status, sent) is S.DELIVERED
    assert "Livré, réception à confirmer" in html_of(at)
    assert "· il reste" in words(at)


def test_the_arrival_of_one_of_two_is_taken_back(signed_up: SignUp) -> None:
    order_id = three_teas_and_a_bowl(carrier="Colissimo")
    with transaction() as session:
        gone = utc_now() - dt.timedelta(days=2)
        teas = session.scalars(sa.select(OrderLine.id).where(OrderLine.quantity == 3)).one()
        move_order(session, SYSTEM, order_id, Move(S.SHIPPED, units={teas: 3}, notifies=False), gone)
    at = parcel_button(opened(signed_up(Role.SUPPORT)), "deliver_parcel").click().run()
    assert "La commande reste au statut **«\u00a0Expédiée en partie\u00a0»**." in words(at)
    at = act(at)
    assert shipments()[0].delivered_at is not None
    assert "Livraison du colis notée · il reste" in words(at)
    at = at.button(key="order_undo_button").click().run()
    assert "Action annulée" in words(at)
    assert shipments()[0].delivered_at is None


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_others_see_parcels_and_touch_none(sent: int, signed_up: SignUp, role: Role) -> None:
    with reading() as session:
        seller = {"seller_id": session.scalars(sa.select(Order.seller_id)).one()} if role is Role.SELLER else {}
    at = opened(signed_up(role, **seller))
    assert "6A1" in html_of(at)
    assert not [button for button in at.button if "_parcel_" in str(button.key)]
    assert sent


@pytest.fixture
def waiting(signed_up: SignUp) -> str:
    """An order that is ready to be collected; return the code that its customer got."""
    with transaction() as session:
        seller = create_seller(session, opening_hours="Mardi au samedi, 9 h – 19 h")
        order = create_order(
            session,
            seller,
            number="A-1",
            status=S.PREPARING,
            delivery_mode=DeliveryMode.CLICK_AND_COLLECT,
            pickup_address="La Maison du thé\n26 rue des Artisans",
        )
        move_order(session, SYSTEM, order.id, Move(S.READY, notifies=False), utc_now())
        session.refresh(order)
        return order.pickup_code


def test_the_wrong_code_is_refused_and_the_right_one_hands_the_goods_over(waiting: str, signed_up: SignUp) -> None:
    at = start(opened(signed_up(Role.SUPPORT)), "Remettre au client")
    assert "1\u00a0article est remis au client." in words(at)
    wrong = f"{(int(waiting) + 1) % 10**6:06d}"
    field(at.text_input, "code").set_value(wrong)
    at = act(at)
    assert "Ce n’est pas le code de retrait" in words(at)
    assert field(at.text_input, "code").value == wrong
    field(at.text_input, "code").set_value(f"{waiting[:3]} {waiting[3:]}")
    at = act(at)
    assert "Commande remise au client" in words(at)
    assert "avec son code de retrait" in html_of(at)
    assert "1\u00a0remis" in html_of(at)
    assert "expédié" not in html_of(at)
    assert shipments()[0].received_at is not None
    assert waiting not in html_of(at)


def test_without_the_code_one_says_how_the_customer_was_recognised(waiting: str, signed_up: SignUp) -> None:
    at = start(opened(signed_up(Role.SUPPORT)), "Remettre au client")
    field(at.text_area, "note").set_value("Carte d’identité")
    at = act(at)
    assert "sans code de retrait" in html_of(at)
    assert "Carte d’identité" in html_of(at)
    with reading() as session:
        events = session.scalars(sa.select(OrderHistory.event).order_by(OrderHistory.id.desc())).first()
        assert session.scalars(sa.select(Order.status)).one() is S.RECEIVED
    assert events is HistoryEvent.STATUS_CHANGED
    assert waiting


def test_an_order_that_becomes_ready_says_where_and_when_the_customer_is_told_to_come(signed_up: SignUp) -> None:
    person_id = signed_up(Role.SUPPORT)
    with transaction() as session:
        seller = create_seller(session, opening_hours="Mardi au samedi\n9 h – 19 h")
        place = {"delivery_mode": DeliveryMode.IN_STORE, "pickup_address": "26 rue des Artisans\n35000 Rennes"}
        create_order(session, seller, number="A-1", status=S.PREPARING, **place)
    at = start(opened(person_id), "Marquer prête")
    assert "**Retrait**\u00a0: 26 rue des Artisans, 35000 Rennes" in words(at)
    assert "**Horaires**\u00a0: Mardi au samedi, 9 h – 19 h" in words(at)
    with transaction() as session:
        session.execute(sa.update(Order).values(pickup_address=""))
        session.execute(sa.update(Seller).values(opening_hours=""))
    at = start(open_page("/commande", person_id=person_id, query={"n": "A-1"}), "Marquer prête")
    assert "**L’adresse de retrait n’est pas renseignée**" in words(at)
    assert "Les horaires du vendeur ne sont pas renseignés" in words(at)
