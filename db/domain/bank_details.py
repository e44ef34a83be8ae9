"""The account on which a seller is paid: what is typed of it, checked; and what is noted when it changes."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from db.domain.access import tidy
from db.domain.errors import InvalidInputError, MarketplaceError
from db.domain.iban import bic_number, bic_of, iban_number, is_in_sepa
from db.domain.text import is_storable

MAX_HOLDER = 70  # What a transfer has room for (EPC rulebook: Max70Text).
#: Where the address was changed so lately, the one before it is told of a new IBAN, too: one intruder changes both.
FORMER_ADDRESS_TOLD_FOR = timedelta(days=30)


class SellerSubject(StrEnum):
    """What of how a seller is paid or reached was changed."""

    IBAN = "iban"
    BIC = "bic"
    HOLDER = "holder"
    EMAIL = "email"
    TERMS = "terms"
    HOLD = "hold"

    @property
    def label(self) -> str:
        """Return the label on the screen."""
        return SELLER_SUBJECT_LABELS[self]


SELLER_SUBJECT_LABELS = {
    SellerSubject.IBAN: "IBAN",
    SellerSubject.BIC: "BIC",
    SellerSubject.HOLDER: "Titulaire",
    SellerSubject.EMAIL: "Adresse e-mail",
    SellerSubject.TERMS: "Conditions",
    SellerSubject.HOLD: "Retenue",
}
#: What concerns where the money goes, and who is told.
BANK_SUBJECTS = (SellerSubject.IBAN, SellerSubject.BIC, SellerSubject.HOLDER, SellerSubject.EMAIL)


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where a seller is paid."""

    #: Without spaces; empty for none.
    iban: str
    #: Empty where it is not known: a SEPA transfer does without.
    bic: str = ""
    #: Whose account it is, where that is not the legal name.
    holder: str = ""


class BankDetailsChangedError(MarketplaceError):
    """Somebody else changed the account after it was shown; nothing was saved."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"Le compte bancaire de « {name} » vient d’être changé par quelqu’un d’autre. Relisez celui qui est "
            "enregistré, puis recommencez si besoin."
        )


def checked_details(typed: BankDetails) -> BankDetails:
    """Return bank details as they are kept: without spaces, the BIC found where it is not typed.

    Raises:
        InvalidInputError: One of them cannot be used; the sentence says which.
    """
    iban = iban_number(typed.iban)
    if not iban:
        raise InvalidInputError("Saisissez l’IBAN du compte sur lequel le vendeur est payé.")
    if not is_in_sepa(iban):
        raise InvalidInputError(
            f"Ce compte ({iban[:2]}) n’est pas dans l’espace SEPA\u00a0: les virements ne peuvent pas y être faits. "
            "Demandez au vendeur un compte dans l’un de ces pays."
        )
    holder = tidy(typed.holder)
    if len(holder) > MAX_HOLDER or not is_storable(holder):
        raise InvalidInputError(f"Titulaire du compte\u00a0: {MAX_HOLDER} caractères au plus.")
    return BankDetails(iban, bic_number(typed.bic) or bic_of(iban), holder)
