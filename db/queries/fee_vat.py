"""The VAT in the fees: at the rate that was in force when each was booked, whatever the setting says today."""

from typing import Any

import sqlalchemy as sa

from db.domain.formats import NO_BREAK_SPACE
from db.domain.money import BASIS_POINTS
from db.models import LedgerEntry, PayoutSettings, PayoutSettingsChange

#: The VAT in fees where the settings were never saved.
_USUAL_RATE_BP = 2000
_SETTING = PayoutSettings.fee_vat_rate_bp.key

_Column = sa.ColumnElement[Any]


def rate_when_booked() -> _Column:
    """Return the VAT rate, in basis points, that was in force when a ledger entry was booked.

    That is what the first change after it says there was before; where none came after it, what is set now.
    """
    changes = sa.select(
        PayoutSettingsChange.id, PayoutSettingsChange.at, _basis_points(PayoutSettingsChange.before).label("before_bp")
    ).where(PayoutSettingsChange.setting == _SETTING)
    later = changes.cte("fee_vat_changes")
    before = sa.select(later.c.before_bp).where(later.c.at > LedgerEntry.at).order_by(later.c.at, later.c.id).limit(1)
    now = sa.select(PayoutSettings.fee_vat_rate_bp).limit(1).scalar_subquery()
    return sa.func.coalesce(before.scalar_subquery(), now, _USUAL_RATE_BP)


def without_vat(fee_cents: _Column, rate_bp: _Column) -> _Column:
    """Return a fee without its VAT, half up away from zero."""
    whole = BASIS_POINTS + rate_bp

    def net(cents: _Column) -> _Column:
        return (2 * BASIS_POINTS * cents + whole) // (2 * whole)

    return sa.case((fee_cents < 0, -net(-fee_cents)), else_=net(fee_cents))


def _basis_points(words: sa.SQLColumnExpression[str]) -> _Column:
    """Read a rate as the settings' history keeps it (« 5,5 % », ``db/domain/formats.rate``); NULL: it is none."""
    plain = sa.func.replace(sa.func.replace(words, f"{NO_BREAK_SPACE}%", ""), ",", ".")
    read = sa.cast(sa.func.round(sa.cast(plain, sa.Numeric) * 100), sa.BigInteger)
    return sa.case((words.regexp_match(rf"^[0-9]{{1,3}}(,[0-9]{{1,2}})?{NO_BREAK_SPACE}%$"), read))
