"""What people and programs write into a URL, read as what it means: nothing where it means nothing."""

from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)

#: More digits than any id has, and than the databases' integers take.
_TOO_MANY_DIGITS = 19


def identifier(text: str) -> int | None:
    """Return the id that a text is; None where it is none, as 0 is none."""
    is_number = text.isascii() and text.isdecimal() and len(text) < _TOO_MANY_DIGITS
    return int(text) or None if is_number else None


def member(enum: type[E], text: str) -> E | None:
    """Return the value of an enum that a text is; None where it is none."""
    return enum(text) if text in tuple(enum) else None
