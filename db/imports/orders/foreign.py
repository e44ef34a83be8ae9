"""What the readers of other platforms share: seller and number, people, payment methods, origins."""

import html
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from db.domain.incoming import IncomingAddress
from db.domain.orders import Origin, PaymentMethod
from db.domain.text import fold
from db.imports.orders.json_node import Node
from db.imports.orders.notes import Notes
from db.imports.orders.places import country_code, phone, postcode

#: What the names of payment gateways contain, most telling first.
GATEWAYS: Mapping[str, PaymentMethod] = {
    "paypal": PaymentMethod.PAYPAL,
    "ppcp": PaymentMethod.PAYPAL,
    "cheque": PaymentMethod.CHEQUE,
    "check": PaymentMethod.CHEQUE,
    "bacs": PaymentMethod.TRANSFER,
    "bank": PaymentMethod.TRANSFER,
    "virement": PaymentMethod.TRANSFER,
    "transfer": PaymentMethod.TRANSFER,
    "sepa": PaymentMethod.TRANSFER,
    "cod": PaymentMethod.CASH,
    "cash": PaymentMethod.CASH,
    "especes": PaymentMethod.CASH,
    "card": PaymentMethod.CARD,
    "carte": PaymentMethod.CARD,
    "stripe": PaymentMethod.CARD,
    "shopify payments": PaymentMethod.CARD,
    "woocommerce payments": PaymentMethod.CARD,
    "mollie": PaymentMethod.CARD,
    "payplug": PaymentMethod.CARD,
    "adyen": PaymentMethod.CARD,
    "authorize": PaymentMethod.CARD,
    "credit": PaymentMethod.CARD,
}
_SEARCH_ENGINES = {"google": Origin.GOOGLE, "bing": Origin.BING, "yahoo": Origin.YAHOO}
_SOCIAL = ("facebook", "instagram", "tiktok", "pinterest", "twitter", "linkedin")


def numbered(seller_code: str, number: str) -> str:
    """Return a number that no other seller's shop gives: there is a « 1001 » in each of them."""
    return f"{seller_code}-{number.strip().lstrip('#')}" if number else ""


def plain(text: str) -> str:
    """Return a text without HTML entities: « Thé &amp; infusions »."""
    return " ".join(html.unescape(text).split())


def method_of(gateway: str, notes: Notes) -> PaymentMethod:
    """Return how a gateway is paid; one that nobody knows is a card's, and said so."""
    folded = re.sub(r"[^a-z0-9]+", " ", fold(gateway))
    for word, method in GATEWAYS.items():
        if word in folded:
            return method
    if gateway:
        notes.corrected(f"Le moyen de paiement «\u00a0{gateway}\u00a0» est rangé sous Carte bancaire.")
    return PaymentMethod.CARD


def origin_of(referring_site: str, landing_site: str) -> Origin:
    """Return where a buyer came from, by the address of the site before ours."""
    if "gclid=" in landing_site:
        return Origin.GOOGLE_ADS
    try:
        host = urlsplit(referring_site).hostname or ""
    except ValueError:
        return Origin.OTHER
    for name, origin in _SEARCH_ENGINES.items():
        if name in host.split("."):
            return origin
    if any(name in host for name in _SOCIAL):
        return Origin.SOCIAL
    return Origin.OTHER if host else Origin.DIRECT


def address_of(node: Node, keys: Mapping[str, tuple[str, ...]], notes: Notes) -> IncomingAddress | None:
    """Return an address; None where the document has none.

    Args:
        node: The address in the document.
        keys: Our field → the names that it may have there.
        notes: Where corrections are said.
    """
    found = {field: node.text(*names) for field, names in keys.items()}
    name = found.get("name") or " ".join(filter(None, (found.get("first_name"), found.get("last_name"))))
    if not any(value for field, value in found.items() if field != "country"):
        return None
    country = country_code(found.get("country", ""), notes)
    return IncomingAddress(
        name=plain(name) or found.get("company", ""),
        company=plain(found.get("company", "")),
        street=plain(found.get("street", "")),
        street_extra=plain(found.get("street_extra", "")),
        postcode=postcode(found.get("postcode", ""), country, notes),
        city=plain(_with_region(found.get("city", ""), found.get("region", ""), country)),
        country_code=country,
        phone=phone(found.get("phone", ""), country, notes),
    )


def _with_region(city: str, region: str, country: str) -> str:
    """We have no column for states and provinces: « Seattle, WA », as people there write it; France has none."""
    return f"{city}, {region}" if region and country in {"US", "CA", "AU", "BR", "IT", "ES"} else city
