"""An order lives: outbox, tasks, shipments, tags, settings of statuses and e-mails, what an undo needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("done >= 0", name=op.f("ck_job_runs_done_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index("ix_job_runs_job", ["job", "id"], unique=False)
        batch_op.create_index("ix_job_runs_started_at", ["started_at"], unique=False)
        batch_op.create_index(
            "ix_job_runs_failed",
            ["job", "id"],
            unique=False,
            sqlite_where=sa.text("error <> ''"),
            postgresql_where=sa.text("error <> ''"),
        )

    op.create_table(
        "message_templates",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_message_templates_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_templates")),
        sa.UniqueConstraint("name", name=op.f("uq_message_templates_name")),
    )
    op.create_table(
        "status_settings",
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("sends_email", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.CheckConstraint("label <> ''", name=op.f("ck_status_settings_label_not_empty")),
        sa.CheckConstraint(
            "status IN ('awaiting_payment', 'cancelled', 'completed', 'confirming', 'delivered', 'error', 'paid', 'partly_shipped', 'preparing', 'ready', 'received', 'shipped')",
            name=op.f("ck_status_settings_status_allowed"),
        ),
        sa.CheckConstraint(
            "template IN ('credit_note', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', 'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', 'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'return_status', 'seller_new_order', 'seller_receipt_confirmed', 'voucher')",
            name=op.f("ck_status_settings_template_allowed"),
        ),
        sa.PrimaryKeyConstraint("status", name=op.f("pk_status_settings")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_tags_name_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sa.UniqueConstraint("name", name=op.f("uq_workers_name")),
    )
    op.create_table(
        "email_template_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint(
            "template IN ('credit_note', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', 'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', 'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'return_status', 'seller_new_order', 'seller_receipt_confirmed', 'voucher')",
            name=op.f("ck_email_template_versions_template_allowed"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_email_template_versions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_template_versions")),
    )
    with op.batch_alter_table("email_template_versions", schema=None) as batch_op:
        batch_op.create_index("ix_email_template_versions_template", ["template", "id"], unique=False)

    op.create_table(
        "job_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_job_requests_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_requests")),
        sa.UniqueConstraint("job", name=op.f("uq_job_requests_job")),
    )
    op.create_table(
        "tasks",
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
        sa.Column("refused_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refused", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('message', 'move', 'payment', 'reminder', 'tag', 'undo')", name=op.f("ck_tasks_kind_allowed")
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'done', 'failed', 'queued', 'running')", name=op.f("ck_tasks_state_allowed")
        ),
        sa.CheckConstraint("done + refused <= total", name=op.f("ck_tasks_not_more_than_all")),
        sa.CheckConstraint("done >= 0", name=op.f("ck_tasks_done_not_negative")),
        sa.CheckConstraint("refused >= 0", name=op.f("ck_tasks_refused_not_negative")),
        sa.CheckConstraint("refused_before >= 0", name=op.f("ck_tasks_refused_before_not_negative")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_tasks_total_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tasks_person_id_people")),
        sa.ForeignKeyConstraint(["undoes_id"], ["tasks.id"], name=op.f("fk_tasks_undoes_id_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_tasks_undoes_id")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_person", ["person_id", "id"], unique=False)
        batch_op.create_index(
            "ix_tasks_under_way",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('queued', 'running')"),
            postgresql_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "order_tags",
        sa.Column("tag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column(
            "order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_tags_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_order_tags_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag_id", "order_id", name=op.f("pk_order_tags")),
    )
    with op.batch_alter_table("order_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_tags_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shipments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_number", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_url", sa.Text(), server_default="", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shipments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("history_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.Text(), server_default="email", nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "variables",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "attachments", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True
        ),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_outbox_channel_allowed")),
        sa.CheckConstraint("event <> ''", name=op.f("ck_outbox_event_not_empty")),
        sa.CheckConstraint("recipient <> ''", name=op.f("ck_outbox_recipient_not_empty")),
        sa.CheckConstraint(
            "recipient_kind IN ('customer', 'marketplace', 'seller')", name=op.f("ck_outbox_recipient_kind_allowed")
        ),
        sa.CheckConstraint(
            "state IN ('bounced', 'cancelled', 'delivered', 'failed', 'held', 'opened', 'queued', 'sending', 'sent', 'uncertain')",
            name=op.f("ck_outbox_state_allowed"),
        ),
        sa.CheckConstraint(
            "template IN ('credit_note', 'loyalty_points', 'message', 'order_cancelled', 'order_completed', 'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', 'order_preparing', 'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'return_status', 'seller_new_order', 'seller_receipt_confirmed', 'voucher')",
            name=op.f("ck_outbox_template_allowed"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts_not_negative")),
        sa.ForeignKeyConstraint(
            ["history_id"], ["order_history.id"], name=op.f("fk_outbox_history_id_order_history"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_outbox_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbox_person_id_people")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_outbox_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "order_id", "event", "template", "recipient", name=op.f("uq_outbox_order_id_event_template_recipient")
        ),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_history_id"), ["history_id"], unique=False)
        batch_op.create_index("ix_outbox_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_outbox_recipient", ["recipient", "id"], unique=False)
        batch_op.create_index(
            "ix_outbox_sending",
            ["claimed_until"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index("ix_outbox_state", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_task_id"), ["task_id"], unique=False)
        batch_op.create_index("ix_outbox_template", ["template", "id"], unique=False)
        batch_op.create_index(
            "ix_outbox_troubled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('bounced', 'failed', 'uncertain')"),
            postgresql_where=sa.text("state IN ('bounced', 'failed', 'uncertain')"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('held', 'queued')"),
            postgresql_where=sa.text("state IN ('held', 'queued')"),
        )

    op.create_table(
        "shipment_lines",
        sa.Column(
            "shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_shipment_lines_order_line_id_order_lines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id_shipments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shipment_id", "order_line_id", name=op.f("pk_shipment_lines")),
    )
    with op.batch_alter_table("shipment_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_lines_order_line_id"), ["order_line_id"], unique=False)

    op.create_table(
        "task_items",
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("history_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "state IN ('done', 'refused', 'undone', 'waiting')", name=op.f("ck_task_items_state_allowed")
        ),
        sa.ForeignKeyConstraint(
            ["history_id"],
            ["order_history.id"],
            name=op.f("fk_task_items_history_id_order_history"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_task_items_order_id_orders"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_task_items_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "position", name=op.f("pk_task_items")),
        sa.UniqueConstraint("task_id", "order_id", name=op.f("uq_task_items_task_id_order_id")),
    )
    with op.batch_alter_table("task_items", schema=None) as batch_op:
        batch_op.create_index("ix_task_items_history", ["history_id"], unique=False)
        batch_op.create_index("ix_task_items_order", ["order_id"], unique=False)
        batch_op.create_index("ix_task_items_state", ["task_id", "state", "position"], unique=False)

    op.create_table(
        "mail_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_mail_events_outbox_id_outbox"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_events")),
        sa.UniqueConstraint("provider_event_id", name=op.f("uq_mail_events_provider_event_id")),
    )
    with op.batch_alter_table("mail_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_events_outbox_id"), ["outbox_id"], unique=False)

    with op.batch_alter_table("marketplace") as batch_op:
        batch_op.add_column(sa.Column("reply_to_email", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("email_footer", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("payment_url_pattern", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("product_url_pattern", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("undo_window_s", sa.BigInteger(), server_default="60", nullable=False))
        batch_op.create_check_constraint(
            op.f("ck_marketplace_undo_window_s_up_to_an_hour"), "undo_window_s BETWEEN 0 AND 3600"
        )

    with op.batch_alter_table("order_history") as batch_op:
        batch_op.add_column(sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_order_history_undoes_id"), ["undoes_id"])
        batch_op.create_foreign_key(
            op.f("fk_order_history_undoes_id_order_history"), "order_history", ["undoes_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("ck_order_history_event_allowed"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_order_history_event_allowed"),
            "event IN ('created', 'edited', 'email_resent', 'imported', 'line_cancelled', 'message_sent', 'note_added', "
            "'payment_recorded', 'refund_recorded', 'reminded', 'status_changed', 'tagged', 'undone')",
        )

    # SQLite appends a column without copying the table, as long as no constraint comes with it.
    op.add_column("payments", sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE payments SET booked_at = created_at WHERE state = 'captured'")
    to_book = sa.text("booked_at IS NULL AND state = 'captured'")
    op.create_index("ix_payments_to_book", "payments", ["id"], sqlite_where=to_book, postgresql_where=to_book)


def _now() -> sa.TextClause:
    if op.get_bind().dialect.name == "postgresql":
        return sa.text("now()")
    return sa.text("(strftime('%Y-%m-%d %H:%M:%f000', 'now'))")
