"""Filters of lists as JSON values: what an export keeps of what somebody looked at, and a schedule looks at again.

Any frozen dataclass will do whose fields are texts, numbers, days, members of enums and frozen sets of these. A field
that was added since stands as it does in a list that nobody filtered.
"""

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import Field, fields
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints


class Filter(Protocol):
    """Any dataclass."""

    #: What dataclasses are known by.
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


F = TypeVar("F", bound=Filter)


def filter_to_json(wanted: Filter) -> dict[str, Any]:
    """Return a filter as JSON values: days as ISO 8601, sets as sorted lists."""
    return {field.name: _written(getattr(wanted, field.name)) for field in fields(wanted)}


def filter_from_json(kind: type[F], said: Mapping[str, Any]) -> F:
    """Return the filter that ``filter_to_json`` wrote.

    Raises:
        ValueError: A value is none that its field can have.
    """
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)} & said.keys()
    return kind(**{name: _read(hints[name], said[name]) for name in known})


def _written(value: object) -> object:
    match value:
        case dt.date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case frozenset():
            return sorted(value)
    return value


def _read(kind: Any, value: Any) -> object:  # noqa: ANN401  a type hint, and what JSON holds
    if get_origin(kind) in {Union, types.UnionType}:
        if value is None:
            return None
        (kind,) = (each for each in get_args(kind) if each is not types.NoneType)
    if get_origin(kind) is frozenset:
        (member,) = get_args(kind)
        return frozenset(_read(member, each) for each in value)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    return kind(value) if issubclass(kind, StrEnum) else value
