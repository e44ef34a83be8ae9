"""What Réglages › Automatismes changes of a timed rule; one without a row is as ``db/domain/timed`` says."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.timed import TimedRule
from db.models.base import Base, EnumText, not_negative, one_of


class TimedSetting(Base):
    """One changed rule."""

    __tablename__ = "timed_settings"

    rule: Mapped[TimedRule] = mapped_column(EnumText(TimedRule), primary_key=True)
    is_on: Mapped[bool]
    #: In the rule's unit: days or hours.
    delay: Mapped[int]
    #: The rule's second number, where it has one: how many reminders, how many days of notice.
    extra: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (
        one_of("rule", TimedRule),
        *not_negative("extra"),
        sa.CheckConstraint("delay BETWEEN 1 AND 365", name="delay_up_to_a_year"),
    )
