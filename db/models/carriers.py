"""What Réglages › Transporteurs changes of a carrier, or adds; one without a row is as ``db/domain/carriers`` says."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class CarrierSetting(Base):
    """One changed or added carrier."""

    __tablename__ = "carriers"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    #: Where a parcel is followed; {number} stands for its number. Empty: it cannot be.
    tracking_url_pattern: Mapped[str] = mapped_column(server_default="")
    #: Business days from leaving to arriving.
    delivery_days: Mapped[int] = mapped_column(server_default="3")
    is_active: Mapped[bool] = mapped_column(server_default=sa.true())

    __table_args__ = (
        sa.CheckConstraint("code <> ''", name="code_not_empty"),
        sa.CheckConstraint("name <> ''", name="name_not_empty"),
        sa.CheckConstraint("delivery_days BETWEEN 0 AND 60", name="delivery_days_up_to_sixty"),
    )
