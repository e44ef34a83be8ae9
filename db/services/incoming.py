"""Take orders from outside: the shop's HTTP requests and imported files go through the same door.

What is written here is what the shop would write itself (docs/database.md): the intake job completes it, checks it,
takes what it sells off the stock and tells people.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.incoming import (
    Fault,
    FaultCode,
    IncomingAddress,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    faults,
    is_a_number_of_ours,
)
from db.domain.orders import DeliveryMode, Origin, PaymentMethod, PaymentRecordState
from db.queries.incoming import Content, KnownOrder, KnownSeller, Surroundings, content_of, surroundings_of
from db.services.incoming_rows import insert_orders

#: Another sender of the same orders makes us start anew; it cannot do so for ever.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """An incoming order, what is wrong with it, and the order that it already is, if any."""

    order: IncomingOrder
    faults: tuple[Fault, ...]
    known_order_id: int | None
    #: Known, but the sender now says something else of its articles; what is stored stays.
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """An order that is there now, and whether it is this call that wrote it."""

    order_id: int
    is_new: bool
    #: Not new, and what is stored says something else of its articles.
    differs: bool = False


class IncomingOrdersRefusedError(MarketplaceError):
    """Some orders cannot be taken as they are; none of the call's was."""

    def __init__(self, refused: Sequence[Checked]) -> None:
        self.refused = tuple(refused)
        super().__init__(" ".join(dict.fromkeys(fault.reason for each in refused for fault in each.faults)))


def check_orders(
    session: Session, orders: Sequence[IncomingOrder], now: dt.datetime, *, seller_id: int | None = None
) -> list[Checked]:
    """Return what taking some orders would meet, each in its place; nothing is written.

    Args:
        session: The caller's.
        orders: The orders, as they were read.
        now: The instant of the check: no order is placed after it.
        seller_id: Whose orders alone the sender may bring; None for everybody's.
    """
    around = surroundings_of(session, orders)
    seen: Counter[tuple[str, str]] = Counter()
    return [_checked(order, around, seen, now, seller_id) for order in orders]


def create_orders(
    session: Session, actor: Actor, orders: Sequence[IncomingOrder], source: str, now: dt.datetime
) -> list[Written]:
    """Write orders that are not there yet, and have them taken in; return what became of each, in its place.

    Whoever sends the same order at the same time gets the same id: one of the two writes it, the other finds it.
    So what follows from an order being new is for those alone that say they are.

    Args:
        session: The caller's transaction.
        actor: Who brings them; a seller's person brings that seller's only.
        orders: The orders; ``check_orders`` says beforehand what is wrong with each.
        source: Who writes them, as ``orders.source`` keeps it.
        now: The instant they arrive; those that do not say when they were placed were placed now.

    Raises:
        IncomingOrdersRefusedError: At least one is not right; none is written.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        around = surroundings_of(session, orders)
        seen: Counter[tuple[str, str]] = Counter()
        checked = [_checked(order, around, seen, now, actor.seller_id) for order in orders]
        refused = [each for each in checked if each.faults]
        if refused:
            raise IncomingOrdersRefusedError(refused)
        new = [each.order for each in checked if each.known_order_id is None]
        try:
            with session.begin_nested():
                created = iter(insert_orders(session, around, new, source, now))
        except IntegrityError:  # Somebody wrote one of them, or its basket, since we looked.
            if attempt == _ATTEMPTS:
                raise
            continue
        return [
            Written(next(created), is_new=True)
            if each.known_order_id is None
            else Written(each.known_order_id, is_new=False, differs=each.differs)
            for each in checked
        ]
    raise AssertionError("the last attempt returns or raises")


# --- What is wrong ----------------------------------------------------------------------------------------------------


def _checked(
    order: IncomingOrder,
    around: Surroundings,
    seen: Counter[tuple[str, str]],
    now: dt.datetime,
    seller_id: int | None,
) -> Checked:
    wrong = [*faults(order, now), *_faults_of_repetition(order, seen)]
    seller = around.seller_of(order)
    if seller is None or (seller_id is not None and seller.id != seller_id):
        return Checked(order, (*wrong, *_faults_of_unknown_seller(order)), None)
    content = content_of(order, seller.id)
    known, taken = _known(order, content, around)
    wrong += taken
    if known is None:
        wrong += _faults_of_new(order, seller, around)
    if wrong:
        return Checked(order, tuple(wrong), None)
    return Checked(order, (), known.id if known else None, differs=known is not None and known.content != content)


def _faults_of_unknown_seller(order: IncomingOrder) -> Iterator[Fault]:
    code = order.seller_code.strip()
    if code:  # Without one, that was said already.
        yield Fault("seller_code", f"Aucun vendeur n’a le code «\u00a0{code}\u00a0».", FaultCode.UNKNOWN)


def _faults_of_new(order: IncomingOrder, seller: KnownSeller, around: Surroundings) -> Iterator[Fault]:
    """Find what keeps an order that is not there yet from being stored; one that is there has no such question."""
    if not seller.is_active:
        yield Fault("seller_code", f"Le vendeur «\u00a0{seller.name}\u00a0» est désactivé.", FaultCode.INACTIVE)
    yield from _faults_of_products(order, seller.id, around)
    yield from _faults_of_known_payments(order, around)


def _faults_of_repetition(order: IncomingOrder, seen: Counter[tuple[str, str]]) -> Iterator[Fault]:
    """Find what this sequence already said before."""
    payments = [(f"payments.{place}.external_ref", each.external_ref) for place, each in enumerate(order.payments)]
    for name, value in [("external_ref", order.external_ref), ("number", order.number), *payments]:
        kind = name.split(".")[0]
        if value and seen[kind, value]:
            yield Fault(name, f"«\u00a0{value}\u00a0» figure deux fois dans l’envoi.", FaultCode.REPEATED)
        seen[kind, value] += 1


def _known(order: IncomingOrder, content: Content, around: Surroundings) -> tuple[KnownOrder | None, list[Fault]]:
    """Return the order that this one already is, or why it can be neither known nor new."""
    by_ref = around.orders_by_ref.get(order.external_ref)
    by_number = around.orders_by_number.get(order.number)
    if by_ref is not None:
        if by_ref.seller_id != content[0]:
            return None, [
                Fault("external_ref", "Cette référence est déjà celle d’une autre commande.", FaultCode.TAKEN)
            ]
        return by_ref, []
    if by_number is None:
        ours = "Les numéros ORD-00001, ORD-00002… sont donnés par nous. Laissez le numéro vide, ou changez-le."
        reserved = [Fault("number", ours, FaultCode.TAKEN)] if is_a_number_of_ours(order.number) else []
        return None, reserved
    is_same = by_number.content == content and (not order.external_ref or by_number.external_ref is None)
    if is_same:
        return by_number, []
    return None, [
        Fault("number", f"Le numéro «\u00a0{order.number}\u00a0» est déjà celui d’une autre commande.", FaultCode.TAKEN)
    ]


def _faults_of_products(order: IncomingOrder, seller_id: int, around: Surroundings) -> Iterator[Fault]:
    for place, line in enumerate(order.lines):
        sku = line.sku.strip()
        if sku and (seller_id, sku) not in around.products:
            yield Fault(
                f"lines.{place}.sku",
                f"Le vendeur n’a pas de produit de référence «\u00a0{sku}\u00a0».",
                FaultCode.UNKNOWN,
            )


def _faults_of_known_payments(order: IncomingOrder, around: Surroundings) -> Iterator[Fault]:
    for place, payment in enumerate(order.payments):
        if payment.external_ref in around.payment_refs:
            yield Fault(
                f"payments.{place}.external_ref", "Ce paiement est déjà celui d’une autre commande.", FaultCode.TAKEN
            )


# --- As JSON ----------------------------------------------------------------------------------------------------------


def to_json(order: IncomingOrder) -> dict[str, Any]:
    """Return an order as JSON values: what ``from_json`` reads back."""
    return {name: _json_value(value) for name, value in asdict(order).items()}


def from_json(data: Mapping[str, Any]) -> IncomingOrder:
    """Return the order that ``to_json`` wrote."""
    readers: dict[str, Callable[[Any], object]] = {
        "lines": lambda lines: tuple(IncomingLine(**line) for line in lines),
        "billing": lambda address: IncomingAddress(**address),
        "delivery": lambda address: IncomingAddress(**address),
        "delivery_mode": DeliveryMode,
        "payment_method": PaymentMethod,
        "origin": Origin,
        "placed_at": dt.datetime.fromisoformat,
        "terms_accepted_at": dt.datetime.fromisoformat,
        "ship_by": dt.date.fromisoformat,
        "expected_delivery_on": dt.date.fromisoformat,
        "payments": lambda payments: tuple(IncomingPayment(**_read(_PAYMENT, payment)) for payment in payments),
    }
    return IncomingOrder(**_read(readers, data))


_PAYMENT: Mapping[str, Callable[[Any], object]] = {
    "method": PaymentMethod,
    "state": PaymentRecordState,
    "received_at": dt.datetime.fromisoformat,
}


def _read(readers: Mapping[str, Callable[[Any], object]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with those that JSON holds as texts and lists made what they were; nothing stays nothing."""
    return {
        name: readers[name](value) if name in readers and value is not None else value for name, value in data.items()
    }


def _json_value(value: object) -> object:
    match value:
        case dt.date():  # Instants are days, too.
            return value.isoformat()
        case dict():
            return {name: _json_value(each) for name, each in value.items()}
        case list() | tuple():
            return [_json_value(each) for each in value]
        case _:
            return value
