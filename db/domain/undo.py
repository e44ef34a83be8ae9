"""Which actions can be taken back, and for how long."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from db.domain.orders import HistoryEvent

#: What only writes to the customer: it changes nothing of the order, and can be taken back while its e-mail is held.
LETTER_EVENTS = frozenset(
    {
        HistoryEvent.MESSAGE_SENT,
        HistoryEvent.EMAIL_RESENT,
        HistoryEvent.REMINDED,
        HistoryEvent.DOCUMENT_SENT,
        HistoryEvent.RETURN_MESSAGE,
    }
)
#: What can be taken back. Edits are edited again, notes stay, what the customer was sent is sent.
UNDOABLE_EVENTS = (
    frozenset(
        {
            HistoryEvent.STATUS_CHANGED,
            HistoryEvent.PAYMENT_RECORDED,
            HistoryEvent.PARCEL_DELIVERED,
            HistoryEvent.TAGGED,
            HistoryEvent.RETURN_MOVED,
        }
    )
    | LETTER_EVENTS
)
#: What does not stand in the way of taking back what came before it.
HARMLESS_EVENTS = frozenset({HistoryEvent.NOTE_ADDED, HistoryEvent.TAGGED}) | LETTER_EVENTS
#: Where the marketplace has not chosen another one.
DEFAULT_UNDO_WINDOW = dt.timedelta(seconds=60)


def is_for_good(event: HistoryEvent, after: Mapping[str, Any] | None) -> bool:
    """Tell whether an act stays although others of its kind are taken back: money closed the return."""
    return event is HistoryEvent.RETURN_MOVED and bool((after or {}).get("is_settled"))
