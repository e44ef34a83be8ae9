"""Countries by code or by name, and phone numbers in one form."""

from functools import cache
from gettext import translation

import phonenumbers
import pycountry

from db.domain.text import fold
from db.imports.orders.notes import Notes

_FRANCE = "FR"
#: What people write and no list of countries has.
_EVERYDAY_NAMES = {
    "angleterre": "GB",
    "grande bretagne": "GB",
    "uk": "GB",
    "england": "GB",
    "usa": "US",
    "etats unis": "US",
    "united states of america": "US",
    "hollande": "NL",
    "france metropolitaine": "FR",
    "republique tcheque": "CZ",
    "la reunion": "RE",
}


def country_code(text: str, notes: Notes) -> str:
    """Return the two letters of a country; France where none is given, and the text itself where nobody knows it."""
    name = text.strip()
    if not name:
        return _FRANCE
    if name.upper() in _codes():
        return name.upper()
    code = _codes_by_name().get(_folded(name))
    if code is None:
        return name
    if code != _FRANCE:  # What everybody writes in France is no news.
        notes.corrected(f"Pays\u00a0: «\u00a0{name}\u00a0» est noté {code}.")
    return code


def phone(text: str, country: str, notes: Notes) -> str:
    """Return a phone number the way its country writes it; one that is none stays as it is."""
    typed = text.strip()
    # A spreadsheet takes the first zero off a number.
    candidate = (
        f"0{typed}" if country == _FRANCE and len(typed) == 9 and typed.isdecimal() and typed[0] != "0" else typed
    )
    # People abroad often leave the number that they have here.
    read = (_valid_number(candidate, region) for region in dict.fromkeys((country, _FRANCE)))
    number = next((each for each in read if each is not None), None)
    if number is None:
        return typed
    is_french = number.country_code == 33
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_french else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    tidy: str = phonenumbers.format_number(number, form)
    if tidy != typed:
        notes.corrected(f"Téléphone\u00a0: «\u00a0{typed}\u00a0» est noté {tidy}.")
    return tidy


def _valid_number(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    if region not in _codes():
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def postcode(text: str, country: str, notes: Notes) -> str:
    """Return a postcode, with the first zero that a spreadsheet took off a French one."""
    typed = text.strip()
    if country == _FRANCE and len(typed) == 4 and typed.isascii() and typed.isdecimal():
        notes.corrected(f"Code postal\u00a0: «\u00a0{typed}\u00a0» est noté 0{typed}.")
        return f"0{typed}"
    return typed


@cache
def _codes() -> frozenset[str]:
    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def _codes_by_name() -> dict[str, str]:
    french = translation("iso3166-1", pycountry.LOCALES_DIR, languages=["fr"])
    names = dict(_EVERYDAY_NAMES)
    for country in pycountry.countries:
        known = [
            country.alpha_3,
            country.name,
            getattr(country, "common_name", ""),
            getattr(country, "official_name", ""),
        ]
        for name in (*known, *(french.gettext(each) for each in known if each)):
            names.setdefault(_folded(name), country.alpha_2)
    return names


def _folded(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(name)).split())
