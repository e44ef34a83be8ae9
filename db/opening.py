"""The database when the dashboard starts: made where there is none, brought up to date, and with a way in."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from db import schema
from db.domain.permissions import Role
from db.engine import make_engine, reading, transaction
from db.models import Person
from db.services.links import create_first_admin_link
from db.services.marketplace import introduce_marketplace


def make_embedded_database(file: Path, now: dt.datetime, *, show_progress: bool = False) -> None:
    """Make the embedded database with demo data, all of it or nothing: it takes its place when it is whole."""
    from db.demo import generate  # noqa: PLC0415  only the first start needs it, every start would wait for it

    unfinished = file.with_name(f"{file.name}.new")
    _remove(unfinished)
    engine = make_engine(f"sqlite:///{unfinished}")
    try:
        schema.upgrade(engine)
        generate(engine, now=now, show_progress=show_progress)
        engine.dispose()  # The last connection takes the write-ahead log back into the file.
        unfinished.rename(file)
    finally:
        engine.dispose()
        _remove(unfinished)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def bring_up_to_date(engine: sa.Engine, identity: Mapping[str, str]) -> None:
    """Migrate the database, and tell it who the marketplace is if it does not know.

    Raises:
        NewerDatabaseError: A newer version of the product wrote it.
    """
    schema.upgrade(engine)
    with transaction(engine) as session:
        introduce_marketplace(session, identity)


def anyone_can_sign_in(engine: sa.Engine) -> bool:
    """Tell whether some administrator has a password."""
    able = sa.select(Person.id).where(Person.role == Role.ADMIN, Person.is_active, Person.password_hash.is_not(None))
    with reading(engine) as session:
        return bool(session.scalar(sa.select(able.exists())))


def one_time_token(engine: sa.Engine, now: dt.datetime) -> str:
    """Return the token of a link that opens the dashboard as administrator, once."""
    with transaction(engine) as session:
        return create_first_admin_link(session, now)
