"""What the right column states, as data: labels and values in French."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from dashboard.badges import Badge, late_badge, late_delivery_badge
from dashboard.customers.links import customer_url
from dashboard.links import orders_url
from db.domain import formats
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.orders import DeliveryMode
from db.queries.order_rows import AddressRow, CustomerAccount, OrderHeader

_HOME_COUNTRY = "FR"
_HOME_LOCALE = "fr"
_SOURCES = {
    "shop": "Boutique",
    "api": "Interface de programmation",
    "demo": "Données de démonstration",
    "olist": "Import Olist",
    "online-retail": "Import Online Retail",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value; line breaks in it are kept, a link or a badge may go with it."""

    label: str
    value: str
    href: str = ""
    #: The link leads to a page of ours.
    is_page: bool = False
    badge: Badge | None = None
    is_strong: bool = False


def customer_facts(header: OrderHeader, account: CustomerAccount | None, *, opens_account: bool = False) -> list[Fact]:
    """Return who the customer is, how to reach them and what they have bought.

    Args:
        header: The order.
        account: The customer's, where they have one.
        opens_account: Whether the name leads to it: for those who may read it.
    """
    url = customer_url(account.id) if account and opens_account else ""
    facts = [
        Fact("Nom", header.customer_name.strip() or "non renseigné", href=url, is_page=True, is_strong=True),
        Fact("Société", account.company if account else ""),
        Fact("E-mail", header.customer_email, href=mail_link(header.customer_email)),
        Fact("Téléphone", header.customer_phone, href=phone_link(header.customer_phone)),
    ]
    return _known([*facts, *(_account_facts(account) if account else [])])


def _account_facts(account: CustomerAccount) -> list[Fact]:
    theirs = OrderFilter(statuses=ALL_STATUSES, customer_id=account.id)
    return [
        Fact("Langue", "" if account.locale.startswith(_HOME_LOCALE) else account.locale),
        Fact("Fidélité", "" if account.loyalty_points is None else formats.plural(account.loyalty_points, "point")),
        Fact("Achats", _bought(account), href=orders_url(theirs), is_page=True),
    ]


def _bought(account: CustomerAccount) -> str:
    """Return « 12 commandes · 432,10 € », which cancelled orders are no part of, though counted apart."""
    kept = formats.plural(account.order_count - account.cancelled_count, "commande")
    sums = [formats.money(cents, currency) for currency, cents in account.totals]
    cancelled = [formats.plural(account.cancelled_count, "annulée")] if account.cancelled_count else []
    return " · ".join([kept, *sums, *cancelled])


def delivery_facts(header: OrderHeader, today: dt.date) -> list[Fact]:
    """Return how and when the goods reach the customer."""
    late, late_delivery = header.days_late(today), header.delivery_days_late(today)
    facts = [
        Fact("Mode", header.delivery_mode.label),
        Fact("Transporteur", header.carrier),
        Fact("Poids", formats.weight(header.weight_g) if header.weight_g else ""),
        Fact(_pickup_label(header.delivery_mode), header.pickup_address),
        Fact("Horaires", header.seller_opening_hours if header.is_collected else ""),
        Fact("À expédier avant", day_words(header.ship_by), badge=late_badge(late) if late else None),
        Fact(
            "Livraison prévue",
            day_words(header.expected_delivery_on),
            badge=late_delivery_badge(late_delivery) if late_delivery else None,
        ),
        Fact("Livrée le", formats.instant(header.delivered_at) if header.delivered_at else ""),
    ]
    return _known(facts)


def payment_facts(header: OrderHeader, refund_due_cents: int = 0) -> list[Fact]:
    """Return what was paid of the order, and what is left."""
    paid = formats.money(header.paid_cents, header.currency)
    facts = [
        Fact("Moyen", header.payment_method.label),
        Fact("Payé", f"{paid} sur {formats.money(header.total_cents, header.currency)}"),
    ]
    if header.refunded_cents:
        facts.append(Fact("Remboursé", formats.money(header.refunded_cents, header.currency)))
    elif header.due_cents > 0:
        facts.append(Fact("Reste à payer", formats.money(header.due_cents, header.currency), is_strong=True))
    elif header.due_cents + refund_due_cents < 0:
        too_much = -header.due_cents - refund_due_cents
        facts.append(Fact("Trop-perçu", formats.money(too_much, header.currency), is_strong=True))
    if refund_due_cents:
        facts.append(Fact("Remboursement à faire", formats.money(refund_due_cents, header.currency), is_strong=True))
    return [*facts, Fact("Facture", header.invoice_number or "Pas encore émise")]


def origin_facts(header: OrderHeader) -> list[Fact]:
    """Return where the order comes from."""
    accepted = header.terms_accepted_at
    return _known(
        [
            Fact("Origine", header.origin.label),
            Fact("Transmise par", _SOURCES.get(header.source, header.source)),
            Fact(
                "Conditions de vente",
                f"acceptées le {formats.instant(accepted)}" if accepted else "acceptation non renseignée",
            ),
            Fact("Panier", header.basket_reference or ""),
        ]
    )


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """An address as one writes it on a parcel, with a link that finds it on a map."""

    title: str
    lines: tuple[str, ...]
    phone: Fact | None
    map_href: str


def address_blocks(billing: AddressRow | None, delivery: AddressRow | None) -> list[AddressBlock]:
    """Return the addresses; one block where both are the same."""
    if billing and delivery and written(billing) == written(delivery) and billing.phone == delivery.phone:
        return [_block("Facturation et livraison", billing)]
    named = (("Livraison", delivery), ("Facturation", billing))
    return [_block(title, address) for title, address in named if address]


def _block(title: str, address: AddressRow) -> AddressBlock:
    phone = Fact("Téléphone", address.phone, href=phone_link(address.phone)) if address.phone else None
    return AddressBlock(title, written(address), phone, map_link(address))


def written(address: AddressRow) -> tuple[str, ...]:
    """Return the lines of an address as they stand on a parcel."""
    country = "" if address.country_code == _HOME_COUNTRY else address.country_code
    lines = (address.name, address.company, address.street, address.street_extra, _town(address), country)
    return tuple(line for line in lines if line.strip())


def _town(address: AddressRow) -> str:
    return f"{address.postcode} {address.city}".strip()


def map_link(address: AddressRow) -> str:
    """Return where a map shows the address, empty where there is neither a street nor a town."""
    place = ", ".join(part for part in (address.street.strip(), _town(address)) if part)
    if not place:
        return ""
    return f"https://www.openstreetmap.org/search?{urlencode({'query': f'{place}, {address.country_code}'})}"


def mail_link(email: str) -> str:
    """Return the « mailto: » of an e-mail address, empty where it cannot be one."""
    return f"mailto:{quote(email, safe='@+')}" if email.count("@") == 1 and " " not in email else ""


def phone_link(phone: str) -> str:
    """Return the « tel: » of a phone number, empty where it has no digits to call."""
    digits = "".join(character for character in phone if character in "+0123456789")
    return f"tel:{digits}" if len(digits) > 3 else ""


def _pickup_label(mode: DeliveryMode) -> str:
    return "Point relais" if mode is DeliveryMode.PICKUP_POINT else "Retrait"


def day_words(day: dt.date | None) -> str:
    """Return « mardi 24/11/2026 », nothing for no day."""
    return f"{formats.WEEKDAYS[day.weekday()]} {formats.date(day)}" if day else ""


def _known(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.value.strip()]
