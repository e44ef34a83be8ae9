"""What can be done to many orders at once, each kind as a frozen value, and back from the JSON that a task keeps.

A value says everything of the action but the orders: the dry run shows what it would do to them, the act does it.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from db.domain.moves import MOVE_VERBS, CancelReason, Move, Rest
from db.domain.order_files import OrderFormat
from db.domain.orders import OrderStatus, PaymentMethod
from db.domain.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class DuePayment:
    """« Paiement reçu »: what each order still owes has arrived."""

    received_on: dt.date
    method: PaymentMethod
    reference: str = ""
    #: False for « ne pas prévenir cette fois ».
    notifies: bool = True


@dataclass(frozen=True, slots=True)
class CustomerMessage:
    """The same message to each order's customer; variables are filled in per order."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """« Relancer »: the link that resumes the payment, to customers who have not paid."""


@dataclass(frozen=True, slots=True)
class Tagging:
    """Put a tag on orders, or take it off."""

    tag_id: int
    #: As it read when the action was asked for.
    name: str
    adds: bool = True


@dataclass(frozen=True, slots=True)
class Undoing:
    """Take back what another task did, order by order."""

    task_id: int
    #: What that task was called.
    title: str


@dataclass(frozen=True, slots=True)
class Importing:
    """Create the orders of a file that somebody uploaded."""

    name: str
    sha256: str
    format: OrderFormat
    #: The seller of the whole file; empty where a column names each order's.
    seller_code: str = ""
    #: Take articles whose reference the seller does not have, as articles outside the catalogue.
    takes_unknown_products: bool = False
    #: Tell customers and sellers, as of any new order; another platform has told its customers itself.
    notifies: bool = False


BulkAction = Move | DuePayment | CustomerMessage | Reminder | Tagging | Undoing | Importing

KINDS: Mapping[type[BulkAction], TaskKind] = {
    Move: TaskKind.MOVE,
    DuePayment: TaskKind.PAYMENT,
    CustomerMessage: TaskKind.MESSAGE,
    Reminder: TaskKind.REMINDER,
    Tagging: TaskKind.TAG,
    Undoing: TaskKind.UNDO,
    Importing: TaskKind.IMPORT,
}
#: What an e-mail's own language writes: « {{ numero }} » and « {% if … %} ».
_VARIABLE, _TAG = re.compile(r"\{\{.*?\}\}"), re.compile(r"\{%.*?%\}")
_TYPES: Mapping[TaskKind, Callable[..., BulkAction]] = {kind: action_type for action_type, kind in KINDS.items()}


def title_of(action: BulkAction) -> str:
    """Return what the action is called in a list of tasks."""
    match action:
        case Move(target=target):
            title = MOVE_VERBS[target]
        case DuePayment(method=method):
            title = f"Paiement reçu · {method.label}"
        case CustomerMessage(subject=subject):
            title = f"Message · {_without_variables(subject)}"
        case Reminder():
            title = "Relance de paiement"
        case Tagging(name=name, adds=adds):
            title = f"Mot-clé « {name} »" if adds else f"Retrait du mot-clé « {name} »"
        case Undoing(title=undone):
            title = f"Annulation · {undone}"
        case Importing(name=name):
            title = f"Import · {name}"
    return title


def _without_variables(subject: str) -> str:
    """Return a subject that stands for all the e-mails: « Commande … : merci »."""
    return " ".join(_VARIABLE.sub("…", _TAG.sub("", subject)).split()).strip(" …") or "sans objet"


def to_arguments(action: BulkAction) -> dict[str, Any]:
    """Return the action as JSON values, for a task's row."""
    values = ((field.name, getattr(action, field.name)) for field in fields(action))
    return {name: _as_json(value) for name, value in values}


def _as_json(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return {str(key): each for key, each in value.items()} if isinstance(value, Mapping) else value


def from_arguments(kind: TaskKind, arguments: Mapping[str, Any]) -> BulkAction:
    """Return the action that a task's row holds."""
    read: dict[str, Any] = {
        name: _READERS[name](value) if name in _READERS else value for name, value in arguments.items()
    }
    action: BulkAction = _TYPES[kind](**read)
    return action


def _day(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def _units(value: Mapping[str, int] | None) -> dict[int, int] | None:
    return None if value is None else {int(line_id): units for line_id, units in value.items()}


def _numbers(value: Mapping[str, str]) -> dict[int, str]:
    return {int(order_id): number for order_id, number in value.items()}


def _reason(value: str | None) -> CancelReason | None:
    return None if value is None else CancelReason(value)


#: How the values that JSON knows as texts are read.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "target": OrderStatus,
    "cancel_reason": _reason,
    "rest": Rest,
    "method": PaymentMethod,
    "received_on": dt.date.fromisoformat,
    "happened_on": _day,
    "units": _units,
    "tracking_numbers": _numbers,
    "format": OrderFormat,
}
