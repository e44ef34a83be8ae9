"""How the marketplace's own books are kept: one row, edited in Finances › Comptabilité."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId


class AccountingSettings(Base):
    """The numbers of the accounts, and the month in which a fiscal year begins."""

    __tablename__ = "accounting_settings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: 1 to 12.
    first_month: Mapped[int] = mapped_column(server_default="1")
    #: By the name of ``db.domain.accounting.Account``, the numbers that are not the usual ones.
    accounts: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"))

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="single_row"),
        sa.CheckConstraint("first_month BETWEEN 1 AND 12", name="first_month_is_a_month"),
    )
