"""The versions of the automatic e-mails' texts: who changed what, and when."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import EmailTemplate
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.domain.viewer import Viewer
from db.models import EmailTemplateVersion, Order
from db.queries.columns import columns

#: Older ones stay in the table; nobody looks further back.
SHOWN_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One saved text of an e-mail."""

    id: int
    subject: str
    body: str
    #: Whether somebody went back to the default then.
    is_default: bool
    person_name: str
    created_at: dt.datetime


def versions_of(session: Session, template: EmailTemplate) -> list[VersionRow]:
    """Return the newest versions of an e-mail's text, the present one first; none where nobody ever changed it."""
    found = session.execute(
        sa.select(*columns(EmailTemplateVersion, VersionRow))
        .where(EmailTemplateVersion.template == template)
        .order_by(EmailTemplateVersion.id.desc())
        .limit(SHOWN_VERSIONS)
    )
    return [VersionRow(**row._asdict()) for row in found]


def changed_templates(session: Session) -> frozenset[EmailTemplate]:
    """Return the e-mails whose text is not the default now."""
    newest = sa.select(sa.func.max(EmailTemplateVersion.id)).group_by(EmailTemplateVersion.template)
    found = session.scalars(
        sa.select(EmailTemplateVersion.template).where(
            EmailTemplateVersion.id.in_(newest), EmailTemplateVersion.is_default.is_(sa.false())
        )
    )
    return frozenset(found)


def order_to_try(session: Session, viewer: Viewer, number: str) -> int | None:
    """Return the order that a text is tried on: the one of this number, the newest for an empty one, or None.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    if not is_storable(number):
        return None
    wanted = sa.select(Order.id)
    if number:
        return session.scalar(wanted.where(Order.number == number))
    return session.scalar(wanted.order_by(Order.placed_at.desc(), Order.id.desc()).limit(1))
