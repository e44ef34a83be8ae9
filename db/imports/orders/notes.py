"""What a reader has to say of one order: what it stored otherwise, and what makes the order impossible."""

from dataclasses import dataclass, field

from db.domain.incoming import IncomingOrder
from db.domain.order_files import ReadOrder


class UnreadableError(Exception):
    """A value that cannot be read; the message is the sentence for the person."""


@dataclass(slots=True)
class Notes:
    """Filled while an order is read."""

    corrections: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def corrected(self, sentence: str) -> None:
        """Say what is stored otherwise than the file says it."""
        if sentence not in self.corrections:
            self.corrections.append(sentence)

    def refused(self, sentence: str) -> None:
        """Say why the order cannot be taken."""
        if sentence not in self.faults:
            self.faults.append(sentence)

    def about(self, order: IncomingOrder | None, place: str, reference: str, note: str = "") -> ReadOrder:
        """Return the order with all that was said of it; one that has faults is kept for what it shows of itself."""
        return ReadOrder(place, reference, order, tuple(self.corrections), tuple(self.faults), note)
