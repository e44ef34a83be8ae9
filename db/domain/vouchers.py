"""Vouchers: a code that survives being read aloud and typed, a state that follows from its row, and the refusals."""

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from db.domain import formats
from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.text import is_storable

#: Of characters that look alike one stays at most: no 0 O Q, no 1 I L, no 8 B, no U V; 2 for Z, 5 for S, 6 for G.
#: Twenty-three, a prime: the check character then tells every wrong character and every two that changed places.
ALPHABET = "234567" + "9ACDEFHJKMNPRTWXY"
_TAKEN_FOR = str.maketrans({"Z": "2", "S": "5", "G": "6"})
#: Eleven drawn at random (some 10¹⁵ codes: not to be guessed through the API), and the check character.
_DRAWN = 11
_GROUP = 4
CODE_LENGTH = _DRAWN + 1

#: What staff may give by hand at once: a slip of the keyboard is no gift of 5 000 €.
MAX_GIFT_CENTS = 1_000_00
MAX_VALID_DAYS = 3650
MAX_NOTE = 500
#: Of the shop's own texts about a use.
MAX_USE_TEXT = 200


def draw_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a new code, as « 7F3K-9MPX-2WTA ».

    Args:
        choose: Draws one character; of the system's randomness unless a test says otherwise.
    """
    drawn = "".join(choose(ALPHABET) for _ in range(_DRAWN))
    return _grouped(drawn + _check_character(drawn))


def read_code(typed: str) -> str:
    """Return the code that somebody typed or scanned, as it is kept.

    Small letters, spaces, hyphens and the look-alikes of what a code is made of are understood.

    Raises:
        MistypedCodeError: It cannot be a code of ours.
    """
    kept = "".join(c for c in typed.upper() if c.isalnum()).translate(_TAKEN_FOR)
    if len(kept) != CODE_LENGTH or any(c not in ALPHABET for c in kept):
        raise MistypedCodeError
    if _check_character(kept[:_DRAWN]) != kept[_DRAWN]:
        raise MistypedCodeError
    return _grouped(kept)


def _check_character(drawn: str) -> str:
    """Return the character that makes the sum of places times values a multiple of the alphabet's length."""
    weighted = sum(place * ALPHABET.index(c) for place, c in enumerate(drawn, start=1))
    # Its own place weighs 12, and 12 × 2 = 24 leaves 1: to divide by 12 is to multiply by 2.
    return ALPHABET[-weighted * pow(CODE_LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + _GROUP] for start in range(0, len(characters), _GROUP))


class VoucherState(StrEnum):
    """What can be done with a voucher today; it follows from its row and is stored nowhere."""

    UNUSED = "unused"
    PARTLY_USED = "partly_used"
    USED = "used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return VOUCHER_STATE_LABELS[self]

    @property
    def is_live(self) -> bool:
        """Tell whether something can still be bought with it."""
        return self in LIVE_STATES


VOUCHER_STATE_LABELS = {
    VoucherState.UNUSED: "À utiliser",
    VoucherState.PARTLY_USED: "Utilisé en partie",
    VoucherState.USED: "Utilisé",
    VoucherState.EXPIRED: "Expiré",
    VoucherState.CANCELLED: "Annulé",
}
LIVE_STATES = frozenset({VoucherState.UNUSED, VoucherState.PARTLY_USED})


@dataclass(frozen=True, slots=True)
class VoucherFacts:
    """A voucher, as far as the rules need it."""

    id: int
    code: str
    amount_cents: int
    used_cents: int
    currency: str
    expires_on: dt.date
    cancelled_at: dt.datetime | None
    version: int

    @property
    def rest_cents(self) -> int:
        """Return what was not spent, whether it still can be or not."""
        return self.amount_cents - self.used_cents

    def state(self, today: dt.date) -> VoucherState:
        """Return its state on a day; what is spent to the last cent neither expires nor is cancelled."""
        if not self.rest_cents:
            return VoucherState.USED
        if self.cancelled_at is not None:
            return VoucherState.CANCELLED
        if self.expires_on < today:
            return VoucherState.EXPIRED
        return VoucherState.PARTLY_USED if self.used_cents else VoucherState.UNUSED

    def refuse_unless_payable(self, amount_cents: int, today: dt.date) -> None:
        """Refuse to spend an amount that is not there, or not any more.

        Raises:
            VoucherUnusableError: It is used up, expired or cancelled.
            VoucherTooSmallError: Less is left.
        """
        if not self.state(today).is_live:
            raise VoucherUnusableError(self, today)
        if amount_cents > self.rest_cents:
            raise VoucherTooSmallError(self, amount_cents)


@dataclass(frozen=True, slots=True)
class NewVoucher:
    """What is given to a customer: after an order, or to their account."""

    amount_cents: int
    #: Drawn when the form opens: the same twice is one voucher. A settlement and a refund need none.
    key: str = ""
    #: The order it makes up for; its customer and currency are then the voucher's.
    order_id: int | None = None
    customer_id: int | None = None
    settlement_id: int | None = None
    #: The refund that is made by it.
    refund_id: int | None = None
    #: Why, for the customer: in the e-mail.
    note: str = ""
    #: The last day on which it can be used; None: as many days from now as Réglages › Marketplace says.
    expires_on: dt.date | None = None
    #: Whether the customer is sent its code by e-mail.
    notifies: bool = True

    @property
    def is_gift(self) -> bool:
        """Tell whether nobody owed it."""
        return self.settlement_id is None and self.refund_id is None

    @property
    def once_key(self) -> str:
        """Return what tells it from all others; "" where nothing does."""
        if self.settlement_id is not None:
            return f"settlement:{self.settlement_id}"
        return self.key if self.refund_id is None else f"refund:{self.refund_id}"


def checked_reason(text: str) -> str:
    """Return why a voucher is given or cancelled, as it is kept; it may be empty.

    Raises:
        InvalidInputError: It is unreadable or too long.
    """
    reason = text.strip()
    if len(reason) > MAX_NOTE or not is_storable(reason):
        raise InvalidInputError(f"La raison est illisible ou dépasse {MAX_NOTE} caractères. Abrégez-la.")
    return reason


# --- Refusals ---------------------------------------------------------------------------------------------------------


class VoucherNotFoundError(NotFoundError):
    """There is no such voucher, or not for this person."""

    def __init__(self) -> None:
        super().__init__("Ce bon d’achat n’existe pas ou ne vous est pas accessible.")


class MistypedCodeError(InvalidInputError):
    """What was typed cannot be a code: a character is wrong, missing or too many."""

    def __init__(self) -> None:
        super().__init__(f"Ce code comporte une erreur\u00a0: un code a {CODE_LENGTH} caractères. Vérifiez-le.")


class VoucherUnusableError(MarketplaceError):
    """Nothing can be bought with the voucher any more."""

    def __init__(self, voucher: VoucherFacts, today: dt.date) -> None:
        self.voucher = voucher
        self.state = voucher.state(today)
        reasons = {
            VoucherState.USED: "il est entièrement utilisé",
            VoucherState.EXPIRED: f"il était valable jusqu’au {formats.date(voucher.expires_on)}",
            VoucherState.CANCELLED: "il est annulé",
        }
        super().__init__(f"Le bon d’achat {voucher.code} ne peut plus servir\u00a0: {reasons[self.state]}.")


class VoucherTooSmallError(MarketplaceError):
    """More is asked of the voucher than is left of it."""

    def __init__(self, voucher: VoucherFacts, asked_cents: int) -> None:
        self.voucher = voucher
        self.asked_cents = asked_cents
        left = formats.money(voucher.rest_cents, voucher.currency)
        super().__init__(f"Il reste {left} sur le bon d’achat {voucher.code}. Demandez au plus {left}.")


class VoucherKeyReusedError(MarketplaceError):
    """The key of a use comes back with another amount or for another order."""

    def __init__(self) -> None:
        super().__init__("Cette clé a déjà servi à une autre utilisation de ce bon d’achat. Prenez-en une nouvelle.")


class VoucherChangedError(MarketplaceError):
    """The voucher was used or cancelled after it was shown; nothing was done."""

    def __init__(self, voucher: VoucherFacts) -> None:
        self.voucher = voucher
        super().__init__(
            f"Le bon d’achat {voucher.code} a changé entre-temps\u00a0: il y reste "
            f"{formats.money(voucher.rest_cents, voucher.currency)}. Relisez-le, puis recommencez si besoin."
        )
