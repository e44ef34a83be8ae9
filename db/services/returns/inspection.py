"""A parcel that came back is opened: what was in it against what was announced, and in what condition."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.formats import plural
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, ReturnStatus
from db.domain.permissions import Permission
from db.domain.returns import MAX_INSPECTION, MAX_REMARK, Inspection, Received
from db.domain.text import is_storable
from db.models import OrderLine, ReturnLine
from db.services.history import Entry, record
from db.services.returns.facts import seen_return
from db.services.versions import raise_versions


class NotInspectableError(MarketplaceError):
    """There is no parcel to open, or the return is over."""

    def __init__(self, status: ReturnStatus) -> None:
        self.status = status
        is_early = status in {ReturnStatus.REQUESTED, ReturnStatus.AWAITING_PARCEL}
        what = "Notez d’abord l’arrivée du colis." if is_early else f"Ce retour est clos\u00a0: « {status.label} »."
        super().__init__(what)


class MoreThanSentError(MarketplaceError):
    """More units are said to have come back than the customer had."""

    def __init__(self, line_id: int, name: str, kept: int) -> None:
        self.line_id = line_id
        super().__init__(f"« {name} »\u00a0: {plural(kept, 'unité')} au plus, le client n’en a pas davantage.")


def inspect_return(
    session: Session, actor: Actor, return_id: int, version: int, inspection: Inspection, now: dt.datetime
) -> int:
    """Note what was in the parcel; return the history row. It can be noted again until the return is over.

    Announced articles that are left out are noted as not counted; articles that nobody announced may be added.

    Raises:
        NotAllowedError: The person does not handle returns.
        ReturnNotFoundError: There is no such return for this actor.
        ReturnChangedError: It is not at ``version`` any more.
        NotInspectableError: The parcel has not come, or the return is over.
        MoreThanSentError: More came back than the customer had.
        InvalidInputError: Words cannot be kept, or units came without a condition.
    """
    actor.require(Permission.HANDLE_RETURNS)
    order, row = seen_return(session, actor, return_id, version)
    if row.status is not ReturnStatus.PARCEL_RECEIVED:
        raise NotInspectableError(row.status)
    _check(session, order, inspection)
    before, after = _write(session, return_id, inspection)
    row.inspection = inspection.note.strip()
    row.version += 1
    session.flush()
    raise_versions(session, [order.id], now)
    entry = Entry(
        order.id,
        HistoryEvent.RETURN_INSPECTED,
        {"return_id": return_id, "lines": before},
        {"return_id": return_id, "lines": after},
        note=row.inspection,
    )
    return record(session, actor, entry, now)


def _check(session: Session, order: OrderFacts, inspection: Inspection) -> None:
    if len(inspection.note) > MAX_INSPECTION or not is_storable(inspection.note):
        raise InvalidInputError(f"Le constat est illisible ou dépasse {MAX_INSPECTION} caractères. Abrégez-le.")
    lines = {line.id: line for line in order.lines}
    names = _names(session, order.id)
    for line_id, found in inspection.lines.items():
        if line_id not in lines:
            raise InvalidInputError("Un article compté n’est pas de cette commande. Rouvrez le constat.")
        kept = lines[line_id].quantity_kept
        if not 0 <= found.quantity <= kept:
            raise MoreThanSentError(line_id, names[line_id], kept)
        if found.quantity and found.condition is None:
            raise InvalidInputError(f"« {names[line_id]} »\u00a0: indiquez dans quel état l’article est revenu.")
        if len(found.remark) > MAX_REMARK or not is_storable(found.remark):
            raise InvalidInputError(
                f"« {names[line_id]} »\u00a0: la remarque est illisible ou dépasse {MAX_REMARK} caractères."
            )


def _names(session: Session, order_id: int) -> dict[int, str]:
    found = sa.select(OrderLine.id, OrderLine.name).where(OrderLine.order_id == order_id)
    return {row.id: row.name for row in session.execute(found)}


def _write(
    session: Session, return_id: int, inspection: Inspection
) -> tuple[dict[str, int | None], dict[str, int | None]]:
    """Write what was counted; return the units that had come by line, before and after."""
    rows = {
        line.order_line_id: line
        for line in session.scalars(sa.select(ReturnLine).where(ReturnLine.return_id == return_id))
    }
    before = {str(line_id): line.quantity_received for line_id, line in rows.items()}
    for line_id, line in rows.items():
        found = inspection.lines.get(line_id)
        if line.quantity == 0 and not (found and found.quantity):
            session.delete(line)  # Nobody announced it, and it did not come either.
            continue
        _note(line, found)
    for line_id, found in inspection.lines.items():
        if line_id not in rows and found.quantity:
            line = ReturnLine(return_id=return_id, order_line_id=line_id, quantity=0)
            _note(line, found)
            session.add(line)
    session.flush()
    return before, {str(line_id): found.quantity for line_id, found in inspection.lines.items()}


def _note(line: ReturnLine, found: Received | None) -> None:
    line.quantity_received = None if found is None else found.quantity
    line.condition = found.condition if found and found.quantity else None
    line.remark = found.remark.strip() if found else ""
