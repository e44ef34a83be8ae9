"""Who may get an SMS, and when: the numbers that want none, and the hours in which none leaves."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.permissions import Permission
from db.domain.sms import QuietHours
from db.domain.viewer import Viewer
from db.models import Marketplace, SmsOptOut
from db.queries.columns import columns
from db.queries.marketplace import MarketplaceRow

_DEFAULTS = MarketplaceRow(name="")
#: Numbers asked for in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class OptOutRow:
    """A number that gets no SMS."""

    phone: str
    said_by: str
    created_at: dt.datetime


def quiet_hours(session: Session) -> QuietHours:
    """Return the hours in which no SMS leaves."""
    row = session.execute(sa.select(Marketplace.quiet_from, Marketplace.quiet_until)).one_or_none()
    return QuietHours(*row) if row else QuietHours(_DEFAULTS.quiet_from, _DEFAULTS.quiet_until)


def opted_out(session: Session, numbers: Collection[str]) -> frozenset[str]:
    """Return which of some numbers want no SMS."""
    wanted = sorted(set(numbers))
    found: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        found |= set(session.scalars(sa.select(SmsOptOut.phone).where(SmsOptOut.phone.in_(some))))
    return frozenset(found)


def opt_outs(session: Session, viewer: Viewer) -> list[OptOutRow]:
    """Return the numbers that want no SMS, the newest first.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    found = session.execute(
        sa.select(*columns(SmsOptOut, OptOutRow)).order_by(SmsOptOut.created_at.desc(), SmsOptOut.phone)
    )
    return [OptOutRow(**row._asdict()) for row in found]
