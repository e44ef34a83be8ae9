"""What is sold: products, their suppliers and attributes."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BigId, not_negative, now_utc


class Supplier(Base):
    """Who a seller buys a product from."""

    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(server_default="")


class Product(Base):
    """A product as it is sold now; an order line keeps its own copy of what was bought."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    supplier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("suppliers.id"), index=True)
    sku: Mapped[str]
    name: Mapped[str]
    category: Mapped[str] = mapped_column(server_default="")
    #: Attribute name → value, as shown to customers: {"Contenance": "100 g"}.
    attributes: Mapped[dict[str, str]] = mapped_column(server_default=sa.text("'{}'"))
    unit_price_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default="EUR")
    vat_rate_bp: Mapped[int] = mapped_column(server_default="2000")
    weight_g: Mapped[int] = mapped_column(server_default="0")
    #: Units on hand; NULL where the seller does not count them. Derived: the sum of ``stock_movements``.
    stock: Mapped[int | None]
    #: Derived by triggers: what the movements add up to; where ``stock`` is set to something else, one is written.
    stock_moved: Mapped[int] = mapped_column(server_default="0")
    #: Few are left at so many or fewer; NULL: as Réglages › Marketplace says.
    low_stock_at: Mapped[int | None]
    #: Whether the customer may send it back for no reason but a change of mind (Code de la consommation, L221-28).
    is_returnable: Mapped[bool] = mapped_column(server_default=sa.true())
    image_ref: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(server_default=sa.true())
    external_ref: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())

    __table_args__ = (
        sa.UniqueConstraint("seller_id", "sku"),
        sa.CheckConstraint("vat_rate_bp BETWEEN 0 AND 10000", name="vat_rate_bp_is_a_share"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        *not_negative("unit_price_cents", "weight_g"),
    )
