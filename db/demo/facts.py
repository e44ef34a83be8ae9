"""The facts an order's life is told in: who moved it where, which money came or went, what was sent back."""

import datetime as dt
from dataclasses import dataclass, replace

from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, PaymentKind, PaymentRecordState, ReturnStatus
from db.domain.returns import ReturnReason

HANDED_OVER_AT_COUNTER = "Remise en main propre"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, as the history shows it."""

    kind: ActorKind
    name: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)
CUSTOMER = Actor(ActorKind.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Move:
    """The order changed its status."""

    at: dt.datetime
    status: OrderStatus
    actor: Actor
    note: str = ""

    @property
    def is_handover(self) -> bool:
        """Tell whether the customer got the goods over the counter with this move."""
        return self.note == HANDED_OVER_AT_COUNTER


@dataclass(frozen=True, slots=True)
class Remark:
    """What else the history tells: a note, an edit, lines that were cancelled."""

    at: dt.datetime
    actor: Actor
    event: HistoryEvent
    text: str


@dataclass(frozen=True, slots=True)
class Money:
    """A payment or refund: announced at ``created_at``, pending until it is settled in its ``state``."""

    kind: PaymentKind
    state: PaymentRecordState
    amount_cents: int
    created_at: dt.datetime
    settled_at: dt.datetime
    actor: Actor
    reference: str
    installments: int = 1

    def known_at(self, now: dt.datetime) -> "Money":
        """Return it as the books show it at ``now``."""
        if self.settled_at <= now:
            return self
        return replace(self, state=PaymentRecordState.PENDING, reference="")


@dataclass(frozen=True, slots=True)
class SentBack:
    """A return request: its status now, and per line (by index) how many units."""

    status: ReturnStatus
    requested_at: dt.datetime
    reason: ReturnReason
    explanation: str
    quantities: dict[int, int]
    #: When it got where, as far as it is by now.
    steps: tuple[tuple[dt.datetime, ReturnStatus], ...] = ()

    def reached_at(self, *statuses: ReturnStatus) -> dt.datetime | None:
        """Return when it first got to one of some statuses."""
        return next((at for at, status in self.steps if status in statuses), None)
