"""Writing to a customer from the order's page, and reading the order's e-mails there."""

import datetime as dt

import pytest
import sqlalchemy as sa

from dashboard.mail import opened
from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import Order, OutboxMessage, Person
from db.services.message_templates import add_template
from tests.dashboard.apptest import open_page
from tests.factories import create_order, viewer_for


@pytest.fixture
def sam(signed_up):
    return signed_up(Role.SUPPORT)


@pytest.fixture
def order_ids(use_database):
    with transaction() as session:
        return {
            number: create_order(session, number=number, customer_name=name, customer_email=email).id
            for number, name, email in (("N-1", "Zoé", "zoe@example.org"), ("N-2", "Ana", "ana@example.org"))
        }


def writing(sam, order_ids, number="N-1", opened_on=None):
    """Open the order's page with the dialog that a click on « Écrire au client » opens."""
    at = open_page("/commande", person_id=sam, query={"n": number}, run=False)
    at.session_state[opened._OPENED] = opened._Opened({"n": opened_on or number}, order_ids=(order_ids[number],))
    at.run()
    assert not at.exception
    return at


def field(at, name):
    return next((each for each in [*at.text_input, *at.text_area] if (each.key or "").endswith(f"_1_{name}")), None)


def send_button(at):
    return next(button for button in at.button if (button.key or "").endswith("_send"))


def mails():
    with reading() as session:
        return session.execute(sa.select(OutboxMessage.recipient, OutboxMessage.variables, OutboxMessage.state)).all()


def test_a_message_is_written_and_held(sam, order_ids):
    at = writing(sam, order_ids)
    assert send_button(at).label == "Envoyer le message"
    field(at, "subject").set_value("Un retard")
    field(at, "body").set_value("Bonjour {{ client }}").run()
    assert any("part dans 60" in caption.value for caption in at.caption)
    send_button(at).click().run()
    assert not at.exception
    assert mails() == [("zoe@example.org", {"subject": "Un retard", "body": "Bonjour Zoé"}, "held")]
    assert not at.toast
    assert any("Message écrit au client · il reste" in text.value for text in at.markdown)
    assert field(at, "subject") is None


def test_a_prepared_message_comes_filled_in_and_can_be_edited(sam, order_ids):
    with transaction() as session:
        viewer = viewer_for(session.get_one(Person, sam))
        add_template(session, viewer, "Retard", "Commande {{ numero }}", "Bonjour {{ client }}", utc_now())
    at = writing(sam, order_ids)
    choice = next(each for each in at.selectbox if (each.key or "").endswith("_template"))
    choice.select_index(0).run()
    assert (field(at, "subject").value, field(at, "body").value) == ("Commande N-1", "Bonjour Zoé")


def test_what_was_typed_comes_back_after_another_prepared_text_was_taken(sam, order_ids):
    with transaction() as session:
        viewer = viewer_for(session.get_one(Person, sam))
        add_template(session, viewer, "Avoir", "Avoir", "Un avoir", utc_now())
        add_template(session, viewer, "Retard", "Retard", "Un retard", utc_now())
    at = writing(sam, order_ids)

    def choose(index):
        next(each for each in at.selectbox if (each.key or "").endswith("_template")).select_index(index).run()

    def way_back():
        return [button for button in at.button if button.label == "Reprendre mon texte"]

    choose(0)
    choose(1)  # Nobody had touched the first.
    assert not way_back()
    field(at, "body").set_value("À ma façon").run()
    choose(0)
    assert field(at, "body").value == "Un avoir"

    way_back()[0].click().run()
    assert not at.exception
    assert (field(at, "subject").value, field(at, "body").value) == ("Retard", "À ma façon")
    assert not way_back()


def test_a_refusal_is_said_once(sam, order_ids):
    at = writing(sam, order_ids)
    field(at, "subject").set_value("{{ numro }}")
    field(at, "body").set_value("Texte")
    send_button(at).click().run()
    assert len(at.error) == 1


def test_a_text_that_cannot_be_sent_says_why_and_stays(sam, order_ids):
    at = writing(sam, order_ids)
    send_button(at).click().run()
    assert any("un objet et un texte" in error.value for error in at.error)
    field(at, "subject").set_value("{{ numro }}")
    field(at, "body").set_value("Texte").run()
    assert any("Vouliez\\-vous dire" in error.value for error in at.error)
    assert field(at, "body").value == "Texte"
    assert mails() == []


def test_a_dialog_never_follows_to_another_order(sam, order_ids):
    at = writing(sam, order_ids, number="N-2", opened_on="N-1")
    assert field(at, "subject") is None


def test_a_customer_without_an_address_cannot_be_written_to(sam, order_ids):
    with transaction() as session:
        session.execute(sa.update(Order).where(Order.number == "N-1").values(customer_email=""))
    at = writing(sam, order_ids)
    field(at, "subject").set_value("Objet")
    field(at, "body").set_value("Texte").run()
    assert send_button(at).disabled
    assert any("Aucune adresse e\\-mail" in warning.value for warning in at.warning)


def test_an_email_of_the_order_is_read_and_sent_once_more(sam, order_ids):
    at = writing(sam, order_ids)
    field(at, "subject").set_value("Un retard")
    field(at, "body").set_value("Bonjour").run()
    send_button(at).click().run()
    with transaction() as session:
        session.execute(sa.update(OutboxMessage).values(state="delivered", due_at=utc_now() - dt.timedelta(hours=1)))
        mail = session.scalars(sa.select(OutboxMessage.id)).one()
    at.session_state[opened._OPENED] = opened._Opened({"n": "N-1"}, outbox_id=mail)
    at.run()
    assert not at.exception
    assert any("ouvert" in each.value or "remis" in each.value for each in at.markdown)
    at.button(key=f"mail_{mail}_resend").click().run()
    assert not at.exception
    assert [state for _, _, state in mails()] == ["delivered", "held"]


def test_what_a_prepared_message_leaves_to_be_written_is_pointed_out(sam, order_ids):
    at = writing(sam, order_ids)
    field(at, "subject").set_value("Objet")
    field(at, "body").set_value("Il manque [article à préciser].").run()
    assert any("entre crochets" in warning.value for warning in at.warning)
