"""What Réglages › Statuts changes of a status: words, colour, e-mail. The moves are not settings."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.mail import EmailTemplate
from db.domain.orders import OrderStatus
from db.models.base import Base, EnumText, one_of


class StatusSetting(Base):
    """One changed status; a status without a row is as ``db.domain`` says."""

    __tablename__ = "status_settings"

    status: Mapped[OrderStatus] = mapped_column(EnumText(OrderStatus), primary_key=True)
    label: Mapped[str]
    #: One of the palette (``StatusColour``).
    colour: Mapped[str]
    sends_email: Mapped[bool] = mapped_column(server_default=sa.true())
    template: Mapped[EmailTemplate | None] = mapped_column(EnumText(EmailTemplate))

    __table_args__ = (
        one_of("status", OrderStatus),
        one_of("template", EmailTemplate),
        sa.CheckConstraint("label <> ''", name="label_not_empty"),
    )
