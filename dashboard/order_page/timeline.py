"""The order's history as sentences: who, when, what, before → after."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from dashboard import formats
from dashboard.badges import STATUS_BADGES, Badge
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, PaymentMethod
from db.queries.order_page import HistoryEntry

_EVENTS = {
    HistoryEvent.CREATED: "Commande créée",
    HistoryEvent.IMPORTED: "Commande importée",
    HistoryEvent.STATUS_CHANGED: "Statut",
    HistoryEvent.PAYMENT_RECORDED: "Paiement reçu",
    HistoryEvent.REFUND_RECORDED: "Remboursement",
    HistoryEvent.LINE_CANCELLED: "Article annulé",
    HistoryEvent.NOTE_ADDED: "Note",
    HistoryEvent.EDITED: "Modification",
}

_ACTORS = {
    ActorKind.PERSON: "Équipe",
    ActorKind.SYSTEM: "Système",
    ActorKind.CUSTOMER: "Client",
    ActorKind.SHOP: "Boutique",
}

#: What needs no name before its value; any other field is written « name : before → after ».
_PLAIN_FIELDS = frozenset({"amount_cents", "method", "reference"})
_FIELDS = {"status": "statut", "quantity": "quantité", "name": "nom"}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry as it is drawn."""

    who: str
    when: str
    exactly: str
    iso: str
    what: str
    before_status: Badge | None
    after_status: Badge | None
    #: « 44,70 € », « Carte bancaire », « nom : Paul → Paule ».
    details: tuple[str, ...]
    note: str


def timeline_entry(entry: HistoryEntry, currency: str, now: dt.datetime) -> TimelineEntry:
    """Return an entry of the history in words.

    Args:
        entry: What happened.
        currency: The order's, for amounts.
        now: What « hier » refers to.
    """
    return TimelineEntry(
        who=entry.actor_name.strip() or _ACTORS[entry.actor_kind],
        when=formats.short_instant(entry.at, now),
        exactly=formats.instant(entry.at),
        iso=entry.at.isoformat(),
        what=_EVENTS[entry.event],
        before_status=_status(entry.before),
        after_status=_status(entry.after),
        details=_details(entry, currency),
        note=entry.note,
    )


def _status(facts: dict[str, Any]) -> Badge | None:
    """Return the badge of the status that was written down; whatever else was written is shown as text."""
    value = facts.get("status")
    return STATUS_BADGES[OrderStatus(value)] if value in tuple(OrderStatus) else None


def _details(entry: HistoryEntry, currency: str) -> tuple[str, ...]:
    fields = dict.fromkeys([*entry.before, *entry.after])
    if _status(entry.before) or _status(entry.after):
        fields.pop("status", None)
    if entry.event is HistoryEvent.CREATED:
        fields.pop("number", None)  # The page's title says it.
    return tuple(detail for field in fields if (detail := _detail(field, entry, currency)))


def _detail(field: str, entry: HistoryEntry, currency: str) -> str:
    before, after = (_text(field, facts.get(field), currency) for facts in (entry.before, entry.after))
    change = f"{before} → {after or formats.DASH}" if before else after
    return change if field in _PLAIN_FIELDS or not change else f"{_FIELDS.get(field, field)} : {change}"


def _text(field: str, value: object, currency: str) -> str:
    if value is None or value == "":
        return ""
    if field.endswith("_cents") and isinstance(value, int):
        return formats.money(value, currency)
    if field == "method" and value in tuple(PaymentMethod):
        return PaymentMethod(str(value)).label
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
