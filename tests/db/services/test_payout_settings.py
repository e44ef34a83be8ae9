"""Réglages › Règles de versement."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.payout_settings import SETTING_LABELS, PayoutSettingsChangedError, PayoutSettingsRow
from db.domain.payouts import FeeInvoicing
from db.domain.permissions import Role
from db.domain.viewer import Viewer
from db.models import PayoutSettingsChange
from db.queries.payout_settings import payout_settings, payout_settings_changes
from db.services.payout_settings import save_payout_settings
from tests.conftest import NOW
from tests.factories import IBAN, create_person, viewer_for

DEFAULTS = PayoutSettingsRow()


@pytest.fixture
def admin(session: Session) -> Viewer:
    return viewer_for(create_person(session, Role.ADMIN))


def test_nothing_set_is_the_default_of_the_table(session: Session, admin: Viewer) -> None:
    assert payout_settings(session) == DEFAULTS
    kept = save_payout_settings(session, admin, DEFAULTS, DEFAULTS, NOW)
    assert payout_settings(session) == kept == DEFAULTS
    assert payout_settings_changes(session, admin) == []


def test_what_is_kept_is_read_again_tidy_and_with_the_bic_of_the_bank(session: Session, admin: Viewer) -> None:
    typed = replace(
        DEFAULTS,
        debtor_name="  Marché  d’ici ",
        debtor_iban="fr14 2004 1010 0505 0001 3M02 606",
        four_eyes=False,
        max_cents=5_000_00,
        fee_invoicing=FeeInvoicing.MONTHLY,
    )
    kept = save_payout_settings(session, admin, DEFAULTS, typed, NOW)
    assert (kept.debtor_name, kept.debtor_iban) == ("Marché d’ici", IBAN)
    assert kept.debtor_bic.startswith("PSST")  # La Banque postale.
    assert payout_settings(session) == kept


def test_who_switched_a_control_off_is_kept_for_ever(session: Session, admin: Viewer) -> None:
    off = save_payout_settings(session, admin, DEFAULTS, replace(DEFAULTS, four_eyes=False), NOW)
    later = NOW + dt.timedelta(hours=1)
    save_payout_settings(session, admin, off, replace(off, four_eyes=True, max_cents=1_234_56), later)
    told = [
        (change.setting, change.before, change.after, change.at) for change in payout_settings_changes(session, admin)
    ]
    assert told == [
        ("max_cents", "", "1\u202f234,56\u00a0€", later),
        ("four_eyes", "désactivé", "activé", later),
        ("four_eyes", "activé", "désactivé", NOW),
    ]
    assert payout_settings_changes(session, admin, limit=1)[0].person_name == admin.name
    for statement in (sa.delete(PayoutSettingsChange), sa.update(PayoutSettingsChange).values(after="activé")):
        with pytest.raises(DatabaseError, match="never changed"), session.begin_nested():
            session.execute(statement)


def test_every_setting_has_its_words(session: Session, admin: Viewer) -> None:
    assert set(SETTING_LABELS) == set(PayoutSettingsRow.__dataclass_fields__)
    typed = PayoutSettingsRow(
        debtor_name="Marché d’ici",
        debtor_iban=IBAN,
        debtor_bic="PSSTFRPPXXX",
        is_automatic=False,
        four_eyes=False,
        max_cents=100,
        unusual_times=5,
        iban_rest_hours=1,
        fee_invoicing=FeeInvoicing.MONTHLY,
        fee_vat_rate_bp=850,
        dac7_min_sales=31,
        dac7_min_cents=1,
    )
    save_payout_settings(session, admin, DEFAULTS, typed, NOW)
    told = {change.setting: change.after for change in payout_settings_changes(session, admin)}
    assert told["debtor_iban"] == "FR14 2004 1010 0505 0001 3M02 606"
    assert (told["unusual_times"], told["iban_rest_hours"]) == ("5 fois l’habituel", "1\u00a0heure")
    assert (told["fee_vat_rate_bp"], told["fee_invoicing"]) == ("8,5\u00a0%", "Une fois par mois")
    assert (told["dac7_min_sales"], told["dac7_min_cents"]) == ("31", "0,01\u00a0€")
    assert len(told) == len(SETTING_LABELS)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (replace(DEFAULTS, debtor_iban="FR1420041010050500013M02607"), "n’est pas un IBAN"),
        # Brazil has IBANs and is not in SEPA (example of the registry of IBANs).
        (replace(DEFAULTS, debtor_iban="BR1800360305000010009795493C1"), "espace SEPA"),
        (replace(DEFAULTS, debtor_name="x" * 71), "70 caractères"),
        (replace(DEFAULTS, max_cents=0), "laissez vide"),
        (replace(DEFAULTS, unusual_times=1), "de 2 à 100"),
        (replace(DEFAULTS, iban_rest_hours=721), "de 0 à 720"),
        (replace(DEFAULTS, fee_vat_rate_bp=10_001), "de 0 à 100"),
        (replace(DEFAULTS, dac7_min_sales=-1), "négatifs"),
    ],
)
def test_what_cannot_be_is_refused_and_told(
    session: Session, admin: Viewer, typed: PayoutSettingsRow, sentence: str
) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        save_payout_settings(session, admin, DEFAULTS, typed, NOW)


def test_the_second_of_two_who_save_reads_again(session: Session, admin: Viewer) -> None:
    save_payout_settings(session, admin, DEFAULTS, replace(DEFAULTS, max_cents=100), NOW)
    with pytest.raises(PayoutSettingsChangedError, match="vient de modifier"):
        save_payout_settings(session, admin, DEFAULTS, replace(DEFAULTS, four_eyes=False), NOW)
    assert payout_settings(session) == replace(DEFAULTS, max_cents=100)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.MANAGER])
def test_only_administrators_change_it_and_read_who_did(session: Session, role: Role) -> None:
    viewer = viewer_for(create_person(session, role))
    with pytest.raises(NotAllowedError):
        save_payout_settings(session, viewer, DEFAULTS, DEFAULTS, NOW)
    with pytest.raises(NotAllowedError):
        payout_settings_changes(session, viewer)
