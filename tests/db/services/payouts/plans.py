"""How SQLite finds the rows of what is asked of it meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


@contextmanager
def asked_of(session: Session) -> Iterator[set[tuple[str, Any]]]:
    """Collect the statements that look for rows, with what they were asked for."""
    asked: set[tuple[str, Any]] = set()

    def keep(_connection: object, _cursor: object, statement: str, bound: Any, *_: object) -> None:
        if re.match(r"SELECT|UPDATE|DELETE", statement):
            asked.add((statement, bound))

    sa.event.listen(session.get_bind(), "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        sa.event.remove(session.get_bind(), "before_cursor_execute", keep)


def steps_of(session: Session, statement: str, bound: Any) -> list[str]:
    """Return the steps of a statement's plan: « SEARCH payouts USING INDEX … »."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    return [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", bound)]
