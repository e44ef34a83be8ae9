"""Run by Alembic. The connection comes from ``db.schema``; there is no alembic.ini."""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from db.models import Base
from db.models.base import EnumText, UtcDateTime

#: FTS5 keeps its own tables on SQLite; they belong to the migration, not to the models.
_SQLITE_SEARCH_TABLES = ("order_search_fts", "customer_fts")
#: The queue's tables are procrastinate's, on PostgreSQL.
_QUEUE_TABLES = "procrastinate_"


def _render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # Revisions are frozen: they name portable column types, never our own classes.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.Text()"
    return False


def _include_name(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith((*_SQLITE_SEARCH_TABLES, _QUEUE_TABLES)))


def run(connection: sa.Connection) -> None:
    """Run the revisions inside the caller's transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render_item,
        include_name=_include_name,
    )
    context.run_migrations()


run(context.config.attributes["connection"])
