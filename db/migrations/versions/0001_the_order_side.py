"""The order side: parties, catalogue, orders, returns, access; search and daily sales kept by triggers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("siren", sa.Text(), server_default="", nullable=False),
        sa.Column("vat_number", sa.Text(), server_default="", nullable=False),
        sa.Column("locale", sa.Text(), server_default="fr", nullable=False),
        sa.Column("loyalty_points", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("loyalty_points >= 0", name=op.f("ck_customers_loyalty_points_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_customers_external_ref")),
    )
    op.create_table(
        "daily_sales",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('awaiting_payment', 'cancelled', 'completed', 'confirming', 'delivered', 'error', 'paid', 'partly_shipped', 'preparing', 'ready', 'received', 'shipped')",
            name=op.f("ck_daily_sales_status_allowed"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_sales")),
    )
    with op.batch_alter_table("daily_sales", schema=None) as batch_op:
        batch_op.create_index(
            "ix_daily_sales_day",
            ["placed_on", "currency", "seller_id", "status", "orders", "total_cents"],
            unique=False,
        )

    op.create_table(
        "marketplace",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), server_default="", nullable=False),
        sa.Column("siren", sa.Text(), server_default="", nullable=False),
        sa.Column("vat_number", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country_code", sa.Text(), server_default="FR", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("sender_email", sa.Text(), server_default="", nullable=False),
        sa.Column("copy_email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("brand_colour", sa.Text(), server_default="#0f5c4d", nullable=False),
        sa.Column("logo_ref", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Europe/Paris", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_marketplace_single_row")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_marketplace_currency_is_iso")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketplace")),
    )
    op.create_table(
        "sellers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), server_default="", nullable=False),
        sa.Column("siren", sa.Text(), server_default="", nullable=False),
        sa.Column("siret", sa.Text(), server_default="", nullable=False),
        sa.Column("vat_number", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country_code", sa.Text(), server_default="FR", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("mobile", sa.Text(), server_default="", nullable=False),
        sa.Column("iban", sa.Text(), nullable=True),
        sa.Column("bic", sa.Text(), nullable=True),
        sa.Column("iban_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_rate_bp", sa.BigInteger(), server_default="290", nullable=False),
        sa.Column("payout_delay_days", sa.BigInteger(), server_default="10", nullable=False),
        sa.Column("mandate_signed_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_sellers_code_not_empty")),
        sa.CheckConstraint("fee_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_sellers_fee_rate_bp_is_a_share")),
        sa.CheckConstraint("payout_delay_days >= 0", name=op.f("ck_sellers_payout_delay_days_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sellers")),
        sa.UniqueConstraint("code", name=op.f("uq_sellers_code")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_sellers_external_ref")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_attempts_at", ["at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_email", ["email", "at"], unique=False)
        batch_op.create_index("ix_sign_in_attempts_ip_address", ["ip_address", "at"], unique=False)

    op.create_table(
        "suppliers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("name", name=op.f("uq_suppliers_name")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("street_extra", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country_code", sa.Text(), server_default="FR", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_addresses_customer_id_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_addresses_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "baskets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_baskets_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baskets")),
        sa.UniqueConstraint("reference", name=op.f("uq_baskets_reference")),
    )
    with op.batch_alter_table("baskets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_baskets_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(role = 'seller') = (seller_id IS NOT NULL)", name=op.f("ck_people_seller_goes_with_role")),
        sa.CheckConstraint(
            "role IN ('admin', 'finance', 'manager', 'seller', 'support')",
            name=op.f("ck_people_role_allowed"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower_case")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_people_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "attributes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("vat_rate_bp", sa.BigInteger(), server_default="2000", nullable=False),
        sa.Column("weight_g", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=True),
        sa.Column("image_ref", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_products_currency_is_iso")),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_products_unit_price_cents_not_negative")),
        sa.CheckConstraint("vat_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_products_vat_rate_bp_is_a_share")),
        sa.CheckConstraint("weight_g >= 0", name=op.f("ck_products_weight_g_not_negative")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_products_seller_id_sellers")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_products_supplier_id_suppliers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_products_external_ref")),
        sa.UniqueConstraint("seller_id", "sku", name=op.f("uq_products_seller_id_sku")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_supplier_id"), ["supplier_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("basket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_sort", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_email", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_phone", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="awaiting_payment", nullable=False),
        sa.Column("status_before_error", sa.Text(), nullable=True),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed(
                "status IN ('awaiting_payment', 'confirming', 'error', 'paid', 'partly_shipped', 'preparing', 'ready')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("payment_method", sa.Text(), server_default="card", nullable=False),
        sa.Column("payment_state", sa.Text(), server_default="unpaid", nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("delivery_mode", sa.Text(), server_default="home", nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("pickup_address", sa.Text(), server_default="", nullable=False),
        sa.Column("ship_by", sa.Date(), nullable=True),
        sa.Column("expected_delivery_on", sa.Date(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin", sa.Text(), server_default="direct", nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("items_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shipping_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shipping_vat_rate_bp", sa.BigInteger(), server_default="2000", nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("item_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("weight_g", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("invoice_number", sa.Text(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("terms_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("intake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), server_default="shop", nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "delivery_mode IN ('click_and_collect', 'home', 'in_store', 'pickup_point')",
            name=op.f("ck_orders_delivery_mode_allowed"),
        ),
        sa.CheckConstraint("number <> ''", name=op.f("ck_orders_number_not_empty")),
        sa.CheckConstraint(
            "origin IN ('bing', 'direct', 'email', 'google', 'google_ads', 'other', 'social', 'yahoo')",
            name=op.f("ck_orders_origin_allowed"),
        ),
        sa.CheckConstraint(
            "payment_method IN ('card', 'cash', 'cheque', 'paypal', 'transfer')",
            name=op.f("ck_orders_payment_method_allowed"),
        ),
        sa.CheckConstraint(
            "payment_state IN ('overpaid', 'paid', 'partly_paid', 'partly_refunded', 'refunded', 'unpaid')",
            name=op.f("ck_orders_payment_state_allowed"),
        ),
        sa.CheckConstraint(
            "status IN ('awaiting_payment', 'cancelled', 'completed', 'confirming', 'delivered', 'error', 'paid', 'partly_shipped', 'preparing', 'ready', 'received', 'shipped')",
            name=op.f("ck_orders_status_allowed"),
        ),
        sa.CheckConstraint(
            "status_before_error IN ('awaiting_payment', 'cancelled', 'completed', 'confirming', 'delivered', 'error', 'paid', 'partly_shipped', 'preparing', 'ready', 'received', 'shipped')",
            name=op.f("ck_orders_status_before_error_allowed"),
        ),
        sa.CheckConstraint("discount_cents >= 0", name=op.f("ck_orders_discount_cents_not_negative")),
        sa.CheckConstraint("item_count >= 0", name=op.f("ck_orders_item_count_not_negative")),
        sa.CheckConstraint("items_cents >= 0", name=op.f("ck_orders_items_cents_not_negative")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_orders_currency_is_iso")),
        sa.CheckConstraint("paid_cents >= 0", name=op.f("ck_orders_paid_cents_not_negative")),
        sa.CheckConstraint("refunded_cents >= 0", name=op.f("ck_orders_refunded_cents_not_negative")),
        sa.CheckConstraint("shipping_cents >= 0", name=op.f("ck_orders_shipping_cents_not_negative")),
        sa.CheckConstraint(
            "shipping_vat_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_orders_shipping_vat_rate_bp_is_a_share")
        ),
        sa.CheckConstraint("total_cents >= 0", name=op.f("ck_orders_total_cents_not_negative")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_orders_version_positive")),
        sa.CheckConstraint("weight_g >= 0", name=op.f("ck_orders_weight_g_not_negative")),
        sa.ForeignKeyConstraint(["basket_id"], ["baskets.id"], name=op.f("fk_orders_basket_id_baskets")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id_customers")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_orders_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_orders_external_ref")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_basket_id"), ["basket_id"], unique=False)
        batch_op.create_index("ix_orders_customer", ["customer_id", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_customer_sort", ["customer_sort", "id"], unique=False)
        batch_op.create_index("ix_orders_delivery_mode", ["delivery_mode", "placed_at", "id"], unique=False)
        batch_op.create_index(
            "ix_orders_intake",
            ["id"],
            unique=False,
            sqlite_where=sa.text("intake_at IS NULL"),
            postgresql_where=sa.text("intake_at IS NULL"),
        )
        batch_op.create_index(
            "ix_orders_open_customer_sort",
            ["customer_sort", "id"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index(
            "ix_orders_open_placed_at",
            ["placed_at", "id"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index(
            "ix_orders_open_seller_id",
            ["seller_id", "placed_at", "id"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index(
            "ix_orders_open_ship_by",
            ["ship_by", "id"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index(
            "ix_orders_open_total_cents",
            ["total_cents", "id"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open"),
        )
        batch_op.create_index("ix_orders_origin", ["origin", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_payment_method", ["payment_method", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_payment_state", ["payment_state", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_placed_at", ["placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_seller_total", ["seller_id", "total_cents", "id"], unique=False)
        batch_op.create_index("ix_orders_seller", ["seller_id", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_status", ["status", "placed_at", "id"], unique=False)
        batch_op.create_index("ix_orders_total_cents", ["total_cents", "id"], unique=False)

    op.create_table(
        "saved_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_views_name_not_empty")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name=op.f("fk_saved_views_owner_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_views_owner_id_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip_address", sa.Text(), server_default="", nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sessions_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asks_password", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_in_links_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_links_token_hash")),
    )
    with op.batch_alter_table("sign_in_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_links_person_id"), ["person_id"], unique=False)

    op.create_table(
        "order_addresses",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("street_extra", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country_code", sa.Text(), server_default="FR", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('billing', 'delivery')", name=op.f("ck_order_addresses_kind_allowed")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_addresses_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", "kind", name=op.f("pk_order_addresses")),
    )
    op.create_table(
        "order_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("actor_kind", sa.Text(), server_default="system", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column(
            "before",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('customer', 'person', 'shop', 'system')",
            name=op.f("ck_order_history_actor_kind_allowed"),
        ),
        sa.CheckConstraint(
            "event IN ('created', 'edited', 'imported', 'line_cancelled', 'note_added', 'payment_recorded', 'refund_recorded', 'status_changed')",
            name=op.f("ck_order_history_event_allowed"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_history_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_order_history_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_history")),
    )
    with op.batch_alter_table("order_history", schema=None) as batch_op:
        batch_op.create_index("ix_order_history_order", ["order_id", "at", "id"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "attributes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("supplier", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate_bp", sa.BigInteger(), server_default="2000", nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity_shipped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity_cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quantity_returned", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("discount_cents >= 0", name=op.f("ck_order_lines_discount_cents_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity_positive")),
        sa.CheckConstraint("quantity_cancelled >= 0", name=op.f("ck_order_lines_quantity_cancelled_not_negative")),
        sa.CheckConstraint(
            "quantity_returned <= quantity_shipped", name=op.f("ck_order_lines_not_more_back_than_shipped")
        ),
        sa.CheckConstraint("quantity_returned >= 0", name=op.f("ck_order_lines_quantity_returned_not_negative")),
        sa.CheckConstraint(
            "quantity_shipped + quantity_cancelled <= quantity",
            name=op.f("ck_order_lines_not_more_than_bought"),
        ),
        sa.CheckConstraint("quantity_shipped >= 0", name=op.f("ck_order_lines_quantity_shipped_not_negative")),
        sa.CheckConstraint("total_cents >= 0", name=op.f("ck_order_lines_total_cents_not_negative")),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_order_lines_unit_price_cents_not_negative")),
        sa.CheckConstraint("vat_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_order_lines_vat_rate_bp_is_a_share")),
        sa.CheckConstraint("weight_g >= 0", name=op.f("ck_order_lines_weight_g_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id_products")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_product_id"), ["product_id"], unique=False)

    op.create_table(
        "order_search",
        sa.Column(
            "order_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_search_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_search")),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), server_default="payment", nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("installments", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name=op.f("ck_payments_kind_allowed")),
        sa.CheckConstraint(
            "method IN ('card', 'cash', 'cheque', 'paypal', 'transfer')",
            name=op.f("ck_payments_method_allowed"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'captured', 'failed', 'pending')", name=op.f("ck_payments_state_allowed")
        ),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_payments_amount_cents_not_negative")),
        sa.CheckConstraint("installments >= 1", name=op.f("ck_payments_installments_positive")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_payments_currency_is_iso")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payments_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("external_ref", name=op.f("uq_payments_external_ref")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.Text(), server_default="requested", nullable=False),
        sa.Column("explanation", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('awaiting_parcel', 'completed', 'denied', 'parcel_received', 'requested')",
            name=op.f("ck_returns_status_allowed"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_returns_order_id_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.create_index(
            "ix_returns_open",
            ["order_id"],
            unique=False,
            sqlite_where=sa.text("status IN ('awaiting_parcel', 'parcel_received', 'requested')"),
            postgresql_where=sa.text("status IN ('awaiting_parcel', 'parcel_received', 'requested')"),
        )
        batch_op.create_index(batch_op.f("ix_returns_order_id"), ["order_id"], unique=False)

    op.create_table(
        "return_lines",
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_return_lines_order_line_id_order_lines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_lines_return_id_returns"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("return_id", "order_line_id", name=op.f("pk_return_lines")),
    )
    with op.batch_alter_table("return_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_return_lines_order_line_id"), ["order_line_id"], unique=False)

    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(sa.text(statement.replace(":", "\\:")))


def _now() -> sa.TextClause:
    if op.get_bind().dialect.name == "postgresql":
        return sa.text("now()")
    return sa.text("(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")


# What an order leaves out: its number from its id, its day from its instant in Europe/Paris. SQLite knows no time
# zones: summer time runs from the last Sunday of March to the last Sunday of October, both at 01:00 UTC
# (directive 2000/84/CE). Fractions are cut off first: SQLite would round 23:59:59.9995 up to the next day.
_PARIS_DAY = """date(substr(NEW.placed_at, 1, 19), CASE
    WHEN NEW.placed_at >= date(strftime('%Y', NEW.placed_at) || '-03-31', '-6 days', 'weekday 0') || ' 01:00:00'
     AND NEW.placed_at <  date(strftime('%Y', NEW.placed_at) || '-10-31', '-6 days', 'weekday 0') || ' 01:00:00'
    THEN '+2 hours' ELSE '+1 hours' END)"""

_SQLITE = (
    f"""CREATE TRIGGER orders_fill AFTER INSERT ON orders WHEN NEW.number IS NULL OR NEW.placed_on IS NULL BEGIN
        UPDATE orders SET number = coalesce(NEW.number, printf('ORD-%05d', NEW.id)),
                          placed_on = coalesce(NEW.placed_on, {_PARIS_DAY})
        WHERE id = NEW.id;
    END""",
    # The fill above is an UPDATE, so an order without a day is counted by the update trigger.
    """CREATE TRIGGER daily_sales_insert AFTER INSERT ON orders WHEN NEW.placed_on IS NOT NULL BEGIN
        INSERT INTO daily_sales (placed_on, seller_id, currency, status, orders, total_cents)
        VALUES (NEW.placed_on, NEW.seller_id, NEW.currency, NEW.status, 1, NEW.total_cents);
    END""",
    """CREATE TRIGGER daily_sales_delete AFTER DELETE ON orders WHEN OLD.placed_on IS NOT NULL BEGIN
        INSERT INTO daily_sales (placed_on, seller_id, currency, status, orders, total_cents)
        VALUES (OLD.placed_on, OLD.seller_id, OLD.currency, OLD.status, -1, -OLD.total_cents);
    END""",
    """CREATE TRIGGER daily_sales_update AFTER UPDATE OF placed_on, seller_id, currency, status, total_cents ON orders
    WHEN (OLD.placed_on, OLD.seller_id, OLD.currency, OLD.status, OLD.total_cents)
      IS NOT (NEW.placed_on, NEW.seller_id, NEW.currency, NEW.status, NEW.total_cents) BEGIN
        INSERT INTO daily_sales (placed_on, seller_id, currency, status, orders, total_cents)
        SELECT OLD.placed_on, OLD.seller_id, OLD.currency, OLD.status, -1, -OLD.total_cents
        WHERE OLD.placed_on IS NOT NULL;
        INSERT INTO daily_sales (placed_on, seller_id, currency, status, orders, total_cents)
        SELECT NEW.placed_on, NEW.seller_id, NEW.currency, NEW.status, 1, NEW.total_cents
        WHERE NEW.placed_on IS NOT NULL;
    END""",
    """CREATE VIRTUAL TABLE order_search_fts USING fts5(who, what, content='order_search', content_rowid='order_id',
        tokenize='trigram', detail='none')""",
    """CREATE TRIGGER order_search_insert AFTER INSERT ON order_search BEGIN
        INSERT INTO order_search_fts (rowid, who, what) VALUES (NEW.order_id, NEW.who, NEW.what);
    END""",
    """CREATE TRIGGER order_search_delete AFTER DELETE ON order_search BEGIN
        INSERT INTO order_search_fts (order_search_fts, rowid, who, what)
        VALUES ('delete', OLD.order_id, OLD.who, OLD.what);
    END""",
    """CREATE TRIGGER order_search_update AFTER UPDATE ON order_search BEGIN
        INSERT INTO order_search_fts (order_search_fts, rowid, who, what)
        VALUES ('delete', OLD.order_id, OLD.who, OLD.what);
        INSERT INTO order_search_fts (rowid, who, what) VALUES (NEW.order_id, NEW.who, NEW.what);
    END""",
    """CREATE VIRTUAL TABLE customer_fts USING fts5(search_text, content='customers', content_rowid='id',
        tokenize='trigram', detail='none')""",
    """CREATE TRIGGER customer_search_insert AFTER INSERT ON customers BEGIN
        INSERT INTO customer_fts (rowid, search_text) VALUES (NEW.id, NEW.search_text);
    END""",
    """CREATE TRIGGER customer_search_delete AFTER DELETE ON customers BEGIN
        INSERT INTO customer_fts (customer_fts, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);
    END""",
    """CREATE TRIGGER customer_search_update AFTER UPDATE OF search_text ON customers BEGIN
        INSERT INTO customer_fts (customer_fts, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);
        INSERT INTO customer_fts (rowid, search_text) VALUES (NEW.id, NEW.search_text);
    END""",
)

_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_order_search_who ON order_search USING gin (who gin_trgm_ops)",
    "CREATE INDEX ix_order_search_what ON order_search USING gin (what gin_trgm_ops)",
    "CREATE INDEX ix_customers_search_text ON customers USING gin (search_text gin_trgm_ops)",
    """CREATE FUNCTION orders_fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.number := coalesce(NEW.number, 'ORD-' || lpad(NEW.id::text, greatest(5, length(NEW.id::text)), '0'));
        NEW.placed_on := coalesce(NEW.placed_on, (NEW.placed_at AT TIME ZONE 'Europe/Paris')::date);
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER orders_fill BEFORE INSERT ON orders FOR EACH ROW
        WHEN (NEW.number IS NULL OR NEW.placed_on IS NULL) EXECUTE FUNCTION orders_fill()""",
    """CREATE FUNCTION orders_daily_sales() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO daily_sales (placed_on, seller_id, currency, status, orders, total_cents)
            VALUES (OLD.placed_on, OLD.seller_id, OLD.currency, OLD.status, -1, -OLD.total_cents);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO daily_sales (placed_on, seller_id, currency, status, orders, total_cents)
            VALUES (NEW.placed_on, NEW.seller_id, NEW.currency, NEW.status, 1, NEW.total_cents);
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER daily_sales_insert AFTER INSERT OR DELETE ON orders FOR EACH ROW
        EXECUTE FUNCTION orders_daily_sales()""",
    """CREATE TRIGGER daily_sales_update AFTER UPDATE ON orders FOR EACH ROW
        WHEN ((OLD.placed_on, OLD.seller_id, OLD.currency, OLD.status, OLD.total_cents)
            IS DISTINCT FROM (NEW.placed_on, NEW.seller_id, NEW.currency, NEW.status, NEW.total_cents))
        EXECUTE FUNCTION orders_daily_sales()""",
)
