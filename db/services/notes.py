"""What staff tell each other about an order; neither sellers nor customers ever see it."""

import datetime as dt

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, NotAllowedError, OrderNotFoundError
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.domain.text import is_storable
from db.services.history import Entry, record
from db.services.order_facts import load_facts

MAX_NOTE = 2_000


def add_note(session: Session, actor: Actor, order_id: int, text: str, now: dt.datetime) -> int:
    """Write an internal note on an order; return its history row. Nothing of the order itself changes.

    Raises:
        NotAllowedError: The actor is no staff.
        InvalidInputError: The note is empty, too long or unreadable.
        OrderNotFoundError: There is no such order.
    """
    actor.require(Permission.READ_ORDERS)
    if actor.seller_id is not None:
        raise NotAllowedError(Permission.ACT_ON_ORDERS)
    note = text.strip()
    if not note:
        raise InvalidInputError("Écrivez la note avant de l’ajouter.")
    if len(note) > MAX_NOTE or not is_storable(note):
        raise InvalidInputError(f"La note est illisible ou dépasse {MAX_NOTE} caractères. Abrégez-la.")
    if order_id not in load_facts(session, actor, [order_id]):
        raise OrderNotFoundError(str(order_id))
    return record(session, actor, Entry(order_id, HistoryEvent.NOTE_ADDED, note=note), now)
