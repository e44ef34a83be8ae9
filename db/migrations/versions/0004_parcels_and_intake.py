"""Parcels and intake: carriers, proof of receipt, timed rules, shops' tokens, files, imports, SMS."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

_EVENTS = (
    "'created', 'edited', 'email_resent', 'imported', 'line_cancelled', 'links_revoked', 'message_sent', 'note_added', "
    "'parcel_delivered', 'parcel_received', 'payment_recorded', 'refund_recorded', 'reminded', 'seller_reminded', "
    "'shipment_cancelled', 'shipment_corrected', 'status_changed', 'tagged', 'undone'"
)
_TEMPLATES = (
    "'credit_note', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', 'order_confirmation', "
    "'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', 'order_ready', "
    "'order_shipped', 'payment_received', 'payment_reminder', 'pickup_reminder', 'return_status', "
    "'seller_new_order', 'seller_receipt_confirmed', 'seller_reminder', 'unpaid_warning', 'voucher'"
)


def upgrade() -> None:
    op.create_table(
        "carriers",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tracking_url_pattern", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_days", sa.BigInteger(), server_default="3", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_carriers_code_not_empty")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_carriers_name_not_empty")),
        sa.CheckConstraint("delivery_days BETWEEN 0 AND 60", name=op.f("ck_carriers_delivery_days_up_to_sixty")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_carriers")),
        sa.UniqueConstraint("name", name=op.f("uq_carriers_name")),
    )
    op.create_table(
        "sms_opt_outs",
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("phone LIKE '+%'", name=op.f("ck_sms_opt_outs_phone_is_e164")),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_sms_opt_outs")),
    )
    op.create_table(
        "timed_settings",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("delay", sa.BigInteger(), nullable=False),
        sa.Column("extra", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "rule IN ('payment_reminder', 'pickup_reminder', 'receipt', 'seller_reminder', 'unpaid_cancel')",
            name=op.f("ck_timed_settings_rule_allowed"),
        ),
        sa.CheckConstraint("delay BETWEEN 1 AND 365", name=op.f("ck_timed_settings_delay_up_to_a_year")),
        sa.CheckConstraint("extra >= 0", name=op.f("ck_timed_settings_extra_not_negative")),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_timed_settings")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), server_default="", nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_api_tokens_name_not_empty")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id_people")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_api_tokens_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "arguments",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("ref", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('carrier_csv', 'labels')", name=op.f("ck_files_kind_allowed")),
        sa.CheckConstraint("state <> 'ready' OR sha256 <> ''", name=op.f("ck_files_ready_has_its_hash")),
        sa.CheckConstraint("state IN ('failed', 'making', 'queued', 'ready')", name=op.f("ck_files_state_allowed")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_files_attempts_not_negative")),
        sa.CheckConstraint("done >= 0", name=op.f("ck_files_done_not_negative")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_files_size_bytes_not_negative")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_files_total_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_files_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index("ix_files_person", ["person_id", "id"], unique=False)
        batch_op.create_index(
            "ix_files_under_way",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('making', 'queued')"),
            postgresql_where=sa.text("state IN ('making', 'queued')"),
        )

    op.create_table(
        "sms_texts",
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint(
            "template IN ('credit_note', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', 'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', 'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'pickup_reminder', 'return_status', 'seller_new_order', 'seller_receipt_confirmed', 'seller_reminder', 'unpaid_warning', 'voucher')",
            name=op.f("ck_sms_texts_template_allowed"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sms_texts_person_id_people")),
        sa.PrimaryKeyConstraint("template", name=op.f("pk_sms_texts")),
    )
    op.create_table(
        "api_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status_code", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("fk_api_requests_token_id_api_tokens"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_requests")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_api_requests_token_id_key")),
    )
    with op.batch_alter_table("api_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_requests_created_at"), ["created_at"], unique=False)

    op.create_table(
        "import_items",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "payload",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("corrections", sa.Text(), server_default="", nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "state IN ('created', 'known', 'refused', 'waiting')", name=op.f("ck_import_items_state_allowed")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_import_items_order_id_orders"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_import_items_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "position", name=op.f("pk_import_items")),
    )
    with op.batch_alter_table("import_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_items_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_import_items_state", ["task_id", "state", "position"], unique=False)

    with op.batch_alter_table("marketplace") as batch_op:
        batch_op.add_column(sa.Column("follow_up_days", sa.BigInteger(), server_default="365", nullable=False))
        batch_op.add_column(sa.Column("texts_customers", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("quiet_from", sa.BigInteger(), server_default="21", nullable=False))
        batch_op.add_column(sa.Column("quiet_until", sa.BigInteger(), server_default="8", nullable=False))
        for name, words in {
            "follow_up_days_up_to_ten_years": "follow_up_days BETWEEN 1 AND 3650",
            "quiet_from_is_an_hour": "quiet_from BETWEEN 0 AND 23",
            "quiet_until_is_an_hour": "quiet_until BETWEEN 0 AND 23",
        }.items():
            batch_op.create_check_constraint(op.f(f"ck_marketplace_{name}"), words)

    op.create_index(op.f("ix_customers_email"), "customers", ["email"])

    op.add_column("sellers", sa.Column("opening_hours", sa.Text(), server_default="", nullable=False))

    # SQLite appends a column without copying the table, as long as no constraint comes with it.
    for name in ("paid_at", "ready_at", "received_at"):
        op.add_column("orders", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("pickup_code", sa.Text(), server_default="", nullable=False))
    op.add_column("orders", sa.Column("link_generation", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE orders SET paid_at = placed_at WHERE status = 'paid'")
    op.execute("UPDATE orders SET ready_at = updated_at WHERE status = 'ready'")
    for column, statuses in {
        "delivered_at": "'delivered'",
        "expected_delivery_on": "'partly_shipped', 'shipped'",
        "paid_at": "'paid'",
        "ready_at": "'ready'",
    }.items():
        predicate = sa.text(f"status IN ({statuses})")
        op.create_index(
            f"ix_orders_{column}", "orders", [column, "id"], sqlite_where=predicate, postgresql_where=predicate
        )

    with op.batch_alter_table("shipments") as batch_op:
        batch_op.add_column(sa.Column("expected_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("received_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("received_from", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_shipments_received_by_allowed"), "received_by IN ('customer', 'person', 'shop', 'system')"
        )
    awaits_receipt = sa.text("delivered_at IS NOT NULL AND received_at IS NULL AND cancelled_at IS NULL")
    op.create_index(
        "ix_shipments_awaiting_receipt",
        "shipments",
        ["delivered_at", "id"],
        sqlite_where=awaits_receipt,
        postgresql_where=awaits_receipt,
    )
    # What the orders knew of their parcels' arrival so far.
    of_its_order = "FROM orders WHERE orders.id = shipments.order_id AND orders.status IN"
    op.execute(
        f"UPDATE shipments SET delivered_at = (SELECT coalesce(orders.delivered_at, orders.updated_at) {of_its_order} "
        "('delivered', 'received', 'completed'))"
    )
    op.execute(
        f"UPDATE shipments SET received_by = 'system', received_at = delivered_at WHERE EXISTS (SELECT 1 {of_its_order} "
        "('received', 'completed'))"
    )

    _allow("order_history", "event", _EVENTS)
    _allow("tasks", "kind", "'import', 'message', 'move', 'payment', 'reminder', 'tag', 'undo'")
    for table in ("outbox", "email_template_versions", "status_settings"):
        _allow(table, "template", _TEMPLATES)
    texts = sa.text("channel = 'sms'")
    op.create_index("ix_outbox_texts", "outbox", ["channel", "id"], sqlite_where=texts, postgresql_where=texts)
    waiting_texts = sa.text("channel = 'sms' AND state IN ('held', 'queued')")
    op.create_index(
        "ix_outbox_waiting_texts",
        "outbox",
        ["channel", "due_at", "id"],
        sqlite_where=waiting_texts,
        postgresql_where=waiting_texts,
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
