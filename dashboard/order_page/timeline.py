"""The order's history as sentences: who, when, what, before → after, and the e-mails it caused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.badges import OUTBOX_BADGES, STATUS_BADGES, Badge
from dashboard.mail.words import to_words
from dashboard.order_page.history_words import details
from db.domain import formats
from db.domain.documents import DocumentKind
from db.domain.mail import EmailTemplate
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
    HistoryEvent.TAGGED: "Mot-clé",
    HistoryEvent.UNDONE: "Action annulée",
    HistoryEvent.SHIPMENT_CORRECTED: "Colis corrigé",
    HistoryEvent.SHIPMENT_CANCELLED: "Colis annulé",
    HistoryEvent.PARCEL_DELIVERED: "Colis livré",
    HistoryEvent.PARCEL_RECEIVED: "Colis reçu",
    HistoryEvent.SELLER_REMINDED: "Rappel au vendeur",
    HistoryEvent.LINKS_REVOKED: "Liens de suivi révoqués",
    HistoryEvent.DOCUMENT_ISSUED: "Document établi",
    HistoryEvent.DOCUMENT_SENT: "Document envoyé par e-mail",
}
_NEW_PARCEL = "Nouveau colis"

_ICONS = {
    HistoryEvent.CREATED: "add_shopping_cart",
    HistoryEvent.IMPORTED: "upload_file",
    HistoryEvent.STATUS_CHANGED: "arrow_forward",
    HistoryEvent.PAYMENT_RECORDED: "payments",
    HistoryEvent.REFUND_RECORDED: "undo",
    HistoryEvent.LINE_CANCELLED: "block",
    HistoryEvent.NOTE_ADDED: "sticky_note_2",
    HistoryEvent.EDITED: "edit",
    HistoryEvent.MESSAGE_SENT: "edit_square",
    HistoryEvent.EMAIL_RESENT: "forward_to_inbox",
    HistoryEvent.REMINDED: "notification_important",
    HistoryEvent.TAGGED: "sell",
    HistoryEvent.UNDONE: "undo",
    HistoryEvent.SHIPMENT_CORRECTED: "edit",
    HistoryEvent.SHIPMENT_CANCELLED: "block",
    HistoryEvent.PARCEL_DELIVERED: "home",
    HistoryEvent.PARCEL_RECEIVED: "check",
    HistoryEvent.SELLER_REMINDED: "notification_important",
    HistoryEvent.LINKS_REVOKED: "link_off",
    HistoryEvent.DOCUMENT_ISSUED: "receipt_long",
    HistoryEvent.DOCUMENT_SENT: "forward_to_inbox",
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
    # What is written down of the parcel stays, whatever becomes of it.
    HistoryEvent.PARCEL_DELIVERED: frozenset({"shipment_id"}),
    HistoryEvent.PARCEL_RECEIVED: frozenset({"shipment_id"}),
    # The number is a link of its own.
    HistoryEvent.DOCUMENT_ISSUED: frozenset({"document_id", "kind", "number"}),
    HistoryEvent.DOCUMENT_SENT: frozenset({"document_id", "number", "template"}),
}
_DOCUMENTS = {
    (HistoryEvent.DOCUMENT_ISSUED, DocumentKind.INVOICE.value): "Facture établie",
    (HistoryEvent.DOCUMENT_ISSUED, DocumentKind.CREDIT_NOTE.value): "Avoir établi",
    (HistoryEvent.DOCUMENT_SENT, EmailTemplate.INVOICE.value): "Facture envoyée par e-mail",
    (HistoryEvent.DOCUMENT_SENT, EmailTemplate.CREDIT_NOTE.value): "Avoir envoyé par e-mail",
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
    #: The document that was issued or sent.
    document: Link | None = None


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
    before, after = _status(entry.before), _status(entry.after)
    without = _left_out(entry) | ({"status"} if before or after else set())
    is_new_parcel = entry.event is HistoryEvent.STATUS_CHANGED and before is not None and before == after
    if before == after:  # One more parcel of several, a payment taken back where it had moved nothing.
        before = after = None
    return TimelineEntry(
        who=entry.actor_name.strip() or _ACTORS[entry.actor_kind],
        when=formats.short_instant(entry.at, now),
        exactly=formats.instant(entry.at),
        iso=entry.at.isoformat(),
        icon="package_2" if is_new_parcel else _ICONS[entry.event],
        what=_NEW_PARCEL if is_new_parcel else _what(entry),
        before_status=before,
        after_status=after,
        details=details(entry, currency, shipments, without),
        note=entry.note or _body(entry),
        mails=tuple(map(mail_note, entry.mails)),
        document=_document(entry, documents),
    )


def _document(entry: HistoryEntry, documents: Mapping[int, str]) -> Link | None:
    number, document_id = entry.after.get("number"), entry.after.get("document_id")
    if not isinstance(number, str) or not isinstance(document_id, int):
        return None
    return Link(number, documents.get(document_id, ""))


def _what(entry: HistoryEntry) -> str:
    is_pickup = entry.after.get("template") == EmailTemplate.PICKUP_REMINDER
    told = entry.after.get("kind") or entry.after.get("template")
    if isinstance(told, str) and (entry.event, told) in _DOCUMENTS:
        return _DOCUMENTS[entry.event, told]
    return "Rappel de retrait" if entry.event is HistoryEvent.REMINDED and is_pickup else _EVENTS[entry.event]


def _left_out(entry: HistoryEntry) -> frozenset[str]:
    if entry.event is HistoryEvent.SHIPMENT_CORRECTED and _NAMES_OF_A_PARCEL & entry.after.keys():
        return frozenset({"shipment_id", "tracking_url"})
    return _LEFT_OUT.get(entry.event, frozenset())


def mail_note(mail: MailRow) -> MailNote:
    """Return an e-mail in words."""
    to = to_words(mail.channel, mail.recipient)
    return MailNote(mail.template.label, to, OUTBOX_BADGES[mail.state], mail.channel.label)


def _status(facts: dict[str, Any]) -> Badge | None:
    """Return the badge of the status that was written down; whatever else was written is shown as text."""
    value = facts.get("status")
    return STATUS_BADGES[OrderStatus(value)] if value in tuple(OrderStatus) else None


def _body(entry: HistoryEntry) -> str:
    """Return what was written to the customer."""
    body = entry.after.get("body")
    return body if isinstance(body, str) else ""
