"""Statuts, as an administrator uses it."""

import pytest

from db.domain.mail import EmailTemplate
from db.domain.orders import OrderStatus, StatusColour
from db.domain.permissions import Role
from db.engine import reading, transaction
from db.queries.statuses import default_look, status_settings
from tests.dashboard.apptest import open_page
from tests.factories import create_order

READY = OrderStatus.READY


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN)


def open_status(ada, status=READY):
    at = open_page("/statuts", person_id=ada, query={"statut": status.value})
    assert not at.exception
    return at


def pick(elements, label):
    return next(element for element in elements if element.label == label)


def look_of(status=READY):
    with reading() as session:
        return status_settings(session)[status]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/statuts", person_id=signed_up(role))
    assert "Statuts" not in [header.value for header in at.header]


def test_every_status_is_listed_with_the_email_it_sends(ada):
    at = open_page("/statuts", person_id=ada)
    table = at.dataframe[0].value
    assert [cell[0] for cell in table["Statut"]] == [status.label for status in OrderStatus]
    assert table["E-mail"].tolist()[-2:] == ["Aucun", "Aucun"]
    assert set(table["Réglage"]) == {"Par défaut"}
    assert "Cliquez sur un statut" in at.info[0].value


def test_a_label_and_a_colour_are_saved_and_shown_at_once_on_every_screen(ada):
    with transaction() as session:
        number = create_order(session, status=READY).number
    at = open_status(ada)
    pick(at.text_input, "Libellé").set_value("À retirer").run()
    pick(at.selectbox, "Couleur").set_value(StatusColour.VIOLET).run()
    assert "À\u00a0retirer" in " ".join(element.value for element in at.markdown)  # The badge, before it is saved.
    assert look_of() == default_look(READY)
    at.button(key="status_save").click().run()
    assert not at.exception
    assert (look_of().label, look_of().colour) == ("À retirer", StatusColour.VIOLET)
    page = open_page("/commande", person_id=ada, query={"n": number})
    assert "À\u00a0retirer" in " ".join(element.value for element in page.markdown)


def test_the_email_is_switched_off_and_another_template_chosen(ada):
    at = open_status(ada)
    pick(at.selectbox, "Modèle").set_value(EmailTemplate.ORDER_COMPLETED).run()
    at.button(key="status_save").click().run()
    assert look_of().template is EmailTemplate.ORDER_COMPLETED
    at.toggle[0].set_value(False).run()
    at.button(key="status_save").click().run()
    assert not at.exception
    assert not look_of().sends_email


def test_an_email_without_a_template_is_refused_with_a_sentence(ada):
    at = open_status(ada, OrderStatus.ERROR)
    at.toggle[0].set_value(True).run()
    at.button(key="status_save").click().run()
    assert "Choisissez le modèle" in at.error[0].value
    assert look_of(OrderStatus.ERROR) == default_look(OrderStatus.ERROR)


def test_the_default_comes_back(ada):
    at = open_status(ada)
    pick(at.text_input, "Libellé").set_value("À retirer").run()
    at.button(key="status_save").click().run()
    at.button(key="status_reset").click().run()
    assert not at.exception
    assert look_of() == default_look(READY)
