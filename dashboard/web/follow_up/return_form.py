"""The form that asks for a return: what it offers, what was typed into it, and what is made of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.web.follow_up.opening import number
from db.domain.return_rules import ReturnableOrder
from db.domain.returns import MAX_EXPLANATION, ReturnReason, ReturnRequest
from db.pictures import MAX_PHOTO_BYTES

_NO_REASON = "Indiquez pourquoi vous renvoyez ces articles."
_NOT_RETURNABLE = "Ne se reprend pas, sauf article défectueux, abîmé ou non conforme."

#: Beyond this many units a list to choose from is no help; nobody sends so many back by parcel.
_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """An article that can be ticked, with how many units of it."""

    id: int
    name: str
    details: str
    #: From 1 up: the list to choose from.
    most: int
    is_ticked: bool
    units: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody filled in; nothing of it is lost where it is refused."""

    units: Mapping[int, int] = field(default_factory=dict)
    ticked: frozenset[int] = frozenset()
    reason: ReturnReason | None = None
    explanation: str = ""
    key: str = ""

    @property
    def refusal(self) -> str:
        """Return what is missing that no rule of the house speaks of."""
        return "" if self.reason else _NO_REASON

    @property
    def request(self) -> ReturnRequest:
        """Return the return as it is asked for: of each ticked article, all of it where no number was said."""
        units = {line_id: self.units.get(line_id, 1) for line_id in self.ticked}
        return ReturnRequest(units, self.reason or ReturnReason.OTHER, self.explanation)


@dataclass(frozen=True, slots=True)
class ReturnForm:
    """The form as it is shown."""

    number: str
    choices: tuple[Choice, ...]
    reasons: tuple[ReturnReason, ...]
    typed: Typed
    max_explanation: int
    max_photos: int
    max_photo_megabytes: int


def return_form(rules: ReturnableOrder, typed: Typed) -> ReturnForm:
    """Return the form for what can still be sent back of an order."""
    lines = [line for line in rules.lines if line.quantity_left]
    is_only = len(lines) == 1
    choices = (
        Choice(
            id=line.id,
            name=line.name,
            details=_details(line.attributes, is_returnable=line.is_returnable),
            most=min(line.quantity_left, _MOST_LISTED),
            is_ticked=line.id in typed.ticked or (is_only and not typed.key),
            units=typed.units.get(line.id, line.quantity_left),
        )
        for line in lines
    )
    return ReturnForm(
        number=rules.number,
        choices=tuple(choices),
        reasons=tuple(ReturnReason),
        typed=typed,
        max_explanation=MAX_EXPLANATION,
        max_photos=rules.rules.max_photos,
        max_photo_megabytes=MAX_PHOTO_BYTES // 1_000_000,
    )


def read_typed(fields: Sequence[tuple[str, str]]) -> Typed:
    """Return what was filled in; what no page of ours sends is left out."""
    ticked = {line_id for name, value in fields if name == "article" and (line_id := number(value)) is not None}
    said = dict(fields)
    units = {line_id: count for line_id in ticked if (count := number(said.get(f"unites-{line_id}"))) is not None}
    reason = said.get("motif", "")
    return Typed(
        units=units,
        ticked=frozenset(ticked),
        reason=ReturnReason(reason) if reason in tuple(ReturnReason) else None,
        explanation=said.get("explication", "").replace("\r\n", "\n"),
        key=said.get("cle", ""),
    )


def _details(attributes: Mapping[str, str], *, is_returnable: bool) -> str:
    options = " · ".join(f"{name}\u00a0: {value}" for name, value in attributes.items())
    return " — ".join(part for part in (options, "" if is_returnable else _NOT_RETURNABLE) if part)
