"""From a table's columns to the rows that queries return."""

from dataclasses import fields
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from db.models import Base


def columns(model: type[Base], row: type) -> list[InstrumentedAttribute[Any]]:
    """Return the columns of a table that a row's class names, in its order."""
    return [getattr(model, field.name) for field in fields(row) if field.name in model.__table__.columns]


def mapping(value: object) -> dict[str, Any]:
    """Return a JSON object as it is; whoever wrote something else there must not break the page."""
    return value if isinstance(value, dict) else {}
