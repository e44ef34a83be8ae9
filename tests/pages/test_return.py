"""The page of one return: what may be done next, the parcel that came, the thread with the customer."""

import datetime as dt

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from db.domain.mail import EmailTemplate, OutboxState
from db.domain.orders import ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import Condition
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Order, OutboxMessage, Return, ReturnLine, ReturnMessage, StoredFile
from db.services.returns.thread import write_message
from tests.dashboard.apptest import open_page
from tests.dashboard.order_page.dialogs.test_frame import act, field, html_of, is_open, words
from tests.db.services.returns.conftest import CUSTOMER
from tests.pages.returned import new_return


@pytest.fixture
def sophie(signed_up):
    return signed_up(Role.SUPPORT, name="Sophie Support")


def opened(person_id: int, return_id: int) -> AppTest:
    at = open_page("/retour", person_id=person_id, query={"r": str(return_id)})
    assert not at.exception
    return at


def start(at: AppTest, label: str) -> AppTest:
    """Click the filled button, or the line of the menu, that says so."""
    if any(button.key == "return_next" and button.label == label for button in at.button):
        return at.button(key="return_next").click().run()
    menu = at.get("menu_button")[0]
    return menu.click_index(next(i for i, option in enumerate(menu.options) if option.endswith(f": {label}"))).run()


def actions(at: AppTest) -> list[str]:
    primary = [button.label for button in at.button if button.key == "return_next"]
    menus = at.get("menu_button")
    return primary + [option.partition(": ")[2] for option in (menus[0].options if menus else [])]


def one(return_id: int) -> Return:
    with reading() as session:
        return session.get_one(Return, return_id)


def mails() -> list[OutboxMessage]:
    with reading() as session:
        return list(session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def received(return_id: int) -> list[tuple[int, int | None, Condition | None, str]]:
    with reading() as session:
        found = sa.select(ReturnLine).where(ReturnLine.return_id == return_id).order_by(ReturnLine.order_line_id)
        return [(row.quantity, row.quantity_received, row.condition, row.remark) for row in session.scalars(found)]


def test_it_says_what_comes_back_why_and_how_long_there_is(sophie, use_database):
    at = opened(sophie, new_return(days_ago=12))
    assert "Retour n° 1" in at.header[0].value
    shown = words(at)
    assert "par le client, il y a 12\u00a0j" in shown
    assert "Article défectueux" in shown
    assert "20,00\u00a0€" in at.subheader[0].value.replace("\\", "")
    drawn = html_of(at)
    assert "Il fuit." in drawn
    assert "Thé vert bio" in drawn
    assert "Bol en grès" not in drawn
    assert "/client?" in drawn
    # Asked for twelve days ago: two are left to refund; it was received five days earlier, within the fourteen.
    assert "reste 2\u00a0j" in drawn
    assert "dans le délai" in drawn
    assert actions(at) == ["Accepter le retour", "Refuser le retour"]


def test_accepting_tells_the_customer_and_the_seller_and_can_be_taken_back(sophie, use_database):
    return_id = new_return(email="e.morin@example.org")
    at = start(opened(sophie, return_id), "Accepter le retour")
    assert "E-mail «\u00a0Retour accepté\u00a0» à e.morin@example.org." in words(at)
    assert "au vendeur, à the@example.org." in words(at)
    field(at.text_area, "message").set_value("Joignez le bon.")
    at = act(at)
    assert not is_open(at)
    assert "Retour n° 1 passé à « En attente du colis » · il reste" in words(at)
    assert one(return_id).status is ReturnStatus.AWAITING_PARCEL
    assert [mail.template for mail in mails()] == [EmailTemplate.RETURN_AWAITING_PARCEL, EmailTemplate.SELLER_RETURN]
    assert mails()[0].variables["message"] == "Joignez le bon."

    at = at.button(key="order_undo_button").click().run()
    assert one(return_id).status is ReturnStatus.REQUESTED
    assert {mail.state for mail in mails()} == {OutboxState.CANCELLED}


def test_the_email_is_shown_as_it_will_be_read_and_left_out_on_demand(sophie, use_database):
    return_id = new_return(email="e.morin@example.org")
    at = start(opened(sophie, return_id), "Accepter le retour")
    at = field(at.toggle, "example").set_value(True).run()
    assert not at.exception
    assert "est accepté" in words(at)
    at = field(at.toggle, "muted").set_value(True).run()
    assert "Personne ne sera prévenu." in words(at)
    act(at)
    assert [mail.template for mail in mails()] == [EmailTemplate.SELLER_RETURN]


def test_a_refusal_needs_words_for_the_customer_and_keeps_what_was_chosen(sophie, use_database):
    return_id = new_return(email="e.morin@example.org")
    at = start(opened(sophie, return_id), "Refuser le retour")
    assert "**Rien n’est remboursé.**" in words(at)
    at = act(field(at.toggle, "muted").set_value(True).run())
    assert "Dites au client pourquoi rien n’est remboursé" in words(at)
    assert is_open(at)
    assert field(at.toggle, "muted").value
    field(at.text_area, "message").set_value("L’article a servi.")
    at = act(at)
    assert (one(return_id).status, one(return_id).decision) == (ReturnStatus.DENIED, "L’article a servi.")
    assert actions(at) == []
    assert "L’article a servi." in words(at)


def test_the_day_the_parcel_came_is_noted(sophie, use_database):
    return_id = new_return(ReturnStatus.AWAITING_PARCEL)
    at = start(opened(sophie, return_id), "Colis reçu")
    yesterday = at.date_input[0].value - dt.timedelta(days=1)
    act(at.date_input[0].set_value(yesterday).run())
    assert one(return_id).status is ReturnStatus.PARCEL_RECEIVED
    assert one(return_id).received_at.date() == yesterday


def test_what_came_is_noted_against_what_was_announced(sophie, use_database):
    return_id = new_return(ReturnStatus.PARCEL_RECEIVED)
    at = start(opened(sophie, return_id), "Vérifier le colis")
    announced, other = [box for box in at.text_input if "_units_" in str(box.key)]
    at = announced.set_value("1").run()
    assert "1 manque" in words(at)
    at = act(at)
    assert "indiquez dans quel état l’article est revenu" in words(at)
    states = [box for box in at.selectbox if "_condition_" in str(box.key)]
    states[0].set_value(Condition.DAMAGED)
    states[1].set_value(Condition.OPENED)
    announced, other = [box for box in at.text_input if "_units_" in str(box.key)]
    assert announced.value == "1"
    other.set_value("1")
    field(at.text_area, "note").set_value("Carton ouvert.")
    at = act(at)
    assert "Le constat du colis est noté." in words(at)
    assert received(return_id) == [(2, 1, Condition.DAMAGED, ""), (0, 1, Condition.OPENED, "")]
    drawn = html_of(at)
    assert "1 manque, abîmé" in drawn
    assert "non annoncé" in drawn
    assert "Carton ouvert." in words(at)


def test_all_is_there_with_one_click(sophie, use_database):
    return_id = new_return(ReturnStatus.PARCEL_RECEIVED)
    at = start(opened(sophie, return_id), "Vérifier le colis")
    at = next(button for button in at.button if button.label == "Tout y est, comme neuf").click().run()
    act(at)
    assert received(return_id) == [(2, 2, Condition.AS_NEW, "")]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "0 pour ceux qui manquent"), ("deux", "n’est pas une quantité"), ("4", "3\u00a0unités au plus")],
)
def test_what_cannot_have_come_is_refused_with_the_limit(sophie, use_database, typed, sentence):
    at = start(opened(sophie, new_return(ReturnStatus.PARCEL_RECEIVED)), "Vérifier le colis")
    next(box for box in at.text_input if "_units_" in str(box.key)).set_value(typed)
    next(box for box in at.selectbox if "_condition_" in str(box.key)).set_value(Condition.AS_NEW)
    at = act(at)
    assert sentence in words(at)
    assert is_open(at)


def test_what_is_refused_once_its_parcel_came_is_not_said_to_be_with_the_customer(sophie, use_database):
    asked = words(start(opened(sophie, new_return()), "Refuser le retour"))
    came = words(start(opened(sophie, new_return(ReturnStatus.PARCEL_RECEIVED, number="A-2")), "Refuser le retour"))
    assert "Le client garde les articles" in asked
    assert "Le client garde les articles" not in came
    assert "dites au client comment il récupère ses articles" in came


def test_somebody_else_was_quicker_and_nothing_typed_is_lost(sophie, signed_up, use_database):
    return_id = new_return()
    at = start(opened(sophie, return_id), "Accepter le retour")
    other = start(opened(signed_up(Role.ADMIN), return_id), "Accepter le retour")
    act(other)
    field(at.text_area, "message").set_value("Joignez le bon.")
    at = act(at)
    assert "**Rien n’a été fait.**" in words(at)
    assert field(at.text_area, "message").value == "Joignez le bon."
    assert "est déjà « En attente du colis »" in words(act(at))


def test_an_answer_reaches_the_customer_and_can_be_taken_back(sophie, use_database):
    return_id = new_return(email="e.morin@example.org")
    with transaction() as session:
        write_message(session, CUSTOMER, return_id, "Où l’envoyer ?", utc_now())
    at = opened(sophie, return_id)
    assert "attend une réponse" in html_of(at)
    at = at.button(key="return_send").click().run()
    assert "Écrivez le message avant de l’envoyer." in at.error[0].value.replace("\\", "")
    at.text_area[0].set_value("À Rennes.")
    at = at.button(key="return_send").click().run()
    assert not at.exception
    assert "À Rennes." in html_of(at)
    assert "attend une réponse" not in html_of(at)
    assert at.text_area[0].value == ""
    assert (mails()[0].template, mails()[0].variables["message"]) == (EmailTemplate.RETURN_STATUS, "À Rennes.")
    at = at.button(key="order_undo_button").click().run()
    with reading() as session:
        assert session.scalars(sa.select(ReturnMessage.body)).all() == ["Où l’envoyer ?"]


def test_what_needs_no_answer_is_marked_as_read(sophie, use_database):
    return_id = new_return()
    with transaction() as session:
        write_message(session, CUSTOMER, return_id, "Merci !", utc_now())
    at = opened(sophie, return_id).button(key="return_mark_read").click().run()
    assert "attend une réponse" not in html_of(at)
    assert not [button for button in at.button if button.key == "return_mark_read"]


def test_the_slip_is_asked_for_while_the_parcel_is_awaited(sophie, use_database):
    at = opened(sophie, new_return(ReturnStatus.AWAITING_PARCEL))
    assert "le client ne sait pas où envoyer le colis" in words(at)
    at = at.button(key="return_slip").click().run()
    assert not at.exception
    assert "fichier" in at.query_params
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 1
    for number, status in (("A-2", ReturnStatus.PARCEL_RECEIVED), ("A-3", ReturnStatus.REQUESTED)):
        without = opened(sophie, new_return(status, number=number))
        assert not [button for button in without.button if button.key == "return_slip"]


def test_what_the_rules_refuse_and_the_gesture_are_both_told(sophie, use_database):
    return_id = new_return(days_ago=1, gesture_reason="Cliente fidèle")
    with transaction() as session:
        order = session.get_one(Order, session.get_one(Return, return_id).order_id)
        order.received_at = utc_now() - dt.timedelta(days=60)
    shown = words(opened(sophie, return_id))
    assert "Le délai de retour (14 jours après la réception) est passé" in shown
    assert "**Geste**\u00a0: Cliente fidèle" in shown
    assert "hors délai de rétractation" in shown.replace("\u00a0", " ")


def test_a_seller_sees_their_own_without_the_thread_and_does_nothing(signed_up, use_database):
    return_id = new_return(inspection="Usé.", status=ReturnStatus.PARCEL_RECEIVED)
    with transaction() as session:
        write_message(session, CUSTOMER, return_id, "Bonjour ?", utc_now())
        seller_id = session.get_one(Order, session.get_one(Return, return_id).order_id).seller_id
    at = opened(signed_up(Role.SELLER, seller_id=seller_id), return_id)
    assert "Thé vert bio" in html_of(at)
    assert "/client?" not in html_of(at)
    assert "Bonjour ?" not in html_of(at)
    assert "Usé." not in words(at)
    assert actions(at) == []
    assert "Retour introuvable" in opened(signed_up(Role.SELLER), return_id).header[0].value


def test_the_way_back_leads_to_the_list_one_came_from(sophie, use_database):
    query = {"r": str(new_return()), "depuis": "liste=en-retard&q=Morin"}
    at = open_page("/retour", person_id=sophie, query=query)
    back = next(link.proto for link in at.get("page_link") if link.proto.label == "Retours")
    assert back.query_string == "liste=en-retard&q=Morin"


@pytest.mark.parametrize("value", ["", "0", "999", "abc", "' OR 1=1"])
def test_a_return_that_is_not_there_says_so(sophie, use_database, value):
    at = open_page("/retour", person_id=sophie, query={"r": value})
    assert not at.exception
    assert at.header[0].value == "Retour introuvable"


def test_finance_settles_and_leaves_the_rest_to_support(signed_up, use_database):
    return_id = new_return(ReturnStatus.PARCEL_RECEIVED)
    assert actions(opened(signed_up(Role.FINANCE), return_id)) == ["Remboursement de produits"]
    assert actions(opened(signed_up(Role.SUPPORT), return_id)) == [
        "Vérifier le colis",
        "Terminer sans remboursement",
        "Refuser le retour",
    ]


def test_what_was_given_back_closes_the_return_for_good(signed_up, use_database):
    return_id = new_return(ReturnStatus.PARCEL_RECEIVED, email="e.morin@example.org")
    at = start(opened(signed_up(Role.FINANCE, name="Fay Finance"), return_id), "Remboursement de produits")
    reasons = field(at.selectbox, "reason")
    at = act(reasons.set_value(reasons.options[0]).run())
    assert not is_open(at)
    assert one(return_id).status is ReturnStatus.COMPLETED
    # Two of three teas at 10 €.
    assert at.subheader[0].value.replace("\\", "") == "20,00\u00a0€"
    drawn = html_of(at)
    assert "Rendu TTC" in drawn
    assert "Carte bancaire" in drawn
    assert "20,00\u00a0€, à faire" in drawn
    assert "Fay Finance" in drawn
    assert actions(at) == []
    # Money has moved: closing it is not taken back by itself.
    assert not [button for button in at.button if button.key == "order_undo_button"]
