from pathlib import Path

import pytest
import sqlalchemy as sa
from procrastinate.schema import SchemaManager

from db import schema
from db.engine import make_engine
from db.models import Base
from tests.conftest import Databases

#: Made by the migration alone: FTS5 tables (SQLite) and trigram indexes (PostgreSQL).
SEARCH_OBJECTS = (
    "order_search_fts",
    "customer_fts",
    "ix_order_search_who",
    "ix_order_search_what",
    "ix_customers_search_text",
)


def description(engine: sa.Engine) -> dict[str, object]:
    """Everything the database says of its tables, in comparable form."""
    inspector = sa.inspect(engine)
    not_ours = (*SEARCH_OBJECTS, "alembic_", "procrastinate_")
    tables = [name for name in inspector.get_table_names() if not name.startswith(not_ours)]
    return {
        name: {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in inspector.get_columns(name)
            ),
            "checks": sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(name)),
            "uniques": sorted((u["name"], tuple(u["column_names"])) for u in inspector.get_unique_constraints(name)),
            "indexes": sorted(
                (
                    i["name"],
                    tuple(i["column_names"]),
                    sorted(f"{k}={v}" for k, v in i.get("dialect_options", {}).items()),
                )
                for i in inspector.get_indexes(name)
                if i["name"] not in SEARCH_OBJECTS
            ),
            "foreign_keys": sorted(
                (f["name"], f["referred_table"], tuple(f["constrained_columns"]), str(f["options"]))
                for f in inspector.get_foreign_keys(name)
            ),
        }
        for name in sorted(tables)
    }


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_migrating_from_zero_equals_the_models(dialect: str, databases: Databases) -> None:
    from_models = make_engine(databases.empty_url(dialect))
    with from_models.begin() as connection:
        Base.metadata.create_all(connection)
    migrated = make_engine(databases.new_url(dialect))
    assert description(migrated) == description(from_models)
    for engine in (from_models, migrated):
        engine.dispose()


def test_upgrading_an_up_to_date_database_changes_nothing(engine: sa.Engine) -> None:
    before = description(engine)
    schema.upgrade(engine)
    assert schema.is_up_to_date(engine)
    assert description(engine) == before


def test_a_database_of_a_newer_version_is_refused_and_left_alone(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.NewerDatabaseError, match="version plus récente"):
        schema.upgrade(engine)
    assert schema.revision_of(engine) == "9999"


def test_the_queue_has_the_schema_that_the_installed_procrastinate_expects() -> None:
    # When this fails: make a revision from the new files of procrastinate/sql/migrations, and a copy for new databases.
    newest = max((Path(schema.__file__).parent / "migrations" / "procrastinate").glob("*.sql"))
    assert newest.read_text(encoding="utf-8") == SchemaManager.get_schema()


def test_only_postgresql_has_a_queue(engine: sa.Engine) -> None:
    queue = [name for name in sa.inspect(engine).get_table_names() if name.startswith("procrastinate_")]
    assert bool(queue) == (engine.dialect.name == "postgresql")
