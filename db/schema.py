"""The schema's version: bring a database up to date, and refuse one that a newer version has written."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_LOCK_KEY = 7_146_238_817_402_915  # Any constant: PostgreSQL's advisory lock that migrations take in turn.


class NewerDatabaseError(Exception):
    """The database was written by a newer version of the product; nothing was changed."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(
            f"La base de données vient d'une version plus récente du produit (schéma {revision}). "
            "Rien n'a été modifié : installez cette version, ou indiquez une autre base dans DATABASE_URL."
        )


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's configuration for our one history, on the given connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def revision_of(engine: sa.Engine) -> str | None:
    """Return the revision a database is at, or None where it has no schema yet."""
    with engine.connect().execution_options(readonly=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_up_to_date(engine: sa.Engine) -> bool:
    """Tell whether the database is exactly at our newest revision."""
    return revision_of(engine) == ScriptDirectory.from_config(alembic_config()).get_current_head()


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to our newest revision in one transaction; two processes at once take turns.

    Raises:
        NewerDatabaseError: The database is at a revision we do not know.
    """
    script = ScriptDirectory.from_config(alembic_config())
    current = revision_of(engine)
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise NewerDatabaseError(current)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _without_foreign_keys(connection)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
            command.upgrade(alembic_config(connection), "head")
            if engine.dialect.name == "sqlite":
                _check_foreign_keys(connection)
        connection.detach()  # A SQLite connection with foreign keys off must not go back to the pool.


def _without_foreign_keys(connection: sa.Connection) -> None:
    # Batch changes copy tables that others refer to; inside a transaction the PRAGMA is ignored.
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  a checked-out connection always has its driver
    driver.execute("PRAGMA foreign_keys=OFF")


def _check_foreign_keys(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"migration left a broken foreign key: {tuple(broken)}")
