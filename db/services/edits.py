"""Correct an order before it leaves: contact, addresses, delivery. Each edit is told field by field."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.domain.access import email_address, tidy
from db.domain.actor import Actor
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.mail import WAITING_STATES, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import DeliveryMode, HistoryEvent, OrderStatus
from db.domain.permissions import Permission
from db.models import Order, OrderAddress, OutboxMessage
from db.models.orders import AddressKind
from db.services.derived import complete_orders
from db.services.history import Entry, record
from db.services.order_facts import locked_order
from db.services.versions import raise_versions

#: Nothing has left yet, so that what is corrected still serves.
EDITABLE_STATUSES = frozenset(
    {
        OrderStatus.AWAITING_PAYMENT,
        OrderStatus.PAID,
        OrderStatus.CONFIRMING,
        OrderStatus.PREPARING,
        OrderStatus.READY,
    }
)
MAX_LINE = 120
MAX_PHONE = 30
MAX_POSTCODE = 12
MAX_PICKUP = 400
_MIN_PHONE_DIGITS = 6

_PHONE = re.compile(r"\+?[\d ().\-/]+")
_FRENCH_POSTCODE = re.compile(r"\d{5}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class TooLateToEditError(MarketplaceError):
    """Something of the order has left, or nothing ever will."""

    def __init__(self, order: OrderFacts) -> None:
        self.order = order
        super().__init__(f"Commande « {order.status.label} » : elle ne se modifie plus, seulement avant l’expédition.")


@dataclass(frozen=True, slots=True)
class ContactEdit:
    """Who is written to and called about the order."""

    name: str
    email: str
    phone: str

    def checked(self) -> "ContactEdit":
        """Return it as it is kept.

        Raises:
            InvalidInputError: A value cannot be used.
        """
        email = tidy(self.email)
        return ContactEdit(_needed("le nom", self.name), email_address(email) if email else "", _phone(self.phone))


@dataclass(frozen=True, slots=True)
class AddressEdit:
    """An address of the order; an order without one gets one."""

    kind: AddressKind
    name: str
    company: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country_code: str
    phone: str

    def checked(self) -> "AddressEdit":
        """Return it as it is kept.

        Raises:
            InvalidInputError: A value is missing or cannot be used.
        """
        country = tidy(self.country_code).upper()
        if not _COUNTRY.fullmatch(country):
            raise InvalidInputError("Saisissez le pays en deux lettres : FR, BE, CH…")
        return AddressEdit(
            kind=self.kind,
            name=_needed("le nom", self.name),
            company=_line("La société", self.company),
            street=_needed("la rue", self.street),
            street_extra=_line("Le complément", self.street_extra),
            postcode=_postcode(self.postcode, country),
            city=_needed("la ville", self.city),
            country_code=country,
            phone=_phone(self.phone),
        )


@dataclass(frozen=True, slots=True)
class DeliveryEdit:
    """How the goods reach the customer, and where they are picked up."""

    mode: DeliveryMode
    pickup_address: str

    def checked(self) -> "DeliveryEdit":
        """Return it as it is kept: at home, there is nothing to pick up.

        Raises:
            InvalidInputError: The pick-up point is missing or unreadable.
        """
        if self.mode is DeliveryMode.HOME:
            return replace(self, pickup_address="")
        lines = [line for line in map(tidy, self.pickup_address.splitlines()) if line]
        address = "\n".join(lines)
        if self.mode is DeliveryMode.PICKUP_POINT and not address:
            raise InvalidInputError("Saisissez le nom et l’adresse du point relais.")
        if len(address) > MAX_PICKUP:
            raise InvalidInputError(f"L’adresse de retrait dépasse {MAX_PICKUP} caractères. Abrégez-la.")
        return replace(self, pickup_address=address)


Edit = ContactEdit | AddressEdit | DeliveryEdit


def edit_order(session: Session, actor: Actor, order_id: int, version: int, edit: Edit, now: dt.datetime) -> int | None:
    """Correct an order; return the history row, or None where nothing differs from what is there.

    E-mails that wait for the customer follow a corrected e-mail address.

    Raises:
        NotAllowedError: The actor may not act on orders.
        InvalidInputError: A value cannot be used.
        TooLateToEditError: The order has left, or is cancelled.
        ChangedMeanwhileError: The order is not at ``version`` any more.
        OrderNotFoundError: There is no such order for this actor.
    """
    actor.require(Permission.ACT_ON_ORDERS)
    wanted = edit.checked()
    order = locked_order(session, actor, order_id, version)
    if not is_editable(order.status, order.status_before_error):
        raise TooLateToEditError(order)
    match wanted:
        case ContactEdit():
            before, after = _edit_contact(session, order, wanted)
        case AddressEdit():
            before, after = _edit_address(session, order, wanted)
        case DeliveryEdit():
            before, after = _edit_delivery(session, order, wanted)
    if not after:
        return None
    raise_versions(session, [order_id], now)
    return record(session, actor, Entry(order_id, HistoryEvent.EDITED, before, after), now)


def is_editable(status: OrderStatus, before_error: OrderStatus | None) -> bool:
    """Tell whether nothing of an order has left; one in error is judged by where it was."""
    return (before_error if status is OrderStatus.ERROR else status) in EDITABLE_STATUSES


_Change = tuple[dict[str, str], dict[str, str]]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> _Change:
    """Return the fields that differ, as they were and as they become."""
    names = [name for name in after if before.get(name, "") != after[name]]
    return {name: before.get(name, "") for name in names}, {name: after[name] for name in names}


def _edit_contact(session: Session, order: OrderFacts, edit: ContactEdit) -> _Change:
    columns = (Order.customer_name, Order.customer_email, Order.customer_phone)
    there = session.execute(sa.select(*columns).where(Order.id == order.id)).one()._asdict()
    wanted = {"customer_name": edit.name, "customer_email": edit.email, "customer_phone": edit.phone}
    before, after = _changed(there, wanted)
    if after:
        _update(session, order.id, after)
        complete_orders(session, [order.id])
    if after.get("customer_email"):
        _readdress(session, order.id, before["customer_email"], edit.email)
    return before, after


def _readdress(session: Session, order_id: int, old: str, new: str) -> None:
    """Send what waits for the customer to their new address, unless the same waits there already."""
    other = aliased(OutboxMessage)
    is_there = sa.exists().where(
        other.order_id == order_id,
        other.event == OutboxMessage.event,
        other.template == OutboxMessage.template,
        other.recipient == new,
    )
    session.execute(
        sa.update(OutboxMessage)
        .where(
            OutboxMessage.order_id == order_id,
            OutboxMessage.recipient == old.strip(),
            OutboxMessage.recipient_kind == RecipientKind.CUSTOMER,
            OutboxMessage.state.in_(WAITING_STATES),
            ~is_there,
        )
        .values(recipient=new)
        .execution_options(synchronize_session=False)
    )


def _edit_address(session: Session, order: OrderFacts, edit: AddressEdit) -> _Change:
    names = [field.name for field in fields(edit) if field.name != "kind"]
    its = (OrderAddress.order_id == order.id, OrderAddress.kind == edit.kind)
    columns = [getattr(OrderAddress, name) for name in names]
    row = session.execute(sa.select(*columns).where(*its)).one_or_none()
    before, after = _changed(row._asdict() if row else {}, {name: getattr(edit, name) for name in names})
    if row is None:
        session.add(OrderAddress(order_id=order.id, kind=edit.kind, **after))
        session.flush()
    elif after:
        session.execute(sa.update(OrderAddress).where(*its).values(after).execution_options(synchronize_session=False))
    return _of(edit.kind, before), _of(edit.kind, after)


def _of(kind: AddressKind, changed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields as the history names them: « delivery.city »."""
    return {f"{kind.value}.{name}": value for name, value in changed.items()}


def _edit_delivery(session: Session, order: OrderFacts, edit: DeliveryEdit) -> _Change:
    there = session.execute(sa.select(Order.delivery_mode, Order.pickup_address).where(Order.id == order.id)).one()
    if edit.mode is DeliveryMode.HOME and there.delivery_mode is not DeliveryMode.HOME:
        _check_address(session, order.id)
    before, after = _changed(
        {"delivery_mode": there.delivery_mode.value, "pickup_address": there.pickup_address},
        {"delivery_mode": edit.mode.value, "pickup_address": edit.pickup_address},
    )
    if after:
        _update(session, order.id, {"delivery_mode": edit.mode, "pickup_address": edit.pickup_address})
    return before, after


def _check_address(session: Session, order_id: int) -> None:
    delivery = (OrderAddress.order_id == order_id, OrderAddress.kind == AddressKind.DELIVERY)
    if session.scalar(sa.select(OrderAddress.order_id).where(*delivery)) is None:
        raise InvalidInputError("Ajoutez d’abord l’adresse de livraison : cette commande n’en a pas.")


def _update(session: Session, order_id: int, values: Mapping[str, object]) -> None:
    changed = sa.update(Order).where(Order.id == order_id).values(dict(values))
    session.execute(changed.execution_options(synchronize_session=False))


def _line(what: str, text: str, most: int = MAX_LINE) -> str:
    kept = tidy(text)
    if len(kept) > most:
        raise InvalidInputError(f"{what} dépasse {most} caractères. Abrégez.")
    return kept


def _needed(what: str, text: str) -> str:
    kept = _line(what.capitalize(), text)
    if not kept:
        raise InvalidInputError(f"Saisissez {what}.")
    return kept


def _phone(text: str) -> str:
    phone = _line("Le téléphone", text, MAX_PHONE)
    digits = sum(character.isdigit() for character in phone)
    if phone and (not _PHONE.fullmatch(phone) or digits < _MIN_PHONE_DIGITS):
        raise InvalidInputError("Saisissez un numéro de téléphone, comme 06 12 34 56 78.")
    return phone


def _postcode(text: str, country: str) -> str:
    postcode = _line("Le code postal", text, MAX_POSTCODE)
    if country == "FR" and not _FRENCH_POSTCODE.fullmatch(postcode):
        raise InvalidInputError("En France, le code postal a cinq chiffres, comme 13100.")
    return postcode
