"""Réglages › SMS, as an administrator uses it."""

import pytest

from db.domain.mail import EmailTemplate
from db.domain.permissions import Role
from db.domain.sms import QuietHours
from db.emails.sms import DEFAULT_TEXTS, current_sms_texts
from db.engine import reading, transaction
from db.queries.marketplace import marketplace
from db.queries.sms import opted_out, quiet_hours
from tests.dashboard.apptest import open_page
from tests.factories import create_order

READY = EmailTemplate.ORDER_READY


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin")


def opened(person_id, **query):
    at = open_page("/sms", person_id=person_id, query=query)
    assert not at.exception
    return at


def captions(at):
    return " ".join(caption.value for caption in at.caption)


def text_of(template=READY):
    with reading() as session:
        return current_sms_texts(session, [template])[template]


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/sms", person_id=signed_up(role))
    assert "SMS" not in [header.value for header in at.header]


def test_a_text_shows_its_length_on_an_order_before_it_is_saved(ada):
    with transaction() as session:
        number = create_order(session, number="N-1042").number
    at = opened(ada, commande=number)
    assert at.button(key="sms_save_order_ready").disabled
    at.text_area[1].set_value("Prête : {{ numero }} €").run()
    assert at.code[1].value == "Prete : N-1042 €"
    assert "17 / 160 caractères, 1 SMS" in captions(at)  # 15 and a euro of two.
    at.button(key="sms_save_order_ready").click().run()
    assert text_of() == "Prête : {{ numero }} €"
    at.button(key="sms_reset_order_ready").click().run()
    assert text_of() == DEFAULT_TEXTS[READY]


def test_a_text_that_takes_several_or_unusual_characters_says_what_it_costs(ada):
    at = opened(ada)
    at.text_area[0].set_value("a" * 161).run()
    assert "161 caractères, 2 SMS, payés chacun." in captions(at)
    at.text_area[0].set_value("😀").run()
    assert "hors de l’alphabet des SMS" in captions(at)


def test_a_fault_keeps_a_text_from_being_saved(ada):
    at = opened(ada)
    at.text_area[0].set_value("{{ rien }}").run()
    assert "n’existe pas" in at.error[0].value
    assert at.button(key="sms_save_seller_new_order").disabled


def test_the_hours_and_the_customers_are_saved_by_one_button(ada):
    at = opened(ada)
    at.toggle[0].set_value(True).run()
    at.selectbox[0].set_value(20).run()
    assert "entre 20\u00a0h et 8\u00a0h (heure de Paris) attend 8\u00a0h pour partir" in captions(at)
    at.button(key="sms_rules_save").click().run()
    assert not at.exception
    with reading() as session:
        assert quiet_hours(session) == QuietHours(20, 8)
        assert marketplace(session).texts_customers
    assert at.button(key="sms_rules_save").disabled


def test_a_number_is_put_on_the_list_and_taken_off_it(ada):
    at = opened(ada)
    at.text_input(key="sms_opt_out").set_value("01 42 68 53 00").run()
    at.button(key="sms_opt_out_add").click().run()
    assert "n’est pas un numéro de mobile" in at.error[0].value
    at.text_input(key="sms_opt_out").set_value("06 12 34 56 78").run()
    at.button(key="sms_opt_out_add").click().run()
    assert not at.exception
    with reading() as session:
        assert opted_out(session, ["+33612345678"])
    at.button(key="sms_allow_+33612345678").click().run()
    with reading() as session:
        assert not opted_out(session, ["+33612345678"])
