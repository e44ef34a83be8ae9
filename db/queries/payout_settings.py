"""Réglages › Règles de versement, as it is now, and who changed it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.payout_settings import PayoutSettingsRow
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import PayoutSettings, PayoutSettingsChange
from db.queries.columns import columns

#: What a person reads of who changed what; the table keeps all of it.
LATEST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One change of one setting, in the words of its day."""

    setting: str
    before: str
    after: str
    person_name: str
    at: dt.datetime


def payout_settings(session: Session) -> PayoutSettingsRow:
    """Return how sellers are paid; where nobody has set anything yet, the defaults."""
    row = session.execute(sa.select(*columns(PayoutSettings, PayoutSettingsRow))).one_or_none()
    return PayoutSettingsRow(**row._asdict()) if row else PayoutSettingsRow()


def payout_settings_changes(session: Session, viewer: Viewer, limit: int = LATEST_CHANGES) -> list[SettingChange]:
    """Return who changed what, the latest first.

    Raises:
        NotAllowedError: The person may not change settings.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    wanted = sa.select(*columns(PayoutSettingsChange, SettingChange)).order_by(PayoutSettingsChange.id.desc())
    return [SettingChange(**row._asdict()) for row in session.execute(wanted.limit(limit))]
