"""Legal identifiers and numbers that pass every check and belong to nobody we know of."""

from random import Random

from schwifty import IBAN
from stdnum import luhn
from stdnum.fr import siren as french_siren

#: Banks present in Brittany, by their national code; schwifty knows their BIC.
_BANKS = ("12906", "13606", "16006", "12206", "13807", "14445", "15589", "20041", "30004", "10278")
_SIRETS_FIRST_SHOP = "0001"


def siren(rng: Random, prefix: str = "9") -> str:
    """Return a SIREN: nine digits, the last one by Luhn."""
    digits = prefix + "".join(rng.choices("0123456789", k=8 - len(prefix)))
    return digits + str(luhn.calc_check_digit(digits))


def siret(siren_number: str) -> str:
    """Return the SIRET of a SIREN's first establishment."""
    digits = siren_number + _SIRETS_FIRST_SHOP
    return digits + str(luhn.calc_check_digit(digits))


def vat_number(siren_number: str) -> str:
    """Return the French VAT number of a SIREN."""
    return f"FR{french_siren.to_tva(siren_number)}"


def iban_and_bic(rng: Random) -> tuple[str, str]:
    """Return an IBAN with a right RIB key, and the BIC of its bank."""
    iban = IBAN.generate(
        "FR",
        bank_code=rng.choice(_BANKS),
        branch_code=f"{rng.randrange(1, 1_000):05d}",
        account_code=f"{rng.randrange(10**10):011d}",
    )
    return str(iban), str(iban.bic)


def mobile(rng: Random) -> str:
    """Return a mobile number of the range the regulator (ARCEP) keeps for fiction: it rings nowhere."""
    return _spaced(f"063998{rng.randrange(10_000):04d}")


def landline(rng: Random) -> str:
    """Return a landline number of the north-west in ARCEP's range for fiction."""
    return _spaced(f"026191{rng.randrange(10_000):04d}")


def _spaced(digits: str) -> str:
    return " ".join(digits[i : i + 2] for i in range(0, len(digits), 2))
