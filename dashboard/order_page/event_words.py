"""What each kind of history entry is called, its icon, and which of its facts need not be said."""

from collections.abc import Mapping

from db.domain.documents import DocumentKind
from db.domain.history_words import HISTORY_EVENT_LABELS
from db.domain.mail import EmailTemplate
from db.domain.orders import HistoryEvent

EVENTS = HISTORY_EVENT_LABELS
NEW_PARCEL = "Nouveau colis"

#: Of the Material Symbols font.
ICONS: Mapping[HistoryEvent, str] = {
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
    HistoryEvent.RETURN_REQUESTED: "assignment_return",
    HistoryEvent.RETURN_MOVED: "assignment_return",
    HistoryEvent.RETURN_INSPECTED: "fact_check",
    HistoryEvent.RETURN_MESSAGE: "forum",
    HistoryEvent.SETTLED: "currency_exchange",
    HistoryEvent.REFUND_MOVED: "undo",
    HistoryEvent.VOUCHER_GIVEN: "redeem",
    HistoryEvent.VOUCHER_CANCELLED: "block",
    HistoryEvent.CUSTOMER_ERASED: "person_off",
    HistoryEvent.PAYOUT_HELD: "front_hand",
    HistoryEvent.PAYOUT_RELEASED: "lock_open_right",
}

#: What an entry of one kind needs not say: the page's title does, or the amount beside it.
LEFT_OUT: Mapping[HistoryEvent, frozenset[str]] = {
    HistoryEvent.CREATED: frozenset({"number"}),
    HistoryEvent.PAYMENT_RECORDED: frozenset({"paid_cents"}),
    # What is written down of the parcel stays, whatever becomes of it.
    HistoryEvent.PARCEL_DELIVERED: frozenset({"shipment_id"}),
    HistoryEvent.PARCEL_RECEIVED: frozenset({"shipment_id"}),
    # The number is a link of its own.
    HistoryEvent.DOCUMENT_ISSUED: frozenset({"document_id", "kind", "number"}),
    HistoryEvent.DOCUMENT_SENT: frozenset({"document_id", "number", "template"}),
    # For an undo; the return is a link of its own, and its status a badge.
    HistoryEvent.RETURN_MOVED: frozenset(
        {"status", "decision", "decided_at", "received_at", "completed_at", "is_settled", "message_id"}
    ),
    HistoryEvent.RETURN_MESSAGE: frozenset({"message_id"}),
    # What is left to claim follows from what was given back.
    HistoryEvent.SETTLED: frozenset({"claim_cents"}),
}

#: What is told apart by a fact of the entry, its kind or its template.
TOLD_APART: Mapping[tuple[HistoryEvent, str], str] = {
    (HistoryEvent.DOCUMENT_ISSUED, DocumentKind.INVOICE.value): "Facture établie",
    (HistoryEvent.DOCUMENT_ISSUED, DocumentKind.CREDIT_NOTE.value): "Avoir établi",
    (HistoryEvent.DOCUMENT_SENT, EmailTemplate.INVOICE.value): "Facture envoyée par e-mail",
    (HistoryEvent.DOCUMENT_SENT, EmailTemplate.CREDIT_NOTE.value): "Avoir envoyé par e-mail",
}
