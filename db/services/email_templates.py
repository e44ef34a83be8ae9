"""Réglages › Modèles d’e-mails: save a text, go back to an earlier one or to the default, try it on oneself."""

import datetime as dt
import uuid
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.errors import InvalidInputError, NotFoundError
from db.domain.mail import EmailTemplate, OutboxState
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.emails.markup import one_line
from db.emails.rendering import Draft, check
from db.emails.texts import TemplateText, current_texts, default_text
from db.models import EmailTemplateVersion, OutboxMessage
from db.services.audit import Act, note_act, note_edit
from db.services.outbox import DELIVER
from db.services.wake import wake


class TemplateFaultyError(InvalidInputError):
    """A text that could not be sent; ``faults`` says what is wrong, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def save_text(
    session: Session, viewer: Viewer, template: EmailTemplate, subject: str, body: str, now: dt.datetime
) -> bool:
    """Keep a new version of an e-mail's text; return False where it is the present one already.

    Raises:
        NotAllowedError: The person may not change settings.
        TemplateFaultyError: The text could not be sent.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    text = _checked(template, subject, body)
    if text == current_texts(session, [template])[template]:
        return False
    _note(session, viewer, template, text, now)
    _add(session, viewer, template, text, now, is_default=text == default_text(template))
    return True


def restore_version(session: Session, viewer: Viewer, version_id: int, now: dt.datetime) -> EmailTemplate:
    """Make an earlier version the present text again, as a version of its own; return whose text it is.

    Raises:
        NotAllowedError: The person may not change settings.
        NotFoundError: There is no such version.
        TemplateFaultyError: It names something that does not exist any more.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    version = session.get(EmailTemplateVersion, version_id)
    if version is None:
        raise NotFoundError("Cette version n’existe pas. Choisissez-en une dans la liste.")
    if version.is_default:
        restore_default(session, viewer, version.template, now)
    else:
        save_text(session, viewer, version.template, version.subject, version.body, now)
    return version.template


def restore_default(session: Session, viewer: Viewer, template: EmailTemplate, now: dt.datetime) -> bool:
    """Go back to the text of the code; return False where it is the present one already.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    text = default_text(template)
    if text == current_texts(session, [template])[template]:
        return False
    _note(session, viewer, template, text, now)
    _add(session, viewer, template, text, now, is_default=True)
    return True


def send_test(session: Session, viewer: Viewer, template: EmailTemplate, draft: Draft, now: dt.datetime) -> None:
    """Queue a text as it is being edited, tried on an order, to the person's own address.

    Raises:
        NotAllowedError: The person may not change settings.
        TemplateFaultyError: The text could not be sent.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    text = _checked(template, draft.subject, draft.body)
    tried = Draft(f"[Test] {text.subject}", text.body, draft.order_id)
    session.add(
        OutboxMessage(
            # No order: it is none of its letters, and stays out of its history.
            order_id=None,
            event=f"test:{uuid.uuid4()}",
            template=template,
            recipient_kind=template.recipient_kind,
            recipient=viewer.email,
            recipient_name=viewer.name,
            variables={"draft": asdict(tried)},
            state=OutboxState.QUEUED,
            due_at=now,
            created_at=now,
            person_id=viewer.person_id,
        )
    )
    session.flush()
    act = Act(AuditArea.SETTINGS, "email_tested", "email_template", None, template.label)
    note_act(session, Actor.person(viewer), act, now)
    wake(session, DELIVER)


def _checked(template: EmailTemplate, subject: str, body: str) -> TemplateText:
    text = TemplateText(one_line(subject), body.replace("\r\n", "\n").strip())
    faults = check(template, text.subject, text.body)
    if not is_storable(text.subject + text.body):
        faults = ["Le texte contient un caractère que la base de données ne peut pas garder. Saisissez-le à la main."]
    if faults:
        raise TemplateFaultyError(faults)
    return text


def _note(session: Session, viewer: Viewer, template: EmailTemplate, text: TemplateText, now: dt.datetime) -> None:
    before = current_texts(session, [template])[template]
    act = Act(AuditArea.SETTINGS, "email_text_changed", "email_template", None, template.label, before, text)
    note_edit(session, Actor.person(viewer), act, now)


def _add(
    session: Session, viewer: Viewer, template: EmailTemplate, text: TemplateText, now: dt.datetime, *, is_default: bool
) -> None:
    session.execute(
        sa.insert(EmailTemplateVersion).values(
            template=template,
            subject=text.subject,
            body=text.body,
            is_default=is_default,
            person_id=viewer.person_id,
            person_name=viewer.name,
            created_at=now,
        )
    )
