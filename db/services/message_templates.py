"""« Modèles de messages »: texts that staff picks, edits and sends."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import tidy
from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import MessageTemplate
from db.services.audit import Act, note_edit
from db.services.message_text import checked_text

MAX_NAME = 60
_COPY = " (copie)"


class TemplateNotFoundError(NotFoundError):
    """Somebody has deleted it."""

    def __init__(self) -> None:
        super().__init__("Ce modèle n’existe plus. Choisissez-en un autre dans la liste.")


class NameTakenError(InvalidInputError):
    """Another text has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"Un autre modèle s’appelle déjà « {name} ». Choisissez un autre nom.")


def add_template(session: Session, viewer: Viewer, name: str, subject: str, body: str, now: dt.datetime) -> int:
    """Keep a new text; return its id.

    Raises:
        NotAllowedError: The person may not write to customers.
        InvalidInputError: The name is missing or taken, or the text could not be sent.
    """
    viewer.require(Permission.MESSAGE_CUSTOMERS)
    name, text = _free_name(session, name), checked_text(subject, body)
    template = MessageTemplate(name=name, subject=text.subject, body=text.body, created_at=now, updated_at=now)
    session.add(template)
    _flush(session, name)
    act = Act(AuditArea.SETTINGS, "message_added", "message_template", template.id, name, None, _said(template))
    note_edit(session, Actor.person(viewer), act, now)
    return template.id


def change_template(
    session: Session, viewer: Viewer, template_id: int, name: str, subject: str, body: str, now: dt.datetime
) -> None:
    """Change a text; messages that were written with it stay as they are.

    Raises:
        NotAllowedError: The person may not write to customers.
        TemplateNotFoundError: There is no such text.
        InvalidInputError: The name is missing or taken, or the text could not be sent.
    """
    viewer.require(Permission.MESSAGE_CUSTOMERS)
    template = _existing(session, template_id)
    name, text = _free_name(session, name, template.id), checked_text(subject, body)
    before = _said(template)
    template.name, template.subject, template.body, template.updated_at = name, text.subject, text.body, now
    _flush(session, name)
    act = Act(AuditArea.SETTINGS, "message_changed", "message_template", template.id, name, before, _said(template))
    note_edit(session, Actor.person(viewer), act, now)


def duplicate_template(session: Session, viewer: Viewer, template_id: int, now: dt.datetime) -> int:
    """Keep a copy of a text under a name of its own; return the copy's id.

    Raises:
        NotAllowedError: The person may not write to customers.
        TemplateNotFoundError: There is no such text.
    """
    viewer.require(Permission.MESSAGE_CUSTOMERS)
    source = _existing(session, template_id)
    taken = set(session.scalars(sa.select(MessageTemplate.name)))
    copies = (f"{source.name[: MAX_NAME - len(end)]}{end}" for end in _endings(len(taken) + 1))
    name = next(name for name in copies if name not in taken)
    return add_template(session, viewer, name, source.subject, source.body, now)


def delete_template(session: Session, viewer: Viewer, template_id: int) -> None:
    """Delete a text; messages that were written with it stay.

    Raises:
        NotAllowedError: The person may not write to customers.
        TemplateNotFoundError: There is no such text.
    """
    viewer.require(Permission.MESSAGE_CUSTOMERS)
    template = _existing(session, template_id)
    gone = Act(
        AuditArea.SETTINGS, "message_deleted", "message_template", template_id, template.name, _said(template), None
    )
    session.delete(template)
    session.flush()
    note_edit(session, Actor.person(viewer), gone)


def _said(template: MessageTemplate) -> dict[str, str]:
    return {"name": template.name, "subject": template.subject, "body": template.body}


def _endings(most: int) -> list[str]:
    """Return « (copie) », « (copie 2) »…: as many as there may be names that are taken, and one."""
    return [_COPY, *(f" (copie {number})" for number in range(2, most + 1))]


def _existing(session: Session, template_id: int) -> MessageTemplate:
    template = session.get(MessageTemplate, template_id)
    if template is None:
        raise TemplateNotFoundError
    return template


def _free_name(session: Session, typed: str, own_id: int | None = None) -> str:
    name = tidy(typed)
    if not name or len(name) > MAX_NAME:
        raise InvalidInputError(f"Donnez au modèle un nom de 1 à {MAX_NAME} caractères.")
    owner = session.scalar(sa.select(MessageTemplate.id).where(MessageTemplate.name == name))
    if owner is not None and owner != own_id:
        raise NameTakenError(name)
    return name


def _flush(session: Session, name: str) -> None:
    try:
        session.flush()
    except sa.exc.IntegrityError as error:  # Somebody took the name a moment ago.
        raise NameTakenError(name) from error
