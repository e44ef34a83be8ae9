"""A payout as queries return it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from db.domain.ledger import LedgerKind
from db.domain.payouts import HoldReason, PayoutEvent, PayoutState, reference_of


@dataclass(frozen=True, slots=True)
class PayoutStep:
    """One thing that happened to a payout."""

    event: PayoutEvent
    net_cents: int
    #: Empty for sellers, as who acted.
    note: str
    actor_name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutFacts:
    """What is known of a payout wherever it is shown.

    Amounts are cents as the seller's account counts them: fees and refunds are below zero.
    """

    id: int
    version: int
    seller_id: int
    seller_name: str
    currency: str
    state: PayoutState
    hold_reason: HoldReason | None
    sale_cents: int
    refund_cents: int
    #: Fees less fees given back.
    fee_cents: int
    other_cents: int
    net_cents: int
    entry_count: int
    #: The last day on which something that it holds fell due.
    due_on: dt.date
    #: None where the night prepared it.
    prepared_by_id: int | None
    prepared_by_name: str
    prepared_at: dt.datetime
    approved_by_id: int | None
    approved_by_name: str
    approved_at: dt.datetime | None
    #: Where the money goes, whole; empty until it is approved. Shown masked.
    iban: str
    #: The bank's file it is in, and what that is called: « VIR-… ».
    batch_id: int | None
    message_id: str | None
    paid_on: dt.date | None
    payment_reference: str
    rejection: str

    @property
    def reference(self) -> str:
        """Return how it is called: « REV-000012 »."""
        return reference_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutDetail(PayoutFacts):
    """A payout, whole."""

    seller_code: str
    #: Everything that was due up to that day was gathered.
    run_on: dt.date
    bic: str
    holder: str
    #: The account that the seller has now: where it would go if it were approved. Shown masked.
    seller_iban: str
    requested_on: dt.date | None
    batch_file_id: int | None
    closed_at: dt.datetime | None
    fee_document_id: int | None
    fee_document_number: str | None
    fee_file_id: int | None
    sale_count: int
    #: What ``fee_cents`` and ``other_cents`` are made of, by kind; only kinds of which there are entries.
    by_kind: Mapping[LedgerKind, int]
    #: The payout in which what it carried over, or what the bank rejected of it, was gathered; None: not yet.
    successor_id: int | None
    history: tuple[PayoutStep, ...]


@dataclass(frozen=True, slots=True)
class CreditNoteRef:
    """A credit note of an order."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """What one order comes to in a payout; or one entry that is of no order. Amounts are cents, as above."""

    #: Where to read on from: ``following``.
    key: int
    order_id: int | None
    order_number: str | None
    placed_on: dt.date | None
    sale_cents: int
    refund_cents: int
    fee_cents: int
    other_cents: int
    net_cents: int
    #: Of an entry without order: what it is, and why.
    kind: LedgerKind | None
    note: str
    #: Of an entry without order: the payout it was carried over from, or that the bank rejected.
    from_payout_id: int | None
    #: Of an order of which something was given back.
    credit_notes: tuple[CreditNoteRef, ...] = ()
