"""What happens by itself and when: what Réglages › Automatismes changed, over what the code says."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.timed import TIMED_PLANS, TimedRule, TimedValues
from db.models import TimedSetting


def timed_settings(session: Session) -> Mapping[TimedRule, TimedValues]:
    """Return every rule as it is set now, in the order of the settings page."""
    changed = {
        row.rule: TimedValues(is_on=row.is_on, delay=row.delay, extra=row.extra)
        for row in session.execute(
            sa.select(TimedSetting.rule, TimedSetting.is_on, TimedSetting.delay, TimedSetting.extra)
        )
    }
    return {rule: changed.get(rule, plan.default) for rule, plan in TIMED_PLANS.items()}
