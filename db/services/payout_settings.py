"""Réglages › Règles de versement: from which account, under which controls; who changed what is kept for ever."""

import datetime as dt
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.payout_settings import (
    PayoutSettingsChangedError,
    PayoutSettingsRow,
    changes_between,
    checked_settings,
)
from db.domain.permissions import Permission
from db.domain.viewer import Viewer
from db.models import PayoutSettings, PayoutSettingsChange
from db.services.audit import Act, note_edit
from db.services.upsert import insert_for


def save_payout_settings(
    session: Session, viewer: Viewer, shown: PayoutSettingsRow, typed: PayoutSettingsRow, now: dt.datetime
) -> PayoutSettingsRow:
    """Keep how sellers are paid, unless somebody changed it since it was shown; return what is kept.

    What is approved stays so; what is open is judged by it when it is approved, and at the next run.

    Args:
        session: The caller's transaction.
        viewer: Who does it.
        shown: What the person saw before they typed.
        typed: What they want.
        now: The instant.

    Raises:
        NotAllowedError: The person may not change settings.
        InvalidInputError: A value cannot be used; the sentence says which.
        PayoutSettingsChangedError: They are not as they were shown any more.
    """
    viewer.require(Permission.MANAGE_SETTINGS)
    kept = checked_settings(typed)
    session.execute(insert_for(session, PayoutSettings).values(id=1).on_conflict_do_nothing())
    as_shown = [getattr(PayoutSettings, name).is_not_distinct_from(value) for name, value in asdict(shown).items()]
    # One conditional UPDATE: of two people who save at the same moment, the second finds nothing as they saw it.
    saved = session.scalar(
        sa.update(PayoutSettings)
        .where(*as_shown)
        .values(**asdict(kept))
        .returning(PayoutSettings.id)
        .execution_options(synchronize_session=False)
    )
    if saved is None:
        raise PayoutSettingsChangedError
    _note(session, viewer, changes_between(shown, kept), now)
    return kept


def _note(session: Session, viewer: Viewer, changes: dict[str, tuple[str, str]], now: dt.datetime) -> None:
    session.add_all(
        PayoutSettingsChange(
            setting=setting,
            before=before,
            after=after,
            person_id=viewer.person_id,
            person_name=viewer.name,
            at=now,
        )
        for setting, (before, after) in changes.items()
    )
    session.flush()
    said = Act(
        AuditArea.SETTINGS,
        "payouts_changed",
        before={setting: before for setting, (before, _) in changes.items()},
        after={setting: after for setting, (_, after) in changes.items()},
    )
    note_edit(session, Actor.person(viewer), said, now)
