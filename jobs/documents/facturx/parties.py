"""Who sells, who buys, who is paid, and where the goods go, as EN 16931 names them."""

from typing import Any

from db.domain.orders import DeliveryMode
from db.domain.postal import PostalAddress, at_pickup_point
from db.domain.snapshot import Buyer, Party, Snapshot
from jobs.documents.facturx.values import code, stated, text

#: Identifiers of companies and establishments in France, ISO/IEC 6523.
_SIREN, _SIRET = "0002", "0009"
#: Electronic addresses: of the French register of companies, and e-mail.
_FRENCH_REGISTER, _EMAIL = "0225", "EM"
_SIREN_DIGITS = 9
_UNNAMED = "Client"

_COLLECTED = frozenset({DeliveryMode.PICKUP_POINT, DeliveryMode.CLICK_AND_COLLECT, DeliveryMode.IN_STORE})


def seller(issuer: Party) -> dict[str, Any]:
    """Return BG-4: the seller stays the seller, whoever writes the invoice for it; the mandate is among the notes."""
    legal_name, name, vat_number = (
        text(issuer.legal_name) or text(issuer.name),
        text(issuer.name),
        code(issuer.vat_number),
    )
    return stated(
        name=legal_name,
        biz_name=name if name != legal_name else "",
        legal_info=text(issuer.legal_notice),
        identifiers=stated(**{_SIRET: code(issuer.siret)}),
        vat_identifier=vat_number,
        # EN 16931 wants one of the two; who charges no VAT has only the SIREN.
        tax_identifier="" if vat_number else code(issuer.siren),
        contacts=_contact(phone=text(issuer.phone), email=text(issuer.email)),
        **_company_number(issuer.siren),
        **_electronic_address(issuer.siren, issuer.email),
        **_address(issuer.street, "", issuer.postcode, issuer.city, issuer.country_code),
    )


def buyer(customer: Buyer, billing: PostalAddress) -> dict[str, Any]:
    """Return BG-7: the company, else the person; of many we know neither a number nor a whole address."""
    company, person = text(customer.company), text(customer.name) or text(billing.name)
    return stated(
        name=company or person or _UNNAMED,
        vat_identifier=code(customer.vat_number),
        contacts=_contact(name=person) if company else [],
        **_company_number(customer.siren),
        **_electronic_address(customer.siren, customer.email),
        **_postal(billing),
    )


def payee(snapshot: Snapshot) -> dict[str, Any]:
    """Return BG-10: the marketplace, to which buyers pay; nothing where it sells by itself."""
    house, issuer = snapshot.marketplace, snapshot.issuer
    name = text(house.legal_name) or text(house.name)
    is_the_seller = name in {text(issuer.legal_name), text(issuer.name)} or (
        house.siren and code(house.siren) == code(issuer.siren)
    )
    return {} if is_the_seller or not name else stated(name=name, **_company_number(house.siren))


def delivered_to(snapshot: Snapshot) -> dict[str, Any]:
    """Return BG-13: the customer's address, or the place where they collect."""
    place, delivery = snapshot.delivery_address, snapshot.delivery
    if delivery.mode in _COLLECTED and delivery.pickup_address.strip():
        place = at_pickup_point(place, delivery.pickup_address)
    name = text(place.company) or text(place.name) or text(snapshot.buyer.name) or _UNNAMED
    return stated(name=name, **_postal(place))


def _company_number(siren: str) -> dict[str, str]:
    number = code(siren)
    # A number of another shape is a foreign register's, of which we do not know the scheme.
    scheme = _SIREN if _is_siren(number) else ""
    return {"legal_identifier": number, "legal_identifier_schemeid": scheme}


def _electronic_address(siren: str, email: str) -> dict[str, str]:
    number = code(siren)
    if _is_siren(number):
        return {"einvoicing_addr": number, "einvoicing_addr_schemeid": _FRENCH_REGISTER}
    return {"einvoicing_addr": text(email), "einvoicing_addr_schemeid": _EMAIL}


def _is_siren(number: str) -> bool:
    return len(number) == _SIREN_DIGITS and number.isdigit()


def _contact(**parts: str) -> list[dict[str, str]]:
    return [contact] if (contact := stated(**parts)) else []


def _postal(address: PostalAddress) -> dict[str, str]:
    return _address(address.street, address.street_extra, address.postcode, address.city, address.country_code)


def _address(street: str, extra: str, postcode: str, city: str, country: str) -> dict[str, str]:
    first, second = text(street), text(extra)
    return {
        "addr_l1": first or second,
        "addr_l2": second if first else "",
        "postcode": text(postcode),
        "city": text(city),
        "country_code": code(country) or "FR",
    }
