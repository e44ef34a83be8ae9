"""Réglages › Statuts: the label, colour and e-mail of a status; its moves are not settings."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError
from db.domain.orders import OrderStatus
from db.domain.permissions import Permission
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import StatusSetting
from db.queries.statuses import StatusLook, default_look, status_settings
from db.services.audit import Act, note_edit

MAX_LABEL = 40


def save_status(session: Session, viewer: Viewer, status: OrderStatus, look: StatusLook) -> None:
    """Keep how a status looks and whom it writes to; what is as the code says leaves no row.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: The label is empty, too long or another status's, or an e-mail is on without a template.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    label = tidy(look.label)
    if not label or len(label) > MAX_LABEL:
        raise InvalidInputError(f"Donnez au statut un libellé de 1 à {MAX_LABEL} caractères.")
    _refuse_twin(session, status, label)
    if look.sends_email and look.template is None:
        raise InvalidInputError("Choisissez le modèle de l’e-mail, ou désactivez l’envoi.")
    wanted = StatusLook(label, look.colour, look.sends_email, look.template)
    _note(session, viewer, "status_changed", status, wanted)
    if wanted == default_look(status):
        session.execute(sa.delete(StatusSetting).where(StatusSetting.status == status))
        return
    row = session.get(StatusSetting, status) or StatusSetting(status=status)
    row.label, row.colour, row.sends_email, row.template = label, look.colour, look.sends_email, look.template
    session.add(row)
    session.flush()


def reset_status(session: Session, viewer: Viewer, status: OrderStatus) -> None:
    """Have a status look as the code says again.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: Another status has taken its default label meanwhile.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    _refuse_twin(session, status, status.label)
    _note(session, viewer, "status_reset", status, default_look(status))
    session.execute(sa.delete(StatusSetting).where(StatusSetting.status == status))


def _note(session: Session, viewer: Viewer, event: str, status: OrderStatus, wanted: StatusLook) -> None:
    before = status_settings(session)[status]
    act = Act(AuditArea.SETTINGS, event, "status", None, status.label, before, wanted)
    note_edit(session, Actor.person(viewer), act)


def _refuse_twin(session: Session, status: OrderStatus, label: str) -> None:
    """Two statuses of one label could not be told apart in a filter or in the grid."""
    for other, look in status_settings(session).items():
        if other is not status and fold(look.label) == fold(label):
            raise InvalidInputError(f"« {label} » est déjà le libellé d’un autre statut. Choisissez-en un autre.")
