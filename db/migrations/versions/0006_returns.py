"""Returns and what is given back: settlements, refunds' own life, vouchers, stock, points and ledger that are sums."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_EVENTS = (
    "'created', 'customer_erased', 'document_issued', 'document_sent', 'edited', 'email_resent', "
    "'imported', 'line_cancelled', 'links_revoked', 'message_sent', 'note_added', 'parcel_delivered', "
    "'parcel_received', 'payment_recorded', 'refund_moved', 'refund_recorded', 'reminded', "
    "'return_inspected', 'return_message', 'return_moved', 'return_requested', 'seller_reminded', "
    "'settled', 'shipment_cancelled', 'shipment_corrected', 'status_changed', 'tagged', 'undone', "
    "'voucher_cancelled', 'voucher_given'"
)
_TEMPLATES = (
    "'credit_note', 'invoice', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', "
    "'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', "
    "'order_preparing', 'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', "
    "'pickup_reminder', 'refund_done', 'return_awaiting_parcel', 'return_completed', 'return_denied', "
    "'return_parcel_received', 'return_requested', 'return_status', 'seller_new_order', "
    "'seller_receipt_confirmed', 'seller_reminder', 'seller_return', 'unpaid_warning', 'voucher'"
)
_FILES = (
    "'carrier_csv', 'continuity', 'customer_data', 'document', 'document_list', 'labels', 'papers', "
    "'refund_list', 'return_slip', 'voucher'"
)
#: What never changes: their balances are sums.
_APPENDED = ("stock_movements", "points_movements", "ledger_entries")


def upgrade() -> None:
    op.create_table(
        "return_settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("window_days", sa.BigInteger(), server_default="14", nullable=False),
        sa.Column("max_photos", sa.BigInteger(), server_default="5", nullable=False),
        sa.Column("instructions", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_return_settings_single_row")),
        sa.CheckConstraint("max_photos BETWEEN 0 AND 20", name=op.f("ck_return_settings_max_photos_up_to_twenty")),
        sa.CheckConstraint("window_days BETWEEN 14 AND 365", name=op.f("ck_return_settings_window_days_up_to_a_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_settings")),
    )
    op.create_table(
        "customer_notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("body <> ''", name=op.f("ck_customer_notes_body_not_empty")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_notes_customer_id_customers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_customer_notes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_notes")),
    )
    with op.batch_alter_table("customer_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_notes_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "privacy_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("act IN ('erasure', 'export')", name=op.f("ck_privacy_entries_act_allowed")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_privacy_entries_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_entries")),
    )
    with op.batch_alter_table("privacy_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_privacy_entries_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "balance_findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_balance_findings_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_balance_findings_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_balance_findings_product_id_products"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_findings")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fee_rate_bp", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("cause <> ''", name=op.f("ck_ledger_entries_cause_not_empty")),
        sa.CheckConstraint(
            "kind IN ('correction', 'fee', 'fee_back', 'refund', 'sale')", name=op.f("ck_ledger_entries_kind_allowed")
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_ledger_entries_amount_not_zero")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_ledger_entries_currency_is_iso")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ledger_entries_order_id_orders")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_ledger_entries_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("cause", name=op.f("uq_ledger_entries_cause")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entries_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_ledger_entries_seller", ["seller_id", "currency", "at", "id"], unique=False)

    op.create_table(
        "points_movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("cause <> ''", name=op.f("ck_points_movements_cause_not_empty")),
        sa.CheckConstraint(
            "kind IN ('correction', 'earned', 'opening', 'shop', 'spent', 'taken_back')",
            name=op.f("ck_points_movements_kind_allowed"),
        ),
        sa.CheckConstraint("points <> 0", name=op.f("ck_points_movements_points_not_zero")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_points_movements_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_points_movements_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_movements")),
        sa.UniqueConstraint("cause", name=op.f("uq_points_movements_cause")),
    )
    with op.batch_alter_table("points_movements", schema=None) as batch_op:
        batch_op.create_index("ix_points_movements_customer", ["customer_id", "at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_points_movements_order_id"), ["order_id"], unique=False)

    op.create_table(
        "return_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "author_kind IN ('customer', 'person', 'shop', 'system')",
            name=op.f("ck_return_messages_author_kind_allowed"),
        ),
        sa.CheckConstraint("body <> ''", name=op.f("ck_return_messages_body_not_empty")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_return_messages_person_id_people")),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_messages_return_id_returns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_messages")),
    )
    with op.batch_alter_table("return_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_messages_return_id"), ["return_id"], unique=False)
        batch_op.create_index(
            "ix_return_messages_unread",
            ["return_id"],
            unique=False,
            sqlite_where=sa.text("author_kind = 'customer' AND read_at IS NULL"),
            postgresql_where=sa.text("author_kind = 'customer' AND read_at IS NULL"),
        )

    op.create_table(
        "return_photos",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint(
            "added_by IN ('customer', 'person', 'shop', 'system')", name=op.f("ck_return_photos_added_by_allowed")
        ),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_return_photos_size_bytes_not_negative")),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_photos_return_id_returns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_photos")),
    )
    with op.batch_alter_table("return_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_photos_return_id"), ["return_id"], unique=False)

    op.create_table(
        "settlements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("shipping_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refund_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("voucher_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("has_credit_note", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("deduction_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("refund_cents >= 0", name=op.f("ck_settlements_refund_cents_not_negative")),
        sa.CheckConstraint("shipping_cents <= total_cents", name=op.f("ck_settlements_shipping_is_part_of_it")),
        sa.CheckConstraint("shipping_cents >= 0", name=op.f("ck_settlements_shipping_cents_not_negative")),
        sa.CheckConstraint(
            "total_cents + refund_cents + voucher_cents > 0", name=op.f("ck_settlements_something_is_given_back")
        ),
        sa.CheckConstraint("total_cents >= 0", name=op.f("ck_settlements_total_cents_not_negative")),
        sa.CheckConstraint("voucher_cents >= 0", name=op.f("ck_settlements_voucher_cents_not_negative")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_settlements_document_id_documents")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_settlements_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_settlements_person_id_people")),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name=op.f("fk_settlements_return_id_returns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint("document_id", name=op.f("uq_settlements_document_id")),
        sa.UniqueConstraint("key", name=op.f("uq_settlements_key")),
    )
    with op.batch_alter_table("settlements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlements_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_settlements_return_id"), ["return_id"], unique=False)

    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("cause <> ''", name=op.f("ck_stock_movements_cause_not_empty")),
        sa.CheckConstraint(
            "kind IN ('cancellation', 'correction', 'opening', 'return', 'sale', 'shop')",
            name=op.f("ck_stock_movements_kind_allowed"),
        ),
        sa.CheckConstraint("units <> 0", name=op.f("ck_stock_movements_units_not_zero")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_stock_movements_order_line_id_order_lines")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_stock_movements_person_id_people")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_stock_movements_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
        sa.UniqueConstraint("cause", name=op.f("uq_stock_movements_cause")),
    )
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.create_index("ix_stock_movements_order_line_id", ["order_line_id"], unique=False)
        batch_op.create_index("ix_stock_movements_product", ["product_id", "at", "id"], unique=False)

    op.create_table(
        "settlement_lines",
        sa.Column(
            "settlement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("units_cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("units_returned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("units_restocked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_settlement_lines_amount_cents_not_negative")),
        sa.CheckConstraint("units_cancelled >= 0", name=op.f("ck_settlement_lines_units_cancelled_not_negative")),
        sa.CheckConstraint(
            "units_restocked <= units_cancelled + units_returned",
            name=op.f("ck_settlement_lines_not_more_restocked_than_back"),
        ),
        sa.CheckConstraint("units_restocked >= 0", name=op.f("ck_settlement_lines_units_restocked_not_negative")),
        sa.CheckConstraint("units_returned >= 0", name=op.f("ck_settlement_lines_units_returned_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_settlement_lines_order_line_id_order_lines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"],
            ["settlements.id"],
            name=op.f("fk_settlement_lines_settlement_id_settlements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("settlement_id", "order_line_id", name=op.f("pk_settlement_lines")),
    )
    with op.batch_alter_table("settlement_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_settlement_lines_order_line_id"), ["order_line_id"], unique=False)

    op.create_table(
        "vouchers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("used_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settlement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_vouchers_code_not_empty")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_vouchers_amount_positive")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_vouchers_currency_is_iso")),
        sa.CheckConstraint("used_cents <= amount_cents", name=op.f("ck_vouchers_not_more_used_than_given")),
        sa.CheckConstraint("used_cents >= 0", name=op.f("ck_vouchers_used_cents_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_vouchers_customer_id_customers")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_vouchers_order_id_orders")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_vouchers_person_id_people")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_vouchers_settlement_id_settlements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code", name=op.f("uq_vouchers_code")),
        sa.UniqueConstraint("key", name=op.f("uq_vouchers_key")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_vouchers_settlement_id")),
    )
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.create_index("ix_vouchers_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_vouchers_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_vouchers_live",
            ["expires_on", "id"],
            unique=False,
            sqlite_where=sa.text("cancelled_at IS NULL AND used_cents < amount_cents"),
            postgresql_where=sa.text("cancelled_at IS NULL AND used_cents < amount_cents"),
        )
        batch_op.create_index(batch_op.f("ix_vouchers_order_id"), ["order_id"], unique=False)

    op.create_table(
        "voucher_uses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("order_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("key <> ''", name=op.f("ck_voucher_uses_key_not_empty")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_voucher_uses_amount_positive")),
        sa.ForeignKeyConstraint(["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_uses_voucher_id_vouchers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_uses")),
        sa.UniqueConstraint("voucher_id", "key", name=op.f("uq_voucher_uses_voucher_id_key")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("points_moved", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("due_documents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "amounts", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True
            )
        )

    with op.batch_alter_table("marketplace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("points_per_euro", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("voucher_days", sa.BigInteger(), server_default="365", nullable=False))
        batch_op.add_column(sa.Column("low_stock_at", sa.BigInteger(), server_default="5", nullable=False))

    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settled_cents", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("withheld_cents", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shipping_settled_cents", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("settlement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("iban", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refusal", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_payments_refunds",
            ["state", "created_at", "id"],
            unique=False,
            sqlite_where=sa.text("kind = 'refund'"),
            postgresql_where=sa.text("kind = 'refund'"),
        )
        batch_op.create_index(batch_op.f("ix_payments_settlement_id"), ["settlement_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_payments_settlement_id_settlements"), "settlements", ["settlement_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_payments_voucher_id_vouchers"), "vouchers", ["voucher_id"], ["id"])

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stock_moved", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("low_stock_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("is_returnable", sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table("return_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quantity_received", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("condition", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("remark", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), server_default="other", nullable=False))
        batch_op.add_column(sa.Column("requested_by", sa.Text(), server_default="shop", nullable=False))
        batch_op.add_column(sa.Column("gesture_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("decision", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("inspection", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("slip_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_returns_slip_file_id_files"), "files", ["slip_file_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_returns_slip_file_id"), ["slip_file_id"], unique=False)
        batch_op.create_index(
            "ix_returns_new",
            ["id"],
            unique=False,
            sqlite_where=sa.text("taken_in_at IS NULL"),
            postgresql_where=sa.text("taken_in_at IS NULL"),
        )
        batch_op.create_index("ix_returns_requested_at", ["requested_at", "id"], unique=False)
        batch_op.create_index("ix_returns_status", ["status", "requested_at", "id"], unique=False)
    with op.batch_alter_table("marketplace") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_marketplace_points_per_euro_up_to_a_thousand"), "points_per_euro BETWEEN 0 AND 1000"
        )
        batch_op.create_check_constraint(
            op.f("ck_marketplace_voucher_days_up_to_ten_years"), "voucher_days BETWEEN 1 AND 3650"
        )
        batch_op.create_check_constraint(op.f("ck_marketplace_low_stock_at_not_negative"), "low_stock_at >= 0")
    with op.batch_alter_table("return_lines") as batch_op:
        batch_op.drop_constraint(op.f("ck_return_lines_quantity_positive"), type_="check")
        batch_op.create_check_constraint(op.f("ck_return_lines_quantity_not_negative"), "quantity >= 0")
        batch_op.create_check_constraint(
            op.f("ck_return_lines_quantity_received_not_negative"), "quantity_received >= 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_return_lines_something_comes_back"), "quantity + coalesce(quantity_received, 0) > 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_return_lines_condition_allowed"), "condition IN ('as_new', 'damaged', 'opened')"
        )
    with op.batch_alter_table("returns") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_returns_reason_allowed"),
            "reason IN ('changed_mind', 'damaged', 'defective', 'not_as_described', 'other', 'too_late', "
            "'wrong_article')",
        )
        batch_op.create_check_constraint(
            op.f("ck_returns_requested_by_allowed"), "requested_by IN ('customer', 'person', 'shop', 'system')"
        )
    _allow("files", "kind", _FILES)
    _allow("order_history", "event", _EVENTS)
    _allow("payments", "method", "'card', 'cash', 'cheque', 'paypal', 'transfer', 'voucher'")
    _allow("payments", "state", "'cancelled', 'captured', 'failed', 'pending', 'sent'")
    for table in ("outbox", "email_template_versions", "status_settings", "sms_texts"):
        _allow(table, "template", _TEMPLATES)
    _begin()
    _keep_counted("products", "stock", "stock_moved", "stock_movements", "product_id", "units")
    _keep_counted("customers", "loyalty_points", "points_moved", "points_movements", "customer_id", "points")
    for table in _APPENDED:
        _refuse_changes(table)


def _begin() -> None:
    """Begin with what is there: it has no cause that we know of."""
    # Who wrote a return before we took them in has told its people.
    op.execute("UPDATE returns SET taken_in_at = requested_at")
    op.execute(
        "INSERT INTO stock_movements (product_id, kind, cause, units) "
        "SELECT id, 'opening', 'opening:' || id, stock FROM products WHERE stock <> 0"
    )
    op.execute("UPDATE products SET stock_moved = stock WHERE stock <> 0")
    op.execute(
        "INSERT INTO points_movements (customer_id, kind, cause, points) "
        "SELECT id, 'opening', 'opening:' || id, loyalty_points FROM customers WHERE loyalty_points <> 0"
    )
    op.execute("UPDATE customers SET points_moved = loyalty_points WHERE loyalty_points <> 0")


def _keep_counted(table: str, balance: str, moved: str, movements: str, owner: str, amount: str) -> None:
    """Have the database itself keep a balance and its movements equal, whoever writes either of them.

    A movement changes the balance. A balance that somebody sets is a movement that nobody wrote: it is written here,
    and ``moved``, what the movements add up to, tells the two apart.
    """
    is_set = f"coalesce(NEW.{balance}, 0) <> NEW.{moved}"
    set_by = (
        f"INSERT INTO {movements} ({owner}, kind, cause, {amount}) VALUES (NEW.id, 'shop', 'shop:' || NEW.id || ':' || "
        f"(SELECT coalesce(max(id), 0) + 1 FROM {movements}), coalesce(NEW.{balance}, 0) - NEW.{moved});"
    )
    opened = (
        f"INSERT INTO {movements} ({owner}, kind, cause, {amount}) "
        f"VALUES (NEW.id, 'opening', 'opening:' || NEW.id, NEW.{balance});"
    )
    noted = f"UPDATE {table} SET {moved} = {moved} + NEW.{amount} WHERE id = NEW.{owner};"
    counted = (
        f"UPDATE {table} SET {moved} = {moved} + NEW.{amount}, {balance} = coalesce({balance}, 0) + NEW.{amount} "
        f"WHERE id = NEW.{owner};"
    )
    is_ours = "NEW.kind NOT IN ('opening', 'shop')"
    for name, on, when, then in (
        (f"{movements}_counted", f"INSERT ON {movements}", is_ours, counted),
        (f"{movements}_noted", f"INSERT ON {movements}", f"NOT ({is_ours})", noted),
        (f"{table}_{balance}_set", f"UPDATE OF {balance} ON {table}", is_set, set_by),
        (f"{table}_{balance}_opened", f"INSERT ON {table}", f"NEW.{balance} <> 0", opened),
    ):
        _after(name, on, when, then)


def _after(name: str, on: str, when: str, then: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {on} WHEN {when} BEGIN {then} END")
        return
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {then} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {on} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()")


def _refuse_changes(table: str) -> None:
    """Have the database itself refuse to change or delete what is appended, whoever asks.

    Not what a REPLACE on SQLite deletes: a trigger that refused it would refuse ON CONFLICT DO NOTHING, too. The
    nightly check finds it.
    """
    words = f"{table}: a row is never changed or deleted"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_never_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_are_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_are_final()"
    )


def _allow(table: str, column: str, values: str) -> None:
    name = op.f(f"ck_{table}_{column}_allowed")
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, f"{column} IN ({values})")


def _now() -> sa.TextClause:
    if op.get_bind().dialect.name == "postgresql":
        return sa.text("now()")
    return sa.text("(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
