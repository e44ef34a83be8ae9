"""Sellers are paid: terms by day, runs and payouts, transfers, fee invoices; what the ledger holds falls due."""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

_EVENTS = (
    "'created', 'customer_erased', 'document_issued', 'document_sent', 'edited', 'email_resent', "
    "'imported', 'line_cancelled', 'links_revoked', 'message_sent', 'note_added', 'parcel_delivered', "
    "'parcel_received', 'payment_recorded', 'payout_held', 'payout_released', 'refund_moved', 'refund_recorded', "
    "'reminded', 'return_inspected', 'return_message', 'return_moved', 'return_requested', 'seller_reminded', "
    "'settled', 'shipment_cancelled', 'shipment_corrected', 'status_changed', 'tagged', 'undone', "
    "'voucher_cancelled', 'voucher_given'"
)
_KINDS = "'bank_rejection', 'carried', 'correction', 'fee', 'fee_back', 'payout', 'refund', 'sale'"
_FILES = (
    "'carrier_csv', 'continuity', 'customer_data', 'dac7', 'document', 'document_list', 'fee_document', "
    "'labels', 'papers', 'payout_list', 'payout_statement', 'refund_list', 'return_slip', 'transfers', 'voucher'"
)
#: What is written once, with the keys by which a row of it may be named.
_FINAL = {
    "seller_changes": "id = NEW.id",
    "payout_settings_changes": "id = NEW.id",
    "payout_history": "id = NEW.id",
    "fee_documents": "id = NEW.id OR number = NEW.number OR cause = NEW.cause OR file_id = NEW.file_id "
    "OR (series_id = NEW.series_id AND sequence = NEW.sequence)",
}
_IS_OF_SELLER = (
    "template IN ('seller_iban_changed', 'seller_payout', 'seller_payout_rejected', 'seller_statement') "
    "AND order_id IS NULL"
)
_TEMPLATES = (
    "'credit_note', 'invoice', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', "
    "'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', "
    "'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'pickup_reminder', 'refund_done', "
    "'return_awaiting_parcel', 'return_completed', 'return_denied', 'return_parcel_received', "
    "'return_requested', 'return_status', 'seller_iban_changed', 'seller_new_order', 'seller_payout', "
    "'seller_payout_rejected', 'seller_receipt_confirmed', 'seller_reminder', 'seller_return', "
    "'seller_statement', 'unpaid_warning', 'voucher'"
)


def upgrade() -> None:
    op.create_table(
        "fee_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("last_sequence >= 0", name=op.f("ck_fee_series_last_sequence_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_series")),
        sa.UniqueConstraint("code", name=op.f("uq_fee_series_code")),
    )
    op.create_table(
        "payout_settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debtor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("debtor_iban", sa.Text(), server_default="", nullable=False),
        sa.Column("debtor_bic", sa.Text(), server_default="", nullable=False),
        sa.Column("is_automatic", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("max_cents", sa.BigInteger(), nullable=True),
        sa.Column("unusual_times", sa.BigInteger(), server_default="3", nullable=False),
        sa.Column("iban_rest_hours", sa.BigInteger(), server_default="72", nullable=False),
        sa.Column("fee_invoicing", sa.Text(), server_default="per_payout", nullable=False),
        sa.Column("fee_vat_rate_bp", sa.BigInteger(), server_default="2000", nullable=False),
        sa.Column("dac7_min_sales", sa.BigInteger(), server_default="30", nullable=False),
        sa.Column("dac7_min_cents", sa.BigInteger(), server_default="200000", nullable=False),
        sa.CheckConstraint(
            "fee_invoicing IN ('monthly', 'per_payout')", name=op.f("ck_payout_settings_fee_invoicing_allowed")
        ),
        sa.CheckConstraint("dac7_min_cents >= 0", name=op.f("ck_payout_settings_dac7_min_cents_not_negative")),
        sa.CheckConstraint("dac7_min_sales >= 0", name=op.f("ck_payout_settings_dac7_min_sales_not_negative")),
        sa.CheckConstraint(
            "fee_vat_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_payout_settings_fee_vat_rate_bp_is_a_share")
        ),
        sa.CheckConstraint(
            "iban_rest_hours BETWEEN 0 AND 720", name=op.f("ck_payout_settings_iban_rest_hours_up_to_a_month")
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_payout_settings_single_row")),
        sa.CheckConstraint("max_cents > 0", name=op.f("ck_payout_settings_max_cents_positive")),
        sa.CheckConstraint(
            "unusual_times BETWEEN 2 AND 100", name=op.f("ck_payout_settings_unusual_times_up_to_a_hundred")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_settings")),
    )
    op.create_table(
        "payout_settings_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_payout_settings_changes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_settings_changes")),
    )
    op.create_table(
        "payout_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_payout_runs_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_runs")),
        sa.UniqueConstraint("run_on", name=op.f("uq_payout_runs_run_on")),
    )
    op.create_table(
        "seller_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seller_changes_person_id_people")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_seller_changes_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_changes")),
    )
    with op.batch_alter_table("seller_changes", schema=None) as batch_op:
        batch_op.create_index("ix_seller_changes_seller", ["seller_id", "at", "id"], unique=False)

    op.create_table(
        "seller_terms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("fee_rate_bp", sa.BigInteger(), nullable=False),
        sa.Column("payout_delay_days", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("fee_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_seller_terms_fee_rate_bp_is_a_share")),
        sa.CheckConstraint(
            "payout_delay_days BETWEEN 0 AND 250", name=op.f("ck_seller_terms_payout_delay_days_up_to_a_year")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seller_terms_person_id_people")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_seller_terms_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_terms")),
        sa.UniqueConstraint("seller_id", "from_on", name=op.f("uq_seller_terms_seller_id_from_on")),
    )
    op.create_table(
        "payout_holds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("release_note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("reason IN ('dispute', 'manual', 'suspended')", name=op.f("ck_payout_holds_reason_allowed")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payout_holds_order_id_orders")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_payout_holds_person_id_people")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_payout_holds_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_holds")),
    )
    with op.batch_alter_table("payout_holds", schema=None) as batch_op:
        batch_op.create_index("ix_payout_holds_seller", ["seller_id", "held_at"], unique=False)
        batch_op.create_index(
            "uq_payout_holds_order",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("order_id IS NOT NULL AND released_at IS NULL"),
            postgresql_where=sa.text("order_id IS NOT NULL AND released_at IS NULL"),
        )
        batch_op.create_index(
            "uq_payout_holds_seller",
            ["seller_id"],
            unique=True,
            sqlite_where=sa.text("order_id IS NULL AND released_at IS NULL"),
            postgresql_where=sa.text("order_id IS NULL AND released_at IS NULL"),
        )

    op.create_table(
        "fee_documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("is_credit_note", sa.Boolean(), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
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
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN is_credit_note THEN gross_cents < 0 ELSE gross_cents > 0 END",
            name=op.f("ck_fee_documents_gross_has_its_sign"),
        ),
        sa.CheckConstraint("net_cents + vat_cents = gross_cents", name=op.f("ck_fee_documents_net_and_vat_are_gross")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_fee_documents_sequence_positive")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_fee_documents_file_id_files")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_fee_documents_seller_id_sellers")),
        sa.ForeignKeyConstraint(["series_id"], ["fee_series.id"], name=op.f("fk_fee_documents_series_id_fee_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_documents")),
        sa.UniqueConstraint("cause", name=op.f("uq_fee_documents_cause")),
        sa.UniqueConstraint("file_id", name=op.f("uq_fee_documents_file_id")),
        sa.UniqueConstraint("number", name=op.f("uq_fee_documents_number")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_fee_documents_series_id_sequence")),
    )
    with op.batch_alter_table("fee_documents", schema=None) as batch_op:
        batch_op.create_index("ix_fee_documents_issued_on", ["issued_on", "id"], unique=False)
        batch_op.create_index("ix_fee_documents_seller", ["seller_id", "issued_on", "id"], unique=False)

    op.create_table(
        "transfer_batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("debtor_name", sa.Text(), nullable=False),
        sa.Column("debtor_iban", sa.Text(), nullable=False),
        sa.Column("debtor_bic", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("payout_count", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_transfer_batches_currency_is_iso")),
        sa.CheckConstraint("payout_count > 0", name=op.f("ck_transfer_batches_payout_count_positive")),
        sa.CheckConstraint("total_cents > 0", name=op.f("ck_transfer_batches_total_positive")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_transfer_batches_file_id_files")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_transfer_batches_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_batches")),
        sa.UniqueConstraint("file_id", name=op.f("uq_transfer_batches_file_id")),
        sa.UniqueConstraint("key", name=op.f("uq_transfer_batches_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_transfer_batches_message_id")),
    )
    with op.batch_alter_table("transfer_batches", schema=None) as batch_op:
        batch_op.create_index("ix_transfer_batches_created_at", ["created_at", "id"], unique=False)

    op.create_table(
        "payouts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seller_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), server_default="prepared", nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("sale_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refund_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("other_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("net_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entry_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("waived_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("prepared_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("prepared_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("iban", sa.Text(), server_default="", nullable=False),
        sa.Column("bic", sa.Text(), server_default="", nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("payment_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("rejection", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'held') = (hold_reason IS NOT NULL)", name=op.f("ck_payouts_held_has_its_reason")),
        sa.CheckConstraint(
            "hold_reason IN ('dispute', 'iban_changed', 'invalid_iban', 'manual', 'no_iban', 'over_limit', 'refused_iban', 'suspended')",
            name=op.f("ck_payouts_hold_reason_allowed"),
        ),
        sa.CheckConstraint(
            "state IN ('approved', 'cancelled', 'carried', 'exported', 'held', 'paid', 'prepared', 'rejected')",
            name=op.f("ck_payouts_state_allowed"),
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'carried') OR net_cents > 0", name=op.f("ck_payouts_only_what_is_owed_is_paid")
        ),
        sa.CheckConstraint("entry_count >= 0", name=op.f("ck_payouts_entry_count_not_negative")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_payouts_currency_is_iso")),
        sa.CheckConstraint(
            "sale_cents + refund_cents + fee_cents + other_cents = net_cents", name=op.f("ck_payouts_parts_add_up")
        ),
        sa.CheckConstraint("waived_cents >= 0", name=op.f("ck_payouts_waived_cents_not_negative")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["people.id"], name=op.f("fk_payouts_approved_by_id_people")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["transfer_batches.id"], name=op.f("fk_payouts_batch_id_transfer_batches")
        ),
        sa.ForeignKeyConstraint(
            ["fee_document_id"], ["fee_documents.id"], name=op.f("fk_payouts_fee_document_id_fee_documents")
        ),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["people.id"], name=op.f("fk_payouts_prepared_by_id_people")),
        sa.ForeignKeyConstraint(["run_id"], ["payout_runs.id"], name=op.f("fk_payouts_run_id_payout_runs")),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name=op.f("fk_payouts_seller_id_sellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
    )
    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payouts_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payouts_fee_document_id"), ["fee_document_id"], unique=False)
        batch_op.create_index("ix_payouts_due_on", ["due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_payouts_here",
            ["state", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('approved', 'exported', 'held', 'prepared')"),
            postgresql_where=sa.text("state IN ('approved', 'exported', 'held', 'prepared')"),
        )
        batch_op.create_index("ix_payouts_paid_on", ["paid_on", "id"], unique=False)
        batch_op.create_index("ix_payouts_run_id", ["run_id"], unique=False)
        batch_op.create_index("ix_payouts_seller", ["seller_id", "id"], unique=False)
        batch_op.create_index("ix_payouts_state", ["state", "id"], unique=False)
        batch_op.create_index(
            "ix_payouts_uninvoiced",
            ["closed_at", "id"],
            unique=False,
            sqlite_where=sa.text("fee_document_id IS NULL AND fee_cents <> 0 AND closed_at IS NOT NULL"),
            postgresql_where=sa.text("fee_document_id IS NULL AND fee_cents <> 0 AND closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_payouts_open",
            ["seller_id", "currency"],
            unique=True,
            sqlite_where=sa.text("state IN ('held', 'prepared')"),
            postgresql_where=sa.text("state IN ('held', 'prepared')"),
        )

    op.create_table(
        "payout_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint(
            "event IN ('approved', 'cancelled', 'carried', 'export_undone', 'exported', 'held', 'invoiced', 'notified', 'paid', 'prepared', 'rejected', 'released', 'topped_up')",
            name=op.f("ck_payout_history_event_allowed"),
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_payout_history_payout_id_payouts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_payout_history_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_history")),
    )
    with op.batch_alter_table("payout_history", schema=None) as batch_op:
        batch_op.create_index("ix_payout_history_payout", ["payout_id", "id"], unique=False)

    op.create_table(
        "payout_entries",
        sa.Column(
            "entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_payout_entries_entry_id_ledger_entries")
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_payout_entries_payout_id_payouts")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_payout_entries")),
    )
    with op.batch_alter_table("payout_entries", schema=None) as batch_op:
        batch_op.create_index("ix_payout_entries_payout", ["payout_id", "kind", "entry_id"], unique=False)
        batch_op.create_index(
            "ix_payout_entries_waiting",
            ["seller_id", "currency", "due_on", "kind", "amount_cents", "payout_id"],
            unique=False,
            sqlite_where=sa.text("payout_id IS NULL"),
            postgresql_where=sa.text("payout_id IS NULL"),
        )

    with op.batch_alter_table("balance_findings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_balance_findings_payout_id_payouts"), "payouts", ["payout_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_ledger_entries_kind_allowed"), type_="check")
        batch_op.create_check_constraint(op.f("ck_ledger_entries_kind_allowed"), f"kind IN ({_KINDS})")
        batch_op.add_column(sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.drop_index("ix_ledger_entries_seller")
        batch_op.create_index(
            "ix_ledger_entries_seller", ["seller_id", "currency", "at", "id", "amount_cents", "kind"], unique=False
        )
        batch_op.create_index(
            "ix_ledger_entries_payout",
            ["payout_id"],
            unique=False,
            sqlite_where=sa.text("payout_id IS NOT NULL"),
            postgresql_where=sa.text("payout_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_ledger_entries_payout_id_payouts"), "payouts", ["payout_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_ledger_entries_person_id_people"), "people", ["person_id"], ["id"])

    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_holder", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("holiday_zone", sa.Text(), server_default="metropole", nullable=False))
        batch_op.add_column(sa.Column("is_person", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("born_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("birth_place", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tax_number", sa.Text(), server_default="", nullable=False))
        batch_op.create_check_constraint(
            op.f("ck_sellers_holiday_zone_allowed"), "holiday_zone IN ('alsace_moselle', 'metropole')"
        )

    _allow("files", "kind", _FILES)
    _allow("order_history", "event", _EVENTS)
    for table in ("outbox", "email_template_versions", "status_settings", "sms_texts"):
        _allow(table, "template", _TEMPLATES)
    op.create_index(
        "uq_outbox_of_sellers",
        "outbox",
        ["event", "template", "recipient"],
        unique=True,
        sqlite_where=sa.text(_IS_OF_SELLER),
        postgresql_where=sa.text(_IS_OF_SELLER),
    )
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes("ledger_entries")  # SQLite made the table anew, without its triggers.
    for table, keys in _FINAL.items():
        _refuse_changes(table)
        _refuse_replacing(table, keys)
    _have_paid_out()


def _have_paid_out() -> None:
    """Have what is in the books since 0006 be paid out, on the day on which it falls due."""
    connection = op.get_bind()
    known = sa.text(
        "SELECT e.id, e.seller_id, e.currency, e.kind, e.amount_cents, e.at, o.placed_on, s.payout_delay_days "
        "FROM ledger_entries e JOIN sellers s ON s.id = e.seller_id LEFT JOIN orders o ON o.id = e.order_id "
        "WHERE e.id > :after ORDER BY e.id LIMIT 5000"
    ).columns(at=sa.DateTime(timezone=True), placed_on=sa.Date())
    entries = sa.table(
        "payout_entries",
        *map(sa.column, ("entry_id", "seller_id", "currency")),
        sa.column("due_on", sa.Date()),
        *map(sa.column, ("kind", "amount_cents")),
    )
    after = 0
    while rows := connection.execute(known, {"after": after}).all():
        after = rows[-1].id
        connection.execute(
            sa.insert(entries),
            [
                {
                    "entry_id": row.id,
                    "seller_id": row.seller_id,
                    "currency": row.currency,
                    "due_on": _due_on(_day_in_paris(row.at), row.placed_on, row.payout_delay_days),
                    "kind": row.kind,
                    "amount_cents": row.amount_cents,
                }
                for row in rows
            ],
        )


def _due_on(booked_on: dt.date, placed_on: dt.date | None, delay_days: int) -> dt.date:
    return max(booked_on, _business_day_after(placed_on, delay_days)) if placed_on else booked_on


def _day_in_paris(instant: dt.datetime) -> dt.date:
    aware = instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)  # SQLite keeps UTC without saying so.
    return aware.astimezone(ZoneInfo("Europe/Paris")).date()


@cache
def _business_day_after(day: dt.date, count: int) -> dt.date:
    while count:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in _closed(day.year):
            count -= 1
    return day


@cache
def _closed(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("FR", years=year))


def _refuse_changes(table: str) -> None:
    """Have the database itself refuse to change or delete what is appended, whoever asks."""
    words = f"{table}: a row is never changed or deleted"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_never_{act.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{words}'); END")
        return
    op.execute(
        f"CREATE FUNCTION {table}_are_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_are_final()"
    )


def _refuse_replacing(table: str, keys: str) -> None:
    """Have SQLite refuse a REPLACE: it deletes what stands in its way without asking the triggers of DELETE.

    The ledger has none (0006): it may be written again by whoever leaves out what is there.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_never_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {keys}) "
            f"BEGIN SELECT RAISE(ABORT, '{table}: a row is never changed or deleted'); END"
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
