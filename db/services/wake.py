"""Wake the worker for what a transaction has just caused: it starts when that commits, and never if it does not."""

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from db.domain.jobs import JobName

if TYPE_CHECKING:
    from procrastinate import App


def wake(session: Session, job_name: str, at: dt.datetime | None = None) -> None:
    """Have a worker run a job once the transaction is committed, or at ``at`` if that is later.

    On SQLite it does nothing: the one worker looks every other second anyway. On PostgreSQL it is one INSERT on the
    session's own connection, under no unique key: nothing that another transaction does can make it wait or fail.

    Raises:
        ValueError: There is no such job.
    """
    name = JobName(job_name)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        # One that waits for later would hold up those that carry the same lock and are due now.
        lock = name.value if name.plan.is_alone and at is None else None
        task = _queue().configure_task(name.value, queue=name.value, lock=lock, schedule_at=at, connection=driver)
        task.defer()


@lru_cache(maxsize=1)
def _queue() -> "App":
    # Imported where it is used: the embedded database needs none of it.
    from procrastinate import App, PsycopgConnector  # noqa: PLC0415

    return App(connector=PsycopgConnector())  # Never opened: it writes on the connections it is given.
