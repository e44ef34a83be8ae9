"""What a person can still take back of an order that is on their screen."""

import datetime as dt
from dataclasses import dataclass

from db.domain.mail import WAITING_STATES, OutboxState
from db.domain.undo import HARMLESS_EVENTS, LETTER_EVENTS, UNDOABLE_EVENTS, is_for_good
from db.domain.viewer import Viewer
from db.queries.order_rows import HistoryEntry, OrderPage

_NOT_LEFT = WAITING_STATES | {OutboxState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Undoable:
    """An action of the viewer's own, and until when it can be taken back."""

    entry: HistoryEntry
    until: dt.datetime


def last_undoable(page: OrderPage, viewer: Viewer, now: dt.datetime) -> Undoable | None:
    """Return the viewer's newest action that « Annuler » would take back now; the service that does so checks again.

    Args:
        page: The order with its history, newest first.
        viewer: Who looks.
        now: The instant.
    """
    events = {entry.id: entry.event for entry in page.history}
    undone = {entry.undoes_id for entry in page.history}
    is_overtaken = False
    for entry in sorted(page.history, key=lambda each: each.id, reverse=True):
        until = entry.at + page.undo_window
        if now > until:
            return None
        is_free = not is_overtaken or entry.event in HARMLESS_EVENTS
        if entry.id not in undone and entry.person_id == viewer.person_id and is_free and _is_undoable(entry):
            return Undoable(entry, until)
        # What an undo took back tells whether it stands in the way.
        event = entry.event if entry.undoes_id is None else events.get(entry.undoes_id, entry.event)
        is_overtaken = is_overtaken or event not in HARMLESS_EVENTS
    return None


def _is_undoable(entry: HistoryEntry) -> bool:
    states = {mail.state for mail in entry.mails}
    if is_for_good(entry.event, entry.after):
        return False
    if entry.event in LETTER_EVENTS and not states & WAITING_STATES:
        return False
    return entry.event in UNDOABLE_EVENTS and states <= _NOT_LEFT
