"""What happened to one order: its history, the e-mails it caused, the parcels that left."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.mail import RecipientKind
from db.domain.orders import HistoryEvent
from db.domain.viewer import Viewer
from db.models import OrderHistory, OrderLine, OutboxMessage, Shipment, ShipmentLine
from db.queries.columns import columns, mapping
from db.queries.order_rows import HistoryEntry, MailRow, ShipmentRow

#: What stays in the house: a seller sees neither notes nor what is written to customers.
_OURS = frozenset(
    {
        HistoryEvent.NOTE_ADDED,
        HistoryEvent.MESSAGE_SENT,
        HistoryEvent.EMAIL_RESENT,
        HistoryEvent.REMINDED,
        HistoryEvent.DOCUMENT_SENT,
        HistoryEvent.TAGGED,
    }
)
#: Notes of the shop or of an import, which a seller may read; the others are staff's reasons.
_NOTES_FOR_ALL = frozenset({HistoryEvent.CREATED, HistoryEvent.IMPORTED})
#: Facts of an entry that tell a reason, or from where a customer wrote.
_REASONS = frozenset({"reason", "derogation", "from"})


def order_mails(session: Session, viewer: Viewer, order_id: int) -> tuple[MailRow, ...]:
    """Return every e-mail about an order, the newest first; a seller sees those they were sent."""
    found = sa.select(*columns(OutboxMessage, MailRow)).where(OutboxMessage.order_id == order_id)
    if viewer.seller_id is not None:
        found = found.where(OutboxMessage.recipient_kind == RecipientKind.SELLER)
    return tuple(MailRow(**row._asdict()) for row in session.execute(found.order_by(OutboxMessage.id.desc())))


def order_history(
    session: Session, viewer: Viewer, order_id: int, mails: Sequence[MailRow]
) -> tuple[HistoryEntry, ...]:
    """Return what happened to an order, the newest first, each with the e-mails it caused.

    A seller sees neither what staff write to each other and to customers, nor staff's reasons.
    """
    is_seller = viewer.seller_id is not None
    found = sa.select(*columns(OrderHistory, HistoryEntry)).where(OrderHistory.order_id == order_id)
    if is_seller:
        found = found.where(OrderHistory.event.not_in(_OURS))
    rows = session.execute(found.order_by(OrderHistory.at.desc(), OrderHistory.id.desc())).all()
    caused: dict[int | None, list[MailRow]] = defaultdict(list)
    for mail in reversed(mails):
        caused[mail.history_id].append(mail)
    entries = [
        HistoryEntry(
            **row._asdict() | {"before": mapping(row.before), "after": mapping(row.after)}, mails=tuple(caused[row.id])
        )
        for row in rows
    ]
    return tuple(_for_a_seller(entries) if is_seller else entries)


def _for_a_seller(entries: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    seen = {entry.id for entry in entries}
    return [
        replace(
            entry,
            after={name: value for name, value in entry.after.items() if name not in _REASONS},
            note=entry.note if entry.event in _NOTES_FOR_ALL else "",
        )
        for entry in entries
        if entry.undoes_id is None or entry.undoes_id in seen
    ]


def order_shipments(session: Session, viewer: Viewer, order_id: int) -> tuple[ShipmentRow, ...]:
    """Return the parcels in the order they were made; a seller is not told from where a receipt was confirmed."""
    found = session.execute(
        sa.select(*columns(Shipment, ShipmentRow)).where(Shipment.order_id == order_id).order_by(Shipment.id)
    ).all()
    contents = _contents(session, order_id) if found else {}
    hidden = {} if viewer.seller_id is None else {"received_from": ""}
    return tuple(ShipmentRow(**row._asdict() | hidden, contents=tuple(contents[row.id])) for row in found)


def _contents(session: Session, order_id: int) -> Mapping[int, list[tuple[int, int]]]:
    found = session.execute(
        sa.select(ShipmentLine.shipment_id, ShipmentLine.order_line_id, ShipmentLine.quantity)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(Shipment.order_id == order_id)
        .order_by(ShipmentLine.shipment_id, OrderLine.position)
    )
    contents: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for shipment_id, line_id, units in found:
        contents[shipment_id].append((line_id, units))
    return contents
