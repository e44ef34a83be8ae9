"""Numbered documents: series, invoices and credit notes that nobody changes, and what is still to be issued."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

_EVENTS = (
    "'created', 'document_issued', 'document_sent', 'edited', 'email_resent', 'imported', 'line_cancelled', "
    "'links_revoked', 'message_sent', 'note_added', 'parcel_delivered', 'parcel_received', "
    "'payment_recorded', 'refund_recorded', 'reminded', 'seller_reminded', 'shipment_cancelled', "
    "'shipment_corrected', 'status_changed', 'tagged', 'undone'"
)
_TEMPLATES = (
    "'credit_note', 'invoice', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', "
    "'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', "
    "'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'pickup_reminder', "
    "'return_status', 'seller_new_order', 'seller_receipt_confirmed', 'seller_reminder', 'unpaid_warning', "
    "'voucher'"
)
_UNINVOICED = (
    "invoice_number IS NULL AND total_cents > 0 AND payment_state IN ('overpaid', 'paid', 'partly_refunded') "
    "AND status NOT IN ('cancelled', 'error')"
)
#: What never changes, and by what SQLite may take a new row for one that is there.
_FINAL = {
    "documents": "id = NEW.id OR number = NEW.number OR (series_id = NEW.series_id AND sequence = NEW.sequence)",
    "document_vat": "rowid = NEW.rowid OR (document_id = NEW.document_id AND rate_bp = NEW.rate_bp)",
}
_UNSETTLED = "invoice_number IS NOT NULL AND total_cents > paid_cents - refunded_cents"


def upgrade() -> None:
    op.create_table(
        "document_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("is_sound", sa.Boolean(), nullable=False),
        sa.Column("report", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.CheckConstraint("documents >= 0", name=op.f("ck_document_checks_documents_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_checks")),
    )
    op.create_table(
        "document_settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("legal_notice", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_days", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("mandate", sa.Text(), server_default="", nullable=False),
        sa.Column("late_penalty", sa.Text(), server_default="", nullable=False),
        sa.Column("recovery_fee", sa.Text(), server_default="", nullable=False),
        sa.Column("early_payment", sa.Text(), server_default="", nullable=False),
        sa.Column("exempt", sa.Text(), server_default="", nullable=False),
        sa.Column("export", sa.Text(), server_default="", nullable=False),
        sa.Column("intra_community", sa.Text(), server_default="", nullable=False),
        sa.Column("debits", sa.Text(), server_default="", nullable=False),
        sa.Column("payment", sa.Text(), server_default="", nullable=False),
        sa.Column("footer", sa.Text(), server_default="", nullable=False),
        sa.Column("logo_ref", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_document_settings_single_row")),
        sa.CheckConstraint("payment_days BETWEEN 0 AND 60", name=op.f("ck_document_settings_payment_days_up_to_sixty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_settings")),
    )
    op.create_table(
        "document_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_hash", sa.Text(), server_default="0" * 64, nullable=False),
        sa.CheckConstraint("kind IN ('credit_note', 'invoice')", name=op.f("ck_document_series_kind_allowed")),
        sa.CheckConstraint("last_sequence >= 0", name=op.f("ck_document_series_last_sequence_not_negative")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_document_series_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_series")),
        sa.UniqueConstraint("code", name=op.f("uq_document_series_code")),
        sa.UniqueConstraint("seller_id", "kind", "year", name=op.f("uq_document_series_seller_id_kind_year")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_name", sa.Text(), server_default="", nullable=False),
        sa.Column("original_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "snapshot", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (original_id IS NOT NULL)", name=op.f("ck_documents_credit_note_has_its_original")
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'credit_note' THEN gross_cents < 0 ELSE gross_cents > 0 END",
            name=op.f("ck_documents_gross_has_its_sign"),
        ),
        sa.CheckConstraint("kind IN ('credit_note', 'invoice')", name=op.f("ck_documents_kind_allowed")),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_documents_net_and_vat_are_gross")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_documents_sequence_positive")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_documents_customer_id_customers")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_documents_order_id_orders")),
        sa.ForeignKeyConstraint(["original_id"], ["documents.id"], name=op.f("fk_documents_original_id_documents")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_documents_seller_id_sellers")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["document_series.id"], name=op.f("fk_documents_series_id_document_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_documents_number")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_documents_series_id_sequence")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_customer", ["customer_id", "issued_on", "id"], unique=False)
        batch_op.create_index("ix_documents_gross", ["gross_cents", "id"], unique=False)
        batch_op.create_index("ix_documents_issued_on", ["issued_on", "id"], unique=False)
        batch_op.create_index("ix_documents_kind", ["kind", "issued_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_documents_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "ix_documents_credited",
            ["original_id", "gross_cents"],
            unique=False,
            sqlite_where=sa.text("original_id IS NOT NULL"),
            postgresql_where=sa.text("original_id IS NOT NULL"),
        )
        batch_op.create_index("ix_documents_seller", ["seller_id", "issued_on", "id"], unique=False)

    op.create_table(
        "document_vat",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rate_bp", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('credit_note', 'invoice')", name=op.f("ck_document_vat_kind_allowed")),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_document_vat_net_and_vat_are_gross")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_vat_document_id_documents")),
        sa.PrimaryKeyConstraint("document_id", "rate_bp", name=op.f("pk_document_vat")),
    )
    with op.batch_alter_table("document_vat", schema=None) as batch_op:
        batch_op.create_index(
            "ix_document_vat_seller",
            ["seller_id", "issued_on", "kind", "currency", "rate_bp", "net_cents", "vat_cents", "gross_cents"],
            unique=False,
        )
        batch_op.create_index(
            "ix_document_vat_totals",
            ["issued_on", "seller_id", "kind", "currency", "rate_bp", "net_cents", "vat_cents", "gross_cents"],
            unique=False,
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_uninvoiced",
            ["placed_on", "id"],
            unique=False,
            sqlite_where=sa.text(_UNINVOICED),
            postgresql_where=sa.text(_UNINVOICED),
        )
        batch_op.create_index(
            "ix_orders_unsettled",
            ["id"],
            unique=False,
            sqlite_where=sa.text(_UNSETTLED),
            postgresql_where=sa.text(_UNSETTLED),
        )

    op.create_table(
        "due_documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("units", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("notifies", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("history_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('credit_note', 'invoice')", name=op.f("ck_due_documents_kind_allowed")),
        sa.ForeignKeyConstraint(
            ["history_id"],
            ["order_history.id"],
            name=op.f("fk_due_documents_history_id_order_history"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_due_documents_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_due_documents_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_documents")),
    )
    with op.batch_alter_table("due_documents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_due_documents_blocked",
            ["id"],
            unique=False,
            sqlite_where=sa.text("error <> ''"),
            postgresql_where=sa.text("error <> ''"),
        )
        batch_op.create_index(batch_op.f("ix_due_documents_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_due_documents_history_id"), ["history_id"], unique=False)
        batch_op.create_index("ix_due_documents_order", ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_due_documents_task_id"), ["task_id"], unique=False)
        batch_op.create_index(
            "uq_due_documents_invoice",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'invoice'"),
            postgresql_where=sa.text("kind = 'invoice'"),
        )

    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.create_check_constraint(op.f("ck_files_tries_not_negative"), "tries >= 0")
        batch_op.add_column(sa.Column("is_flagged", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column(
                "faults",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
                server_default=sa.text("'[]'"),
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "warnings",
                sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
                server_default=sa.text("'[]'"),
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("search_text", sa.Text(), server_default="", nullable=False))
        batch_op.drop_index("ix_files_under_way")
        batch_op.create_index(
            "ix_files_under_way",
            ["kind", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('making', 'queued')"),
            postgresql_where=sa.text("state IN ('making', 'queued')"),
        )
        batch_op.create_index("ix_files_asked_at", ["asked_at"], unique=False)
        batch_op.create_index(
            "ix_files_asked_for",
            ["id"],
            unique=False,
            sqlite_where=sa.text("document_id IS NULL"),
            postgresql_where=sa.text("document_id IS NULL"),
        )
        batch_op.create_index(
            "ix_files_checked_at",
            ["checked_at", "id"],
            unique=False,
            sqlite_where=sa.text("document_id IS NOT NULL"),
            postgresql_where=sa.text("document_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_files_troubled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("document_id IS NOT NULL AND (is_flagged OR state IN ('damaged', 'failed'))"),
            postgresql_where=sa.text("document_id IS NOT NULL AND (is_flagged OR state IN ('damaged', 'failed'))"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_files_document_id"), ["document_id"])
        batch_op.create_foreign_key(batch_op.f("fk_files_document_id_documents"), "documents", ["document_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_files_seller_id_sellers"), "sellers", ["seller_id"], ["id"])

    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_notice", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("nature", sa.Text(), server_default="goods", nullable=False))
        batch_op.add_column(sa.Column("vat_on_debits", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("vat_exemption", sa.Text(), server_default="", nullable=False))
        batch_op.create_check_constraint(op.f("ck_sellers_nature_allowed"), "nature IN ('goods', 'mixed', 'services')")

    _allow("files", "kind", "'carrier_csv', 'continuity', 'document', 'document_list', 'labels', 'papers'")
    _allow("files", "state", "'cancelled', 'damaged', 'failed', 'making', 'queued', 'ready'")
    _allow("order_history", "event", _EVENTS)
    for table in ("outbox", "email_template_versions", "status_settings", "sms_texts"):
        _allow(table, "template", _TEMPLATES)
    for table, keys in _FINAL.items():
        _refuse_changes(table, keys)


def _refuse_changes(table: str, keys: str) -> None:
    """Have the database itself refuse to change or delete what is issued, whoever asks.

    SQLite deletes what a REPLACE stands in the way of without asking the triggers of DELETE: hence one of INSERT.
    """
    words = f"{table}: an issued document is never changed or deleted"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_never_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        op.execute(
            f"CREATE TRIGGER {table}_never_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {keys}) BEGIN SELECT RAISE(ABORT, '{words}'); END"
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
