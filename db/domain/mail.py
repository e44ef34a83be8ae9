"""E-mails and SMS: the states of the outbox, who is written to, and the list of automatic e-mails."""

from collections.abc import Mapping
from enum import StrEnum

from db.domain.orders import OrderStatus


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return "E-mail" if self is Channel.EMAIL else "SMS"

    @property
    def this_one(self) -> str:
        """Return how a sentence speaks of one."""
        return "cet e-mail" if self is Channel.EMAIL else "ce SMS"


class RecipientKind(StrEnum):
    """Who is written to."""

    CUSTOMER = "customer"
    SELLER = "seller"
    MARKETPLACE = "marketplace"
    STAFF = "staff"


class OutboxState(StrEnum):
    """Where a message is on its way. A comment says who moves it there."""

    HELD = "held"  # the service that queued it: it leaves once the undo window has passed
    QUEUED = "queued"  # the service that queued it, or the worker: it leaves when due
    SENDING = "sending"  # the worker, just before it hands it over
    SENT = "sent"  # the worker: the provider took it
    DELIVERED = "delivered"  # the provider's event
    OPENED = "opened"  # the provider's event
    BOUNCED = "bounced"  # the provider's event: the address refused it
    FAILED = "failed"  # the worker: refused for good, or too many tries
    UNCERTAIN = "uncertain"  # the worker: the answer never came; an event or a person settles it
    CANCELLED = "cancelled"  # an undo, or a person

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return OUTBOX_LABELS[self]

    @property
    def is_waiting(self) -> bool:
        """Tell whether it has not left yet and can still be dropped."""
        return self in WAITING_STATES

    @property
    def needs_somebody(self) -> bool:
        """Tell whether a person should look at it."""
        return self in TROUBLED_STATES


OUTBOX_LABELS = {
    OutboxState.HELD: "Retenu",
    OutboxState.QUEUED: "En attente",
    OutboxState.SENDING: "En cours d’envoi",
    OutboxState.SENT: "Envoyé",
    OutboxState.DELIVERED: "Remis",
    OutboxState.OPENED: "Ouvert",
    OutboxState.BOUNCED: "Refusé par l’adresse",
    OutboxState.FAILED: "Échec",
    OutboxState.UNCERTAIN: "Incertain",
    OutboxState.CANCELLED: "Abandonné",
}

WAITING_STATES = frozenset({OutboxState.HELD, OutboxState.QUEUED})
TROUBLED_STATES = frozenset({OutboxState.BOUNCED, OutboxState.FAILED, OutboxState.UNCERTAIN})


class EmailTemplate(StrEnum):
    """Every automatic e-mail, plus ``message``: what staff writes themselves."""

    ORDER_CONFIRMATION = "order_confirmation"
    PAYMENT_RECEIVED = "payment_received"
    ORDER_CONFIRMING = "order_confirming"
    ORDER_PREPARING = "order_preparing"
    ORDER_READY = "order_ready"
    ORDER_PARTLY_SHIPPED = "order_partly_shipped"
    ORDER_SHIPPED = "order_shipped"
    ORDER_DELIVERED = "order_delivered"
    ORDER_COMPLETED = "order_completed"
    ORDER_CANCELLED = "order_cancelled"
    PAYMENT_REMINDER = "payment_reminder"
    CREDIT_NOTE = "credit_note"
    VOUCHER = "voucher"
    RETURN_STATUS = "return_status"
    RETURN_REQUESTED = "return_requested"
    RETURN_AWAITING_PARCEL = "return_awaiting_parcel"
    RETURN_PARCEL_RECEIVED = "return_parcel_received"
    RETURN_COMPLETED = "return_completed"
    RETURN_DENIED = "return_denied"
    REFUND_DONE = "refund_done"
    LOYALTY_POINTS = "loyalty_points"
    MESSAGE = "message"
    SELLER_NEW_ORDER = "seller_new_order"
    SELLER_RECEIPT_CONFIRMED = "seller_receipt_confirmed"
    UNPAID_WARNING = "unpaid_warning"
    PICKUP_REMINDER = "pickup_reminder"
    SELLER_REMINDER = "seller_reminder"
    INVOICE = "invoice"
    SELLER_RETURN = "seller_return"
    SELLER_PAYOUT = "seller_payout"
    SELLER_PAYOUT_REJECTED = "seller_payout_rejected"
    SELLER_STATEMENT = "seller_statement"
    SELLER_IBAN_CHANGED = "seller_iban_changed"
    MANAGER_SUMMARY = "manager_summary"
    EXPORT_READY = "export_ready"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return EMAIL_TEMPLATE_LABELS[self]

    @property
    def recipient_kind(self) -> RecipientKind:
        """Return who it is written to."""
        if self in STAFF_TEMPLATES:
            return RecipientKind.STAFF
        return RecipientKind.SELLER if self.value.startswith("seller_") else RecipientKind.CUSTOMER


EMAIL_TEMPLATE_LABELS = {
    EmailTemplate.ORDER_CONFIRMATION: "Confirmation de commande",
    EmailTemplate.PAYMENT_RECEIVED: "Paiement reçu",
    EmailTemplate.ORDER_CONFIRMING: "Confirmation en cours",
    EmailTemplate.ORDER_PREPARING: "En préparation",
    EmailTemplate.ORDER_READY: "Commande prête",
    EmailTemplate.ORDER_PARTLY_SHIPPED: "Expédiée en partie",
    EmailTemplate.ORDER_SHIPPED: "Commande envoyée",
    EmailTemplate.ORDER_DELIVERED: "Livrée, réception à confirmer",
    EmailTemplate.ORDER_COMPLETED: "Commande terminée",
    EmailTemplate.ORDER_CANCELLED: "Commande annulée",
    EmailTemplate.PAYMENT_REMINDER: "Relance de paiement",
    EmailTemplate.CREDIT_NOTE: "Avoir",
    EmailTemplate.VOUCHER: "Bon d’achat",
    EmailTemplate.RETURN_STATUS: "Retour : message",
    EmailTemplate.RETURN_REQUESTED: "Retour demandé",
    EmailTemplate.RETURN_AWAITING_PARCEL: "Retour accepté",
    EmailTemplate.RETURN_PARCEL_RECEIVED: "Retour : colis reçu",
    EmailTemplate.RETURN_COMPLETED: "Retour terminé",
    EmailTemplate.RETURN_DENIED: "Retour refusé",
    EmailTemplate.REFUND_DONE: "Remboursement effectué",
    EmailTemplate.LOYALTY_POINTS: "Points de fidélité",
    EmailTemplate.MESSAGE: "Message du service client",
    EmailTemplate.SELLER_NEW_ORDER: "Vendeur : nouvelle commande",
    EmailTemplate.SELLER_RECEIPT_CONFIRMED: "Vendeur : réception confirmée",
    EmailTemplate.UNPAID_WARNING: "Dernier rappel avant annulation",
    EmailTemplate.PICKUP_REMINDER: "Commande à retirer : rappel",
    EmailTemplate.SELLER_REMINDER: "Vendeur : commande en attente",
    EmailTemplate.INVOICE: "Facture",
    EmailTemplate.SELLER_RETURN: "Vendeur : retour à recevoir",
    EmailTemplate.SELLER_PAYOUT: "Vendeur : reversement",
    EmailTemplate.SELLER_PAYOUT_REJECTED: "Vendeur : virement rejeté",
    EmailTemplate.SELLER_STATEMENT: "Vendeur : relevé du mois",
    EmailTemplate.SELLER_IBAN_CHANGED: "Vendeur : compte bancaire modifié",
    EmailTemplate.MANAGER_SUMMARY: "Équipe : résumé des ventes",
    EmailTemplate.EXPORT_READY: "Équipe : export prêt",
}

#: The e-mail of each status unless Réglages › Statuts says otherwise; ``received`` tells the seller. Cancelled and
#: error send none by default.
STATUS_TEMPLATES: Mapping[OrderStatus, EmailTemplate] = {
    OrderStatus.AWAITING_PAYMENT: EmailTemplate.ORDER_CONFIRMATION,
    OrderStatus.PAID: EmailTemplate.PAYMENT_RECEIVED,
    OrderStatus.CONFIRMING: EmailTemplate.ORDER_CONFIRMING,
    OrderStatus.PREPARING: EmailTemplate.ORDER_PREPARING,
    OrderStatus.READY: EmailTemplate.ORDER_READY,
    OrderStatus.PARTLY_SHIPPED: EmailTemplate.ORDER_PARTLY_SHIPPED,
    OrderStatus.SHIPPED: EmailTemplate.ORDER_SHIPPED,
    OrderStatus.DELIVERED: EmailTemplate.ORDER_DELIVERED,
    OrderStatus.RECEIVED: EmailTemplate.SELLER_RECEIPT_CONFIRMED,
    OrderStatus.COMPLETED: EmailTemplate.ORDER_COMPLETED,
    OrderStatus.CANCELLED: EmailTemplate.ORDER_CANCELLED,
}
#: Statuses whose e-mail is off until someone switches it on.
SILENT_STATUSES = frozenset({OrderStatus.CANCELLED, OrderStatus.ERROR})

#: About a seller's money, and no order.
SELLER_ACCOUNT_TEMPLATES = frozenset(
    {
        EmailTemplate.SELLER_PAYOUT,
        EmailTemplate.SELLER_PAYOUT_REJECTED,
        EmailTemplate.SELLER_STATEMENT,
        EmailTemplate.SELLER_IBAN_CHANGED,
    }
)

#: To people of the house, and about no order.
STAFF_TEMPLATES = frozenset({EmailTemplate.MANAGER_SUMMARY, EmailTemplate.EXPORT_READY})

#: A copy goes to the marketplace's own address.
COPIED_TEMPLATES = frozenset(
    {EmailTemplate.ORDER_CONFIRMATION, EmailTemplate.PAYMENT_RECEIVED, EmailTemplate.SELLER_REMINDER}
)
