"""An order has a version, so that nobody acts on what somebody else has just changed."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.models import Order


def raise_versions(session: Session, order_ids: Collection[int], now: dt.datetime) -> None:
    """Say that orders changed, where nothing else of their rows is written; the caller has locked them."""
    changed = sa.update(Order).where(Order.id.in_(order_ids)).values(version=Order.version + 1, updated_at=now)
    session.execute(changed.execution_options(synchronize_session=False))
