"""Hold the books still while a month is closed: one closing at a time, and nobody writes what it reads.

SQLite has one writer at a time, who reads at one instant. PostgreSQL is told: an advisory lock keeps the chain's end,
and the tables of the books are locked against writers until the closing is committed. Who was writing has ended by
then, and who writes after finds the month closed.
"""

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.domain.closing import BooksBusyError
from db.models import Document, DocumentVat, FeeDocument, LedgerEntry, Order, OrderLine, Payment, Voucher

#: Any constant: PostgreSQL's advisory lock on the end of the chain of closings.
_END_LOCK = 6_310_884_275_019_662
_BOOKS = (Order, OrderLine, Payment, Document, DocumentVat, LedgerEntry, FeeDocument, Voucher)
#: How long one table is waited for. All of them together stay below PostgreSQL's ``deadlock_timeout`` of a second:
#: should somebody who writes wait for us and we for them, it is we who let go.
_WAIT = "100ms"
_TRIES = 100


def hold_books(session: Session) -> None:
    """Let nobody else close a month nor write into the books until the caller's transaction ends.

    Raises:
        BooksBusyError: Others wrote into them at every moment at which it was tried.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_END_LOCK)))
    if not any(_are_held(session) for _ in range(_TRIES)):
        raise BooksBusyError


def _are_held(session: Session) -> bool:
    """Lock all tables or none; what was locked before one that cannot be had is let go with the savepoint."""
    before = session.scalar(sa.select(sa.func.current_setting("lock_timeout")))
    tables = ", ".join(model.__tablename__ for model in _BOOKS)
    try:
        with session.begin_nested():
            session.execute(_with_timeout(_WAIT))
            session.execute(sa.text(f"LOCK TABLE {tables} IN SHARE MODE"))
            session.execute(_with_timeout(before))
    except OperationalError:  # psycopg's LockNotAvailable
        return False
    return True


def _with_timeout(value: str | None) -> sa.Select[tuple[str]]:
    return sa.select(sa.func.set_config("lock_timeout", value, True))  # noqa: FBT003  of this transaction alone
