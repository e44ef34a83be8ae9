"""Modèles de messages, as support uses it."""

import pytest

from db.domain.permissions import Role
from db.domain.time import utc_now
from db.engine import reading, transaction
from db.models import MessageTemplate, Person
from db.services.message_templates import add_template
from tests.dashboard.apptest import open_page
from tests.factories import create_order, viewer_for


@pytest.fixture
def sam(signed_up):
    return signed_up(Role.SUPPORT)


@pytest.fixture
def retard(sam):
    with transaction() as session:
        viewer = viewer_for(session.get_one(Person, sam))
        return add_template(session, viewer, "Retard", "Commande {{ numero }}", "Bonjour {{ client }}", utc_now())


def texts():
    with reading() as session:
        return {row.name: (row.subject, row.body) for row in session.query(MessageTemplate)}


def opened(sam, template="", **query):
    at = open_page("/modeles-messages", person_id=sam, query={"modele": str(template)} | query if template else query)
    assert not at.exception
    return at


def field(at, name):
    return next(each for each in [*at.text_input, *at.text_area] if each.key.endswith(f"_{name}"))


def button(at, name):
    return next(each for each in at.button if (each.key or "").endswith(f"_{name}"))


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_only_those_who_write_to_customers_get_there(signed_up, role):
    at = open_page("/modeles-messages", person_id=signed_up(role))
    assert "Modèles de messages" not in [header.value for header in at.header]


def test_the_first_text_is_created(sam):
    at = opened(sam)
    assert "Aucun modèle" in at.info[0].value
    at.button(key="template_new").click().run()
    field(at, "name").set_value("Retard")
    field(at, "subject").set_value("Commande {{ numero }}")
    field(at, "body").set_value("Bonjour")
    button(at, "add").click().run()
    assert not at.exception
    assert texts() == {"Retard": ("Commande {{ numero }}", "Bonjour")}
    assert [toast.value for toast in at.toast] == ["Le modèle « Retard » est créé."]


def test_a_text_is_changed_and_a_fault_is_said_before_it_is_kept(sam, retard):
    at = opened(sam, retard)
    field(at, "subject").set_value("Commande {{ numro }}").run()
    assert any("Vouliez\\-vous dire « numero »" in error.value for error in at.error)
    button(at, "save").click().run()
    assert texts()["Retard"][0] == "Commande {{ numero }}"
    field(at, "subject").set_value("Votre commande {{ numero }}")
    button(at, "save").click().run()
    assert texts()["Retard"][0] == "Votre commande {{ numero }}"


def test_a_text_is_copied_and_deleted(sam, retard):
    at = opened(sam, retard)
    button(at, "copy").click().run()
    assert set(texts()) == {"Retard", "Retard (copie)"}
    assert field(at, "name").value == "Retard (copie)"
    button(at, "delete").click().run()
    assert set(texts()) == {"Retard"}


def test_a_text_is_tried_on_the_order_that_is_asked_for(sam, retard):
    with transaction() as session:
        create_order(session, number="N-1", customer_name="Zoé")
        create_order(session, number="N-2", customer_name="Ana")
    at = opened(sam, retard, template_order="N-1")
    assert any("Commande N-1" in markdown.value.replace("\\", "") for markdown in at.markdown)
    at = opened(sam, retard, template_order="N-9")
    assert any("Aucune commande ne porte ce numéro" in info.value for info in at.info)


def test_a_text_that_is_gone_is_said_to_be_gone(sam):
    assert "n’existe plus" in opened(sam, 999).info[0].value
