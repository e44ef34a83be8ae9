"""Réglages › Règles des retours: whether returns may be asked for, for how long, how many photos, where to send."""

from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.permissions import Permission
from db.domain.returns import ReturnRules
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.domain.withdrawal import WITHDRAWAL_DAYS
from db.models import ReturnSettings
from db.queries.return_settings import return_rules
from db.services.audit import Act, note_edit

#: As the table's own constraints say.
MAX_WINDOW_DAYS = 365
MAX_PHOTOS = 20
MAX_INSTRUCTIONS = 2_000


def save_return_settings(session: Session, viewer: Viewer, typed: ReturnRules) -> ReturnRules:
    """Keep the rules of returns; return what is kept.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A value cannot be used; the sentence says which and what goes.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    kept = _checked(typed)
    before = return_rules(session)
    row = session.get(ReturnSettings, 1) or ReturnSettings(id=1)
    for name, value in asdict(kept).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    act = Act(AuditArea.SETTINGS, "returns_changed", before=before, after=kept)
    note_edit(session, Actor.person(viewer), act)
    return kept


def _checked(typed: ReturnRules) -> ReturnRules:
    if not WITHDRAWAL_DAYS <= typed.window_days <= MAX_WINDOW_DAYS:
        raise InvalidInputError(
            f"Délai de retour\u00a0: saisissez de {WITHDRAWAL_DAYS} jours, le minimum légal, à {MAX_WINDOW_DAYS}."
        )
    if not 0 <= typed.max_photos <= MAX_PHOTOS:
        raise InvalidInputError(f"Photos par demande\u00a0: saisissez de 0 à {MAX_PHOTOS}.")
    instructions = typed.instructions.replace("\r\n", "\n").strip()
    if len(instructions) > MAX_INSTRUCTIONS or not is_storable(instructions):
        raise InvalidInputError(f"Les instructions sont illisibles ou dépassent {MAX_INSTRUCTIONS} caractères.")
    return replace(typed, instructions=instructions)
