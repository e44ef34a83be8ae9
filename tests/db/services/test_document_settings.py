"""Réglages › Documents: the sentences of the documents to come."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM
from db.domain.errors import InvalidInputError, NotAllowedError
from db.domain.mentions import MentionTexts
from db.domain.permissions import Role
from db.domain.snapshot import Snapshot
from db.domain.snapshot_json import from_json
from db.models import Document
from db.queries.document_settings import DocumentSettingsRow, document_settings
from db.services.document_settings import DocumentSettingsChangedError, save_document_settings
from db.services.documents.issue import issue_invoice
from tests.conftest import NOW
from tests.db.services.documents.test_issue import tea_order
from tests.factories import ADMIN, create_issuer, create_person, viewer_for

NOTHING = DocumentSettingsRow()


def save(session: Session, **changes: object) -> DocumentSettingsRow:
    shown = document_settings(session)
    return save_document_settings(session, ADMIN, shown, replace(shown, **changes))  # type: ignore[arg-type]


def invoiced(session: Session) -> Snapshot:
    document_id = issue_invoice(session, SYSTEM, tea_order(session, create_issuer(session)).id, NOW).document_id
    return from_json(session.scalars(sa.select(Document.snapshot).where(Document.id == document_id)).one())


def test_where_nothing_is_set_the_default_sentences_hold(session: Session) -> None:
    assert document_settings(session) == NOTHING
    assert NOTHING.texts == MentionTexts()


def test_what_is_set_is_kept_in_one_form_and_said_by_the_next_documents(session: Session) -> None:
    before = invoiced(session)

    kept = save(
        session,
        legal_notice=" SAS  au capital de 50 000 € ",
        payment_days=30,
        mandate="{marketplace} facture pour {vendeur}\n(mandat du {date}).",
        footer="Merci.",
        logo_ref="logos/2026/11/a.png",
    )

    assert kept == document_settings(session)
    assert kept.legal_notice == "SAS au capital de 50 000 €"
    after = invoiced(session)
    assert after.marketplace.legal_notice == "SAS au capital de 50 000 €"
    assert after.mentions[0].text == "Marketplace facture pour Maison du thé SARL (mandat du 15/01/2025)."
    assert (after.mentions[-1].text, after.logo_ref) == ("Merci.", "logos/2026/11/a.png")
    assert "au nom et pour le compte de Maison du thé SARL" in before.mentions[0].text


def test_the_default_sentence_typed_out_is_no_sentence_of_ones_own(session: Session) -> None:
    assert save(session, early_payment=MentionTexts().early_payment).early_payment == ""


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"payment_days": 61}, "de 0 à 60 jours"),
        ({"payment_days": -1}, "de 0 à 60 jours"),
        ({"legal_notice": "A" * 201}, "200 caractères au plus"),
        ({"footer": "A" * 401}, "400 caractères au plus"),
        ({"mandate": "Sous mandat de {vendor}"}, "{vendor} ne veut rien dire ici"),
        ({"mandate": "Établi sous mandat du {date}."}, "doit nommer le vendeur"),
        ({"debits": "{vendeur} paie d’après les débits"}, "{vendeur} s’imprimerait tel quel"),
    ],
)
def test_what_cannot_be_printed_is_refused(session: Session, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        save(session, **changes)

    assert document_settings(session) == NOTHING


def test_other_braces_are_printed_as_they_are(session: Session) -> None:
    assert save(session, footer="Offre {été}").footer == "Offre {été}"


def test_the_second_of_two_people_is_told_and_saves_nothing(session: Session) -> None:
    seen_by_both = save(session, payment_days=10)
    save_document_settings(session, ADMIN, seen_by_both, replace(seen_by_both, footer="Merci."))

    with pytest.raises(DocumentSettingsChangedError, match="Quelqu’un vient de modifier"):
        save_document_settings(session, ADMIN, seen_by_both, replace(seen_by_both, payment_days=0))

    assert document_settings(session) == DocumentSettingsRow(payment_days=10, footer="Merci.")


def test_only_administrators_change_them(session: Session) -> None:
    finance = viewer_for(create_person(session, Role.FINANCE))

    with pytest.raises(NotAllowedError):
        save_document_settings(session, finance, NOTHING, NOTHING)
