"""SMS: the texts that staff changed, and the numbers that want none."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.mail import EmailTemplate
from db.models.base import Base, EnumText, now_utc, one_of


class SmsText(Base):
    """The SMS that goes with an e-mail, as staff changed it; without a row it is as the code says."""

    __tablename__ = "sms_texts"

    template: Mapped[EmailTemplate] = mapped_column(EnumText(EmailTemplate), primary_key=True)
    text: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (one_of("template", EmailTemplate),)


class SmsOptOut(Base):
    """A number that gets no SMS."""

    __tablename__ = "sms_opt_outs"

    #: E.164: +33612345678.
    phone: Mapped[str] = mapped_column(primary_key=True)
    #: Who said so: « STOP » by the provider's notice, or a colleague.
    said_by: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (sa.CheckConstraint("phone LIKE '+%'", name="phone_is_e164"),)
