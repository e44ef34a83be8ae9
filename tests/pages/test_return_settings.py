"""Réglages › Règles des retours, as an administrator sets them."""

import pytest

from db.domain.permissions import Role
from db.domain.returns import ReturnRules
from db.engine import reading
from db.queries.return_settings import return_rules
from tests.dashboard.apptest import open_page


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN)


def open_settings(person_id: int):
    at = open_page("/reglages-retours", person_id=person_id)
    assert not at.exception
    return at


def field(elements, label: str):
    return next(each for each in elements if each.label.startswith(label))


def saved() -> ReturnRules:
    with reading() as session:
        return return_rules(session)


def test_what_is_set_is_kept(ada):
    at = open_settings(ada)
    field(at.number_input, "Délai de retour").set_value(30).run()
    assert "16\u00a0jours de plus que la loi" in "\n".join(each.value for each in at.caption)
    field(at.number_input, "Photos").set_value(3).run()
    field(at.text_area, "Instructions").input("À la boutique, 12 rue de l’Été.").run()
    field(at.button, "Enregistrer").click().run()
    assert at.toast[0].value == "Les réglages des retours sont enregistrés."
    assert saved() == ReturnRules(
        is_on=True, window_days=30, max_photos=3, instructions="À la boutique, 12 rue de l’Été."
    )
    assert field(at.button, "Enregistrer").disabled


def test_closing_requests_says_that_the_law_stays(ada):
    at = open_settings(ada)
    at.toggle[0].set_value(False).run()
    assert "le droit de rétractation reste dû" in "\n".join(each.value for each in at.caption)
    field(at.button, "Enregistrer").click().run()
    assert not saved().is_on


def test_nobody_else_gets_there(signed_up):
    at = open_page("/reglages-retours", person_id=signed_up(Role.SUPPORT))
    assert not [each for each in at.header if each.value == "Règles des retours"]
