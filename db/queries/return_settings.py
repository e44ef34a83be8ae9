"""Réglages › Règles des retours, as it is now."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.returns import ReturnRules
from db.models import ReturnSettings
from db.queries.columns import columns


def return_rules(session: Session) -> ReturnRules:
    """Return whether returns may be asked for, for how long, and what the customer is told."""
    row = session.execute(sa.select(*columns(ReturnSettings, ReturnRules))).one_or_none()
    return ReturnRules(**row._asdict()) if row else ReturnRules()
