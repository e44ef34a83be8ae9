"""How each status looks and whom it writes to: what Réglages › Statuts changed, over what the code says."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import SILENT_STATUSES, STATUS_TEMPLATES, EmailTemplate
from db.domain.orders import STATUS_COLOURS, OrderStatus, StatusColour
from db.models import StatusSetting


@dataclass(frozen=True, slots=True)
class StatusLook:
    """What is a setting of a status; its moves are not."""

    label: str
    colour: StatusColour
    #: Whether reaching it mails ``template``.
    sends_email: bool
    #: None where nothing is to be sent, ever.
    template: EmailTemplate | None


def default_look(status: OrderStatus) -> StatusLook:
    """Return a status as the code says."""
    return StatusLook(
        label=status.label,
        colour=STATUS_COLOURS[status],
        sends_email=status in STATUS_TEMPLATES and status not in SILENT_STATUSES,
        template=STATUS_TEMPLATES.get(status),
    )


def status_settings(session: Session) -> Mapping[OrderStatus, StatusLook]:
    """Return every status as it is set now, in the order of an order's life."""
    changed = {row.status: row for row in session.scalars(sa.select(StatusSetting))}
    return {status: _look_of(changed[status]) if status in changed else default_look(status) for status in OrderStatus}


def _look_of(row: StatusSetting) -> StatusLook:
    return StatusLook(
        label=row.label,
        # A colour that left the palette since must not break every screen.
        colour=StatusColour(row.colour) if row.colour in tuple(StatusColour) else STATUS_COLOURS[row.status],
        sends_email=row.sends_email and row.template is not None,
        template=row.template,
    )
