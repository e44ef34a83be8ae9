"""What each slip says: its articles and quantities, its people and places, and what it must not say."""

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy.orm import Session

from db.domain.orders import DeliveryMode, OrderStatus, PaymentState, ReturnStatus
from db.domain.returns import ReturnReason
from db.domain.slips import delivery_slips
from db.models import Order, OrderLine, Return, ReturnLine, Seller, Shipment, ShipmentLine
from jobs.documents.papers import delivery_slip, return_slip
from jobs.documents.papers.delivery_slip import draw_delivery_slip
from jobs.documents.papers.order_summary import draw_order_summary, summaries_of
from jobs.documents.papers.picking_list import PickingLists, draw_picking_list
from jobs.documents.papers.pickup_note import draw_pickup_note, has_pickup_note
from jobs.documents.papers.return_slip import draw_return_slip
from tests.conftest import NOW
from tests.factories import create_customer, create_issuer, create_line, create_order
from tests.jobs.documents.papers.drawing import HOUSE, add_addresses, pages_of, printed

DAY = dt.timedelta(days=1)


def teapots() -> list[OrderLine]:
    """Three teapots, of which one left and one was cancelled; four cups, all gone; a spoon, cancelled."""
    return [
        create_line("Théière en fonte", 60_00, 3, sku="POT-1", supplier="Fonderie", attributes={"Couleur": "noire"},
                    quantity_shipped=1, quantity_cancelled=1),
        create_line("Tasse", 22_22, 4, sku="TAS-1", supplier="Céramique", quantity_shipped=4),
        create_line("Cuillère", 5_55, 1, sku="CUI-1", supplier="Fonderie", quantity_cancelled=1),
    ]  # fmt: skip


def partly_shipped(session: Session, **columns: object) -> Order:
    lines = teapots()
    order = create_order(session, create_issuer(session), number="ORD-00044", lines=lines, total_cents=87_77,
                         **{"status": OrderStatus.PARTLY_SHIPPED} | columns)  # fmt: skip
    for number, line in (("6A111", lines[0]), ("6A222", lines[1])):
        shipment = Shipment(order_id=order.id, carrier="Colissimo", tracking_number=number, shipped_at=NOW)
        session.add(shipment)
        session.flush()
        session.add(ShipmentLine(shipment_id=shipment.id, order_line_id=line.id, quantity=line.quantity_shipped))
    add_addresses(session, order)
    return order


def test_the_slips_of_an_order_tell_what_came_before_is_here_and_is_to_come(session: Session) -> None:
    order = printed(session, partly_shipped(session))

    slips = list(delivery_slip.slips_of(order))

    # Bought (less the cancelled), before, here, to come; the spoon, wholly cancelled, is on none of them.
    assert [[(line.bought, line.before, line.here, line.to_come) for line in slip.lines] for slip in slips] == [
        [(2, 0, 1, 1), (4, 0, 0, 4)],
        [(2, 1, 0, 1), (4, 0, 4, 0)],
        [(2, 1, 1, 0), (4, 4, 0, 0)],
    ]
    assert [(slip.place, slip.parcels, slip.units) for slip in slips] == [(1, 3, 1), (2, 3, 4), (3, 3, 1)]
    details = order.details
    assert delivery_slips(details.status, details.delivery_mode, details.lines, len(details.shipments)) == len(slips)


def test_a_delivery_slip_names_people_places_and_articles(session: Session) -> None:
    order = printed(session, partly_shipped(session))
    _, second, third = pages_of(*(partial(draw_delivery_slip, house=HOUSE, slip=slip)
                              for slip in delivery_slip.slips_of(order)))  # fmt: skip
    for words in (
        "BON DE LIVRAISON", "Commande ORD-00044", "Maison du thé SARL", "35000 RENNES", "Évelyne Morin",
        "3 allée des Châtaigniers", "35400 SAINT-MALO", "8 impasse des Cèdres", "69003 LYON", "À domicile",
        "Colissimo", "N° 6A222", "2/3", "POT-1", "Théière en fonte", "Couleur : noire", "4 articles dans ce colis",
        "1 article à venir dans un autre colis", "Suivre la commande", "Page 1/1",
    ):  # fmt: skip
        assert words in second
    assert "Cuillère" not in second
    assert "à expédier" in third


def test_no_price_is_on_a_delivery_slip(session: Session) -> None:
    order = printed(session, partly_shipped(session))
    text = " ".join(pages_of(*(partial(draw_delivery_slip, house=HOUSE, slip=slip)
                               for slip in delivery_slip.slips_of(order))))  # fmt: skip
    for amount in ("€", "60,00", "20,00", "22,22", "5,55", "87,77"):
        assert amount not in text


def test_what_left_before_parcels_were_noted_has_one_slip(session: Session) -> None:
    lines = [create_line("Tasse", 20_00, 2, quantity_shipped=2)]
    order = printed(session, create_order(session, status=OrderStatus.COMPLETED, lines=lines))
    (slip,) = delivery_slip.slips_of(order)
    assert (slip.units, slip.place, slip.parcels) == (2, 1, 1)


def test_a_parcel_to_a_pick_up_point_goes_there(session: Session) -> None:
    order = create_order(session, delivery_mode=DeliveryMode.PICKUP_POINT,
                         pickup_address="Relais de la Gare\n3 place de la Gare\n35000 Rennes")  # fmt: skip
    add_addresses(session, order)
    (slip,) = delivery_slip.slips_of(printed(session, order))
    (text,) = pages_of(partial(draw_delivery_slip, house=HOUSE, slip=slip))
    assert "Point de retrait" in text
    assert "Relais de la Gare" in text
    assert "Châtaigniers" not in text


def test_forty_articles_go_on_over_pages_with_their_head(session: Session) -> None:
    lines = [
        create_line(f"Thé n° {place}", 5_00, sku=f"T-{place}", attributes={"Poids": "100 g"}) for place in range(40)
    ]
    (slip,) = delivery_slip.slips_of(printed(session, create_order(session, number="ORD-7", lines=lines)))
    first, *others = pages_of(partial(draw_delivery_slip, house=HOUSE, slip=slip))
    assert others
    assert all("Bon de livraison · Commande ORD-7" in page and "Dans ce colis" in page for page in others[:-1])
    assert "T-0 " in first
    assert "T-39" in " ".join(others)
    assert f"Page {len(others) + 1}/{len(others) + 1}" in others[-1]


def test_a_supplier_reads_what_is_theirs_and_no_price_unless_asked(session: Session) -> None:
    order = printed(session, partly_shipped(session, ship_by=dt.date(2026, 11, 25)))
    ceramics, foundry = summaries_of(order)
    without, with_prices = pages_of(
        *(partial(draw_order_summary, house=HOUSE, summary=foundry, shows_prices=shows) for shows in (False, True))
    )
    assert (ceramics.supplier, foundry.supplier) == ("Céramique", "Fonderie")
    for words in ("RÉCAPITULATIF DE COMMANDE", "Fonderie", "Théière en fonte", "25/11/2026", "35400 SAINT-MALO",
                  "dont 1 déjà expédié", "2 articles"):  # fmt: skip
        assert words in without
    assert "Tasse" not in without
    assert "Cuillère" not in without
    assert "€" not in without
    # Two of the three teapots at 20,00 €.
    assert "20,00 40,00" in with_prices
    assert "2 articles · 40,00 € TTC" in with_prices


def picking_text(session: Session, *orders: Order) -> list[str]:
    lists = PickingLists()
    taken = [lists.add(printed(session, order)) for order in orders]
    assert all(taken)
    return pages_of(*(partial(draw_picking_list, house=HOUSE, picking=each, made_at=NOW) for each in lists))


def test_a_picking_list_adds_up_articles_and_names_their_orders(session: Session) -> None:
    seller = create_issuer(session)

    def order(number: str, name: str, quantity: int, **attributes: str) -> Order:
        lines = [
            create_line("Tasse", 5_00 * quantity, quantity, sku="TAS-1", supplier="Céramique", attributes=attributes)
        ]
        return create_order(session, seller, create_customer(session, name), number=number, lines=lines)

    orders = [order("A-1", "Zoé Le Goff", 2), order("A-2", "Élise Øster", 3), order("A-3", "Léa", 1, Couleur="bleu")]
    (text,) = picking_text(session, *orders, partly_shipped_of(session, seller))

    assert "4 commandes · 7 articles à prendre" in text
    assert "5 Tasse TAS-1" in text  # Two and three, of the ones without a colour.
    assert "2 × A-1 · Zoé Le Goff" in text
    assert "3 × A-2 · Élise Øster" in text
    assert "1 Tasse TAS-1 · Couleur : bleu" in text
    # One teapot of three: one has left, one was cancelled.
    assert "1 Théière en fonte POT-1" in text
    assert text.index("Céramique") < text.index("Fonderie")


def partly_shipped_of(session: Session, seller: Seller) -> Order:
    order = partly_shipped(session)
    order.seller_id = seller.id
    session.flush()
    return order


def test_an_order_that_waits_for_nothing_is_not_picked(session: Session) -> None:
    assert not PickingLists().add(printed(session, create_order(session, status=OrderStatus.COMPLETED)))


def kettle_sent_back(session: Session, **columns: object) -> tuple[Order, Return]:
    """An order of a kettle and two strainers, of which the kettle leaks."""
    lines = [create_line("Bouilloire", 89_00, sku="BOU-1", quantity_shipped=1),
             create_line("Passoire", 18_00, 2, sku="PAS-1", quantity_shipped=2)]  # fmt: skip
    order = create_order(session, create_issuer(session), number="ORD-90", lines=lines, status=OrderStatus.RECEIVED,
                         received_at=dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC))  # fmt: skip
    wanted = Return(order_id=order.id, reason=ReturnReason.DEFECTIVE, explanation="Elle fuit par le bec.",
                    requested_at=NOW, **columns)  # fmt: skip
    session.add(wanted)
    session.flush()
    session.add(ReturnLine(return_id=wanted.id, order_line_id=lines[0].id, quantity=1))
    session.flush()
    return order, wanted


def test_a_return_slip_says_what_comes_back_where_to_and_until_when(session: Session) -> None:
    order, wanted = kettle_sent_back(session)

    (slip,) = return_slip.slips_of(printed(session, order))
    (text,) = pages_of(partial(draw_return_slip, house=HOUSE, slip=slip))

    for words in (
        "BON DE RETOUR", "ORD-90", "À renvoyer à Maison du thé SARL 12 rue de l’Été 35000 RENNES", "Bouilloire",
        # Fourteen days after Wednesday 18 November.
        "mercredi 2 décembre 2026", "Article défectueux", "Elle fuit par le bec.", f"Demande n° {wanted.id}",
        "Compté à l’arrivée", "glissez le bon de retour dans le colis", "Ouvrir le retour",
    ):  # fmt: skip
        assert words in text
    assert "Passoire" not in text
    assert "Cochez" not in text


def test_the_slip_of_an_accepted_return_says_when_it_is_to_leave_and_how(session: Session) -> None:
    # Accepted on Thursday 19 November: fourteen days later is Thursday 3 December (Code de la consommation, L221-23).
    accepted = dt.datetime(2026, 11, 19, 15, tzinfo=dt.UTC)
    order, _ = kettle_sent_back(session, status=ReturnStatus.AWAITING_PARCEL, decided_at=accepted)
    (slip,) = return_slip.slips_of(printed(session, order))
    house = replace(HOUSE, return_instructions="Déposez le colis chez Mondial Relay.\nN’affranchissez pas.")
    (text,) = pages_of(partial(draw_return_slip, house=house, slip=slip))
    for words in ("À renvoyer au plus tard le", "jeudi 3 décembre 2026", "retour accepté le 19/11/2026",
                  "Déposez le colis chez Mondial Relay. N’affranchissez pas."):  # fmt: skip
        assert words in text
    assert "glissez le bon" not in text


def test_without_a_request_the_slip_is_to_be_filled_in(session: Session) -> None:
    order = partly_shipped(session)
    session.add(Return(order_id=order.id, status=ReturnStatus.COMPLETED))
    session.flush()
    (slip,) = return_slip.slips_of(printed(session, order))
    assert [(line.sku, units) for line, units in slip.lines] == [("POT-1", None), ("TAS-1", None)]
    (text,) = pages_of(partial(draw_return_slip, house=HOUSE, slip=slip))
    for words in ("14 jours après la réception", "à remplir par le client", "Cochez", "Défectueux ou abîmé"):
        assert words in text


def test_a_pick_up_note_never_tells_the_code(session: Session) -> None:
    order = create_order(session, create_issuer(session, opening_hours="Du mardi au samedi"), status=OrderStatus.READY,
                         delivery_mode=DeliveryMode.CLICK_AND_COLLECT, pickup_code="482913",
                         payment_state=PaymentState.UNPAID)  # fmt: skip
    shown = printed(session, order)
    assert has_pickup_note(shown)
    (text,) = pages_of(partial(draw_pickup_note, house=HOUSE, order=shown))
    for words in ("BON DE RETRAIT", "Évelyne Morin", "Maison du thé", "Du mardi au samedi", "Thé vert bio",
                  "1 article à remettre", "À régler : 31,90 €", "nom et signature du client"):  # fmt: skip
        assert words in text
    assert "482913" not in text


@pytest.mark.parametrize("number", ["ORD-1", "Réf. №7", "x" * 200])
def test_any_number_is_printed_with_bars_or_without(session: Session, number: str) -> None:
    (slip,) = delivery_slip.slips_of(printed(session, create_order(session, number=number)))
    (text,) = pages_of(partial(draw_delivery_slip, house=HOUSE, slip=slip))
    assert number.replace("№", "N")[:5] in text.replace("№", "N")
