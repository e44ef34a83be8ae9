"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy knows of each dialect by itself."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models.base import Base


def insert_for(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into a model's table that may say what becomes of rows that are there already."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)
