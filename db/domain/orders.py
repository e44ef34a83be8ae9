"""The life of an order as one table: statuses, labels, colours, and the moves allowed between them."""

import datetime as dt
from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order is in its life. Who moves it there is said in DOMAIN.md."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    CONFIRMING = "confirming"
    PREPARING = "preparing"
    READY = "ready"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RECEIVED = "received"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ERROR = "error"

    @property
    def label(self) -> str:
        """Return the default label on the screen."""
        return STATUS_LABELS[self]

    @property
    def is_final(self) -> bool:
        """Tell whether no move leads out of this status."""
        return self in FINAL_STATUSES

    @property
    def counts_as_sale(self) -> bool:
        """Tell whether the order is part of sales figures: everything but cancelled orders."""
        return self is not OrderStatus.CANCELLED


STATUS_LABELS = {
    OrderStatus.AWAITING_PAYMENT: "En attente de paiement",
    OrderStatus.PAID: "Payée",
    OrderStatus.CONFIRMING: "Confirmation en cours",
    OrderStatus.PREPARING: "En cours de traitement",
    OrderStatus.READY: "Commande prête",
    OrderStatus.PARTLY_SHIPPED: "Expédiée en partie",
    OrderStatus.SHIPPED: "Livraison/retrait en cours",
    OrderStatus.DELIVERED: "Livrée, réception à confirmer",
    OrderStatus.RECEIVED: "Reçue",
    OrderStatus.COMPLETED: "Terminée",
    OrderStatus.CANCELLED: "Annulée",
    OrderStatus.ERROR: "Erreur",
}


class StatusColour(StrEnum):
    """The palette of the statuses; each colour keeps its difference from the others for colour-blind eyes."""

    GREY = "grey"
    YELLOW = "yellow"
    VIOLET = "violet"
    BLUE = "blue"
    TEAL = "teal"
    PALE_ORANGE = "paleorange"
    ORANGE = "orange"
    PALE_GREEN = "palegreen"
    GREEN = "green"
    DARK_GREEN = "darkgreen"
    RED = "red"
    DARK_RED = "darkred"

    @property
    def label(self) -> str:
        """Return the colour's name on the screen."""
        return STATUS_COLOUR_LABELS[self]


STATUS_COLOUR_LABELS = {
    StatusColour.GREY: "Gris",
    StatusColour.YELLOW: "Jaune",
    StatusColour.VIOLET: "Violet",
    StatusColour.BLUE: "Bleu",
    StatusColour.TEAL: "Turquoise",
    StatusColour.PALE_ORANGE: "Orange pâle",
    StatusColour.ORANGE: "Orange",
    StatusColour.PALE_GREEN: "Vert pâle",
    StatusColour.GREEN: "Vert",
    StatusColour.DARK_GREEN: "Vert foncé",
    StatusColour.RED: "Rouge",
    StatusColour.DARK_RED: "Rouge foncé",
}

STATUS_COLOURS = {
    OrderStatus.AWAITING_PAYMENT: StatusColour.GREY,
    OrderStatus.PAID: StatusColour.YELLOW,
    OrderStatus.CONFIRMING: StatusColour.VIOLET,
    OrderStatus.PREPARING: StatusColour.BLUE,
    OrderStatus.READY: StatusColour.TEAL,
    OrderStatus.PARTLY_SHIPPED: StatusColour.PALE_ORANGE,
    OrderStatus.SHIPPED: StatusColour.ORANGE,
    OrderStatus.DELIVERED: StatusColour.PALE_GREEN,
    OrderStatus.RECEIVED: StatusColour.GREEN,
    OrderStatus.COMPLETED: StatusColour.DARK_GREEN,
    OrderStatus.CANCELLED: StatusColour.RED,
    OrderStatus.ERROR: StatusColour.DARK_RED,
}

FINAL_STATUSES = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED})

#: What staff still has to act on: the grid opens on these; shipped and finished orders are one click away.
OPEN_STATUSES = frozenset(
    {
        OrderStatus.AWAITING_PAYMENT,
        OrderStatus.PAID,
        OrderStatus.CONFIRMING,
        OrderStatus.PREPARING,
        OrderStatus.READY,
        OrderStatus.PARTLY_SHIPPED,
        OrderStatus.ERROR,
    }
)
TO_PREPARE_STATUSES = frozenset({OrderStatus.PAID, OrderStatus.CONFIRMING})
TO_SHIP_STATUSES = frozenset({OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.PARTLY_SHIPPED})
#: An order in one of these is late once its « ship by » day has passed.
UNSHIPPED_PAID_STATUSES = TO_PREPARE_STATUSES | TO_SHIP_STATUSES


def days_late(status: OrderStatus, ship_by: dt.date | None, today: dt.date) -> int:
    """Return for how many days an order should have been shipped already; 0 where it is on time."""
    if status not in UNSHIPPED_PAID_STATUSES or ship_by is None:
        return 0
    return max(0, (today - ship_by).days)


#: What has left the house and not arrived: it is expected on a day.
UNDER_WAY_STATUSES = frozenset({OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED})


def delivery_days_late(status: OrderStatus, expected_on: dt.date | None, today: dt.date) -> int:
    """Return for how many days what left should have arrived already; 0 where it is on time."""
    if status not in UNDER_WAY_STATUSES or expected_on is None:
        return 0
    return max(0, (today - expected_on).days)


class PaymentState(StrEnum):
    """What of the total has been paid; a fact of its own beside the status."""

    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PAYMENT_STATE_LABELS[self]


PAYMENT_STATE_LABELS = {
    PaymentState.UNPAID: "Non réglée",
    PaymentState.PARTLY_PAID: "Réglée en partie",
    PaymentState.PAID: "Réglée",
    PaymentState.OVERPAID: "Trop-perçu",
    PaymentState.PARTLY_REFUNDED: "Remboursée en partie",
    PaymentState.REFUNDED: "Remboursée",
}


def payment_state(total_cents: int, paid_cents: int, refunded_cents: int) -> PaymentState:
    """Derive the payment state from what is due, what was received and what was given back (cents)."""
    if refunded_cents > 0:
        return PaymentState.REFUNDED if refunded_cents >= paid_cents else PaymentState.PARTLY_REFUNDED
    if paid_cents == total_cents:
        return PaymentState.PAID
    if paid_cents > total_cents:
        return PaymentState.OVERPAID
    return PaymentState.PARTLY_PAID if paid_cents > 0 else PaymentState.UNPAID


class PaymentMethod(StrEnum):
    """How the customer pays."""

    CARD = "card"
    PAYPAL = "paypal"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    CASH = "cash"
    #: Of single payments and refunds only: an order is never chosen to be paid like that.
    VOUCHER = "voucher"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PAYMENT_METHOD_LABELS[self]

    @property
    def word(self) -> str:
        """Return the label as it stands inside a sentence: « carte bancaire », but « PayPal »."""
        return self.label if self is PaymentMethod.PAYPAL else self.label.lower()


PAYMENT_METHOD_LABELS = {
    PaymentMethod.CARD: "Carte bancaire",
    PaymentMethod.PAYPAL: "PayPal",
    PaymentMethod.TRANSFER: "Virement",
    PaymentMethod.CHEQUE: "Chèque",
    PaymentMethod.CASH: "Espèces",
    PaymentMethod.VOUCHER: "Bon d’achat",
}
#: How an order can be chosen to be paid.
ORDER_PAYMENT_METHODS = tuple(method for method in PaymentMethod if method is not PaymentMethod.VOUCHER)


class PaymentKind(StrEnum):
    """Which way the money goes: to us (payment) or back to the customer (refund)."""

    PAYMENT = "payment"
    REFUND = "refund"


class PaymentRecordState(StrEnum):
    """The state of one payment row: only ``captured`` rows count as money received or given back."""

    PENDING = "pending"  # of a refund: to do
    SENT = "sent"  # of a refund: the payment provider was asked
    CAPTURED = "captured"
    FAILED = "failed"  # of a refund: refused; it is still owed
    CANCELLED = "cancelled"


#: Refunds that are promised and not given back yet.
OWED_REFUND_STATES = frozenset({PaymentRecordState.PENDING, PaymentRecordState.SENT, PaymentRecordState.FAILED})


class DeliveryMode(StrEnum):
    """How the goods reach the customer."""

    HOME = "home"
    PICKUP_POINT = "pickup_point"
    CLICK_AND_COLLECT = "click_and_collect"
    IN_STORE = "in_store"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return DELIVERY_MODE_LABELS[self]


DELIVERY_MODE_LABELS = {
    DeliveryMode.HOME: "À domicile",
    DeliveryMode.PICKUP_POINT: "Point relais",
    DeliveryMode.CLICK_AND_COLLECT: "Click & Collect",
    DeliveryMode.IN_STORE: "Au magasin",
}


#: The customer comes for the goods: nothing is sent.
COLLECTED_MODES = frozenset({DeliveryMode.CLICK_AND_COLLECT, DeliveryMode.IN_STORE})


class Origin(StrEnum):
    """Where the buyer came from."""

    DIRECT = "direct"
    GOOGLE = "google"
    GOOGLE_ADS = "google_ads"
    BING = "bing"
    YAHOO = "yahoo"
    EMAIL = "email"
    SOCIAL = "social"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return ORIGIN_LABELS[self]


ORIGIN_LABELS = {
    Origin.DIRECT: "Accès direct",
    Origin.GOOGLE: "Google",
    Origin.GOOGLE_ADS: "Google Ads",
    Origin.BING: "Bing",
    Origin.YAHOO: "Yahoo",
    Origin.EMAIL: "E-mail",
    Origin.SOCIAL: "Réseaux sociaux",
    Origin.OTHER: "Autre",
}


class ReturnStatus(StrEnum):
    """Where a return request is in its life."""

    REQUESTED = "requested"
    AWAITING_PARCEL = "awaiting_parcel"
    PARCEL_RECEIVED = "parcel_received"
    COMPLETED = "completed"
    DENIED = "denied"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return RETURN_STATUS_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits for something."""
        return self in OPEN_RETURN_STATUSES


RETURN_STATUS_LABELS = {
    ReturnStatus.REQUESTED: "En attente de confirmation",
    ReturnStatus.AWAITING_PARCEL: "En attente du colis",
    ReturnStatus.PARCEL_RECEIVED: "Colis reçu",
    ReturnStatus.COMPLETED: "Retour terminé",
    ReturnStatus.DENIED: "Retour refusé",
}


#: Returns that still wait for something from us or from the customer.
OPEN_RETURN_STATUSES = frozenset({ReturnStatus.REQUESTED, ReturnStatus.AWAITING_PARCEL, ReturnStatus.PARCEL_RECEIVED})


class HistoryEvent(StrEnum):
    """The vocabulary of an order's history; the service that acts is the one that records."""

    CREATED = "created"
    IMPORTED = "imported"
    STATUS_CHANGED = "status_changed"
    PAYMENT_RECORDED = "payment_recorded"
    REFUND_RECORDED = "refund_recorded"
    LINE_CANCELLED = "line_cancelled"
    NOTE_ADDED = "note_added"
    EDITED = "edited"
    MESSAGE_SENT = "message_sent"
    EMAIL_RESENT = "email_resent"
    REMINDED = "reminded"
    TAGGED = "tagged"
    UNDONE = "undone"
    SHIPMENT_CORRECTED = "shipment_corrected"
    SHIPMENT_CANCELLED = "shipment_cancelled"
    PARCEL_DELIVERED = "parcel_delivered"
    PARCEL_RECEIVED = "parcel_received"
    SELLER_REMINDED = "seller_reminded"
    LINKS_REVOKED = "links_revoked"
    DOCUMENT_ISSUED = "document_issued"
    DOCUMENT_SENT = "document_sent"
    RETURN_REQUESTED = "return_requested"
    RETURN_MOVED = "return_moved"
    RETURN_INSPECTED = "return_inspected"
    RETURN_MESSAGE = "return_message"
    SETTLED = "settled"
    REFUND_MOVED = "refund_moved"
    VOUCHER_GIVEN = "voucher_given"
    VOUCHER_CANCELLED = "voucher_cancelled"
    CUSTOMER_ERASED = "customer_erased"
    PAYOUT_HELD = "payout_held"
    PAYOUT_RELEASED = "payout_released"


class ActorKind(StrEnum):
    """Who did something: a person of the staff, the system, the customer, or the shop that wrote the order."""

    PERSON = "person"
    SYSTEM = "system"
    CUSTOMER = "customer"
    SHOP = "shop"
