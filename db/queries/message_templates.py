"""The prepared messages, by name."""

import datetime as dt
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.permissions import Permission
from db.domain.text import fold
from db.domain.viewer import Viewer
from db.models import MessageTemplate


@dataclass(frozen=True, slots=True)
class MessageTemplateRow:
    """A text that staff picks, edits and sends."""

    id: int
    name: str
    subject: str
    body: str
    updated_at: dt.datetime


def message_templates(session: Session, viewer: Viewer) -> list[MessageTemplateRow]:
    """Return every prepared message, in the order of their names.

    Raises:
        NotAllowedError: The person may not write to customers.
    """
    viewer.require(Permission.MESSAGE_CUSTOMERS)
    columns = [getattr(MessageTemplate, field.name) for field in fields(MessageTemplateRow)]
    rows = [MessageTemplateRow(**row._asdict()) for row in session.execute(sa.select(*columns))]
    return sorted(rows, key=lambda row: fold(row.name))
