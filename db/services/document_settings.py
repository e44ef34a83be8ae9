"""Réglages › Documents: what the documents to come say beside the sale, and whose logo they bear."""

import re
from dataclasses import asdict, fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.mentions import MentionTexts
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import DocumentSettings
from db.queries.document_settings import DocumentSettingsRow
from db.services.audit import Act, note_edit
from db.services.upsert import insert_for

MAX_NOTICE = 200
MAX_SENTENCE = 400
#: What the law allows between companies (C. com., art. L441-10).
MAX_PAYMENT_DAYS = 60
#: What the sentence of the mandate may hold, and nothing else may.
PLACEHOLDERS = ("{vendeur}", "{marketplace}", "{date}")
_BRACED = re.compile(r"\{[^{}]*\}")


class DocumentSettingsChangedError(MarketplaceError):
    """Somebody else changed the settings after they were shown; nothing was saved."""

    def __init__(self) -> None:
        super().__init__(
            "Quelqu’un vient de modifier ces réglages. Relisez ce qui est enregistré, puis refaites vos changements."
        )


def save_document_settings(
    session: Session, viewer: Viewer, shown: DocumentSettingsRow, typed: DocumentSettingsRow
) -> DocumentSettingsRow:
    """Keep how documents are worded, unless somebody changed it since it was shown; return what is kept.

    Documents that were issued say what they said.

    Args:
        session: The caller's transaction.
        viewer: Who does it.
        shown: What the person saw before they typed.
        typed: What they want.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A value cannot be used; the sentence says which.
        DocumentSettingsChangedError: They are not as they were shown any more.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    checked = _checked(typed)
    session.execute(insert_for(session, DocumentSettings).values(id=1).on_conflict_do_nothing())
    as_shown = [getattr(DocumentSettings, name) == value for name, value in asdict(shown).items()]
    # One conditional UPDATE: of two people who save at the same moment, the second finds nothing as they saw it.
    saved = session.scalar(
        sa.update(DocumentSettings)
        .where(*as_shown)
        .values(**asdict(checked))
        .returning(DocumentSettings.id)
        .execution_options(synchronize_session=False)
    )
    if saved is None:
        raise DocumentSettingsChangedError
    act = Act(AuditArea.SETTINGS, "documents_changed", before=shown, after=checked)
    note_edit(session, Actor.person(viewer), act)
    return checked


def _checked(typed: DocumentSettingsRow) -> DocumentSettingsRow:
    if not 0 <= typed.payment_days <= MAX_PAYMENT_DAYS:
        raise InvalidInputError(f"Le délai de paiement va de 0 à {MAX_PAYMENT_DAYS} jours.")
    notice = tidy(typed.legal_notice)
    if len(notice) > MAX_NOTICE:
        raise InvalidInputError(f"La mention légale est trop longue\u00a0: {MAX_NOTICE} caractères au plus.")
    sentences: dict[str, Any] = {
        each.name: _sentence(each.name, getattr(typed, each.name)) for each in fields(MentionTexts)
    }
    return replace(typed, legal_notice=notice, **sentences)


def _sentence(name: str, typed: str) -> str:
    """Return a sentence on one line; nothing where it is the default, which then may change for the better."""
    text = tidy(typed)
    if text == getattr(MentionTexts(), name):
        return ""
    if len(text) > MAX_SENTENCE:
        raise InvalidInputError(f"« {text[:30]}… » est trop long\u00a0: {MAX_SENTENCE} caractères au plus.")
    _check_braces(name, text)
    return text


def _check_braces(name: str, text: str) -> None:
    braced = set(_BRACED.findall(text))
    known = braced & set(PLACEHOLDERS)
    if name != "mandate":
        if known:
            raise InvalidInputError(
                f"Dans « {text[:30]}… », {min(known)} s’imprimerait tel quel\u00a0: seule la phrase du mandat le "
                "remplace. Écrivez le nom lui-même."
            )
        return
    if braced - known:
        raise InvalidInputError(
            f"{min(braced - known)} ne veut rien dire ici. Écrivez {', '.join(PLACEHOLDERS)}, accolades comprises."
        )
    if text and "{vendeur}" not in text:
        raise InvalidInputError("La phrase du mandat doit nommer le vendeur\u00a0: écrivez {vendeur} là où il se lit.")
