"""The customer's page of an order, over HTTP, as the link of an e-mail opens it."""

import hashlib
import io
import re
from html import unescape

import pytest
import sqlalchemy as sa

from dashboard.web.follow_up.opening import PER_ADDRESS, PER_LINK
from db.domain.actor import SYSTEM, Actor
from db.domain.mail import EmailTemplate
from db.domain.moves import Move
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.emails.links import follow_up_url
from db.engine import reading, transaction
from db.models import Document, Marketplace, Order, OrderHistory, OrderLine, OutboxMessage, Shipment, StoredFile
from db.services.documents.issue import issue_invoice
from db.services.follow_up import revoke_links
from db.services.moves import move_order
from db.settings import settings
from db.storage import storage
from tests.db.services.documents.test_issue import tea_order
from tests.factories import create_customer, create_line, create_order, create_person, create_seller, viewer_for

UNKNOWN = "Ce lien n’ouvre aucune commande"


def add_order(**columns):
    with transaction() as session:
        seller = create_seller(session, "Maison du thé", email="vendeur@example.org")
        customer = create_customer(session, "Évelyne <b>Morin</b>")
        columns.setdefault("lines", [create_line("Thé <i>vert</i>", total_cents=25_00, quantity=2)])
        order = create_order(session, seller, customer, total_cents=25_00, **columns)
        return order.id, order.number


def add_two_parcels():
    """An order of two units, each in a parcel of its own; the order's id and its parcels'."""
    order_id, _ = add_order(status=OrderStatus.PREPARING)
    with transaction() as session:
        line = session.query(OrderLine).filter_by(order_id=order_id).one()
        for number in ("8R1", "8R2"):
            parcel = Move(OrderStatus.SHIPPED, carrier="Colissimo", tracking_number=number, units={line.id: 1})
            move_order(session, SYSTEM, order_id, parcel, utc_now())
        return order_id, [row.id for row in session.query(Shipment).filter_by(order_id=order_id).order_by(Shipment.id)]


def path_of(order_id, generation=0, *, on_paper=False):
    return follow_up_url(order_id, generation, on_paper=on_paper).removeprefix(settings().public_url)


def open_path(site, path, **headers):
    with site.client(Accept="text/html", **headers) as client:
        return client.get(path)


def open_order(site, order_id, **headers):
    return open_path(site, path_of(order_id), **headers)


def confirm(site, path, parcel, **headers):
    with site.client(Accept="text/html", **headers) as client:
        return client.post(f"{path}/reception", data={"colis": str(parcel)} if parcel else {})


def letters_to_seller(order_id):
    with reading() as session:
        found = session.query(OutboxMessage).filter_by(
            order_id=order_id, template=EmailTemplate.SELLER_RECEIPT_CONFIRMED
        )
        return [row.recipient for row in found]


def status_of(order_id):
    with reading() as session:
        return session.get_one(Order, order_id).status


# To look.


def test_the_link_of_an_email_needs_no_session_and_shows_the_order(site, use_database):
    order_id, number = add_order(status=OrderStatus.PREPARING)
    answer = open_order(site, order_id)
    assert answer.status_code == 200
    assert number in answer.text
    assert "<h1>Votre commande est en préparation</h1>" in answer.text
    assert "Étape 3 sur 5\u00a0: en préparation" in answer.text
    assert 'class="current" aria-current="step"' in answer.text
    assert "2 × 12,50\u00a0€" in answer.text
    assert "Maison du thé" in answer.text


def test_nothing_keeps_finds_or_passes_on_the_link(site, use_database):
    order_id, _ = add_order()
    headers = open_order(site, order_id).headers
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["referrer-policy"] == "same-origin"
    assert "script" not in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]


def test_it_names_neither_the_customer_nor_where_they_live(site, use_database):
    order_id, _ = add_order()
    assert "Morin" not in open_order(site, order_id).text


def test_what_people_typed_is_text(site, use_database):
    order_id, _ = add_order()
    answer = open_order(site, order_id)
    assert "Thé &lt;i&gt;vert&lt;/i&gt;" in answer.text
    assert "<i>" not in answer.text


def test_it_is_small_enough_for_one_round_trip(site, use_database):
    order_id, _ = add_two_parcels()
    page = open_order(site, order_id).content
    style = open_path(site, "/app/static/follow_up.css").num_bytes_downloaded  # Compressed, as browsers fetch it.
    assert len(page) + style < 14_000
    assert b"<script" not in page


def test_the_marketplace_s_logo_may_be_shown_and_no_other_picture(site, use_database):
    order_id, _ = add_order()
    with transaction() as session:
        session.add(Marketplace(id=1, name="Place", logo_ref="https://images.example/logo.png"))
    answer = open_order(site, order_id)
    assert '<img src="https://images.example/logo.png" alt="Place"' in answer.text
    assert "img-src 'self' https://images.example;" in answer.headers["content-security-policy"]


def test_parcels_link_to_their_carrier_and_to_nothing_else(site, use_database):
    order_id, _ = add_order(status=OrderStatus.SHIPPED)
    with transaction() as session:
        for number, url in (("8R1", "https://laposte.example/8R1"), ("X2", "javascript:alert(1)")):
            session.add(Shipment(order_id=order_id, carrier="Colissimo", tracking_number=number, tracking_url=url))
    text = open_order(site, order_id).text
    assert 'href="https://laposte.example/8R1" rel="noopener noreferrer"' in text
    assert "n°&nbsp;X2" in text
    assert "javascript" not in text


# Links that open nothing.


@pytest.mark.parametrize("token", ["x", "MQ.x", "%2e", "1", "%C3%A9", "a" * 5_000])
@pytest.mark.parametrize("suffix", ["", "/reception"])
def test_a_link_we_did_not_make_gets_one_neutral_page(site, use_database, token, suffix):
    answer = open_path(site, f"/suivi/{token}{suffix}")
    assert answer.status_code == 404
    assert UNKNOWN in answer.text


def test_wrong_bent_expired_revoked_and_gone_are_answered_alike(site, use_database, monkeypatch):
    order_id, _ = add_order()
    good = path_of(order_id)
    with transaction() as session:
        session.add(Marketplace(id=1, name="Place", follow_up_days=30))
        ada = Actor.person(viewer_for(create_person(session, Role.SUPPORT)))
    with monkeypatch.context() as patched:
        patched.setattr("itsdangerous.timed.time.time", lambda: utc_now().timestamp() - 31 * 24 * 3600)
        expired = path_of(order_id)
    assert open_path(site, good).status_code == 200
    with transaction() as session:
        revoke_links(session, ada, order_id, 1, utc_now())
    other = path_of(order_id + 1)
    bent = f"{other.partition('.')[0]}.{good.partition('.')[2]}"
    answers = [open_path(site, path) for path in ("/suivi/x", bent, expired, good, path_of(987_654))]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert (
        len({frozenset(set(answer.headers.items()) - {("date", answer.headers.get("date"))}) for answer in answers})
        == 1
    )
    assert open_path(site, path_of(order_id, generation=1)).status_code == 200


def test_nothing_is_confirmed_by_a_link_that_opens_nothing(site, use_database):
    order_id, (first, _) = add_two_parcels()
    assert confirm(site, path_of(order_id, generation=1), first).status_code == 404
    assert confirm(site, "/suivi/x", first).status_code == 404
    with reading() as session:
        assert session.get_one(Shipment, first).received_at is None


# To confirm.


def test_the_customer_is_asked_once_and_confirms_one_parcel_of_two(site, use_database):
    order_id, (first, second) = add_two_parcels()
    path = path_of(order_id)
    text = open_path(site, path).text
    assert text.count("J’ai bien reçu ce colis") == 2
    asked = open_path(site, f"{path}/reception?colis={first}")
    assert "Avez-vous bien reçu ce colis" in asked.text
    assert "adresse réseau" in asked.text
    answer = confirm(site, path, first)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}#colis-{first}")
    after = open_path(site, path).text
    assert "Vous avez confirmé sa réception" in after
    assert f"reception?colis={second}" in after
    assert f"reception?colis={first}" not in after
    with reading() as session:
        parcel = session.get_one(Shipment, first)
        assert (parcel.received_by, parcel.received_from) == (ActorKind.CUSTOMER, "127.0.0.1")
        assert session.get_one(Shipment, second).received_at is None
    assert letters_to_seller(order_id) == ["vendeur@example.org"]


def test_done_twice_it_changes_nothing_and_is_thanked_alike(site, use_database):
    order_id, (first, _) = add_two_parcels()
    path = path_of(order_id)
    confirm(site, path, first)
    thanks = open_path(site, path).text
    with reading() as session:
        at = session.get_one(Shipment, first).received_at
    again = confirm(site, path, first)
    assert (again.status_code, again.headers["location"]) == (303, f"{path}#colis-{first}")
    assert open_path(site, f"{path}/reception?colis={first}").headers["location"] == f"{path}#colis-{first}"
    assert open_path(site, path).text == thanks
    with reading() as session:
        assert session.get_one(Shipment, first).received_at == at
        assert session.query(OrderHistory).filter_by(event=HistoryEvent.PARCEL_RECEIVED).count() == 1
    assert len(letters_to_seller(order_id)) == 1


def test_with_the_last_parcel_the_order_is_received(site, use_database):
    order_id, parcels = add_two_parcels()
    for parcel in parcels:
        confirm(site, path_of(order_id), parcel)
    assert status_of(order_id) is OrderStatus.RECEIVED
    assert "<h1>Votre commande est bien arrivée</h1>" in open_order(site, order_id).text


def test_an_order_that_came_without_a_parcel_is_confirmed_as_a_whole(site, use_database):
    order_id, _ = add_order(status=OrderStatus.DELIVERED)
    path = path_of(order_id)
    assert "J’ai bien reçu ma commande" in open_path(site, path).text
    assert "Avez-vous bien reçu votre commande" in unescape(open_path(site, f"{path}/reception").text)
    for _ in range(2):
        assert confirm(site, path, None).headers["location"] == path
    assert status_of(order_id) is OrderStatus.RECEIVED
    with reading() as session:
        (entry,) = session.query(OrderHistory).filter_by(order_id=order_id)
    assert (entry.actor_kind, entry.actor_name) == ("customer", "Évelyne <b>Morin</b>")
    assert entry.note == "Confirmé depuis l’adresse 127.0.0.1"
    assert len(letters_to_seller(order_id)) == 1


@pytest.mark.parametrize("said", ["0", "-1", "x", "9" * 30, "²", "1 OR 1=1"])
def test_what_is_no_parcel_of_the_order_confirms_nothing(site, use_database, said):
    order_id, _ = add_two_parcels()
    other, (foreign, _) = add_two_parcels()
    for parcel in (said, foreign):
        assert confirm(site, path_of(order_id), parcel).status_code == 303
        assert open_path(site, f"{path_of(order_id)}/reception?colis={parcel}").status_code == 303
    with reading() as session:
        assert session.query(Shipment).filter(Shipment.received_at.is_not(None)).count() == 0
    assert status_of(other) is OrderStatus.SHIPPED


def test_nothing_is_confirmed_before_anything_left_or_for_another_site(site, use_database):
    waiting, _ = add_order(status=OrderStatus.SHIPPED)
    order_id, (first, _) = add_two_parcels()
    confirm(site, path_of(waiting), None)
    assert confirm(site, path_of(order_id), first, Origin="https://mal.example").status_code == 403
    assert status_of(waiting) is OrderStatus.SHIPPED
    with reading() as session:
        assert session.get_one(Shipment, first).received_at is None


def test_an_address_that_the_client_merely_claims_is_no_proof(site, use_database):
    order_id, (first, _) = add_two_parcels()
    confirm(site, path_of(order_id), first, **{"X-Forwarded-For": "203.0.113.9"})
    with reading() as session:
        assert session.get_one(Shipment, first).received_from == "127.0.0.1"


def test_a_printed_link_shows_all_and_confirms_nothing(site, use_database):
    delivered, _ = add_order(status=OrderStatus.DELIVERED)
    order_id, (first, _) = add_two_parcels()
    for key, parcel, question in ((delivered, None, "/reception"), (order_id, first, f"/reception?colis={first}")):
        path = path_of(key, on_paper=True)
        answer = open_path(site, path)
        assert answer.status_code == 200
        assert "Thé &lt;i&gt;vert&lt;/i&gt;" in answer.text
        assert "Pour confirmer la réception, ouvrez le lien reçu par e-mail." in unescape(answer.text)
        assert "J’ai bien reçu" not in unescape(answer.text)
        assert "/reception" not in answer.text
        assert open_path(site, f"{path}{question}").status_code == 303
        assert confirm(site, path, parcel).status_code == 303
    assert status_of(delivered) is OrderStatus.DELIVERED
    with reading() as session:
        assert session.get_one(Shipment, first).received_at is None
    assert "J’ai bien reçu ma commande" in open_order(site, delivered).text


# Not too often.


def test_who_asks_too_often_is_told_when_to_come_back(site, use_database):
    order_id, _ = add_order()
    path = path_of(order_id)
    with site.client(Accept="text/html") as client:
        for _ in range(PER_LINK.amount):
            assert client.get(path).status_code == 200
        answer = client.get(path)
        assert answer.status_code == 429
        assert "Trop de demandes à la fois" in answer.text
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert client.post(f"{path}/reception").status_code == 429
        assert client.get(path_of(order_id + 1, generation=5)).status_code == 404, "another link is still heard"


def test_who_tries_many_links_is_stopped_too(site, use_database):
    with site.client(Accept="text/html") as client:
        statuses = [client.get(f"/suivi/{number}").status_code for number in range(PER_ADDRESS.amount + 1)]
    assert re.sub(r"(404)+", "404", "".join(map(str, statuses))) == "404429"


@pytest.fixture
def files(monkeypatch, tmp_path):
    """A folder for stored files."""
    monkeypatch.setenv("FILES_URL", f"file://{tmp_path}")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def add_invoice(content=b"%PDF-1.7 facture", **file):
    """An order with an invoice whose file is stored; the order's id and the document's."""
    with transaction() as session:
        order = tea_order(session)
        issued = issue_invoice(session, SYSTEM, order.id, utc_now())
        ref = f"document/{issued.document_id}"
        stored = {"ref": ref, "name": f"{issued.number}.pdf", "media_type": "application/pdf"}
        stored |= {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content), "state": "ready"}
        session.query(StoredFile).filter_by(document_id=issued.document_id).update(stored | file)
        order_id = order.id
    storage().put(ref, io.BytesIO(content))
    return order_id, issued.document_id


def test_the_customer_finds_their_documents_and_has_them_as_they_were_made(site, use_database, files):
    order_id, document_id = add_invoice()
    path = path_of(order_id)
    answer = open_path(site, path)
    assert "Vos documents" in answer.text
    assert "Facture F2026-THE-000001" in answer.text
    assert "61,31\u00a0€" in answer.text
    assert f"{path}/documents/{document_id}" in answer.text

    file = open_path(site, f"{path}/documents/{document_id}")

    assert (file.status_code, file.content) == (200, b"%PDF-1.7 facture")
    assert "F2026-THE-000001.pdf" in file.headers["Content-Disposition"]
    assert file.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert file.headers["Cache-Control"] == "private, no-store"


def test_a_printed_link_opens_the_documents_too(site, use_database, files):
    order_id, document_id = add_invoice()
    path = path_of(order_id, on_paper=True)
    assert f"{path}/documents/{document_id}" in open_path(site, path).text
    assert open_path(site, f"{path}/documents/{document_id}").content == b"%PDF-1.7 facture"


def test_the_link_of_an_invoice_that_its_seller_opens_is_no_proof_of_delivery(site, use_database, files):
    order_id, _ = add_invoice()
    with reading() as session:
        said = session.scalars(sa.select(Document.snapshot)).one()["follow_up_url"]
    with transaction() as session:
        session.execute(sa.update(Order).values(status=OrderStatus.DELIVERED))
    path = said.removeprefix(settings().public_url)
    assert open_path(site, path).status_code == 200
    confirm(site, path, None)
    assert status_of(order_id) is OrderStatus.DELIVERED


@pytest.mark.parametrize("file", [{"is_flagged": True}, {"state": "queued"}, {"state": "damaged"}])
def test_what_is_not_ready_or_not_fit_is_given_to_nobody(site, use_database, files, file):
    order_id, document_id = add_invoice(**file)
    assert "Vos documents" not in open_order(site, order_id).text
    answer = open_path(site, f"{path_of(order_id)}/documents/{document_id}")
    assert (answer.status_code, "Ce document n’est pas disponible" in answer.text) == (404, True)


def test_a_link_opens_no_document_of_another_order(site, use_database, files):
    _, document_id = add_invoice()
    other_id, _ = add_order()
    for name in (document_id, 0, "x", "9" * 30):
        answer = open_path(site, f"{path_of(other_id)}/documents/{name}")
        assert (answer.status_code, b"%PDF" in answer.content) == (404, False)
    assert open_path(site, f"/suivi/x/documents/{document_id}").status_code == 404


def test_an_altered_document_is_not_given_out_and_is_made_again(site, use_database, files):
    order_id, document_id = add_invoice()
    storage().delete(f"document/{document_id}")
    storage().put(f"document/{document_id}", io.BytesIO(b"%PDF-1.7 faux"))
    answer = open_path(site, f"{path_of(order_id)}/documents/{document_id}")
    assert (answer.status_code, b"faux" in answer.content) == (404, False)
    with reading() as session:
        assert session.query(StoredFile.state).filter_by(document_id=document_id).scalar() == "queued"
