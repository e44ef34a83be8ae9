"""Fill a template with variables, within bounds of size, turns and time, whatever somebody wrote in it.

Three walls stand one behind the other: the syntax tree holds nothing but what ``language`` lists; what is compiled
runs in Jinja's immutable sandbox, with no globals and no operator that multiplies; and a rendering is stopped when
it has become too long, turned too often or taken too much time.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from db.emails.language import FILTERS, faults
from db.emails.markup import BLOCK_END, BLOCK_START, TEXT_END, TEXT_START, Block, without_marks
from db.emails.types import RenderingError

MAX_OUTPUT = 200_000
MAX_TURNS = 20_000
#: No honest template comes near it: the longest takes a few milliseconds.
MAX_SECONDS = 1.0

_COMPILED_TEMPLATES = 256

#: A line that holds nothing but instructions leaves no empty line behind; in other lines they leave the line alone.
_ONLY_INSTRUCTIONS = re.compile(r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)+)(?:\n|\Z)", re.MULTILINE)


class TemplateRefusedError(RenderingError):
    """A template holds something that cannot be rendered; ``faults`` says what, one sentence each."""

    def __init__(self, found: Sequence[str]) -> None:
        self.faults = tuple(found)
        super().__init__(" ".join(found))


class TooLargeError(RenderingError):
    """A rendering grew beyond its bounds and was stopped."""

    def __init__(self) -> None:
        super().__init__("Cet e-mail est trop long ou trop compliqué pour être envoyé. Raccourcissez son modèle.")


class _Environment(ImmutableSandboxedEnvironment):
    #: Every operator that can make much of little.
    intercepted_binops = frozenset({"*", "**", "%", "+", "-", "/", "//"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG002  signature of Jinja
        raise SecurityError(f"operator {operator} is closed")

    def call(self, context: Context, called: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002  signature of Jinja
        raise SecurityError("calls are closed")


def _marked(value: object) -> str:
    """Return a value as text that the layout takes as it is, whatever its asterisks and brackets."""
    if isinstance(value, Block):
        return f"{BLOCK_START}{value.name}{BLOCK_END}" if value else ""
    # An empty one is marked too: « **{{ rien }}** » is bold without words, not four asterisks.
    return f"{TEXT_START}{without_marks('' if value is None else str(value))}{TEXT_END}"


def _make_environment() -> _Environment:
    made = _Environment(
        # Nothing is HTML yet: ``markup`` escapes every character, of the template and of its variables alike.
        autoescape=False,
        undefined=StrictUndefined,
        finalize=_marked,
        cache_size=0,
    )
    made.globals.clear()
    made.tests.clear()
    made.filters = {name: filter_ for name, filter_ in made.filters.items() if name in FILTERS}
    return made


_environment = _make_environment()


class _Bounds:
    """How far one rendering may still go."""

    def __init__(self) -> None:
        self._turns = 0
        self._size = 0
        self._deadline = time.monotonic() + MAX_SECONDS

    def turn(self) -> None:
        self._turns += 1
        self._check()

    def grow(self, size: int) -> None:
        self._size += size
        self._check()

    def _check(self) -> None:
        if self._turns > MAX_TURNS or self._size > MAX_OUTPUT or time.monotonic() > self._deadline:
            raise TooLargeError


class _BoundedList:
    """A list whose every turn is counted."""

    def __init__(self, items: Sequence[object], bounds: _Bounds) -> None:
        self._items = items
        self._bounds = bounds

    def __iter__(self) -> Iterator[object]:
        for item in self._items:
            self._bounds.turn()
            yield item

    def __len__(self) -> int:
        return len(self._items)


def faults_of(source: str) -> list[str]:
    """Return what keeps a template from being used, as French sentences; nothing where it is fine."""
    return faults(_environment, _clean(source))


def fill(source: str, variables: Mapping[str, object]) -> str:
    """Return the template with its variables, each marked as text or block, for ``markup`` to read.

    Raises:
        RenderingError: The template cannot be used, or grows beyond its bounds.
    """
    bounds = _Bounds()
    known = {
        name: _BoundedList(value, bounds) if isinstance(value, (list, tuple)) else value
        for name, value in variables.items()
    }
    parts = []
    try:
        for part in _compiled(_clean(source)).generate(known):
            bounds.grow(len(part))
            parts.append(part)
    except RenderingError:
        raise
    except Exception as error:
        # Jinja raises anything a template can provoke: comparing a text with a number, for one.
        raise TemplateRefusedError(["Une instruction de ce modèle ne convient pas à cette commande."]) from error
    return "".join(parts)


def _clean(source: str) -> str:
    """Return a template with line ends of one kind, and without the characters that only we may write."""
    return without_marks(source).replace("\r\n", "\n")


@lru_cache(maxsize=_COMPILED_TEMPLATES)
def _compiled(source: str) -> Template:
    found = faults(_environment, source)
    if found:
        raise TemplateRefusedError(found)
    return _environment.from_string(_ONLY_INSTRUCTIONS.sub(r"\1", source))
