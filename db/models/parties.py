"""Who takes part: the marketplace itself, its sellers, and the customers with their addresses."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.domain.business_days import HolidayZone
from db.domain.snapshot import Nature
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of


class Marketplace(Base):
    """The operator: one row, edited in Réglages, first filled from the environment."""

    __tablename__ = "marketplace"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str]
    legal_name: Mapped[str] = mapped_column(server_default="")
    siren: Mapped[str] = mapped_column(server_default="")
    vat_number: Mapped[str] = mapped_column(server_default="")
    street: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    country_code: Mapped[str] = mapped_column(server_default="FR")
    email: Mapped[str] = mapped_column(server_default="")
    sender_email: Mapped[str] = mapped_column(server_default="")
    copy_email: Mapped[str] = mapped_column(server_default="")
    #: Where customers' answers go; empty for ``email``.
    reply_to_email: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    brand_colour: Mapped[str] = mapped_column(server_default="#0f5c4d")
    #: The address of a picture on the web: e-mail programs show no other.
    logo_ref: Mapped[str | None]
    currency: Mapped[str] = mapped_column(server_default="EUR")
    time_zone: Mapped[str] = mapped_column(server_default="Europe/Paris")
    #: The foot of every e-mail: who writes, and what the law wants said.
    email_footer: Mapped[str] = mapped_column(server_default="")
    #: Where a customer resumes a payment; {number} stands for the order's number. Empty: no link.
    payment_url_pattern: Mapped[str] = mapped_column(server_default="")
    #: An article's page in the shop; {reference} stands for the product's reference. Empty: no link.
    product_url_pattern: Mapped[str] = mapped_column(server_default="")
    #: How long an action can be taken back and its e-mails are held.
    undo_window_s: Mapped[int] = mapped_column(server_default="60")
    #: For how long the link of an e-mail opens the order's follow-up page.
    follow_up_days: Mapped[int] = mapped_column(server_default="365")
    #: Whether customers with a mobile get « Commande prête » as an SMS, too.
    texts_customers: Mapped[bool] = mapped_column(server_default=sa.false())
    #: SMS wait from this hour to that one, in the marketplace's time zone; the same hour twice: never.
    quiet_from: Mapped[int] = mapped_column(server_default="21")
    quiet_until: Mapped[int] = mapped_column(server_default="8")
    #: Loyalty: points for each whole euro paid; 0: there is no such programme.
    points_per_euro: Mapped[int] = mapped_column(server_default="0")
    #: For how long a voucher can be used.
    voucher_days: Mapped[int] = mapped_column(server_default="365")
    #: A product with so many units or fewer is low in stock.
    low_stock_at: Mapped[int] = mapped_column(server_default="5")

    __table_args__ = (
        sa.CheckConstraint("id = 1", name="single_row"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        sa.CheckConstraint("undo_window_s BETWEEN 0 AND 3600", name="undo_window_s_up_to_an_hour"),
        sa.CheckConstraint("follow_up_days BETWEEN 1 AND 3650", name="follow_up_days_up_to_ten_years"),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 23", name="quiet_from_is_an_hour"),
        sa.CheckConstraint("quiet_until BETWEEN 0 AND 23", name="quiet_until_is_an_hour"),
        sa.CheckConstraint("points_per_euro BETWEEN 0 AND 1000", name="points_per_euro_up_to_a_thousand"),
        sa.CheckConstraint("voucher_days BETWEEN 1 AND 3650", name="voucher_days_up_to_ten_years"),
        *not_negative("low_stock_at"),
    )


class Seller(Base):
    """A « point d'activité » that sells on the marketplace."""

    __tablename__ = "sellers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: Short, unique, used in document numbers: F2026-<code>-000001.
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    legal_name: Mapped[str] = mapped_column(server_default="")
    siren: Mapped[str] = mapped_column(server_default="")
    siret: Mapped[str] = mapped_column(server_default="")
    vat_number: Mapped[str] = mapped_column(server_default="")
    street: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    country_code: Mapped[str] = mapped_column(server_default="FR")
    email: Mapped[str] = mapped_column(server_default="")
    mobile: Mapped[str] = mapped_column(server_default="")
    #: In words, for customers who come: « Du mardi au samedi, 9 h – 12 h et 14 h – 19 h ».
    opening_hours: Mapped[str] = mapped_column(server_default="")
    iban: Mapped[str | None]
    bic: Mapped[str | None]
    iban_changed_at: Mapped[dt.datetime | None]
    #: Of the account, where it is not in the legal name.
    account_holder: Mapped[str] = mapped_column(server_default="")
    #: The terms of orders placed before the first row of ``seller_terms``: the fee, and business days until it is paid.
    fee_rate_bp: Mapped[int] = mapped_column(server_default="290")
    payout_delay_days: Mapped[int] = mapped_column(server_default="10")
    #: Whose public holidays count.
    holiday_zone: Mapped[HolidayZone] = mapped_column(EnumText(HolidayZone), server_default=HolidayZone.METROPOLE.value)
    #: For DAC7: a person in their own name, with their birth and, abroad, their tax number.
    is_person: Mapped[bool] = mapped_column(server_default=sa.false())
    born_on: Mapped[dt.date | None]
    birth_place: Mapped[str] = mapped_column(server_default="")
    tax_number: Mapped[str] = mapped_column(server_default="")
    mandate_signed_on: Mapped[dt.date | None]
    #: On documents: « SARL au capital de 10 000 € – RCS Lyon 404 833 048 ».
    legal_notice: Mapped[str] = mapped_column(server_default="")
    #: What it mostly sells.
    nature: Mapped[Nature] = mapped_column(EnumText(Nature), server_default=Nature.GOODS.value)
    vat_on_debits: Mapped[bool] = mapped_column(server_default=sa.false())
    #: Why it charges no VAT, where it does not: « TVA non applicable, art. 293 B du CGI ».
    vat_exemption: Mapped[str] = mapped_column(server_default="")
    is_active: Mapped[bool] = mapped_column(server_default=sa.true())
    #: Derived: folded name, code, e-mail; what the global search reads.
    search_text: Mapped[str] = mapped_column(server_default="")
    external_ref: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        sa.CheckConstraint("code <> ''", name="code_not_empty"),
        sa.CheckConstraint("fee_rate_bp BETWEEN 0 AND 10000", name="fee_rate_bp_is_a_share"),
        one_of("nature", Nature),
        one_of("holiday_zone", HolidayZone),
        *not_negative("payout_delay_days"),
    )


class Customer(Base):
    """An account of the shop. Guests of imported files have no e-mail."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str]
    company: Mapped[str] = mapped_column(server_default="")
    #: Indexed: an order that arrives by HTTP or in a file finds its customer by it.
    email: Mapped[str] = mapped_column(server_default="", index=True)
    phone: Mapped[str] = mapped_column(server_default="")
    siren: Mapped[str] = mapped_column(server_default="")
    vat_number: Mapped[str] = mapped_column(server_default="")
    locale: Mapped[str] = mapped_column(server_default="fr")
    #: Derived: the sum of ``points_movements``.
    loyalty_points: Mapped[int] = mapped_column(server_default="0")
    #: Derived by triggers: what the movements add up to; where the points are set to something else, one is written.
    points_moved: Mapped[int] = mapped_column(server_default="0")
    #: Derived: folded name, company, e-mail and phone digits; indexed by trigrams on both databases.
    search_text: Mapped[str] = mapped_column(server_default="")
    external_ref: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: When the customer's data was erased at their request; what the law keeps stays.
    erased_at: Mapped[dt.datetime | None]

    __table_args__ = (*not_negative("loyalty_points"),)


class Address(Base):
    """One entry of a customer's address book; an order copies what it needs."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str]
    company: Mapped[str] = mapped_column(server_default="")
    street: Mapped[str] = mapped_column(server_default="")
    street_extra: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    country_code: Mapped[str] = mapped_column(server_default="FR")
    phone: Mapped[str] = mapped_column(server_default="")
