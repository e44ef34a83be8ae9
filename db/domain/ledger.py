"""The sellers' ledger: every euro owed to or by a seller, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain.money import share_of
from db.domain.order_facts import OrderFacts


class LedgerKind(StrEnum):
    """What an entry is."""

    SALE = "sale"
    FEE = "fee"
    REFUND = "refund"
    FEE_BACK = "fee_back"
    CORRECTION = "correction"
    CARRIED = "carried"
    PAYOUT = "payout"
    BANK_REJECTION = "bank_rejection"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return LEDGER_KIND_LABELS[self]


LEDGER_KIND_LABELS = {
    LedgerKind.SALE: "Vente",
    LedgerKind.FEE: "Commission",
    LedgerKind.REFUND: "Remboursement",
    LedgerKind.FEE_BACK: "Commission rendue",
    LedgerKind.CORRECTION: "Correction",
    LedgerKind.CARRIED: "Dette reportée",
    LedgerKind.PAYOUT: "Reversement",
    LedgerKind.BANK_REJECTION: "Virement rejeté",
}
#: What an order itself causes; the others come of people, payouts and the bank.
ORDER_KINDS = (LedgerKind.SALE, LedgerKind.FEE, LedgerKind.REFUND, LedgerKind.FEE_BACK)
#: What the marketplace invoices to the seller.
FEE_KINDS = (LedgerKind.FEE, LedgerKind.FEE_BACK)


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger holds of one order: the sums of its entries, and the rate of its fee."""

    sums: Mapping[LedgerKind, int] = field(default_factory=dict)
    fee_rate_bp: int | None = None


def is_sold(order: OrderFacts, booked: Booked) -> bool:
    """Tell whether an order counts as a sale of its seller: all that is asked for it was paid.

    One that was given back wholly was still sold; one that was never paid was not.
    """
    was_sold = bool(booked.sums.get(LedgerKind.SALE))
    return 0 < order.paid_cents >= order.claim_cents and (order.claim_cents > 0 or was_sold)


@dataclass(frozen=True, slots=True)
class Happening:
    """What has just happened to an order, as far as the ledger wants to know."""

    #: It was paid: only then does a sale enter the books.
    sells: bool = False
    #: What the sale asked for before; of a sale that is in nobody's books, only what changed of it is booked.
    claim_before: int | None = None


def to_book(
    order: OrderFacts, booked: Booked, fee_rate_bp: int, happening: Happening = Happening()
) -> dict[LedgerKind, int]:
    """Return the entries that bring the ledger to what is true of an order now; nothing where it is.

    The seller is owed the sale less what was given back of it, and owes the fee on exactly that: the fee given back
    is the difference of both fees, so that a sale given back wholly leaves nothing. A sale of before our books was
    settled elsewhere: what is given back of it now is owed by the seller, the sale is not booked again.

    Args:
        order: The order as it is now.
        booked: What the ledger holds of it.
        fee_rate_bp: The seller's rate, for an order that has no fee yet; it keeps the one of its day.
        happening: What has just happened to it.
    """
    rate = fee_rate_bp if booked.fee_rate_bp is None else booked.fee_rate_bp
    if LedgerKind.SALE not in booked.sums and not happening.sells:
        return _of_earlier_sale(order, rate, happening.claim_before)
    should: dict[LedgerKind, int] = {}
    if is_sold(order, booked):
        fee = share_of(order.total_cents, rate)
        should = {
            LedgerKind.SALE: order.total_cents,
            LedgerKind.FEE: -fee,
            LedgerKind.REFUND: order.claim_cents - order.total_cents,
            LedgerKind.FEE_BACK: fee - share_of(order.claim_cents, rate),
        }
    differences = {kind: should.get(kind, 0) - booked.sums.get(kind, 0) for kind in ORDER_KINDS}
    return {kind: cents for kind, cents in differences.items() if cents}


def _of_earlier_sale(order: OrderFacts, rate_bp: int, claim_before: int | None) -> dict[LedgerKind, int]:
    if claim_before is None or order.paid_cents < claim_before:
        return {}
    changed = {
        LedgerKind.REFUND: order.claim_cents - claim_before,
        LedgerKind.FEE_BACK: share_of(claim_before, rate_bp) - share_of(order.claim_cents, rate_bp),
    }
    return {kind: cents for kind, cents in changed.items() if cents}
