"""The customer's page of an order, over HTTP, as the link of an e-mail opens it."""

import datetime as dt

import pytest

from db.domain.orders import DeliveryMode, OrderStatus, PaymentState
from db.emails.links import follow_up_url, order_id_of
from db.engine import reading, transaction
from db.models import Marketplace, Order, OrderHistory, Shipment
from db.settings import settings
from tests.conftest import NOW
from tests.factories import create_customer, create_line, create_order, create_seller

UNKNOWN = "Ce lien de suivi n’est pas reconnu."


def add_order(**columns):
    with transaction() as session:
        seller = create_seller(session, "Maison du thé")
        customer = create_customer(session, "Évelyne <b>Morin</b>")
        columns.setdefault("lines", [create_line("Thé <i>vert</i>", total_cents=25_00, quantity=2)])
        order = create_order(session, seller, customer, total_cents=25_00, **columns)
        return order.id, order.number


def path_of(order_id):
    return follow_up_url(order_id).removeprefix(settings().public_url)


def open_order(site, order_id, **headers):
    with site.client(Accept="text/html", **headers) as client:
        return client.get(path_of(order_id))


def test_the_link_of_an_email_needs_no_session_and_shows_the_order(site, use_database):
    order_id, number = add_order(status=OrderStatus.PREPARING)
    answer = open_order(site, order_id)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "script" not in answer.headers["content-security-policy"]
    assert f"Votre commande {number}" in answer.text
    assert "Étape 3 sur 5\u00a0: en préparation" in answer.text
    assert 'class="current" aria-current="step"' in answer.text
    assert "2 × 12,50\u00a0€" in answer.text
    assert "Maison du thé" in answer.text


def test_it_names_neither_the_customer_nor_where_they_live(site, use_database):
    order_id, _ = add_order()
    assert "Morin" not in open_order(site, order_id).text


def test_what_people_typed_is_text(site, use_database):
    order_id, _ = add_order()
    answer = open_order(site, order_id)
    assert "Thé &lt;i&gt;vert&lt;/i&gt;" in answer.text
    assert "<i>" not in answer.text


@pytest.mark.parametrize("token", ["x", "MQ.x", "%2e", "1", "%C3%A9", "a" * 5_000])
def test_a_link_we_did_not_make_gets_one_neutral_page(site, use_database, token):
    with site.client(Accept="text/html") as client:
        answer = client.get(f"/suivi/{token}")
    assert answer.status_code == 404
    assert UNKNOWN in answer.text


def test_the_link_of_an_order_that_is_gone_gets_the_same_page(site, use_database):
    answer = open_order(site, 987_654)
    assert (answer.status_code, UNKNOWN in answer.text) == (404, True)


def test_a_token_says_one_order_and_cannot_be_bent_to_another(use_database):
    one, other = (path_of(order_id).rpartition("/")[2] for order_id in (1, 2))
    assert order_id_of(one) == 1
    assert order_id_of(f"{other.partition('.')[0]}.{one.partition('.')[2]}") is None


def test_an_unpaid_order_offers_to_pay_where_the_shop_said(site, use_database):
    order_id, _ = add_order(status=OrderStatus.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID, number="A/1 é")
    assert "Il reste à régler <strong>25,00\u00a0€</strong>" in open_order(site, order_id).text
    with transaction() as session:
        session.add(Marketplace(id=1, name="Place", payment_url_pattern="https://boutique.example/payer/{number}"))
    assert 'href="https://boutique.example/payer/A%2F1%20%C3%A9"' in open_order(site, order_id).text


def test_a_paid_or_cancelled_order_asks_for_no_money(site, use_database):
    paid, _ = add_order(status=OrderStatus.PAID)
    cancelled, _ = add_order(status=OrderStatus.CANCELLED, payment_state=PaymentState.UNPAID)
    assert "reste à régler" not in open_order(site, paid).text
    answer = open_order(site, cancelled)
    assert "reste à régler" not in answer.text
    assert "Cette commande est annulée" in answer.text


def test_an_order_in_error_is_shown_where_it_was(site, use_database):
    order_id, _ = add_order(status=OrderStatus.ERROR, status_before_error=OrderStatus.PREPARING)
    assert "Étape 3 sur 5" in open_order(site, order_id).text


def test_parcels_link_to_their_carrier_and_to_nothing_else(site, use_database):
    order_id, _ = add_order(status=OrderStatus.SHIPPED)
    with transaction() as session:
        for number, url in (("8R1", "https://laposte.example/8R1"), ("X2", "javascript:alert(1)")):
            session.add(
                Shipment(
                    order_id=order_id, carrier="Colissimo", tracking_number=number, tracking_url=url, shipped_at=NOW
                )
            )
    text = open_order(site, order_id).text
    assert 'href="https://laposte.example/8R1"' in text
    assert "Colissimo · X2 · parti le 21/11/2026" in text
    assert "javascript" not in text


def test_what_is_collected_says_where(site, use_database):
    order_id, _ = add_order(
        status=OrderStatus.READY,
        delivery_mode=DeliveryMode.CLICK_AND_COLLECT,
        pickup_address="La Boutique\n3 place du Marché",
        expected_delivery_on=dt.date(2026, 11, 24),
    )
    text = open_order(site, order_id).text
    assert "Étape 4 sur 5\u00a0: prête" in text
    assert "La Boutique<br>3 place du Marché" in text
    assert "prévu pour le mardi 24 novembre 2026" in text


def test_the_customer_confirms_the_receipt_once(site, use_database):
    order_id, _ = add_order(status=OrderStatus.DELIVERED)
    assert "J’ai bien reçu ma commande" in open_order(site, order_id).text
    with site.client(Accept="text/html") as client:
        for _ in range(2):
            answer = client.post(f"{path_of(order_id)}/reception")
            assert answer.status_code == 303
            assert "La réception est confirmée." in client.get(answer.headers["location"]).text
    with reading() as session:
        assert session.get_one(Order, order_id).status is OrderStatus.RECEIVED
        (entry,) = session.query(OrderHistory).filter_by(order_id=order_id)
    assert (entry.actor_kind, entry.actor_name) == ("customer", "Évelyne <b>Morin</b>")


def test_nothing_is_confirmed_before_delivery_or_for_another_site(site, use_database):
    order_id, _ = add_order(status=OrderStatus.SHIPPED)
    delivered, _ = add_order(status=OrderStatus.DELIVERED)
    with site.client(Accept="text/html") as client:
        client.post(f"{path_of(order_id)}/reception")
        client.post("/suivi/x/reception")
        answer = client.post(f"{path_of(delivered)}/reception", headers={"Origin": "https://mal.example"})
    assert answer.status_code == 403
    with reading() as session:
        assert session.get_one(Order, order_id).status is OrderStatus.SHIPPED
        assert session.get_one(Order, delivered).status is OrderStatus.DELIVERED
