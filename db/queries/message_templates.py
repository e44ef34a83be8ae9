"""The prepared messages, by name."""

import datetime as dt
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import NotFoundError
from db.domain.permissions import Permission
from db.domain.text import fold, is_storable
from db.domain.viewer import Viewer
from db.models import MessageTemplate, Order


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


def order_to_preview(session: Session, viewer: Viewer, number: str) -> tuple[int, str]:
    """Return the id and number of the order a text is tried on: the one that was typed, else the newest.

    Raises:
        NotAllowedError: The person may not write to customers.
        NotFoundError: There is no such order, or none at all.
    """
    viewer.require(Permission.MESSAGE_CUSTOMERS)
    typed = number.strip()
    wanted = sa.select(Order.id, Order.number)
    if typed:
        wanted = wanted.where(Order.number == (typed if is_storable(typed) else ""))
    else:
        wanted = wanted.order_by(Order.placed_at.desc(), Order.id.desc()).limit(1)
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFoundError("Aucune commande ne porte ce numéro. Saisissez-le en entier, ou effacez-le.")
    return found.id, found.number
