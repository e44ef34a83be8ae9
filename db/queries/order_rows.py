"""What the page of an order shows, as frozen rows: the order, and everything that hangs on it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.domain.mail import Channel, EmailTemplate, OutboxState, RecipientKind
from db.domain.order_facts import claim_of, still_due
from db.domain.orders import (
    COLLECTED_MODES,
    OWED_REFUND_STATES,
    ActorKind,
    DeliveryMode,
    HistoryEvent,
    OrderStatus,
    Origin,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    PaymentState,
    ReturnStatus,
    days_late,
    delivery_days_late,
)
from db.domain.returns import Condition, ReturnReason
from db.domain.vat import VatTotal
from db.models.orders import AddressKind
from db.queries.order_documents import OrderDocuments


@dataclass(frozen=True, slots=True)
class OrderHeader:
    """The order itself: what the first line of the page and its right column state."""

    id: int
    number: str
    version: int
    status: OrderStatus
    status_before_error: OrderStatus | None
    payment_state: PaymentState
    payment_method: PaymentMethod
    currency: str
    items_cents: int
    shipping_cents: int
    shipping_vat_rate_bp: int
    #: Already inside ``items_cents``.
    discount_cents: int
    total_cents: int
    paid_cents: int
    refunded_cents: int
    item_count: int
    placed_at: dt.datetime
    terms_accepted_at: dt.datetime | None
    origin: Origin
    source: str
    invoice_number: str | None
    seller_id: int
    seller_name: str
    basket_id: int | None
    basket_reference: str | None
    customer_id: int | None
    customer_name: str
    customer_email: str
    customer_phone: str
    delivery_mode: DeliveryMode
    carrier: str
    pickup_address: str
    weight_g: int
    ship_by: dt.date | None
    expected_delivery_on: dt.date | None
    delivered_at: dt.datetime | None
    #: When the seller's shop is open, for who comes to collect.
    seller_opening_hours: str = ""
    #: Whether the customer has a code to say when they collect; what it is, they tell us.
    has_pickup_code: bool = False
    #: Staff's own words for it; none for a seller.
    tags: tuple[str, ...] = ()

    #: Of the shipping: what settlements took off the sale.
    shipping_settled_cents: int = 0
    #: Of the articles: what was cancelled or settled.
    articles_given_back_cents: int = 0

    @property
    def claim_cents(self) -> int:
        """Return what the sale asks for, as far as it was not given back: nothing once it is cancelled."""
        if OrderStatus.CANCELLED in {self.status, self.status_before_error}:
            return 0
        return self.total_cents - self.articles_given_back_cents - self.shipping_settled_cents

    @property
    def due_cents(self) -> int:
        """Return what the customer still owes; negative where more is there than is asked for."""
        return still_due(self.total_cents, self.claim_cents, self.paid_cents, self.refunded_cents)

    def days_late(self, today: dt.date) -> int:
        """Return for how many days the order should have been shipped already; 0 where it is on time."""
        return days_late(self.status, self.ship_by, today)

    def delivery_days_late(self, today: dt.date) -> int:
        """Return for how many days what left should have arrived already; 0 where it is on time."""
        return delivery_days_late(self.status, self.expected_delivery_on, today)

    @property
    def is_collected(self) -> bool:
        """Tell whether the customer comes for the goods."""
        return self.delivery_mode in COLLECTED_MODES


@dataclass(frozen=True, slots=True)
class LineRow:
    """One article as it was bought."""

    id: int
    sku: str
    name: str
    attributes: dict[str, str]
    supplier: str
    quantity: int
    unit_price_cents: int
    vat_rate_bp: int
    discount_cents: int
    total_cents: int
    quantity_shipped: int
    quantity_cancelled: int
    quantity_returned: int
    settled_cents: int = 0

    @property
    def given_back_cents(self) -> int:
        """Return what was taken off the sale for it."""
        claim = claim_of(self.total_cents, self.quantity, self.quantity_cancelled, self.settled_cents)
        return self.total_cents - claim

    @property
    def quantity_left(self) -> int:
        """Return how many units are neither shipped nor cancelled."""
        return self.quantity - self.quantity_shipped - self.quantity_cancelled


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money received or given back, or an attempt at it."""

    kind: PaymentKind
    method: PaymentMethod
    state: PaymentRecordState
    amount_cents: int
    currency: str
    reference: str
    installments: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address as it was at purchase."""

    kind: AddressKind
    name: str
    company: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """Another order in a few words: of the same basket, or of the same customer."""

    number: str
    placed_at: dt.datetime
    status: OrderStatus
    seller_name: str
    total_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """The customer's account and what they bought, as far as the viewer may see it."""

    id: int
    company: str
    locale: str
    #: None for a seller: the points are between the marketplace and the customer.
    loyalty_points: int | None
    order_count: int
    cancelled_count: int
    #: Currency and sum in cents of the orders that are not cancelled, largest first.
    totals: tuple[tuple[str, int], ...]
    #: The newest ones outside this order's basket.
    recent_orders: tuple[OtherOrder, ...]


@dataclass(frozen=True, slots=True)
class ReturnedArticle:
    """An article of a return: what was announced, what came."""

    line_id: int
    name: str
    #: Announced; 0 of an article that came without having been.
    quantity: int
    #: None until staff counted.
    quantity_received: int | None = None
    condition: Condition | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return request with what the customer sends back."""

    id: int
    version: int
    status: ReturnStatus
    reason: ReturnReason
    explanation: str
    requested_at: dt.datetime
    lines: tuple[ReturnedArticle, ...]
    #: What staff found in the parcel, in words; nothing for a seller.
    inspection: str = ""


@dataclass(frozen=True, slots=True)
class MailRow:
    """An e-mail or SMS about the order, and where it is on its way."""

    id: int
    history_id: int | None
    template: EmailTemplate
    recipient_kind: RecipientKind
    recipient: str
    state: OutboxState
    error: str
    due_at: dt.datetime
    created_at: dt.datetime
    sent_at: dt.datetime | None
    settled_at: dt.datetime | None
    channel: Channel = Channel.EMAIL
    #: What went with it, as the outbox keeps it.
    attachments: Sequence[Mapping[str, str]] | None = None

    @property
    def at(self) -> dt.datetime:
        """Return when it got to its state, as far as that is known."""
        return self.settled_at or self.sent_at or self.created_at


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to the order."""

    id: int
    at: dt.datetime
    actor_kind: ActorKind
    person_id: int | None
    actor_name: str
    event: HistoryEvent
    before: dict[str, Any]
    after: dict[str, Any]
    note: str
    undoes_id: int | None = None
    #: The e-mails it caused.
    mails: tuple[MailRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """One parcel that left, what it holds and what became of it."""

    id: int
    carrier: str
    tracking_number: str
    tracking_url: str
    message: str
    shipped_at: dt.datetime
    expected_on: dt.date | None = None
    delivered_at: dt.datetime | None = None
    received_at: dt.datetime | None = None
    received_by: ActorKind | None = None
    #: The network address of who confirmed; empty for a seller, and where nobody clicked.
    received_from: str = ""
    cancelled_at: dt.datetime | None = None
    #: Line id and units, in the order of the lines.
    contents: tuple[tuple[int, int], ...] = ()

    @property
    def units(self) -> int:
        """Return how many units it holds."""
        return sum(units for _, units in self.contents)

    @property
    def is_under_way(self) -> bool:
        """Tell whether it has left and neither arrived nor was called back."""
        return not (self.delivered_at or self.received_at or self.cancelled_at)

    def days_late(self, today: dt.date) -> int:
        """Return for how many days it should have arrived already; 0 where it is on time."""
        if not self.is_under_way or self.expected_on is None:
            return 0
        return max(0, (today - self.expected_on).days)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything the page shows."""

    header: OrderHeader
    lines: tuple[LineRow, ...]
    #: Of the lines and the shipping, lowest rate first.
    vat_totals: tuple[VatTotal, ...]
    payments: tuple[PaymentRow, ...]
    billing: AddressRow | None
    delivery: AddressRow | None
    #: None where the order has no account behind it: a guest, an imported file.
    account: CustomerAccount | None
    basket_siblings: tuple[OtherOrder, ...]
    returns: tuple[ReturnRow, ...]
    shipments: tuple[ShipmentRow, ...]
    #: Newest first, as the history.
    mails: tuple[MailRow, ...]
    history: tuple[HistoryEntry, ...]
    #: For how long an action on it can be taken back.
    undo_window: dt.timedelta
    #: Its invoices and credit notes.
    documents: OrderDocuments = field(default_factory=OrderDocuments)

    @property
    def refund_due_cents(self) -> int:
        """Return what is recorded as to be given back to the customer, and is not yet."""
        return sum(
            payment.amount_cents
            for payment in self.payments
            if payment.kind is PaymentKind.REFUND and payment.state in OWED_REFUND_STATES
        )
