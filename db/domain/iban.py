"""Accounts of banks: IBANs as typed, checked down to the bank's own key, and how they are shown."""

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from db.domain.errors import InvalidInputError

_GROUP = 4


def plain_iban(text: str) -> str:
    """Return an IBAN as it is compared and sent: without spaces, in capitals; a shop may have written it otherwise."""
    return "".join(text.split()).upper()


def iban_number(text: str) -> str:
    """Return an IBAN without spaces, or nothing for nothing; French account keys are checked too.

    Raises:
        InvalidInputError: It is no IBAN.
    """
    typed = plain_iban(text)
    if typed and not is_iban(typed):
        raise InvalidInputError(
            f"« {text.strip()[:42]} » n’est pas un IBAN valable. Recopiez-le en entier, comme FR76 3000 6000 …"
        )
    return typed


def is_iban(iban: str) -> bool:
    """Tell whether a text without spaces is an IBAN; the key of a French account (clé RIB) counts, too."""
    try:
        IBAN(iban, validate_bban=True)
    except (SchwiftyException, ValueError):
        return False
    return True


def bic_number(text: str) -> str:
    """Return a BIC without spaces, or nothing for nothing.

    Raises:
        InvalidInputError: It is no BIC.
    """
    typed = "".join(text.split()).upper()
    try:
        return str(BIC(typed)) if typed else ""
    except (SchwiftyException, ValueError):
        raise InvalidInputError(
            f"« {text.strip()[:20]} » n’est pas un BIC. Saisissez ses 8 ou 11 caractères, ou laissez vide."
        ) from None


def is_in_sepa(iban: str) -> bool:
    """Tell whether a SEPA transfer reaches an IBAN's country."""
    return IBAN(iban, allow_invalid=True).in_sepa_zone


def bic_of(iban: str) -> str:
    """Return the BIC of an IBAN's bank; nothing where it is not known: a SEPA transfer does without."""
    bic = IBAN(iban, allow_invalid=True).bic
    return str(bic) if bic else ""


def bank_of(iban: str) -> str:
    """Return the name of an IBAN's bank; nothing where it is not known."""
    return IBAN(iban, allow_invalid=True).bank_name or ""


def iban_in_groups(iban: str) -> str:
    """Return an IBAN as banks print it: « FR76 3000 6000 0112 3456 7890 189 »."""
    return " ".join(iban[start : start + _GROUP] for start in range(0, len(iban), _GROUP))


def iban_end(iban: str) -> str:
    """Return the end of an IBAN, by which people recognise it: « … 0189 »."""
    return f"… {iban[-_GROUP:]}" if iban else ""


def iban_masked(iban: str) -> str:
    """Return an IBAN of which only country, key and end are shown: « FR76 •••• •••• 0189 »."""
    return f"{iban[:_GROUP]} •••• •••• {iban[-_GROUP:]}" if iban else ""
