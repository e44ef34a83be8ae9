"""What a provider tells of an e-mail afterwards, and what it changes: the same in whatever order it is told."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from db.domain.mail import OutboxState

#: What an event proves. What needs nobody (« deferred », a complaint) proves at least how far the e-mail got.
PROVES: Mapping[str, OutboxState] = {
    "processed": OutboxState.SENT,
    "deferred": OutboxState.SENT,
    "delivered": OutboxState.DELIVERED,
    "spamreport": OutboxState.DELIVERED,
    "unsubscribe": OutboxState.DELIVERED,
    "group_unsubscribe": OutboxState.DELIVERED,
    "group_resubscribe": OutboxState.DELIVERED,
    "bounce": OutboxState.BOUNCED,
    "blocked": OutboxState.BOUNCED,
    "dropped": OutboxState.BOUNCED,
    "open": OutboxState.OPENED,
    "click": OutboxState.OPENED,
}

#: What is proven outdoes what stands below it; a state that is not here is only our own belief. A server may take an
#: e-mail and send it back later: a refusal outdoes « delivered ». Nobody opens what never came.
_STRENGTH: Mapping[OutboxState, int] = {
    OutboxState.SENT: 1,
    OutboxState.DELIVERED: 2,
    OutboxState.BOUNCED: 3,
    OutboxState.OPENED: 4,
}

#: How far the provider's clock may be behind ours.
_CLOCKS_DIFFER = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event as the provider tells it."""

    id: str
    kind: str
    at: dt.datetime
    reason: str = ""
    #: The message of ours that it is about, if it names one, and to whom that went.
    outbox_id: int | None = None
    recipient: str = ""
    #: The provider's own id of the e-mail.
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an e-mail."""

    state: OutboxState
    #: Since when the present sending could leave.
    due_at: dt.datetime
    settled_at: dt.datetime | None = None
    error: str = ""

    def after(self, event: MailEvent) -> "Standing":
        """Return what is known once the event is; events in any order, and repeated ones, lead to the same."""
        proven = PROVES.get(event.kind)
        if proven is None or (proven is OutboxState.BOUNCED and self._is_of_earlier_sending(event)):
            return self
        words = event.reason if proven is OutboxState.BOUNCED else ""
        if _STRENGTH[proven] > _STRENGTH.get(self.state, 0):
            return replace(self, state=proven, settled_at=event.at, error=words)
        if proven is not self.state or (self.settled_at and (self.settled_at, self.error) >= (event.at, words)):
            return self
        return replace(self, settled_at=event.at, error=words)

    def _is_of_earlier_sending(self, event: MailEvent) -> bool:
        """Tell whether the event is about a sending that somebody has already answered by sending again."""
        return event.at < self.due_at - _CLOCKS_DIFFER
