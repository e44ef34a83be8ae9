"""The carriers as they are set now: what Réglages › Transporteurs changed or added, over what the code says."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.carriers import DEFAULT_CARRIERS, Carrier
from db.models import CarrierSetting


def all_carriers(session: Session) -> tuple[Carrier, ...]:
    """Return every carrier, those of the code first, then those that were added, by name."""
    changed = {row.code: _carrier_of(row) for row in session.scalars(sa.select(CarrierSetting))}
    ours = [changed.pop(each.code, each) for each in DEFAULT_CARRIERS]
    return (*ours, *sorted(changed.values(), key=lambda each: each.name))


def _carrier_of(row: CarrierSetting) -> Carrier:
    return Carrier(row.code, row.name, row.tracking_url_pattern, row.delivery_days, row.is_active)
