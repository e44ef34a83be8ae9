"""Transporteurs, as an administrator uses it."""

import pytest

from db.domain.carriers import DEFAULT_CARRIERS
from db.domain.permissions import Role
from db.engine import reading
from db.queries.carriers import all_carriers
from tests.dashboard.apptest import open_page


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN)


def open_carrier(ada, code):
    at = open_page("/transporteurs", person_id=ada, query={"transporteur": code})
    assert not at.exception
    return at


def pick(elements, label):
    return next(element for element in elements if element.label.startswith(label))


def carrier(code):
    with reading() as session:
        return next(each for each in all_carriers(session) if each.code == code)


def link_of(at):
    return at.get("page_link")[-1].proto.page


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/transporteurs", person_id=signed_up(role))
    assert "Transporteurs" not in [header.value for header in at.header]


def test_every_carrier_is_listed_with_its_delay_and_the_site_that_follows_it(ada):
    at = open_page("/transporteurs", person_id=ada)
    table = at.dataframe[0].value
    assert table["Transporteur"].tolist() == [each.name for each in DEFAULT_CARRIERS]
    assert table["Délai"].tolist()[:2] == ["2\u00a0jours ouvrés", "1\u00a0jour ouvré"]
    assert table["Suivi"].tolist()[0] == "laposte.fr"
    assert table["Suivi"].tolist()[-1] == "Aucun"
    assert set(table["Réglage"]) == {"Par défaut"}
    assert "Cliquez sur un transporteur" in at.info[0].value


def test_a_carrier_is_changed_switched_off_and_brought_back(ada):
    at = open_carrier(ada, "colissimo")
    pick(at.number_input, "Délai").set_value(5).run()
    at.toggle[0].set_value(False).run()
    at.button(key="carrier_save").click().run()
    assert not at.exception
    assert (carrier("colissimo").delivery_days, carrier("colissimo").is_active) == (5, False)
    assert at.dataframe[0].value["Réglage"].tolist()[0] == "Modifié"
    assert at.dataframe[0].value["Proposé"].tolist()[0] == "Non"
    at.button(key="carrier_reset").click().run()
    assert carrier("colissimo") == DEFAULT_CARRIERS[0]


def test_a_number_is_tried_before_anything_is_saved(ada):
    at = open_carrier(ada, "dpd")
    assert link_of(at) == "https://trace.dpd.fr/fr/trace/6A12345678901"
    pick(at.text_input, "Essayer").set_value("0123 4567 8901 23").run()
    assert link_of(at) == "https://trace.dpd.fr/fr/trace/01234567890123"
    assert not at.warning
    pick(at.text_input, "Essayer").set_value("12").run()
    assert "ne ressemble pas à un numéro DPD" in at.warning[0].value
    pick(at.text_input, "Lien").set_value("").run()
    assert "n’a pas de lien de suivi" in " ".join(caption.value for caption in at.caption)


def test_a_carrier_is_added_and_its_panel_opens(ada):
    at = open_page("/transporteurs", person_id=ada)
    at.button(key="carrier_new").click().run()
    pick(at.text_input, "Nom").set_value("Coursier du Marais")
    pick(at.text_input, "Lien").set_value("http://coursier.example/{number}")
    at.button(key="carrier_add").click().run()
    assert "Le lien de suivi doit être une adresse complète" in at.error[0].value
    pick(at.text_input, "Lien").set_value("https://coursier.example/{number}")
    at.button(key="carrier_add").click().run()
    assert not at.exception
    assert at.query_params["transporteur"] in ("coursier_du_marais", ["coursier_du_marais"])
    assert pick(at.text_input, "Nom").value == "Coursier du Marais"
    assert at.dataframe[0].value["Réglage"].tolist()[-1] == "Ajouté"
    assert not [button for button in at.button if button.key == "carrier_reset"]
