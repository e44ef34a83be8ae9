"""The text of each automatic e-mail: the newest one staff saved, or else the default of ``defaults/``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate
from db.models import EmailTemplateVersion

_FOLDER = Path(__file__).resolve().parent / "defaults"
_SUBJECT = "Objet : "


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A subject and a body, with their variables."""

    subject: str
    body: str


@lru_cache(maxsize=len(EmailTemplate))
def default_text(template: EmailTemplate) -> TemplateText:
    """Return the text an e-mail has until somebody changes it: its first line is the subject."""
    subject, _, body = (_FOLDER / f"{template}.txt").read_text(encoding="utf-8").partition("\n\n")
    return TemplateText(subject.removeprefix(_SUBJECT), body.strip())


def current_texts(session: Session, templates: Collection[EmailTemplate]) -> Mapping[EmailTemplate, TemplateText]:
    """Return the text that counts now of each template, in one statement."""
    newest = (
        sa.select(sa.func.max(EmailTemplateVersion.id))
        .where(EmailTemplateVersion.template.in_(templates))
        .group_by(EmailTemplateVersion.template)
    )
    saved = session.execute(
        sa.select(
            EmailTemplateVersion.template,
            EmailTemplateVersion.subject,
            EmailTemplateVersion.body,
            EmailTemplateVersion.is_default,
        ).where(EmailTemplateVersion.id.in_(newest))
    )
    changed = {row.template: TemplateText(row.subject, row.body) for row in saved if not row.is_default}
    return {template: changed.get(template) or default_text(template) for template in templates}
