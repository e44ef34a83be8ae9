"""Marketplace, as an administrator uses it."""

import pytest

from db.domain.permissions import Role
from db.engine import reading, transaction
from db.queries.marketplace import marketplace
from db.services.marketplace import introduce_marketplace
from tests.dashboard.apptest import open_page


@pytest.fixture
def ada(signed_up):
    with transaction() as session:
        introduce_marketplace(
            session, {"name": "Marché d’ici", "legal_name": "Marché d’ici SAS", "email": "bonjour@example.org"}
        )
    return signed_up(Role.ADMIN)


def field(at, label):
    return next(found for found in [*at.text_input, *at.text_area, *at.number_input] if found.label.startswith(label))


def opened(person_id):
    at = open_page("/marketplace", person_id=person_id)
    assert not at.exception
    return at


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/marketplace", person_id=signed_up(role))
    assert "Marketplace" not in [header.value for header in at.header]


def test_what_is_typed_is_saved_by_one_button(ada):
    at = opened(ada)
    assert at.button(key="marketplace_save").disabled
    field(at, "Adresse d’expédition").set_value("commandes@example.org").run()
    field(at, "Adresse qui reprend").set_value("https://b.example/payer/{number}").run()
    field(at, "Délai d’annulation").set_value(90).run()
    field(at, "Validité des liens de suivi").set_value(45).run()
    at.button(key="marketplace_save").click().run()
    assert not at.exception
    with reading() as session:
        row = marketplace(session)
    assert (row.sender_email, row.payment_url_pattern, row.undo_window_s, row.follow_up_days) == (
        "commandes@example.org",
        "https://b.example/payer/{number}",
        90,
        45,
    )
    assert at.button(key="marketplace_save").disabled


def test_a_refusal_says_which_field_and_loses_nothing_that_was_typed(ada):
    at = opened(ada)
    field(at, "Adresse qui reprend").set_value("https://b.example/payer").run()
    at.button(key="marketplace_save").click().run()
    assert "number" in at.error[0].value
    assert field(at, "Adresse qui reprend").value == "https://b.example/payer"


def test_the_foot_of_emails_shows_the_legal_identity_until_it_is_written(ada):
    shown = field(opened(ada), "Pied des e-mails").placeholder
    assert shown.startswith("Marché d’ici SAS")
    assert "bonjour@example.org" in shown
