"""Réglages › Documents, as an administrator uses it."""

import io

import pytest
from PIL import Image

from db.domain.permissions import Role
from db.engine import reading, transaction
from db.models import DocumentSettings
from db.queries.document_settings import DocumentSettingsRow, document_settings
from db.storage import storage
from tests.dashboard.apptest import open_page


@pytest.fixture
def ada(signed_up):
    return signed_up(Role.ADMIN, name="Ada Admin")


def opened(person_id):
    at = open_page("/reglages-documents", person_id=person_id)
    assert not at.exception
    return at


def saved():
    with reading() as session:
        return document_settings(session)


def field(at, label):
    return next(found for found in [*at.text_input, *at.text_area, *at.number_input] if found.label == label)


def logo():
    out = io.BytesIO()
    Image.new("RGB", (320, 80), "#0f5c4d").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.MANAGER, Role.SELLER])
def test_nobody_but_administrators_gets_to_the_page(signed_up, role):
    at = open_page("/reglages-documents", person_id=signed_up(role))
    assert "Documents" not in [header.value for header in at.header]


def test_empty_fields_show_the_default_in_grey_and_the_preview_prints_it(ada):
    at = opened(ada)
    assert field(at, "Escompte").value == ""
    assert field(at, "Escompte").placeholder == "Pas d’escompte pour paiement anticipé."
    shown = " ".join(caption.value for caption in at.caption).replace("\\", "")
    assert "Pas d’escompte pour paiement anticipé." in shown
    assert "au nom et pour le compte de Maison du thé SARL, sous mandat du 15/01/2026." in shown
    assert at.button(key="documents_save").disabled
    at.segmented_control(key="documents_preview").set_value(False).run()
    assert "Pas d’escompte" not in " ".join(caption.value for caption in at.caption)


def test_a_sentence_is_seen_in_the_preview_and_saved(ada):
    at = opened(ada)
    field(at, "Pied des documents").set_value("Merci, {et à bientôt}.").run()
    assert "Merci, {et à bientôt}." in " ".join(caption.value for caption in at.caption).replace("\\", "")
    field(at, "Délai de paiement, en jours").set_value(30).run()
    at.button(key="documents_save").click().run()
    assert not at.exception
    assert saved() == DocumentSettingsRow(payment_days=30, footer="Merci, {et à bientôt}.")
    assert at.button(key="documents_save").disabled


def test_an_unknown_word_in_braces_is_refused_and_stays_typed(ada):
    at = opened(ada)
    field(at, "Mandat de facturation").set_value("Pour {vendor}").run()
    at.button(key="documents_save").click().run()
    assert "{vendor} ne veut rien dire ici" in at.error[0].value.replace("\\", "")
    assert field(at, "Mandat de facturation").value == "Pour {vendor}"


def test_what_somebody_else_saved_meanwhile_is_shown_anew(ada):
    at = opened(ada)
    field(at, "Pied des documents").set_value("Le mien").run()
    with transaction() as session:
        session.add(DocumentSettings(id=1, footer="Le sien"))
    at.button(key="documents_save").click().run()
    assert "Quelqu’un vient de modifier ces réglages" in at.error[0].value
    assert field(at, "Pied des documents").value == "Le sien"


def test_a_logo_is_looked_at_stored_and_taken_off_again_but_never_deleted(ada):
    at = opened(ada)
    at.file_uploader[0].set_value(("logo.png", logo(), "image/png")).run()
    assert not at.exception
    at.button(key="logo_use").click().run()
    assert not at.exception
    ref = saved().logo_ref
    assert ref.startswith("logos/")
    with storage().open(ref) as content:
        assert Image.open(content).size == (320, 80)
    at.button(key="logo_remove").click().run()
    assert saved().logo_ref == ""
    assert storage().size(ref)


def test_a_file_that_is_no_picture_is_refused_in_words(ada):
    at = opened(ada)
    at.file_uploader[0].set_value(("logo.png", b"nothing", "image/png")).run()
    assert "PNG ou JPEG" in at.error[0].value
    assert saved().logo_ref == ""
