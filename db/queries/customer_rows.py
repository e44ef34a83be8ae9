"""What the page of a customer shows, as frozen rows."""

import datetime as dt
from dataclasses import dataclass

from db.domain.documents import DocumentKind
from db.domain.files import FileState
from db.domain.loyalty import PointsKind
from db.domain.orders import ReturnStatus
from db.domain.privacy import PrivacyAct
from db.domain.vouchers import VoucherFacts
from db.queries.mailbox import MailRow
from db.queries.order_rows import OtherOrder
from db.queries.purchases import Purchases


@dataclass(frozen=True, slots=True)
class Account:
    """Who the customer is."""

    id: int
    name: str
    company: str
    email: str
    phone: str
    siren: str
    vat_number: str
    locale: str
    loyalty_points: int
    external_ref: str | None
    created_at: dt.datetime
    erased_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class BookedAddress:
    """One entry of the address book."""

    label: str
    name: str
    company: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country_code: str
    phone: str


@dataclass(frozen=True, slots=True)
class CustomerReturn:
    """A return request in a few words: what is sent back of which order."""

    id: int
    order_number: str
    status: ReturnStatus
    requested_at: dt.datetime
    #: Name and quantity.
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CustomerDocument:
    """An invoice or a credit note; a credit note's amount is negative."""

    id: int
    kind: DocumentKind
    number: str
    issued_on: dt.date
    gross_cents: int
    currency: str
    file_id: int
    state: FileState

    @property
    def is_ready(self) -> bool:
        """Tell whether its file can be had."""
        return self.state is FileState.READY


@dataclass(frozen=True, slots=True)
class PointsRow:
    """Points that came or went."""

    kind: PointsKind
    points: int
    note: str
    actor_name: str
    at: dt.datetime
    order_number: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What staff wrote down."""

    id: int
    person_id: int | None
    person_name: str
    body: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class PrivacyRow:
    """One export or erasure."""

    act: PrivacyAct
    person_name: str
    counts: dict[str, int]
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """Everything the page shows; lists are the newest first and hold one more than is drawn where there are more."""

    account: Account
    addresses: tuple[BookedAddress, ...]
    bought: Purchases
    orders: tuple[OtherOrder, ...]
    returns: tuple[CustomerReturn, ...]
    documents: tuple[CustomerDocument, ...]
    vouchers: tuple[VoucherFacts, ...]
    points: tuple[PointsRow, ...]
    mails: tuple[MailRow, ...]
    notes: tuple[Note, ...]
    privacy: tuple[PrivacyRow, ...]
    #: Orders came in since the last erasure, or were invoiced that had to be.
    has_orders_to_erase: bool

    @property
    def is_erased(self) -> bool:
        """Tell whether the customer's data was erased, and nothing came since."""
        return self.account.erased_at is not None and not self.has_orders_to_erase
