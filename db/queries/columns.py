"""From a table's columns to the rows that queries return."""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from db.models import Base


def columns(model: type[Base], row: type) -> list[InstrumentedAttribute[Any]]:
    """Return the columns of a table that a row's class names, in its order."""
    return [getattr(model, field.name) for field in fields(row) if field.name in model.__table__.columns]


def sum_of(cents: sa.ColumnExpressionArgument[int]) -> sa.ColumnElement[int]:
    """Return the sum of whole numbers as one: PostgreSQL's sum of big integers is a decimal. Of no rows it is NULL."""
    return sa.cast(sa.func.sum(cents), sa.BigInteger)


def mapping(value: object) -> dict[str, Any]:
    """Return a JSON object as it is; whoever wrote something else there must not break the page."""
    return value if isinstance(value, dict) else {}
