"""What the page states of a customer's account, as data: labels and values in French."""

from dashboard.order_page.facts import AddressBlock, Fact, mail_link, map_link, phone_link, written
from db.domain import formats
from db.domain.time import local_day
from db.queries.customer_rows import Account, BookedAddress, CustomerDetail

_HOME_LOCALE = "fr"


def account_facts(account: Account) -> list[Fact]:
    """Return who the customer is and how to reach them."""
    facts = [
        Fact("Société", account.company),
        Fact("E-mail", account.email, href=mail_link(account.email)),
        Fact("Téléphone", account.phone, href=phone_link(account.phone)),
        Fact("SIREN", account.siren),
        Fact("N° de TVA", account.vat_number),
        Fact("Langue", "" if account.locale.startswith(_HOME_LOCALE) else account.locale),
        Fact("Réf. boutique", account.external_ref or ""),
        Fact("Client n°", str(account.id)),
    ]
    return [fact for fact in facts if fact.value.strip()]


def subtitle(customer: CustomerDetail) -> str:
    """Return « Mairie de Rennes · client depuis le 12/03/2025 · 12 commandes · 432,10 € »."""
    account, bought = customer.account, customer.bought
    parts = [
        account.company,
        f"client depuis le {formats.date(local_day(account.created_at))}",
        formats.plural(bought.order_count - bought.cancelled_count, "commande"),
        *(formats.money(cents, currency) for currency, cents in bought.totals),
        formats.plural(bought.cancelled_count, "annulée") if bought.cancelled_count else "",
    ]
    return " · ".join(part for part in parts if part)


def address_block(address: BookedAddress) -> AddressBlock:
    """Return an entry of the address book as one writes it on a parcel."""
    phone = Fact("Téléphone", address.phone, href=phone_link(address.phone)) if address.phone else None
    return AddressBlock(address.label or "Adresse", written(address), phone, map_link(address))
