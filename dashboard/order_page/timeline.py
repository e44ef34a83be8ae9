"""The order's history as sentences: who, when, what, before → after, and the e-mails it caused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.badges import OUTBOX_BADGES, STATUS_BADGES, Badge
from dashboard.order_page.history_words import details
from db.domain import formats
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus
from db.queries.order_rows import HistoryEntry, MailRow, ShipmentRow

_EVENTS = {
    HistoryEvent.CREATED: "Commande créée",
    HistoryEvent.IMPORTED: "Commande importée",
    HistoryEvent.STATUS_CHANGED: "Statut",
    HistoryEvent.PAYMENT_RECORDED: "Paiement reçu",
    HistoryEvent.REFUND_RECORDED: "Remboursement",
    HistoryEvent.LINE_CANCELLED: "Article annulé",
    HistoryEvent.NOTE_ADDED: "Note interne",
    HistoryEvent.EDITED: "Modification",
    HistoryEvent.MESSAGE_SENT: "Message au client",
    HistoryEvent.EMAIL_RESENT: "E-mail renvoyé",
    HistoryEvent.REMINDED: "Relance de paiement",
    HistoryEvent.TAGGED: "Étiquette",
    HistoryEvent.UNDONE: "Action annulée",
    HistoryEvent.LINKS_REVOKED: "Liens de suivi révoqués",
}

_ACTORS = {
    ActorKind.PERSON: "Équipe",
    ActorKind.SYSTEM: "Système",
    ActorKind.CUSTOMER: "Client",
    ActorKind.SHOP: "Boutique",
}

#: What an entry of one kind needs not say: the page's title does, or the amount beside it.
_LEFT_OUT = {
    HistoryEvent.CREATED: frozenset({"number"}),
    HistoryEvent.PAYMENT_RECORDED: frozenset({"paid_cents"}),
}


@dataclass(frozen=True, slots=True)
class MailNote:
    """An e-mail that an entry caused: « Commande envoyée », to whom, and where it is on its way."""

    what: str
    recipient: str
    badge: Badge


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
    mails: tuple[MailNote, ...]


def timeline_entry(
    entry: HistoryEntry,
    currency: str,
    now: dt.datetime,
    shipments: Mapping[int, ShipmentRow] = MappingProxyType({}),
) -> TimelineEntry:
    """Return an entry of the history in words.

    Args:
        entry: What happened.
        currency: The order's, for amounts.
        now: What « hier » refers to.
        shipments: The order's parcels, by id.
    """
    before, after = _status(entry.before), _status(entry.after)
    without = _LEFT_OUT.get(entry.event, frozenset()) | ({"status"} if before or after else set())
    if before == after:  # A payment taken back where it had moved nothing.
        before = None if entry.event is HistoryEvent.UNDONE else before
        after = before
    return TimelineEntry(
        who=entry.actor_name.strip() or _ACTORS[entry.actor_kind],
        when=formats.short_instant(entry.at, now),
        exactly=formats.instant(entry.at),
        iso=entry.at.isoformat(),
        what=_EVENTS[entry.event],
        before_status=before,
        after_status=after,
        details=details(entry, currency, shipments, without),
        note=entry.note or _body(entry),
        mails=tuple(map(mail_note, entry.mails)),
    )


def mail_note(mail: MailRow) -> MailNote:
    """Return an e-mail in words."""
    return MailNote(mail.template.label, mail.recipient, OUTBOX_BADGES[mail.state])


def _status(facts: dict[str, Any]) -> Badge | None:
    """Return the badge of the status that was written down; whatever else was written is shown as text."""
    value = facts.get("status")
    return STATUS_BADGES[OrderStatus(value)] if value in tuple(OrderStatus) else None


def _body(entry: HistoryEntry) -> str:
    """Return what was written to the customer."""
    body = entry.after.get("body")
    return body if isinstance(body, str) else ""
