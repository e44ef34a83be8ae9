"""Figures for charts and control, exports that make themselves, closed months, and the log of what everybody did."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

_FILES = (
    "'accounting', 'carrier_csv', 'continuity', 'customer_data', 'dac7', 'document', 'document_list', 'export', "
    "'fee_document', 'labels', 'papers', 'payout_list', 'payout_statement', 'refund_list', 'return_slip', "
    "'summary_chart', 'transfers', 'voucher'"
)
_TEMPLATES = (
    "'credit_note', 'export_ready', 'invoice', 'loyalty_points', 'manager_summary', 'message', 'order_cancelled', "
    "'order_completed', 'order_confirmation', 'order_confirming', 'order_delivered', 'order_partly_shipped', "
    "'order_preparing', 'order_ready', 'order_shipped', 'payment_received', 'payment_reminder', 'pickup_reminder', "
    "'refund_done', 'return_awaiting_parcel', 'return_completed', 'return_denied', 'return_parcel_received', "
    "'return_requested', 'return_status', 'seller_iban_changed', 'seller_new_order', 'seller_payout', "
    "'seller_payout_rejected', 'seller_receipt_confirmed', 'seller_reminder', 'seller_return', "
    "'seller_statement', 'unpaid_warning', 'voucher'"
)
#: What is written once, with the keys by which a row of it may be named.
_FINAL = {
    "audit_seals": "sequence = NEW.sequence OR entry_id = NEW.entry_id",
    "month_closings": "month = NEW.month",
}
_IS_OF_STAFF = "template IN ('export_ready', 'manager_summary') AND order_id IS NULL"
_FACETS = (
    "'customer', 'delivery', 'hour', 'origin', 'payment', 'payment_state', 'place', 'product', 'refunded', "
    "'returned', 'sales', 'seller', 'shipping', 'stage', 'to_delivered', 'to_paid', 'to_received', 'to_shipped'"
)


def upgrade() -> None:
    op.create_table(
        "accounting_settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_month", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column(
            "accounts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.CheckConstraint("first_month BETWEEN 1 AND 12", name=op.f("ck_accounting_settings_first_month_is_a_month")),
        sa.CheckConstraint("id = 1", name=op.f("ck_accounting_settings_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounting_settings")),
    )
    op.create_table(
        "audit_anchors",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_name", sa.Text(), server_default="", nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("is_sound", sa.Boolean(), nullable=False),
        sa.Column(
            "faults",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.CheckConstraint("entries >= 0", name=op.f("ck_audit_checks_entries_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    op.create_table(
        "audit_seals",
        sa.Column(
            "sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seals_entry_id")),
    )
    op.create_table(
        "day_controls",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("sold_cents", sa.BigInteger(), nullable=False),
        sa.Column("invoiced_cents", sa.BigInteger(), nullable=False),
        sa.Column("credited_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("seller_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_net_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("differing_orders", sa.BigInteger(), nullable=False),
        sa.Column("unexplained_orders", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "currency", "seller_id", name=op.f("pk_day_controls")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_day_controls_unexplained",
        "day_controls",
        ["day"],
        unique=False,
        sqlite_where=sa.text("unexplained_orders > 0"),
        postgresql_where=sa.text("unexplained_orders > 0"),
    )
    op.create_table(
        "day_figures",
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"facet IN ({_FACETS})", name=op.f("ck_day_figures_facet_allowed")),
        sa.PrimaryKeyConstraint("facet", "day", "currency", "value", name=op.f("pk_day_figures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "month_figures",
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"facet IN ({_FACETS})", name=op.f("ck_month_figures_facet_allowed")),
        sa.PrimaryKeyConstraint("facet", "month", "currency", "value", name=op.f("pk_month_figures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stale_days",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_days")),
    )
    with op.batch_alter_table("stale_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stale_days_day"), ["day"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=True),
        sa.Column("details_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "actor_kind IN ('customer', 'person', 'shop', 'system')", name=op.f("ck_audit_entries_actor_kind_allowed")
        ),
        sa.CheckConstraint(
            "area IN ('access', 'closing', 'customers', 'documents', 'exports', 'orders', 'payouts', 'people', 'sellers', 'settings', 'stock', 'system')",
            name=op.f("ck_audit_entries_area_allowed"),
        ),
        sa.CheckConstraint("event <> ''", name=op.f("ck_audit_entries_event_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entries_area", ["area", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_event", ["area", "event", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_actor", ["actor_kind", "person_id", "at", "id"], unique=False)
        batch_op.create_index("ix_audit_entries_subject", ["subject", "subject_id", "id"], unique=False)

    op.create_table(
        "month_closings",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "figures", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False
        ),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_month_closings_person_id_people")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_month_closings")),
    )
    op.create_table(
        "export_schedules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "arguments",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("emails", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_stored", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("last_file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_now(), nullable=False),
        sa.CheckConstraint(
            "cadence IN ('daily', 'monthly', 'weekly')", name=op.f("ck_export_schedules_cadence_allowed")
        ),
        sa.CheckConstraint(
            "format IN ('csv', 'csv_comma', 'parquet', 'xlsx')", name=op.f("ck_export_schedules_format_allowed")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_export_schedules_name_not_empty")),
        sa.CheckConstraint(
            "subject IN ('customers', 'documents', 'emails', 'lines', 'orders', 'payouts', 'returns')",
            name=op.f("ck_export_schedules_subject_allowed"),
        ),
        sa.ForeignKeyConstraint(
            ["last_file_id"], ["files.id"], name=op.f("fk_export_schedules_last_file_id_files"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_export_schedules_owner_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_schedules")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_export_schedules_owner_id_name")),
    )
    with op.batch_alter_table("export_schedules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_schedules_last_file_id"), ["last_file_id"], unique=False)
        batch_op.create_index("ix_export_schedules_next_on", ["next_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_export_schedules_owner_id"), ["owner_id"], unique=False)

    op.create_index("ix_orders_placed_on", "orders", ["placed_on", "id"], unique=False)
    op.create_index(
        "ix_vouchers_cancelled_at",
        "vouchers",
        ["cancelled_at"],
        unique=False,
        sqlite_where=sa.text("cancelled_at IS NOT NULL"),
        postgresql_where=sa.text("cancelled_at IS NOT NULL"),
    )
    op.create_index(
        "ix_payments_booked_at",
        "payments",
        ["booked_at", "id"],
        unique=False,
        sqlite_where=sa.text("booked_at IS NOT NULL"),
        postgresql_where=sa.text("booked_at IS NOT NULL"),
    )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("summary_every", sa.Text(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_people_summary_every_allowed"), "summary_every IN ('daily', 'monthly', 'weekly')"
        )

    _allow("files", "kind", _FILES)
    for table in ("outbox", "email_template_versions", "status_settings", "sms_texts"):
        _allow(table, "template", _TEMPLATES)
    _allow("outbox", "recipient_kind", "'customer', 'marketplace', 'seller', 'staff'")
    op.create_index(
        "uq_outbox_of_staff",
        "outbox",
        ["event", "template", "recipient"],
        unique=True,
        sqlite_where=sa.text(_IS_OF_STAFF),
        postgresql_where=sa.text(_IS_OF_STAFF),
    )
    for table, keys in _FINAL.items():
        _refuse_changes(table)
        _refuse_replacing(table, keys)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (
        (*_NOTING_ON_SQLITE, *_ERASING_ON_SQLITE, *_CLOSED_ON_SQLITE)
        if is_sqlite
        else (*_NOTING_ON_POSTGRESQL, *_ERASING_ON_POSTGRESQL, *_CLOSED_ON_POSTGRESQL)
    ):
        op.execute(sa.text(statement.replace(":", "\\:")))
    # All that was sold so far is counted by the worker, the newest first; until then whoever asks counts it.
    op.execute("INSERT INTO stale_days (day) SELECT DISTINCT placed_on FROM orders WHERE placed_on IS NOT NULL")


#: What a figure or a control is made of, beside the order itself; each row leads to its order.
_PARTS_OF_ORDERS = (
    "order_lines",
    "order_addresses",
    "payments",
    "shipments",
    "returns",
    "documents",
    "due_documents",
    "settlements",
    "ledger_entries",
)


def _note_of_part(act: str, table: str) -> str:
    """Return SQLite's trigger that notes the day of the order to which a written row belongs."""
    sides = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[act]
    return f"""CREATE TRIGGER {table}_stale_{act} AFTER {act.upper()} ON {table} BEGIN
        INSERT INTO stale_days (day) SELECT DISTINCT placed_on FROM orders
        WHERE id IN ({", ".join(f"{side}.order_id" for side in sides)}) AND placed_on IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM stale_days WHERE day = orders.placed_on);
    END"""


def _note_days(*sides: str) -> str:
    return "".join(
        f"""INSERT INTO stale_days (day) SELECT {side}.placed_on WHERE {side}.placed_on IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM stale_days WHERE day = {side}.placed_on);"""
        for side in sides
    )


def _note_later_days(*sides: str) -> str:
    """A customer's first sale makes their later ones those of a customer who came back."""
    return "".join(
        f"""INSERT INTO stale_days (day) SELECT DISTINCT placed_on FROM orders
        WHERE customer_id = {side}.customer_id AND placed_at > {side}.placed_at AND placed_on IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM stale_days WHERE day = orders.placed_on);"""
        for side in sides
    )


_NOT_A_SALE = "('cancelled')"
# One writes at a time on SQLite, so a day that is noted need not be noted again; whoever counts it anew waits.
_NOTING_ON_SQLITE = (
    f"CREATE TRIGGER orders_stale_insert AFTER INSERT ON orders BEGIN {_note_days('NEW')} {_note_later_days('NEW')} END",
    f"CREATE TRIGGER orders_stale_delete AFTER DELETE ON orders BEGIN {_note_days('OLD')} {_note_later_days('OLD')} END",
    f"CREATE TRIGGER orders_stale_update AFTER UPDATE ON orders BEGIN {_note_days('OLD', 'NEW')} END",
    f"""CREATE TRIGGER orders_stale_customer AFTER UPDATE OF customer_id, placed_at, status ON orders
    WHEN (OLD.customer_id, OLD.placed_at, OLD.status IN {_NOT_A_SALE})
      IS NOT (NEW.customer_id, NEW.placed_at, NEW.status IN {_NOT_A_SALE}) BEGIN
        {_note_later_days("OLD", "NEW")}
    END""",
    *(_note_of_part(act, table) for table in _PARTS_OF_ORDERS for act in ("insert", "update", "delete")),
)


def _note_on_postgresql(act: str, table: str, body: str) -> tuple[str, str]:
    """Return the function and its trigger: once a statement, whatever the number of its rows.

    A day that is noted already is noted again: the note that stands may be the one that somebody takes away just now,
    without having seen this row.
    """
    seen = {"insert": "NEW TABLE AS new_rows", "delete": "OLD TABLE AS old_rows"}
    seen["update"] = f"{seen['delete']} {seen['insert']}"
    name = f"{table}_stale_{act}"
    # As the owner of the tables, so that a shop's own role needs no right on figures, nor a new one with this schema.
    rights = "SECURITY DEFINER SET search_path FROM CURRENT"
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {rights} AS $$ BEGIN {body} RETURN NULL; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {name} AFTER {act.upper()} ON {table} REFERENCING {seen[act]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
    return function, trigger


_ROWS = {"insert": ("new_rows",), "update": ("old_rows", "new_rows"), "delete": ("old_rows",)}


def _orders_on_postgresql(act: str) -> tuple[str, str]:
    days = " UNION ".join(f"SELECT placed_on FROM {rows}" for rows in _ROWS[act])
    moved = {
        "insert": "SELECT customer_id, placed_at FROM new_rows",
        "delete": "SELECT customer_id, placed_at FROM old_rows",
        "update": f"""SELECT side.customer_id, side.placed_at FROM old_rows o JOIN new_rows n ON n.id = o.id
            CROSS JOIN LATERAL (VALUES (o.customer_id, o.placed_at), (n.customer_id, n.placed_at))
                AS side (customer_id, placed_at)
            WHERE (o.customer_id, o.placed_at, o.status IN {_NOT_A_SALE})
                IS DISTINCT FROM (n.customer_id, n.placed_at, n.status IN {_NOT_A_SALE})""",
    }[act]
    body = f"""INSERT INTO stale_days (day) SELECT day FROM ({days}) AS days (day) WHERE day IS NOT NULL
        UNION SELECT later.placed_on FROM ({moved}) AS moved
        JOIN orders later ON later.customer_id = moved.customer_id AND later.placed_at > moved.placed_at
        WHERE later.placed_on IS NOT NULL;"""
    return _note_on_postgresql(act, "orders", body)


def _part_on_postgresql(act: str, table: str) -> tuple[str, str]:
    rows = " UNION ".join(f"SELECT order_id FROM {side}" for side in _ROWS[act])
    body = f"""INSERT INTO stale_days (day) SELECT DISTINCT o.placed_on FROM ({rows}) AS written
        JOIN orders o ON o.id = written.order_id WHERE o.placed_on IS NOT NULL;"""
    return _note_on_postgresql(act, table, body)


_NOTING_ON_POSTGRESQL = (
    *(statement for act in _ROWS for statement in _orders_on_postgresql(act)),
    *(statement for table in _PARTS_OF_ORDERS for act in _ROWS for statement in _part_on_postgresql(act, table)),
)

_KEPT = (
    "id",
    "at",
    "actor_kind",
    "person_id",
    "actor_name",
    "area",
    "event",
    "subject",
    "subject_id",
    "label",
    "details_hash",
)
_ENTRY_STAYS = "audit_entries: a row is never changed or deleted"
# Of an entry only its details may go, and only once (RGPD); its place in the chain and its digest stay.
_ERASING_ON_SQLITE = (
    f"""CREATE TRIGGER audit_entries_never_update BEFORE UPDATE ON audit_entries
    WHEN ({", ".join(f"OLD.{name}" for name in _KEPT)}) IS NOT ({", ".join(f"NEW.{name}" for name in _KEPT)})
      OR NEW.details IS NOT NULL OR OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL BEGIN
        SELECT RAISE(ABORT, '{_ENTRY_STAYS}');
    END""",
    f"""CREATE TRIGGER audit_entries_never_delete BEFORE DELETE ON audit_entries BEGIN
        SELECT RAISE(ABORT, '{_ENTRY_STAYS}');
    END""",
    f"""CREATE TRIGGER audit_entries_never_replace BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) BEGIN
        SELECT RAISE(ABORT, '{_ENTRY_STAYS}');
    END""",
)
_ERASING_ON_POSTGRESQL = (
    f"""CREATE FUNCTION audit_entries_are_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'UPDATE' AND NEW.details IS NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
            AND ({", ".join(f"OLD.{name}" for name in _KEPT)}) IS NOT DISTINCT FROM
                ({", ".join(f"NEW.{name}" for name in _KEPT)}) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '{_ENTRY_STAYS}' USING ERRCODE = 'restrict_violation';
    END $$""",
    """CREATE TRIGGER audit_entries_are_final BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW
        EXECUTE FUNCTION audit_entries_are_final()""",
    """CREATE TRIGGER audit_entries_are_kept BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT
        EXECUTE FUNCTION audit_entries_are_final()""",
)


#: What a closed month keeps as it is: of its sales, of their articles, of the money that its books took in.
_OF_SALES = (
    "seller_id",
    "currency",
    "total_cents",
    "items_cents",
    "shipping_cents",
    "shipping_vat_rate_bp",
    "discount_cents",
    "placed_at",
    "placed_on",
    "intake_at",
)
_OF_ARTICLES = ("order_id", "quantity", "unit_price_cents", "vat_rate_bp", "discount_cents", "total_cents")
_OF_MONEY = ("order_id", "kind", "method", "state", "amount_cents", "currency", "booked_at")
_OF_VOUCHERS = ("amount_cents", "currency", "created_at")
#: Of a voucher that was cancelled: what was left of it is what the books took back.
_OF_CANCELLED = (*_OF_VOUCHERS, "used_cents", "cancelled_at")
#: What is never changed or deleted, and the day or the instant of each row.
_DATED = {"documents": "issued_on", "document_vat": "issued_on", "fee_documents": "issued_on", "ledger_entries": "at"}
# A voucher that was given back is lowered when what is left of it is cancelled: it is no money of the books.
_IS_MONEY = "{row}.state = 'captured' AND NOT ({row}.kind = 'refund' AND {row}.method = 'voucher')"
# ``MonthClosedError`` is known by these words (db/domain/closing.py).
_IS_CLOSED = "closed_month: amounts of a closed month are never changed"


def _changes(columns: tuple[str, ...], differs: str) -> str:
    old, new = (", ".join(f"{side}.{name}" for name in columns) for side in ("OLD", "NEW"))
    return f"({old}) {differs} ({new})"


def _in_closed(instant: str) -> str:
    return f"EXISTS (SELECT 1 FROM month_closings WHERE {instant} >= starts_at AND {instant} < ends_at)"


def _is_closed_row(table: str, row: str, month_of: str) -> str:
    """Return the condition that the books of a closed month hold a row; ``month_of`` makes a month of ``{day}``."""
    if table == "orders":
        month = month_of.format(day=f"{row}.placed_on")
        return f"EXISTS (SELECT 1 FROM month_closings WHERE month = {month} AND closed_at >= {row}.intake_at)"
    if table == "payments":
        return f"({_IS_MONEY.format(row=row)} AND {_in_closed(f'{row}.booked_at')})"
    if table == "vouchers":
        return f"({_in_closed(f'{row}.created_at')} OR {_in_closed(f'{row}.cancelled_at')})"
    if _DATED[table] == "at":
        return _in_closed(f"{row}.at")
    return f"EXISTS (SELECT 1 FROM month_closings WHERE month = {month_of.format(day=f'{row}.issued_on')})"


_MONTH_ON_SQLITE = "date({day}, 'start of month')"
_MONTH_ON_POSTGRESQL = "date_trunc('month', {day})::date"
#: What of a row is held by the books of its month.
_HELD = {"orders": _OF_SALES, "payments": _OF_MONEY}


def _changes_held(table: str, differs: str, month_of: str) -> str:
    """Return the condition that an UPDATE changes what a closed month holds, or moves something into one."""
    if table == "vouchers":
        return " OR ".join(
            f"({_changes(columns, differs)} AND ({_in_closed(f'OLD.{at}')} OR {_in_closed(f'NEW.{at}')}))"
            for columns, at in ((_OF_VOUCHERS, "created_at"), (_OF_CANCELLED, "cancelled_at"))
        )
    old, new = (_is_closed_row(table, side, month_of) for side in ("OLD", "NEW"))
    return f"{_changes(_HELD[table], differs)} AND ({old} OR {new})"


def _refusing_on_sqlite() -> Iterator[str]:
    def article(*sides: str) -> str:
        ids = ", ".join(f"{side}.order_id" for side in sides)
        return (
            "EXISTS (SELECT 1 FROM month_closings) AND EXISTS (SELECT 1 FROM orders JOIN month_closings "
            f"ON month = {_MONTH_ON_SQLITE.format(day='placed_on')} AND month_closings.closed_at >= orders.intake_at "
            f"WHERE orders.id IN ({ids}))"
        )

    def refuse(table: str, act: str, condition: str, *, when: str = "BEFORE", of: tuple[str, ...] = ()) -> str:
        on = f"{act} OF {', '.join(of)}" if of else act
        return (
            f"CREATE TRIGGER {table}_closed_{act.lower()} {when} {on} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{_IS_CLOSED}'); END"
        )

    yield refuse("order_lines", "INSERT", article("NEW"))
    changed = f"{_changes(_OF_ARTICLES, 'IS NOT')} AND {article('OLD', 'NEW')}"
    yield refuse("order_lines", "UPDATE", changed, of=_OF_ARTICLES)
    yield refuse("order_lines", "DELETE", article("OLD"))
    for table, columns in (_HELD | {"vouchers": _OF_CANCELLED}).items():
        yield refuse(table, "UPDATE", _changes_held(table, "IS NOT", _MONTH_ON_SQLITE), of=columns)
        yield refuse(table, "DELETE", _is_closed_row(table, "OLD", _MONTH_ON_SQLITE))
    for table in (*_HELD, "vouchers", *_DATED):
        # Once it is written: what ON CONFLICT leaves out is nothing that is dated into a closed month.
        yield refuse(table, "INSERT", _is_closed_row(table, "NEW", _MONTH_ON_SQLITE), when="AFTER")


_CLOSED_ON_SQLITE = tuple(_refusing_on_sqlite())


def _refusing_on_postgresql() -> Iterator[str]:
    # As the owner of the tables, as what notes stale days is.
    rights = "SECURITY DEFINER SET search_path FROM CURRENT"
    refusal = f"RAISE EXCEPTION '{_IS_CLOSED}' USING ERRCODE = 'restrict_violation';"

    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {rights} AS $$ BEGIN {body} END $$"

    def each_row(table: str, act: str, columns: tuple[str, ...], condition: str) -> Iterator[str]:
        name = f"{table}_closed_{act.lower()}"
        row = "OLD" if act == "DELETE" else "NEW"
        yield function(name, f"IF {condition} THEN {refusal} END IF; RETURN {row};")
        # Most writes touch none of it: they do not even call the function.
        when = f"WHEN ({_changes(columns, 'IS DISTINCT FROM')})" if act == "UPDATE" else ""
        yield f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"

    def inserted(table: str, rows: str) -> Iterator[str]:
        """Look once a statement, whatever the number of its rows."""
        name = f"{table}_closed_insert"
        some = "EXISTS (SELECT 1 FROM month_closings)"
        yield function(name, f"IF {some} AND EXISTS ({rows}) THEN {refusal} END IF; RETURN NULL;")
        yield (
            f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )

    def article(ids: str) -> str:
        closed = _is_closed_row("orders", "orders", _MONTH_ON_POSTGRESQL)
        return f"EXISTS (SELECT 1 FROM orders WHERE id IN ({ids}) AND {closed})"

    yield from each_row("order_lines", "UPDATE", _OF_ARTICLES, article("OLD.order_id, NEW.order_id"))
    yield from each_row("order_lines", "DELETE", (), article("OLD.order_id"))
    for table, columns in (_HELD | {"vouchers": _OF_CANCELLED}).items():
        yield from each_row(table, "UPDATE", columns, _changes_held(table, "IS DISTINCT FROM", _MONTH_ON_POSTGRESQL))
        yield from each_row(table, "DELETE", (), _is_closed_row(table, "OLD", _MONTH_ON_POSTGRESQL))
    of_closed = _is_closed_row("orders", "orders", _MONTH_ON_POSTGRESQL)
    yield from inserted(
        "order_lines", f"SELECT 1 FROM new_rows JOIN orders ON orders.id = new_rows.order_id WHERE {of_closed}"
    )
    for table in (*_HELD, "vouchers", *_DATED):
        closed = _is_closed_row(table, "new_rows", _MONTH_ON_POSTGRESQL)
        yield from inserted(table, f"SELECT 1 FROM new_rows WHERE {closed}")


_CLOSED_ON_POSTGRESQL = tuple(_refusing_on_postgresql())


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
