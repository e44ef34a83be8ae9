"""The order's history as sentences: who, when, what, before → after, and the e-mails it caused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.badges import OUTBOX_BADGES, RETURN_BADGES, STATUS_BADGES, Badge
from dashboard.mail.words import to_words
from dashboard.order_page.event_words import EVENTS, ICONS, LEFT_OUT, NEW_PARCEL, TOLD_APART
from dashboard.order_page.history_words import details
from dashboard.returns.links import return_url
from db.domain import formats
from db.domain.mail import EmailTemplate
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, ReturnStatus
from db.queries.order_rows import HistoryEntry, MailRow, ShipmentRow

_ACTORS = {
    ActorKind.PERSON: "Équipe",
    ActorKind.SYSTEM: "Système",
    ActorKind.CUSTOMER: "Client",
    ActorKind.SHOP: "Boutique",
}

#: Where these are corrected, they name the parcel, and the link follows from them.
_NAMES_OF_A_PARCEL = frozenset({"carrier", "tracking_number"})


@dataclass(frozen=True, slots=True)
class MailNote:
    """An e-mail or SMS that an entry caused: « Commande envoyée », to whom, and where it is on its way."""

    what: str
    to: str
    badge: Badge
    kind: str = "E-mail"


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead; empty where nowhere."""

    words: str
    href: str
    #: Whether it is a page of the dashboard, which opens without loading the application again.
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry as it is drawn."""

    who: str
    when: str
    exactly: str
    iso: str
    #: Of the Material Symbols font.
    icon: str
    what: str
    before_status: Badge | None
    after_status: Badge | None
    #: « 44,70 € », « Carte bancaire », « nom : Paul → Paule ».
    details: tuple[str, ...]
    note: str
    mails: tuple[MailNote, ...]
    #: The document that was issued or sent, the return that moved.
    link: Link | None = None


def timeline_entry(
    entry: HistoryEntry,
    currency: str,
    now: dt.datetime,
    shipments: Mapping[int, ShipmentRow] = MappingProxyType({}),
    documents: Mapping[int, str] = MappingProxyType({}),
) -> TimelineEntry:
    """Return an entry of the history in words.

    Args:
        entry: What happened.
        currency: The order's, for amounts.
        now: What « hier » refers to.
        shipments: The order's parcels, by id.
        documents: Where the files of the order's documents are downloaded, by the document's id.
    """
    before, after = _status(entry, entry.before), _status(entry, entry.after)
    without = _left_out(entry) | ({"status"} if before or after else set())
    is_new_parcel = entry.event is HistoryEvent.STATUS_CHANGED and before is not None and before == after
    if before == after:  # One more parcel of several, a payment taken back where it had moved nothing.
        before = after = None
    return TimelineEntry(
        who=entry.actor_name.strip() or _ACTORS[entry.actor_kind],
        when=formats.short_instant(entry.at, now),
        exactly=formats.instant(entry.at),
        iso=entry.at.isoformat(),
        icon="package_2" if is_new_parcel else ICONS[entry.event],
        what=NEW_PARCEL if is_new_parcel else _what(entry),
        before_status=before,
        after_status=after,
        details=details(entry, currency, shipments, without),
        note=entry.note or _body(entry),
        mails=tuple(map(mail_note, entry.mails)),
        link=_link(entry, documents),
    )


def _link(entry: HistoryEntry, documents: Mapping[int, str]) -> Link | None:
    return_id = entry.after.get("return_id")
    if isinstance(return_id, int):
        return Link(f"retour n° {return_id}", return_url(return_id), is_page=True)
    number, document_id = entry.after.get("number"), entry.after.get("document_id")
    if not isinstance(number, str) or not isinstance(document_id, int):
        return None
    return Link(number, documents.get(document_id, ""))


def _what(entry: HistoryEntry) -> str:
    is_pickup = entry.after.get("template") == EmailTemplate.PICKUP_REMINDER
    told = entry.after.get("kind") or entry.after.get("template")
    if isinstance(told, str) and (entry.event, told) in TOLD_APART:
        return TOLD_APART[entry.event, told]
    return "Rappel de retrait" if entry.event is HistoryEvent.REMINDED and is_pickup else EVENTS[entry.event]


def _left_out(entry: HistoryEntry) -> frozenset[str]:
    if entry.event is HistoryEvent.SHIPMENT_CORRECTED and _NAMES_OF_A_PARCEL & entry.after.keys():
        return frozenset({"shipment_id", "tracking_url"})
    return LEFT_OUT.get(entry.event, frozenset())


def mail_note(mail: MailRow) -> MailNote:
    """Return an e-mail in words."""
    to = to_words(mail.channel, mail.recipient)
    return MailNote(mail.template.label, to, OUTBOX_BADGES[mail.state], mail.channel.label)


def _status(entry: HistoryEntry, facts: dict[str, Any]) -> Badge | None:
    """Return the badge of the status that was written down; whatever else was written is shown as text."""
    value = facts.get("status")
    if entry.event is HistoryEvent.RETURN_MOVED:
        return RETURN_BADGES[ReturnStatus(value)] if value in tuple(ReturnStatus) else None
    return STATUS_BADGES[OrderStatus(value)] if value in tuple(OrderStatus) else None


def _body(entry: HistoryEntry) -> str:
    """Return what was written to the customer."""
    body = entry.after.get("body")
    return body if isinstance(body, str) else ""
