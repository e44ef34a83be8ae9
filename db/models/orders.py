"""Baskets, orders, their lines, payments, copied addresses and history.

The shop may write these tables directly (docs/database.md): what a writer leaves out has a default, and what is
derived is completed by triggers (number, placed_on, daily sales) or by the intake job (search text, summary).
"""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.domain.orders import (
    OPEN_STATUSES,
    ORDER_PAYMENT_METHODS,
    ActorKind,
    DeliveryMode,
    HistoryEvent,
    OrderStatus,
    Origin,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
)
from db.models.base import Base, BigId, EnumText, not_negative, now_utc, one_of, sql_list


class Basket(Base):
    """One checkout; it splits into one order per seller."""

    __tablename__ = "baskets"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())


def _open_index(*columns: str) -> sa.Index:
    """Return a small index over the orders that still need somebody: the grid's default view, per sort."""
    return sa.Index(
        f"ix_orders_open_{columns[0]}",
        *columns,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )


def _status_index(column: str, *statuses: OrderStatus) -> sa.Index:
    """Return a small index over the orders of a status, by the day or instant they wait since."""
    predicate = sa.text(f"status IN ({sql_list(statuses)})")
    return sa.Index(f"ix_orders_{column}", column, "id", sqlite_where=predicate, postgresql_where=predicate)


def _partial_index(name: str, parts: tuple[str, ...], *columns: str) -> sa.Index:
    """Return an index over the orders that meet all parts of a condition."""
    predicate = sa.text(" AND ".join(parts))
    return sa.Index(f"ix_orders_{name}", *columns, sqlite_where=predicate, postgresql_where=predicate)


#: Sales that should have an invoice and have none; each part in the words of the index on them.
UNINVOICED = (
    "invoice_number IS NULL",
    "total_cents > 0",
    f"payment_state IN ({sql_list([PaymentState.PAID, PaymentState.OVERPAID, PaymentState.PARTLY_REFUNDED])})",
    f"status NOT IN ({sql_list([OrderStatus.CANCELLED, OrderStatus.ERROR])})",
)
#: Invoiced orders of which less money is there than they cost: among them are all whose invoice is still to be paid.
#: (The lone column stands first: SQLite would turn the comparison round, and not know it again as the index's.)
UNSETTLED = ("invoice_number IS NOT NULL", "total_cents > paid_cents - refunded_cents")


class Order(Base):
    """What one customer bought from one seller in one basket. Amounts are cents of ``currency``."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: Any text the shop gives, unique; a trigger fills ORD-00001 from the id when it is left out.
    number: Mapped[str] = mapped_column(sa.Text, nullable=True, unique=True)
    #: Raised by every change; acting on an old version is refused.
    version: Mapped[int] = mapped_column(server_default="1")
    basket_id: Mapped[int | None] = mapped_column(sa.ForeignKey("baskets.id"), index=True)
    seller_id: Mapped[int] = mapped_column(sa.ForeignKey("sellers.id"))
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"))
    customer_name: Mapped[str] = mapped_column(server_default="")
    #: Derived: the folded name, so that both databases sort names alike.
    customer_sort: Mapped[str] = mapped_column(server_default="")
    customer_email: Mapped[str] = mapped_column(server_default="")
    customer_phone: Mapped[str] = mapped_column(server_default="")

    status: Mapped[OrderStatus] = mapped_column(
        EnumText(OrderStatus), server_default=OrderStatus.AWAITING_PAYMENT.value
    )
    #: Where the order was when the system put it in ``error``; only an administrator brings it back there.
    status_before_error: Mapped[OrderStatus | None] = mapped_column(EnumText(OrderStatus))
    is_open: Mapped[bool] = mapped_column(
        sa.Boolean, sa.Computed(f"status IN ({sql_list(OPEN_STATUSES)})", persisted=True)
    )

    payment_method: Mapped[PaymentMethod] = mapped_column(
        EnumText(PaymentMethod), server_default=PaymentMethod.CARD.value
    )
    payment_state: Mapped[PaymentState] = mapped_column(
        EnumText(PaymentState), server_default=PaymentState.UNPAID.value
    )
    paid_cents: Mapped[int] = mapped_column(server_default="0")
    refunded_cents: Mapped[int] = mapped_column(server_default="0")
    #: Of the shipping: what settlements took off the sale, whether or not the money has left.
    shipping_settled_cents: Mapped[int] = mapped_column(server_default="0")

    delivery_mode: Mapped[DeliveryMode] = mapped_column(EnumText(DeliveryMode), server_default=DeliveryMode.HOME.value)
    carrier: Mapped[str] = mapped_column(server_default="")
    #: Name and address of the pick-up point or shop, one line each, as the customer chose it.
    pickup_address: Mapped[str] = mapped_column(server_default="")
    #: The last day on which shipping is still on time; later and unshipped is late.
    ship_by: Mapped[dt.date | None]
    expected_delivery_on: Mapped[dt.date | None]
    #: When it became « Payée », « Commande prête », delivered, received: what timed moves count from.
    paid_at: Mapped[dt.datetime | None]
    ready_at: Mapped[dt.datetime | None]
    delivered_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime | None]
    #: What the customer says when they come for the goods: printed in the e-mail « Commande prête ».
    pickup_code: Mapped[str] = mapped_column(server_default="")
    #: Raised to make every follow-up link sent so far useless.
    link_generation: Mapped[int] = mapped_column(server_default="0")

    origin: Mapped[Origin] = mapped_column(EnumText(Origin), server_default=Origin.DIRECT.value)
    currency: Mapped[str] = mapped_column(server_default="EUR")
    #: Sum of the lines' totals, VAT and line discounts included.
    items_cents: Mapped[int] = mapped_column(server_default="0")
    shipping_cents: Mapped[int] = mapped_column(server_default="0")
    shipping_vat_rate_bp: Mapped[int] = mapped_column(server_default="2000")
    #: Sum of the lines' discounts, for show: it is already inside ``items_cents``.
    discount_cents: Mapped[int] = mapped_column(server_default="0")
    #: items_cents + shipping_cents.
    total_cents: Mapped[int] = mapped_column(server_default="0")
    item_count: Mapped[int] = mapped_column(server_default="0")
    weight_g: Mapped[int] = mapped_column(server_default="0")
    #: Derived: « Thé vert bio +2 ».
    summary: Mapped[str] = mapped_column(server_default="")
    #: Derived: the number of the order's current invoice, written by the service that issues it.
    invoice_number: Mapped[str | None]

    placed_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: The day of ``placed_at`` in the marketplace's time zone; a trigger fills it (Europe/Paris) when left out.
    placed_on: Mapped[dt.date] = mapped_column(sa.Date, nullable=True)
    terms_accepted_at: Mapped[dt.datetime | None]
    updated_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: When intake completed what the writer left out; NULL rows are its work.
    intake_at: Mapped[dt.datetime | None]
    #: Who wrote the row first: shop, api, demo, olist, online-retail.
    source: Mapped[str] = mapped_column(server_default="shop")
    #: The other system's id; importing it twice changes nothing.
    external_ref: Mapped[str | None] = mapped_column(unique=True)

    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.position")
    payments: Mapped[list["Payment"]] = relationship(lazy="raise")

    __table_args__ = (
        one_of("status", OrderStatus),
        one_of("status_before_error", OrderStatus),
        one_of("payment_method", ORDER_PAYMENT_METHODS),
        one_of("payment_state", PaymentState),
        one_of("delivery_mode", DeliveryMode),
        one_of("origin", Origin),
        sa.CheckConstraint("number <> ''", name="number_not_empty"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        sa.CheckConstraint("shipping_vat_rate_bp BETWEEN 0 AND 10000", name="shipping_vat_rate_bp_is_a_share"),
        sa.CheckConstraint("version >= 1", name="version_positive"),
        *not_negative(
            "paid_cents",
            "refunded_cents",
            "items_cents",
            "shipping_cents",
            "discount_cents",
            "total_cents",
            "item_count",
            "weight_g",
        ),
        # One index per filter of the grid, each ending in the default sort (newest first).
        sa.Index("ix_orders_placed_at", "placed_at", "id"),
        # Figures and controls count by the day, whatever instant its writer gave.
        sa.Index("ix_orders_placed_on", "placed_on", "id"),
        sa.Index("ix_orders_status", "status", "placed_at", "id"),
        sa.Index("ix_orders_seller", "seller_id", "placed_at", "id"),
        sa.Index("ix_orders_customer", "customer_id", "placed_at", "id"),
        sa.Index("ix_orders_payment_method", "payment_method", "placed_at", "id"),
        sa.Index("ix_orders_payment_state", "payment_state", "placed_at", "id"),
        sa.Index("ix_orders_delivery_mode", "delivery_mode", "placed_at", "id"),
        sa.Index("ix_orders_origin", "origin", "placed_at", "id"),
        # The other sorts; ``number`` has its unique index.
        sa.Index("ix_orders_total_cents", "total_cents", "id"),
        sa.Index("ix_orders_customer_sort", "customer_sort", "id"),
        # A seller's prices are their own: the dearest of theirs are far down among all orders.
        sa.Index("ix_orders_seller_total", "seller_id", "total_cents", "id"),
        # The default view (open orders) per sort, « en retard », and a seller's own open orders.
        _open_index("placed_at", "id"),
        _open_index("total_cents", "id"),
        _open_index("customer_sort", "id"),
        _open_index("ship_by", "id"),
        _open_index("seller_id", "placed_at", "id"),
        # What is due by the clock: one small index for each question of ``db/services/timed``.
        _status_index("paid_at", OrderStatus.PAID),
        _status_index("ready_at", OrderStatus.READY),
        _status_index("delivered_at", OrderStatus.DELIVERED),
        _status_index("expected_delivery_on", OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED),
        # What finance looks for: sales without an invoice, and invoices that are to be paid.
        _partial_index("uninvoiced", UNINVOICED, "placed_on", "id"),
        _partial_index("unsettled", UNSETTLED, "id"),
        # What intake still has to do: a handful of rows.
        sa.Index(
            "ix_orders_intake",
            "id",
            sqlite_where=sa.text("intake_at IS NULL"),
            postgresql_where=sa.text("intake_at IS NULL"),
        ),
    )


class OrderLine(Base):
    """One article: the product as it was bought. ``total_cents = quantity × unit_price_cents − discount_cents``."""

    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    #: NULL where the product is unknown to us (an imported file, a deleted product).
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id"), index=True)
    sku: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str]
    attributes: Mapped[dict[str, str]] = mapped_column(server_default=sa.text("'{}'"))
    supplier: Mapped[str] = mapped_column(server_default="")
    quantity: Mapped[int] = mapped_column(server_default="1")
    unit_price_cents: Mapped[int]
    vat_rate_bp: Mapped[int] = mapped_column(server_default="2000")
    discount_cents: Mapped[int] = mapped_column(server_default="0")
    total_cents: Mapped[int]
    weight_g: Mapped[int] = mapped_column(server_default="0")
    quantity_shipped: Mapped[int] = mapped_column(server_default="0")
    quantity_cancelled: Mapped[int] = mapped_column(server_default="0")
    quantity_returned: Mapped[int] = mapped_column(server_default="0")
    #: What settlements took off the sale for this article, cancelled units aside (``db/domain/settlement.py``).
    settled_cents: Mapped[int] = mapped_column(server_default="0")
    #: Of units that came back damaged: what of their price was kept; it is not given back with the next unit.
    withheld_cents: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (
        sa.UniqueConstraint("order_id", "position"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("quantity_shipped + quantity_cancelled <= quantity", name="not_more_than_bought"),
        sa.CheckConstraint("quantity_returned <= quantity_shipped", name="not_more_back_than_shipped"),
        sa.CheckConstraint("vat_rate_bp BETWEEN 0 AND 10000", name="vat_rate_bp_is_a_share"),
        *not_negative(
            "unit_price_cents",
            "discount_cents",
            "total_cents",
            "weight_g",
            "quantity_shipped",
            "quantity_cancelled",
            "quantity_returned",
        ),
    )


class AddressKind(StrEnum):
    """What an order's address is for."""

    BILLING = "billing"
    DELIVERY = "delivery"


class OrderAddress(Base):
    """An address as it was at purchase; it never follows the customer's address book."""

    __tablename__ = "order_addresses"

    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[AddressKind] = mapped_column(EnumText(AddressKind), primary_key=True)
    name: Mapped[str]
    company: Mapped[str] = mapped_column(server_default="")
    street: Mapped[str] = mapped_column(server_default="")
    street_extra: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str] = mapped_column(server_default="")
    country_code: Mapped[str] = mapped_column(server_default="FR")
    phone: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (one_of("kind", AddressKind),)


_IS_REFUND = f"kind = '{PaymentKind.REFUND}'"
_IS_TO_BOOK = f"booked_at IS NULL AND state = '{PaymentRecordState.CAPTURED}'"


class Payment(Base):
    """Money received from a customer or given back: one row per event, never edited into another amount."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PaymentKind] = mapped_column(EnumText(PaymentKind), server_default=PaymentKind.PAYMENT.value)
    method: Mapped[PaymentMethod] = mapped_column(EnumText(PaymentMethod))
    state: Mapped[PaymentRecordState] = mapped_column(
        EnumText(PaymentRecordState), server_default=PaymentRecordState.PENDING.value
    )
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(server_default="EUR")
    #: Cheque number, transaction id of the card or PayPal, wording of the transfer.
    reference: Mapped[str] = mapped_column(server_default="")
    installments: Mapped[int] = mapped_column(server_default="1")
    received_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    #: When the order's totals took it in; a captured payment without it is the worker's work.
    booked_at: Mapped[dt.datetime | None]
    external_ref: Mapped[str | None] = mapped_column(unique=True)
    #: Of a refund: the settlement that decided it, and the voucher that it was made with.
    settlement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("settlements.id"), index=True)
    voucher_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vouchers.id"))
    #: Of a payment: whose account it came from; of a refund: where it goes.
    iban: Mapped[str] = mapped_column(server_default="")
    #: Of a refund: when the provider was asked, when it was done or refused and why, how often it was tried.
    sent_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    refusal: Mapped[str] = mapped_column(server_default="")
    tries: Mapped[int] = mapped_column(server_default="0")
    #: While the provider is being asked, and until its answer is known: when the same may be asked again.
    claimed_until: Mapped[dt.datetime | None]

    __table_args__ = (
        one_of("kind", PaymentKind),
        one_of("method", PaymentMethod),
        one_of("state", PaymentRecordState),
        sa.CheckConstraint("installments >= 1", name="installments_positive"),
        sa.CheckConstraint("length(currency) = 3", name="currency_is_iso"),
        *not_negative("amount_cents"),
        # « Remboursements »: few rows wait, whatever the number of payments ever made.
        sa.Index(
            "ix_payments_refunds",
            "state",
            "created_at",
            "id",
            sqlite_where=sa.text(_IS_REFUND),
            postgresql_where=sa.text(_IS_REFUND),
        ),
        sa.Index("ix_payments_to_book", "id", sqlite_where=sa.text(_IS_TO_BOOK), postgresql_where=sa.text(_IS_TO_BOOK)),
        # The journal of money, in the order in which the books took it in.
        sa.Index(
            "ix_payments_booked_at",
            "booked_at",
            "id",
            sqlite_where=sa.text("booked_at IS NOT NULL"),
            postgresql_where=sa.text("booked_at IS NOT NULL"),
        ),
    )


class OrderHistory(Base):
    """One row per move, message, payment, document or edit: who, when, what, before → after."""

    __tablename__ = "order_history"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(server_default=now_utc())
    actor_kind: Mapped[ActorKind] = mapped_column(EnumText(ActorKind), server_default=ActorKind.SYSTEM.value)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    actor_name: Mapped[str] = mapped_column(server_default="")
    event: Mapped[HistoryEvent] = mapped_column(EnumText(HistoryEvent))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(server_default="")
    #: The row that this one took back; a row is taken back once.
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_history.id"), unique=True)

    __table_args__ = (
        one_of("actor_kind", ActorKind),
        one_of("event", HistoryEvent),
        sa.Index("ix_order_history_order", "order_id", "at", "id"),
    )
