"""Modèles d’e-mails, as an administrator uses it."""

import json

import pytest
import sqlalchemy as sa

from db.domain.mail import SELLER_ACCOUNT_TEMPLATES, STAFF_TEMPLATES, EmailTemplate
from db.domain.permissions import Role
from db.emails.texts import current_texts, default_text
from db.engine import reading, transaction
from db.models import Order, OutboxMessage
from tests.dashboard.apptest import open_page
from tests.factories import create_customer, create_order

READY = EmailTemplate.ORDER_READY


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin", email="ada@example.org")


@pytest.fixture
def number(use_database):
    with transaction() as session:
        return create_order(session, customer=create_customer(session, "Zoé Petit")).number


def open_template(ada, template=READY, **query):
    at = open_page("/modeles-emails", person_id=ada, query={"modele": template.value} | query)
    assert not at.exception
    return at


def field(at, label):
    return next(found for found in [*at.text_input, *at.text_area] if found.label == label)


def data_of(at, component):
    (found,) = [each for each in at.get("bidi_component") if each.proto.component_name.endswith(component)]
    return json.loads(found.proto.json)


def preview_of(at):
    return data_of(at, "email_frame")["html"]


def present(template=READY):
    with reading() as session:
        return current_texts(session, [template])[template]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/modeles-emails", person_id=signed_up(role))
    assert "Modèles d’e-mails" not in [header.value for header in at.header]


def test_every_email_opens_with_its_text_and_its_preview_on_a_real_order(ada, number):
    for template in EmailTemplate:
        at = open_template(ada, template)
        assert field(at, "Objet").value == default_text(template).subject
        assert field(at, "Texte").value == default_text(template).body
        assert at.button(key="email_save").disabled
        assert not at.error
        if template is not EmailTemplate.MESSAGE and template not in SELLER_ACCOUNT_TEMPLATES | STAFF_TEMPLATES:
            assert number in preview_of(at)


def test_without_any_order_the_preview_shows_one_that_never_was(ada):
    assert "62038bc9-398dfb-001" in preview_of(open_template(ada))


def test_what_is_typed_is_previewed_and_saved_only_then(ada, number):
    at = open_template(ada)
    field(at, "Texte").set_value("Coucou {{ client }}").run()
    assert "Coucou Zoé Petit" in preview_of(at)
    assert present() == default_text(READY)
    at.button(key="email_save").click().run()
    assert not at.exception
    assert present().body == "Coucou {{ client }}"
    assert field(at, "Texte").value == "Coucou {{ client }}"
    assert any("modifié" in option for option in at.selectbox[0].options)


def test_a_mistake_is_told_and_keeps_everybody_from_saving(ada, number):
    at = open_template(ada)
    field(at, "Texte").set_value("Bonjour {{ clien }}").run()
    (told,) = [error.value for error in at.error]
    assert "Vouliez" in told
    assert at.button(key="email_save").disabled
    assert at.button(key="email_test").disabled
    assert not any("email_frame" in each.proto.component_name for each in at.get("bidi_component"))


def test_the_preview_is_on_the_order_one_names(ada, number):
    with transaction() as session:
        other = create_order(session, customer=create_customer(session, "Max Autre"), number="X-9")
        assert session.get_one(Order, other.id).number == "X-9"
    assert "X-9" in preview_of(open_template(ada, commande="X-9"))
    at = open_template(ada, commande="inconnue")
    assert "Il n’y a pas de commande inconnue" in at.warning[0].value
    assert preview_of(at)


def test_a_test_email_is_queued_to_oneself(ada, number):
    at = open_template(ada)
    field(at, "Objet").set_value("Essai {{ numero }}").run()
    at.button(key="email_test").click().run()
    assert not at.exception
    with reading() as session:
        (row,) = session.scalars(sa.select(OutboxMessage))
    assert (row.recipient, row.variables["draft"]["subject"]) == ("ada@example.org", "[Test] Essai {{ numero }}")
    assert field(at, "Objet").value == "Essai {{ numero }}"  # Nothing typed is lost.


def test_an_earlier_version_and_the_default_come_back(ada, number):
    at = open_template(ada)
    for text in ("un", "deux"):
        field(at, "Texte").set_value(text).run()
        at.button(key="email_save").click().run()
    next(button for button in at.button if button.label == "Revenir à cette version").click().run()
    assert present().body == "un"
    at.button(key="email_default").click().run()
    assert not at.exception
    assert present() == default_text(READY)
    assert "Le texte est celui d’origine." in [caption.value for caption in at.caption]


def test_the_list_of_variables_says_what_each_is_worth_on_the_order(ada, number):
    at = open_template(ada)
    values = {
        row["source"]: row["value"] for group in data_of(at, "email_variables")["groups"] for row in group["variables"]
    }
    assert values["{{ client }}"] == "Zoé Petit"
    assert values["{{ numero }}"] == number
    assert values["{{ bouton_suivi }}"] == ""


def test_choosing_another_email_works_before_and_after_a_save(ada, number):
    at = open_template(ada)
    for _ in range(2):
        at.selectbox[0].set_value(EmailTemplate.MESSAGE).run()
        assert field(at, "Objet").value == default_text(EmailTemplate.MESSAGE).subject
        at.selectbox[0].set_value(READY).run()
        field(at, "Texte").set_value("un").run()
        if not at.button(key="email_save").disabled:
            at.button(key="email_save").click().run()
        assert not at.exception
        assert at.selectbox[0].value is READY


def test_the_summary_is_previewed_with_figures_and_a_chart_that_never_were(ada):
    shown = preview_of(open_template(ada, EmailTemplate.MANAGER_SUMMARY))
    assert "7\u202f846,90\u00a0€" in shown
    assert 'src="data:image/png;base64,iVBOR' in shown
