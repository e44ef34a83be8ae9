"""Customers as a pure function of their number: a million orders need no list of them in memory."""

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

from db.demo import identifiers
from db.demo.names import COMPANIES, FIRST_NAMES, LAST_NAMES, LONG_NAMES, TOWN_HALLS
from db.demo.places import ABROAD, BRITTANY, ELSEWHERE_IN_FRANCE, STREET_EXTRAS, STREETS, Town
from db.domain.search_text import customer_text
from db.domain.text import fold

_SHARE_ABROAD = 0.02
_SHARE_BRITTANY = 0.55
_SHARE_COMPANIES = 0.04
_SHARE_STREET_EXTRA = 0.12
_LOCALES = {"DE": "de", "ES": "es", "IT": "it", "IE": "en", "GB": "en"}
#: A town hall's SIREN begins with 21, as every commune's does.
_COMMUNE_PREFIX = "21"


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """Who buys, with the one address the demo knows of them."""

    id: int
    name: str
    company: str
    email: str
    phone: str
    siren: str
    locale: str
    street: str
    street_extra: str
    town: Town

    @property
    def is_town_hall(self) -> bool:
        """Tell whether it buys by purchase order and pays weeks later."""
        return self.id <= len(TOWN_HALLS)


def draw_customer(seed: int, number: int) -> DemoCustomer:
    """Return the customer of that number (1, 2, 3…): always the same one for a seed."""
    rng = Random(seed << 32 | number)
    if number <= len(TOWN_HALLS):
        return _town_hall(rng, number)
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    town = _draw_town(rng)
    is_company = rng.random() < _SHARE_COMPANIES and town.country_code == "FR"
    # Every two-thousandth or so bears a name that no column was made for.
    name = rng.choice(LONG_NAMES) if number % 2_003 == len(TOWN_HALLS) + 1 else f"{first} {last}"
    return DemoCustomer(
        id=number,
        name=name,
        company=rng.choice(COMPANIES) if is_company else "",
        email=f"{_mailbox(first)}.{_mailbox(last)}{number}@example.{rng.choice(('org', 'com', 'net'))}",
        phone=identifiers.mobile(rng) if rng.random() < 0.85 else identifiers.landline(rng),
        siren=identifiers.siren(rng) if is_company else "",
        locale=_LOCALES.get(town.country_code, "fr"),
        street=f"{rng.randint(1, 140)} {rng.choice(STREETS)}",
        street_extra=rng.choice(STREET_EXTRAS) if rng.random() < _SHARE_STREET_EXTRA else "",
        town=town,
    )


def customer_row(customer: DemoCustomer, created_at: dt.datetime, loyalty_points: int) -> dict[str, Any]:
    """Return the row of ``customers``, its search text included."""
    return {
        "id": customer.id,
        "name": customer.name,
        "company": customer.company,
        "email": customer.email,
        "phone": customer.phone,
        "siren": customer.siren,
        "vat_number": identifiers.vat_number(customer.siren) if customer.siren else "",
        "locale": customer.locale,
        "loyalty_points": loyalty_points,
        "search_text": customer_text(customer.name, customer.company, customer.email, customer.phone),
        "created_at": created_at,
    }


def address_columns(customer: DemoCustomer) -> dict[str, Any]:
    """Return the columns that an address book's entry and an order's address have in common."""
    return {
        "name": customer.name,
        "company": customer.company,
        "street": customer.street,
        "street_extra": customer.street_extra,
        "postcode": customer.town.postcode,
        "city": customer.town.name,
        "country_code": customer.town.country_code,
        "phone": customer.phone,
    }


def _town_hall(rng: Random, number: int) -> DemoCustomer:
    company, postcode, city = TOWN_HALLS[number - 1]
    return DemoCustomer(
        id=number,
        name=f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}",
        company=company,
        email=f"{_mailbox(company)}@example.org",
        phone=identifiers.landline(rng),
        siren=identifiers.siren(rng, _COMMUNE_PREFIX),
        locale="fr",
        street="1 place de la Mairie",
        street_extra="Service comptabilité",
        town=Town(postcode, city),
    )


def _draw_town(rng: Random) -> Town:
    draw = rng.random()
    if draw < _SHARE_ABROAD:
        return rng.choice(ABROAD)
    return rng.choice(BRITTANY if draw < _SHARE_ABROAD + _SHARE_BRITTANY else ELSEWHERE_IN_FRANCE)


def _mailbox(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in fold(name))
