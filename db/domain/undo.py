"""Which actions can be taken back, and for how long."""

import datetime as dt

from db.domain.orders import HistoryEvent

#: What can be taken back. Edits are edited again, notes stay, what the customer was sent is sent.
UNDOABLE_EVENTS = frozenset({HistoryEvent.STATUS_CHANGED, HistoryEvent.PAYMENT_RECORDED})
#: What does not stand in the way of taking back what came before it.
HARMLESS_EVENTS = frozenset({HistoryEvent.NOTE_ADDED, HistoryEvent.TAGGED})
#: Where the marketplace has not chosen another one.
DEFAULT_UNDO_WINDOW = dt.timedelta(seconds=60)
