"""The foot of every e-mail: who writes, what the law wants said of a trader, and why one receives it."""

from db.domain.mail import RecipientKind
from db.queries.marketplace import MarketplaceRow

_WHY = {
    RecipientKind.CUSTOMER: "Vous recevez cet e-mail parce que vous avez passé commande sur {name}.",
    RecipientKind.SELLER: "Vous recevez cet e-mail parce que vous vendez sur {name}.",
    RecipientKind.MARKETPLACE: "Copie envoyée à {name}.",
    RecipientKind.STAFF: "Vous recevez cet e-mail parce que vous faites partie de l’équipe de {name}.",
}


def footer_lines(row: MarketplaceRow, recipient: RecipientKind) -> list[str]:
    """Return the foot of an e-mail: the text of Réglages › Marketplace, or else the legal identity."""
    legal = [line.strip() for line in (row.email_footer or default_footer(row)).splitlines() if line.strip()]
    return [*legal, _WHY[recipient].format(name=row.name)]


def default_footer(row: MarketplaceRow) -> str:
    """Return the foot that the marketplace's legal identity makes (art. 19 of the « LCEN »)."""
    identity = [
        row.legal_name or row.name,
        ", ".join(part for part in (row.street, f"{row.postcode} {row.city}".strip()) if part),
        f"SIREN {_in_threes(row.siren)}" if row.siren else "",
        f"TVA {row.vat_number}" if row.vat_number else "",
    ]
    contact = [row.contact_email, row.phone]
    lines = [" · ".join(part for part in identity if part)]
    if any(contact):
        lines.append(f"Une question\u00a0? {' · '.join(part for part in contact if part)}")
    return "\n".join(lines)


def _in_threes(digits: str) -> str:
    return "\u00a0".join(digits[start : start + 3] for start in range(0, len(digits), 3))
