"""What identifies a company and its ways in, as typed: checked, and brought into one form."""

import re

from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from db.domain.access import tidy
from db.domain.errors import InvalidInputError

_SIREN_DIGITS = 9
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WEB_ADDRESS = re.compile(r"https?://[^\s/<>\"']+\.[^\s<>\"']+|https?://(?:localhost|127\.0\.0\.1)[^\s<>\"']*")


def siren_number(text: str) -> str:
    """Return the nine digits of a SIREN, or nothing for nothing.

    Raises:
        InvalidInputError: It is no SIREN.
    """
    typed = tidy(text)
    try:
        return siren.validate(typed) if typed else ""
    except ValidationError:
        digits = "".join(typed.split())
        if digits.isdecimal() and len(digits) == _SIREN_DIGITS:
            raise InvalidInputError(
                f"« {typed} » n’est pas un SIREN\u00a0: un de ses 9 chiffres est mal recopié. Vérifiez-le."
            ) from None
        raise InvalidInputError(f"« {typed[:20]} » n’est pas un SIREN. Saisissez ses 9 chiffres.") from None


def siret_number(text: str) -> str:
    """Return the fourteen digits of a SIRET, or nothing for nothing.

    Raises:
        InvalidInputError: It is no SIRET.
    """
    typed = tidy(text)
    try:
        return siret.validate(typed) if typed else ""
    except ValidationError:
        raise InvalidInputError(
            f"« {typed[:20]} » n’est pas un SIRET. Saisissez ses 14 chiffres : le SIREN, puis 5 chiffres."
        ) from None


def vat_number(text: str) -> str:
    """Return a European VAT number without spaces, or nothing for nothing.

    Raises:
        InvalidInputError: It is no VAT number.
    """
    typed = tidy(text)
    try:
        return vat.validate(typed) if typed else ""
    except ValidationError:
        raise InvalidInputError(
            f"« {typed[:20]} » n’est pas un numéro de TVA. Saisissez-le en entier, comme FR40303265045."
        ) from None


def colour(text: str) -> str:
    """Return a colour as « #rrggbb ».

    Raises:
        InvalidInputError: It is no such colour.
    """
    if not _COLOUR.fullmatch(text.strip()):
        raise InvalidInputError("Choisissez une couleur, comme #0f5c4d.")
    return text.strip().lower()


def web_address(text: str, what: str) -> str:
    """Return an address of the web, or nothing for nothing.

    Raises:
        InvalidInputError: It is no such address.
    """
    typed = text.strip()
    if typed and not _WEB_ADDRESS.fullmatch(typed):
        raise InvalidInputError(f"{what}\u00a0: saisissez une adresse complète, qui commence par https://.")
    return typed


def address_pattern(text: str, place: str, what: str) -> str:
    """Return an address of the web that holds ``{place}`` once and no other braces, or nothing for nothing.

    Raises:
        InvalidInputError: It is no such address.
    """
    typed = text.strip()
    if not typed:
        return ""
    marker = f"{{{place}}}"
    web_address(typed.replace(marker, "1"), what)
    if typed.count(marker) != 1 or set("{}") & set(typed.replace(marker, "")):
        raise InvalidInputError(f"{what}\u00a0: écrivez {marker} une fois, là où l’adresse change.")
    return typed
