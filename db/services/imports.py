"""Orders of an uploaded file: what bringing them in would do. The preview and the task show and do the same plan."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.bulk import Importing
from db.domain.errors import NotAllowedError
from db.domain.incoming import Fault, IncomingOrder
from db.domain.order_files import ReadOrder
from db.domain.permissions import Permission
from db.domain.tasks import ImportItemState
from db.services.incoming import Checked, check_orders

_SKU = re.compile(r"lines\.(\d+)\.sku")
#: Under which name an article keeps the reference that is nobody's.
UNKNOWN_REFERENCE = "Référence d’origine"
DIFFERS = "Elle est déjà là\u00a0; le fichier dit maintenant autre chose de ses articles, rien n’y est changé."


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """What would become of one order of a file."""

    read: ReadOrder
    #: ``waiting``: it would be created.
    state: ImportItemState
    #: Why it is refused, or what to know of one that is there already.
    reasons: tuple[str, ...] = ()
    known_order_id: int | None = None

    @property
    def differs(self) -> bool:
        """Tell whether it is there already, with other contents than the file says."""
        return self.state is ImportItemState.KNOWN and bool(self.reasons)

    @property
    def is_corrected(self) -> bool:
        """Tell whether it would be created otherwise than the file says it."""
        return self.state is ImportItemState.WAITING and bool(self.read.corrections)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What importing a file would do, order by order, in the order of the file."""

    action: Importing
    items: tuple[PlannedOrder, ...]

    @property
    def going(self) -> list[PlannedOrder]:
        """Return the orders that would be created."""
        return self.in_state(ImportItemState.WAITING)

    def in_state(self, state: ImportItemState) -> list[PlannedOrder]:
        """Return the orders of which this would become."""
        return [item for item in self.items if item.state is state]


def require_importer(actor: Actor) -> None:
    """Refuse whoever may not bring in orders from a file.

    Raises:
        NotAllowedError: They may not: a seller, or staff that does not act on orders.
    """
    actor.require(Permission.ACT_ON_ORDERS)
    if actor.seller_id is not None:
        raise NotAllowedError(Permission.ACT_ON_ORDERS)


def plan_import(
    session: Session, actor: Actor, orders: Sequence[ReadOrder], action: Importing, now: dt.datetime
) -> ImportPlan:
    """Return what importing some orders would do now; nothing is written.

    Raises:
        NotAllowedError: The actor may not bring in orders.
    """
    require_importer(actor)
    once = _without_repetitions(orders)
    going = [place for place, read in enumerate(once) if read.order is not None and not read.faults]
    if action.takes_unknown_products:
        _free_unknown_products(session, once, going, now)
    checked = dict(zip(going, check_orders(session, _incoming(once, going), now), strict=True))
    return ImportPlan(action, tuple(_planned(read, checked.get(place)) for place, read in enumerate(once)))


def _incoming(orders: Sequence[ReadOrder], places: Sequence[int]) -> list[IncomingOrder]:
    return [order for place in places if (order := orders[place].order) is not None]


def _without_repetitions(orders: Sequence[ReadOrder]) -> list[ReadOrder]:
    """Refuse what the file has said before: the first wins."""
    first: dict[str, str] = {}
    found = []
    for read in orders:
        keys = {f"ref {read.order.external_ref}", f"number {read.order.number}"} if read.order else set()
        above = next((first[key] for key in keys if key in first), None)
        if above is not None:
            again = f"Cette commande figure déjà plus haut dans le fichier ({above})."
            read = replace(read, faults=(*read.faults, again))  # noqa: PLW2901  the same order, and what is wrong with it
        elif not read.faults:
            first |= dict.fromkeys(keys, read.place)
        found.append(read)
    return found


def _free_unknown_products(session: Session, orders: list[ReadOrder], going: Sequence[int], now: dt.datetime) -> None:
    """Turn articles whose reference the seller does not have into articles outside the catalogue, in place."""
    for place, checked in zip(going, check_orders(session, _incoming(orders, going), now), strict=True):
        unknown = {int(found[1]) for fault in checked.faults if (found := _SKU.fullmatch(fault.field))}
        if not unknown:
            continue
        order = checked.order
        lines = tuple(
            replace(line, sku="", attributes={**line.attributes, UNKNOWN_REFERENCE: line.sku})
            if at in unknown
            else line
            for at, line in enumerate(order.lines)
        )
        skus = ", ".join(dict.fromkeys(f"«\u00a0{order.lines[at].sku}\u00a0»" for at in sorted(unknown)))
        said = f"Hors catalogue, référence inconnue de ce vendeur\u00a0: {skus}."
        orders[place] = replace(
            orders[place],
            order=replace(order, lines=lines),
            corrections=(*orders[place].corrections, said),
        )


def _planned(read: ReadOrder, checked: Checked | None) -> PlannedOrder:
    if checked is None:
        return PlannedOrder(read, ImportItemState.REFUSED, read.faults)
    if checked.faults:
        return PlannedOrder(read, ImportItemState.REFUSED, reasons_of(checked))
    if checked.known_order_id is not None:
        return PlannedOrder(read, ImportItemState.KNOWN, reasons_of(checked), checked.known_order_id)
    return PlannedOrder(read, ImportItemState.WAITING)


def reasons_of(checked: Checked) -> tuple[str, ...]:
    """Return why an order is refused, or what to know of one that is there already, a sentence each."""
    if not checked.faults:
        return (DIFFERS,) if checked.differs else ()
    return tuple(dict.fromkeys(_sentence(checked.order, fault) for fault in checked.faults))


def _sentence(order: IncomingOrder, fault: Fault) -> str:
    """Return a fault's sentence; where it is of one article among several, with the article's name."""
    parts = fault.field.split(".")
    if parts[0] == "lines" and len(parts) > 1 and len(order.lines) > 1:
        name = order.lines[int(parts[1])].name.strip()
        return f"«\u00a0{name}\u00a0»\u00a0: {fault.reason}" if name else fault.reason
    return fault.reason
