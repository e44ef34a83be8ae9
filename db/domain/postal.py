"""Addresses as the post reads them: six lines at most, the town in capitals, the country only abroad (NF Z10-011)."""

import re
import unicodedata
from dataclasses import dataclass, replace

_HOME = "FR"
#: Overseas parts of France with postcodes of their own: the postcode says it all, no country line.
_FRENCH_POSTCODES = frozenset({"FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"})

#: As the French post reads them; any other country keeps its code.
COUNTRIES = {
    "AD": "Andorre",
    "AT": "Autriche",
    "AU": "Australie",
    "BE": "Belgique",
    "BG": "Bulgarie",
    "BR": "Brésil",
    "CA": "Canada",
    "CH": "Suisse",
    "CI": "Côte d’Ivoire",
    "CN": "Chine",
    "CY": "Chypre",
    "CZ": "République tchèque",
    "DE": "Allemagne",
    "DK": "Danemark",
    "DZ": "Algérie",
    "EE": "Estonie",
    "ES": "Espagne",
    "FI": "Finlande",
    "FR": "France",
    "GB": "Royaume-Uni",
    "GR": "Grèce",
    "HR": "Croatie",
    "HU": "Hongrie",
    "IE": "Irlande",
    "IL": "Israël",
    "IN": "Inde",
    "IS": "Islande",
    "IT": "Italie",
    "JP": "Japon",
    "LI": "Liechtenstein",
    "LT": "Lituanie",
    "LU": "Luxembourg",
    "LV": "Lettonie",
    "MA": "Maroc",
    "MC": "Monaco",
    "MT": "Malte",
    "MX": "Mexique",
    "NC": "Nouvelle-Calédonie",
    "NL": "Pays-Bas",
    "NO": "Norvège",
    "NZ": "Nouvelle-Zélande",
    "PF": "Polynésie française",
    "PL": "Pologne",
    "PT": "Portugal",
    "RO": "Roumanie",
    "SE": "Suède",
    "SG": "Singapour",
    "SI": "Slovénie",
    "SK": "Slovaquie",
    "SM": "Saint-Marin",
    "SN": "Sénégal",
    "TN": "Tunisie",
    "TR": "Turquie",
    "UA": "Ukraine",
    "US": "États-Unis",
    "VA": "Vatican",
    "WF": "Wallis-et-Futuna",
}

_TOWN = re.compile(r"\s*(?P<postcode>\d{4,5})\s+(?P<city>\S.*)")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a parcel comes from or goes to; any part may be empty."""

    name: str = ""
    company: str = ""
    street: str = ""
    street_extra: str = ""
    postcode: str = ""
    city: str = ""
    country_code: str = _HOME
    phone: str = ""
    email: str = ""

    @property
    def town(self) -> str:
        """Return « 35000 RENNES », in capitals and without accents, as sorting machines read it."""
        return f"{self.postcode} {_capitals(self.city)}".strip()

    @property
    def country(self) -> str:
        """Return the country's name in capitals, or nothing for a French postcode."""
        code = self.country_code.upper()
        return "" if code in _FRENCH_POSTCODES else _capitals(COUNTRIES.get(code, code))

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the lines of an envelope: who, then inside the building, then the street, the town, the country."""
        parts = (self.company, self.name, self.street_extra, self.street, self.town, self.country)
        return tuple(line for line in (" ".join(part.split()) for part in parts) if line)


def at_pickup_point(customer: PostalAddress, pickup_address: str) -> PostalAddress:
    """Return the address of a parcel that its customer collects at a pick-up point.

    Args:
        customer: The customer, whose name, phone and e-mail stay.
        pickup_address: Name and address of the point, one line each, the town last.
    """
    lines = [line.strip() for line in pickup_address.splitlines() if line.strip()]
    place = replace(customer, company="", street="", street_extra="", postcode="", city="")
    if not lines:
        return place
    name, *rest = lines
    town = _TOWN.fullmatch(rest[-1]) if rest else None
    if town:
        place = replace(place, postcode=town["postcode"], city=town["city"])
        rest = rest[:-1]
    return replace(place, company=name, street=", ".join(rest))


def _capitals(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.upper())
    return "".join(each for each in decomposed if not unicodedata.combining(each)).replace("’", " ").replace("'", " ")
