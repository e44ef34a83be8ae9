"""What may be sent back: the option, the window, products that cannot be, quantities. DOMAIN.md, « Returns ».

``check_request`` refuses what cannot be at all: more than the customer has. ``broken_rules`` says what the house's
own rules have against a request; staff may accept it all the same, as a gesture.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from db.domain.errors import MarketplaceError
from db.domain.formats import date, enumeration, plural
from db.domain.returns import FAULT_REASONS, MAX_EXPLANATION, ReturnReason, ReturnRequest, ReturnRules
from db.domain.text import is_storable
from db.domain.withdrawal import Deadline, last_day_to_withdraw

_GUARANTEE = (
    "Pour un article défectueux ou non conforme, la garantie légale dure deux ans\u00a0: écrivez au service client."
)


_NOTHING_LEFT = (
    "Aucun article de cette commande ne peut être renvoyé\u00a0: rien n’est parti, ou tout est déjà demandé ou rendu."
)


class ReturnRefusedError(MarketplaceError):
    """A return cannot be asked for like that."""


class OutsideRulesError(ReturnRefusedError):
    """The house's rules refuse it; staff may accept it as a gesture."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(sentences))


class NothingToReturnError(ReturnRefusedError):
    """No unit was chosen, or none is left."""


class TooManyUnitsError(ReturnRefusedError):
    """More units than the customer still has, or than are not asked for already."""

    def __init__(self, line: "ReturnableLine") -> None:
        self.line = line
        left = plural(line.quantity_left, "unité")
        also = f", {line.quantity_asked} dans une autre demande" if line.quantity_asked else ""
        super().__init__(f"« {line.name} »\u00a0: {left} au plus ({line.quantity_kept} chez le client{also}).")


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """An article of an order, and how much of it may still be sent back."""

    id: int
    product_id: int | None
    sku: str
    name: str
    attributes: Mapping[str, str]
    quantity: int
    #: What the whole quantity cost, discount taken off.
    total_cents: int
    #: Units that left and were not given back yet.
    quantity_kept: int
    #: Of these, units of returns that are under way.
    quantity_asked: int
    is_returnable: bool

    @property
    def quantity_left(self) -> int:
        """Return how many units a new return may have."""
        return max(0, self.quantity_kept - self.quantity_asked)


@dataclass(frozen=True, slots=True)
class ReturnableOrder:
    """What decides whether something of an order may be sent back."""

    order_id: int
    number: str
    currency: str
    #: The day the last of it arrived; None while something is under way or nobody knows.
    received_on: dt.date | None
    rules: ReturnRules
    lines: tuple[ReturnableLine, ...]

    @property
    def has_something(self) -> bool:
        """Tell whether any unit could be in a new return."""
        return any(line.quantity_left for line in self.lines)

    def withdrawal(self, today: dt.date) -> Deadline | None:
        """Return until when the law lets the customer change their mind; None where the days do not count yet."""
        return Deadline(last_day_to_withdraw(self.received_on), today) if self.received_on else None

    def window(self, today: dt.date) -> Deadline | None:
        """Return until when a return may be asked for; None where the days do not count yet."""
        if not self.received_on:
            return None
        return Deadline(last_day_to_withdraw(self.received_on, self.rules.window_days), today)

    def closed(self, today: dt.date) -> list[str]:
        """Return why nothing can be asked for at all, whatever is chosen; nothing where something can."""
        if not self.has_something:
            return [_NOTHING_LEFT]
        return self._closed_by_rules(today)

    def _closed_by_rules(self, today: dt.date) -> list[str]:
        sentences = []
        if not self.rules.is_on:
            sentences.append("Les demandes de retour sont fermées. Écrivez au service client.")
        window = self.window(today)
        if window and window.has_passed:
            sentences.append(
                f"Le délai de retour ({self.rules.window_days} jours après la réception) est passé depuis le "
                f"{date(window.last_day)}. {_GUARANTEE}"
            )
        return sentences

    def broken_rules(self, wanted: ReturnRequest, today: dt.date) -> list[str]:
        """Return what the house's rules have against a request, a sentence each."""
        return [*self._closed_by_rules(today), *self._not_returnable(wanted.units, wanted.reason)]

    def _not_returnable(self, units: Mapping[int, int], reason: ReturnReason) -> list[str]:
        if reason in FAULT_REASONS:
            return []
        names = [f"« {line.name} »" for line in self.lines if units.get(line.id) and not line.is_returnable]
        if not names:
            return []
        verb = "ne se reprend pas" if len(names) == 1 else "ne se reprennent pas"
        return [f"{enumeration(names)} {verb}, sauf article défectueux, abîmé ou non conforme."]


def check_request(order: ReturnableOrder, wanted: ReturnRequest) -> dict[int, int]:
    """Return the units of a request, or refuse what cannot be, gesture or not.

    Raises:
        NothingToReturnError: Nothing was chosen, or nothing is left to send back.
        TooManyUnitsError: More than is left of an article.
        ReturnRefusedError: An article is not the order's, or the explanation cannot be kept.
    """
    if not order.has_something:
        raise NothingToReturnError(_NOTHING_LEFT)
    lines = {line.id: line for line in order.lines}
    units = {line_id: count for line_id, count in wanted.units.items() if count}
    if not units:
        raise NothingToReturnError("Choisissez au moins un article à renvoyer, et combien.")
    for line_id, count in units.items():
        if line_id not in lines:
            raise ReturnRefusedError("Un article choisi n’est pas de cette commande. Rouvrez la demande.")
        if not 0 < count <= lines[line_id].quantity_left:
            raise TooManyUnitsError(lines[line_id])
    if len(wanted.explanation) > MAX_EXPLANATION or not is_storable(wanted.explanation):
        raise ReturnRefusedError(f"L’explication est illisible ou dépasse {MAX_EXPLANATION} caractères. Abrégez-la.")
    return units
