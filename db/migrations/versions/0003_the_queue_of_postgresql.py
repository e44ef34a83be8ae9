"""The queue that wakes the workers: procrastinate's own tables and functions, on PostgreSQL only."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: As the package ships it, copied here: a revision does the same whatever version is installed. A newer procrastinate
#: with another schema comes with a revision of its own, made of its ``sql/migrations``.
_SCHEMA = Path(__file__).resolve().parents[1] / "procrastinate" / "3.10.0.sql"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    if connection.scalar(sa.text("SELECT to_regclass('procrastinate_jobs')")) is not None:
        return  # Somebody has applied it by procrastinate's own command.
    # Past SQLAlchemy: many statements at once, with « % » and « : » of their own; the same transaction nonetheless.
    connection.connection.driver_connection.execute(_SCHEMA.read_text(encoding="utf-8"))
