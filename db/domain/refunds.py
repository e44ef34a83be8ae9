"""The life of one refund as a table: what may be done with it from which state, and what refuses. Amounts are cents."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from db.domain.errors import InvalidInputError, MarketplaceError, NotFoundError
from db.domain.formats import date, instant, money
from db.domain.orders import OWED_REFUND_STATES, PaymentMethod, PaymentRecordState
from db.domain.text import is_storable

#: For how long a provider is asked for the same refund: asked after a day, it might have forgotten the key and give the
#: money back twice.
ASKED_FOR = dt.timedelta(hours=20)
MAX_REFERENCE = 140
MAX_REFUSAL = 300

_S = PaymentRecordState

REFUND_STATE_LABELS: Mapping[PaymentRecordState, str] = {
    _S.PENDING: "À faire",
    _S.SENT: "Transmis",
    _S.CAPTURED: "Fait",
    _S.FAILED: "Refusé",
    _S.CANCELLED: "Abandonné",
}

#: How money can be given back. What was paid by voucher comes back as one, unless finance chooses money instead.
REFUND_METHODS = (
    PaymentMethod.CARD,
    PaymentMethod.PAYPAL,
    PaymentMethod.TRANSFER,
    PaymentMethod.CHEQUE,
    PaymentMethod.CASH,
)
#: The same to the customer: « 12,50 € sur votre carte bancaire ».
GIVEN_BACK_BY: Mapping[PaymentMethod, str] = {
    PaymentMethod.CARD: "sur votre carte bancaire",
    PaymentMethod.PAYPAL: "sur votre compte PayPal",
    PaymentMethod.TRANSFER: "par virement",
    PaymentMethod.CHEQUE: "par chèque",
    PaymentMethod.CASH: "en espèces",
}


class RefundAct(StrEnum):
    """What is done with a refund, by finance or by what the provider answered."""

    SEND = "send"
    FINISH = "finish"
    REFUSE = "refuse"
    DO_AGAIN = "do_again"
    CHANGE_MEANS = "change_means"
    #: The provider says so after somebody thought that it would not.
    ACCEPT = "accept"


#: Act → from which states, and to which; None: it stays where it is. What is done can still come back: a bank returns
#: a transfer days later; and what was refused may be done after all, in another way.
REFUND_ACTS: Mapping[RefundAct, tuple[frozenset[PaymentRecordState], PaymentRecordState | None]] = {
    RefundAct.SEND: (frozenset({_S.PENDING}), _S.SENT),
    RefundAct.FINISH: (frozenset({_S.PENDING, _S.SENT, _S.FAILED}), _S.CAPTURED),
    RefundAct.REFUSE: (frozenset({_S.PENDING, _S.SENT, _S.CAPTURED}), _S.FAILED),
    RefundAct.DO_AGAIN: (frozenset({_S.FAILED}), _S.PENDING),
    RefundAct.CHANGE_MEANS: (frozenset({_S.PENDING, _S.FAILED}), None),
    RefundAct.ACCEPT: (frozenset({_S.PENDING, _S.FAILED}), _S.SENT),
}
#: A voucher is not handed over and cannot come back: it is given, or something else is.
_OF_VOUCHERS = frozenset({RefundAct.FINISH, RefundAct.DO_AGAIN, RefundAct.CHANGE_MEANS})


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What the rules need to know of a refund."""

    id: int
    order_id: int
    method: PaymentMethod
    state: PaymentRecordState
    amount_cents: int
    currency: str
    iban: str = ""
    #: How often it was begun with the provider: what tells a new try from the same one asked again.
    tries: int = 0
    #: Until when the answer of the provider is waited for; None: nobody is asking it.
    claimed_until: dt.datetime | None = None
    sent_at: dt.datetime | None = None

    @property
    def is_voucher(self) -> bool:
        """Tell whether it is made by giving a voucher."""
        return self.method is PaymentMethod.VOUCHER

    @property
    def is_owed(self) -> bool:
        """Tell whether the customer still waits for it."""
        return self.state in OWED_REFUND_STATES

    @property
    def is_being_asked(self) -> bool:
        """Tell whether the provider was asked and has not answered."""
        return self.claimed_until is not None

    @property
    def key(self) -> str:
        """Return what tells the provider this try from all others, however often it is asked."""
        return f"refund-{self.id}-{self.tries}"

    def allows(self, act: RefundAct) -> bool:
        """Tell whether something may be done with it now."""
        if self.is_being_asked or (self.is_voucher and act not in _OF_VOUCHERS):
            return False
        return self.state in REFUND_ACTS[act][0]


class RefundRefusedError(MarketplaceError):
    """Something that cannot be done with this refund; the sentence says why."""

    def __init__(self, refund: RefundFacts, reason: str) -> None:
        self.refund = refund
        super().__init__(reason)


class RefundNotThereError(RefundRefusedError):
    """The refund is elsewhere in its life: somebody else was quicker, or a second click."""

    def __init__(self, refund: RefundFacts) -> None:
        amount, label = money(refund.amount_cents, refund.currency), REFUND_STATE_LABELS[refund.state].lower()
        super().__init__(refund, f"Le remboursement de {amount} est déjà « {label} »\u00a0: rien n’a changé.")


class StillAskedError(RefundRefusedError):
    """The provider may be giving the money back at this moment."""

    def __init__(self, refund: RefundFacts) -> None:
        super().__init__(refund, f"{asked_words(refund)} Rien n’a changé.")


class GivenAsVoucherError(RefundRefusedError):
    """What a voucher does not go through: it is given at once, and cancelled as a voucher."""

    def __init__(self, refund: RefundFacts) -> None:
        super().__init__(
            refund,
            "Ce remboursement se fait par un bon d’achat\u00a0: donnez-le, ou choisissez un autre moyen. "
            "Un bon déjà donné s’annule dans « Bons d’achat ».",
        )


class MeansChangedError(RefundRefusedError):
    """Somebody has chosen other means meanwhile."""

    def __init__(self, refund: RefundFacts) -> None:
        means = refund.method.label.lower()
        super().__init__(
            refund, f"Le moyen de ce remboursement a changé entre-temps\u00a0: {means}. Relisez-le, puis recommencez."
        )


class RefundNotFoundError(NotFoundError):
    """No such refund, or not for this person: which of the two is told to nobody."""

    def __init__(self) -> None:
        super().__init__("Ce remboursement n’existe pas ou ne vous est pas accessible.")


def asked_words(refund: RefundFacts) -> str:
    """Return until when nobody but the provider decides what becomes of a refund; "" where it is not being asked."""
    if refund.claimed_until is None:
        return ""
    until = instant(refund.claimed_until)
    said = f"Le prestataire de paiement est interrogé\u00a0: sa réponse est attendue jusqu’au {until}."
    if refund.sent_at is None:
        return said
    given_up = instant(refund.sent_at + ASKED_FOR)
    return f"{said} Sans réponse, il est redemandé\u00a0; vous pourrez décider dès le {given_up}."


def check_act(refund: RefundFacts, act: RefundAct) -> None:
    """Refuse what cannot be done with a refund now.

    Raises:
        RefundRefusedError: It cannot; the sentence says why.
    """
    if refund.allows(act):
        return
    if refund.is_being_asked:
        raise StillAskedError(refund)
    if refund.is_voucher and act not in _OF_VOUCHERS:
        raise GivenAsVoucherError(refund)
    raise RefundNotThereError(refund)


def checked_reference(text: str) -> str:
    """Return the reference of a refund: number of the cheque, wording of the transfer.

    Raises:
        InvalidInputError: It is too long or cannot be stored.
    """
    typed = " ".join(text.split())
    if len(typed) > MAX_REFERENCE or not is_storable(typed):
        raise InvalidInputError(f"La référence est illisible ou dépasse {MAX_REFERENCE} caractères. Abrégez-la.")
    return typed


def checked_refusal(text: str) -> str:
    """Return why a refund was refused.

    Raises:
        InvalidInputError: There is no reason, or one that is too long.
    """
    typed = " ".join(text.split())
    if not typed:
        raise InvalidInputError("Indiquez pourquoi il est refusé\u00a0: carte expirée, compte clos, IBAN inconnu…")
    if len(typed) > MAX_REFUSAL or not is_storable(typed):
        raise InvalidInputError(f"Le motif est illisible ou dépasse {MAX_REFUSAL} caractères. Abrégez-le.")
    return typed


def checked_day(day: dt.date, today: dt.date) -> dt.date:
    """Return the day a refund was done.

    Raises:
        InvalidInputError: It has not come yet.
    """
    if day > today:
        raise InvalidInputError(f"Le {date(day)} n’est pas encore là. Choisissez aujourd’hui ou un jour passé.")
    return day
