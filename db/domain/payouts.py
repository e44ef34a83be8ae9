"""What sellers are paid: the states of a payout and who moves it, why one is held, and what it adds up from."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from db.domain.errors import MarketplaceError, NotFoundError
from db.domain.ledger import LedgerKind


class PayoutState(StrEnum):
    """Where a payout is on its way. A comment says who moves it there."""

    PREPARED = "prepared"  # the night's run, or who prepares one by hand: it waits for somebody's approval
    HELD = "held"  # the run, or a person: for a reason that is noted
    APPROVED = "approved"  # a second person: it is paid as it is
    EXPORTED = "exported"  # a person: its transfer is in a file for the bank
    PAID = "paid"  # a person, or the bank's report
    REJECTED = "rejected"  # a person, or the bank's report: its amount is due again
    CARRIED = "carried"  # the run: there was nothing to pay, what is owed is carried over
    CANCELLED = "cancelled"  # a person, before it was exported: what it held is due again

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PAYOUT_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Tell whether the next run may still change what it holds."""
        return self in OPEN_PAYOUT_STATES


PAYOUT_LABELS = {
    PayoutState.PREPARED: "À approuver",
    PayoutState.HELD: "Retenu",
    PayoutState.APPROVED: "Approuvé",
    PayoutState.EXPORTED: "Transmis à la banque",
    PayoutState.PAID: "Payé",
    PayoutState.REJECTED: "Rejeté",
    PayoutState.CARRIED: "Reporté",
    PayoutState.CANCELLED: "Annulé",
}
#: A seller has one of them at most, in each currency; what falls due is added to it.
OPEN_PAYOUT_STATES = frozenset({PayoutState.PREPARED, PayoutState.HELD})
#: What it held is settled: by money, or by a debt that goes on.
CLOSED_PAYOUT_STATES = frozenset({PayoutState.EXPORTED, PayoutState.PAID, PayoutState.REJECTED, PayoutState.CARRIED})
#: Until its transfer is in a file, a payout can be taken back.
CANCELLABLE_STATES = OPEN_PAYOUT_STATES | {PayoutState.APPROVED}


class HoldReason(StrEnum):
    """Why a payout is held; in the order in which one is told where there are several."""

    SUSPENDED = "suspended"
    DISPUTE = "dispute"
    MANUAL = "manual"
    NO_IBAN = "no_iban"
    INVALID_IBAN = "invalid_iban"
    REFUSED_IBAN = "refused_iban"
    IBAN_CHANGED = "iban_changed"
    OVER_LIMIT = "over_limit"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return HOLD_LABELS[self]

    @property
    def is_by_hand(self) -> bool:
        """Tell whether a person put it there and lifts it; the others go away with their cause."""
        return self in HAND_HOLDS


HOLD_LABELS = {
    HoldReason.SUSPENDED: "Vendeur suspendu",
    HoldReason.DISPUTE: "Litige ouvert",
    HoldReason.MANUAL: "Retenu à la main",
    HoldReason.NO_IBAN: "IBAN manquant",
    HoldReason.INVALID_IBAN: "IBAN non valide",
    HoldReason.REFUSED_IBAN: "Compte refusé par la banque",
    HoldReason.IBAN_CHANGED: "IBAN changé récemment",
    HoldReason.OVER_LIMIT: "Montant au-dessus du plafond",
}
HAND_HOLDS = frozenset({HoldReason.SUSPENDED, HoldReason.DISPUTE, HoldReason.MANUAL})


class PayoutEvent(StrEnum):
    """What happened to a payout, as its history tells it."""

    PREPARED = "prepared"
    TOPPED_UP = "topped_up"
    HELD = "held"
    RELEASED = "released"
    APPROVED = "approved"
    EXPORTED = "exported"
    EXPORT_UNDONE = "export_undone"
    PAID = "paid"
    REJECTED = "rejected"
    CARRIED = "carried"
    CANCELLED = "cancelled"
    INVOICED = "invoiced"
    NOTIFIED = "notified"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return PAYOUT_EVENT_LABELS[self]


PAYOUT_EVENT_LABELS = {
    PayoutEvent.PREPARED: "Préparé",
    PayoutEvent.TOPPED_UP: "Complété de ce qui est échu depuis",
    PayoutEvent.HELD: "Retenu",
    PayoutEvent.RELEASED: "Libéré",
    PayoutEvent.APPROVED: "Approuvé",
    PayoutEvent.EXPORTED: "Transmis à la banque",
    PayoutEvent.EXPORT_UNDONE: "Retiré de la remise",
    PayoutEvent.PAID: "Payé",
    PayoutEvent.REJECTED: "Rejeté par la banque",
    PayoutEvent.CARRIED: "Reporté",
    PayoutEvent.CANCELLED: "Annulé",
    PayoutEvent.INVOICED: "Commission facturée",
    PayoutEvent.NOTIFIED: "Vendeur prévenu",
}


class FeeInvoicing(StrEnum):
    """When the marketplace invoices its fees."""

    PER_PAYOUT = "per_payout"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return "Avec chaque reversement" if self is FeeInvoicing.PER_PAYOUT else "Une fois par mois"


@dataclass(frozen=True, slots=True)
class PayoutTotals:
    """What a payout adds up from, in cents as the seller's account counts them: fees and refunds are below zero."""

    by_kind: Mapping[LedgerKind, int] = field(default_factory=dict)

    def of(self, *kinds: LedgerKind) -> int:
        """Return the sum of some kinds."""
        return sum(self.by_kind.get(kind, 0) for kind in kinds)

    @property
    def net_cents(self) -> int:
        """Return what is left to pay; where it is below zero, what the seller owes."""
        return sum(self.by_kind.values())


@dataclass(frozen=True, slots=True)
class SellerStanding:
    """What decides whether a seller can be paid now."""

    #: Without spaces; empty for none.
    iban: str
    #: Whether it is one, down to the key of its bank.
    iban_is_valid: bool
    iban_changed_at: dt.datetime | None
    #: Whether the bank rejected a transfer to that very account, as closed or unknown, since it was given to us.
    iban_was_refused: bool = False
    #: What people put in the way, for all that the seller is owed.
    holds: frozenset[HoldReason] = frozenset()


@dataclass(frozen=True, slots=True)
class PayoutLimits:
    """How much is paid without a second look, and how long a new IBAN waits."""

    #: A payout above it is held until somebody lets it through; None: none is.
    max_cents: int | None = None
    #: A payout that is so many times what the seller is usually paid is pointed out.
    unusual_times: int = 3
    iban_rest_hours: int = 72


def hold_reasons(
    standing: SellerStanding, net_cents: int, limits: PayoutLimits, now: dt.datetime, waived_cents: int = 0
) -> list[HoldReason]:
    """Return why an amount cannot be paid to a seller now; nothing where it can.

    Args:
        standing: The seller.
        net_cents: The amount.
        limits: What is paid without a second look.
        now: The instant.
        waived_cents: Up to which amount somebody let the payout through in spite of the limit.
    """
    found = set(standing.holds)
    if not standing.iban:
        found.add(HoldReason.NO_IBAN)
    elif not standing.iban_is_valid:
        found.add(HoldReason.INVALID_IBAN)
    elif standing.iban_was_refused:
        found.add(HoldReason.REFUSED_IBAN)
    elif rests_until(standing.iban_changed_at, limits) > now:
        found.add(HoldReason.IBAN_CHANGED)
    if limits.max_cents is not None and net_cents > max(limits.max_cents, waived_cents):
        found.add(HoldReason.OVER_LIMIT)
    return [reason for reason in HoldReason if reason in found]


def rests_until(iban_changed_at: dt.datetime | None, limits: PayoutLimits) -> dt.datetime:
    """Return until when nothing is paid to an IBAN that was changed."""
    if iban_changed_at is None:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return iban_changed_at + dt.timedelta(hours=limits.iban_rest_hours)


def is_unusual(net_cents: int, usual_cents: int | None, limits: PayoutLimits) -> bool:
    """Tell whether an amount deserves a second look; a seller's first one always does.

    Args:
        net_cents: The amount.
        usual_cents: What the seller was paid on average lately; None where it never was.
        limits: How many times as much is unusual.
    """
    return usual_cents is None or net_cents > limits.unusual_times * usual_cents


def reference_of(payout_id: int) -> str:
    """Return how a payout is called: by people, and by the bank as its end-to-end identification."""
    return f"REV-{payout_id:06d}"


def payout_id_of(reference: str) -> int | None:
    """Return the payout that a reference names; None where it is none of ours."""
    digits = reference.strip().upper().removeprefix("REV-")
    is_ours = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_ID
    return int(digits) if is_ours and digits != reference.strip().upper() else None


_LONGEST_ID = 15


class PayoutNotFoundError(NotFoundError):
    """No such payout, or not for this person."""

    def __init__(self) -> None:
        super().__init__("Ce reversement n’existe pas ou ne vous est pas accessible.")


class PayoutMovedError(MarketplaceError):
    """A payout is not any more as it was shown; nothing was done."""

    def __init__(self, payout_id: int, state: PayoutState) -> None:
        self.payout_id = payout_id
        self.state = state
        super().__init__(
            f"Le reversement {reference_of(payout_id)} a changé entre-temps\u00a0: il est maintenant "
            f"« {state.label} ». Relisez-le, puis recommencez si besoin."
        )


class PayoutRefusedError(MarketplaceError):
    """Something that cannot be done to a payout; the sentence says why, and what to do."""
