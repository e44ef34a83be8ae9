"""Réglages › Règles de versement, as an administrator sets them."""

import pytest

from db.domain.payout_settings import PayoutSettingsRow
from db.domain.payouts import FeeInvoicing
from db.domain.permissions import Role
from db.engine import reading
from db.queries.payout_settings import payout_settings
from tests.dashboard.apptest import open_page
from tests.factories import IBAN


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN)


def open_settings(person_id: int):
    at = open_page("/reglages-reversements", person_id=person_id)
    assert not at.exception
    return at


def field(elements, label: str):
    return next(each for each in elements if each.label.startswith(label))


def texts(at) -> str:
    return "\n".join(each.value for each in [*at.markdown, *at.caption, *at.warning])


def saved() -> PayoutSettingsRow:
    with reading() as session:
        return payout_settings(session)


def test_the_account_and_the_controls_are_kept_and_who_set_them_is_shown(ada):
    at = open_settings(ada)
    assert field(at.button, "Enregistrer").disabled
    field(at.text_input, "Titulaire").input("Marché d’ici").run()
    field(at.text_input, "IBAN").input("FR14 2004 1010 0505 0001 3M02 606").run()
    field(at.text_input, "Plafond").input("5 000").run()
    field(at.toggle, "Contrôle à quatre yeux").set_value(False).run()
    assert "Une seule personne peut préparer" in texts(at)
    field(at.button, "Enregistrer").click().run()
    assert at.toast[0].value == "Les réglages des reversements sont enregistrés."
    kept = saved()
    assert (kept.debtor_name, kept.debtor_iban, kept.max_cents, kept.four_eyes) == (
        "Marché d’ici",
        IBAN,
        5_000_00,
        False,
    )
    assert "**Contrôle à quatre yeux**\u00a0: activé → désactivé" in texts(at)
    assert "**Plafond d’un reversement**\u00a0: rien → 5\u202f000\\,00\u00a0€" in texts(at)
    assert field(at.button, "Enregistrer").disabled


def test_what_cannot_be_read_is_told_beside_it_and_nothing_is_saved_meanwhile(ada):
    at = open_settings(ada)
    field(at.text_input, "TVA comprise").input("vingt").run()
    assert "n’est pas un taux" in texts(at)
    assert field(at.button, "Enregistrer").disabled
    field(at.text_input, "TVA comprise").input("8,5").run()
    field(at.segmented_control, "Facturer").set_value(FeeInvoicing.MONTHLY).run()
    field(at.button, "Enregistrer").click().run()
    assert (saved().fee_vat_rate_bp, saved().fee_invoicing) == (850, FeeInvoicing.MONTHLY)


def test_a_refused_account_stays_typed(ada):
    at = open_settings(ada)
    field(at.text_input, "IBAN").input("FR14 2004 1010 0505 0001 3M02 607").run()
    field(at.button, "Enregistrer").click().run()
    assert "n’est pas un IBAN" in at.error[0].value
    assert field(at.text_input, "IBAN").value == "FR14 2004 1010 0505 0001 3M02 607"
    assert saved() == PayoutSettingsRow()


def test_nobody_else_gets_there(signed_up):
    at = open_page("/reglages-reversements", person_id=signed_up(Role.FINANCE))
    assert not [each for each in at.header if each.value == "Règles de versement"]
