"""The sentences that French law wants on an invoice, and why a line bears no VAT.

Code de commerce, art. L441-9, L441-10 and D441-5; Code général des impôts, art. 289 I-2, 293 B and ann. II, art. 242
nonies A. Réglages › Documents may say each in other words.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from db.domain.formats import date
from db.domain.snapshot import Buyer, Mention, Nature, VatCategory

#: The VAT area of the European Union; Monaco counts as France (CGI, art. 256-0).
EU_COUNTRIES = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IT", "LT", "LU", "LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
HOME_COUNTRIES = frozenset({"FR", "MC"})


@dataclass(frozen=True, slots=True)
class MentionTexts:
    """The sentences as they are set; {vendeur}, {marketplace} and {date} stand for what they say."""

    mandate: str = "Document établi par {marketplace} au nom et pour le compte de {vendeur}, sous mandat du {date}."
    late_penalty: str = (
        "En cas de retard de paiement, une pénalité de trois fois le taux d’intérêt légal est exigible sans rappel "
        "(C. com., art. L441-10)."
    )
    recovery_fee: str = (
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard\u00a0: 40\u00a0€ (C. com., art. D441-5)."
    )
    early_payment: str = "Pas d’escompte pour paiement anticipé."
    exempt: str = "Opération exonérée de TVA, art. 261 à 261 E du CGI."
    export: str = "Exonération de TVA, art. 262 I du CGI."
    intra_community: str = "Exonération de TVA, art. 262 ter I du CGI."
    debits: str = "Option pour le paiement de la taxe d’après les débits."
    #: How an invoice is paid that is not paid yet: a bank account, whom a cheque is made out to.
    payment: str = ""
    footer: str = ""


#: The sentences between companies about paying an invoice: a credit note asks nobody for money.
ABOUT_PAYING = frozenset({"PMD", "PMT", "AAB"})


@dataclass(frozen=True, slots=True)
class Stated:
    """What decides which sentences a document bears."""

    seller: str
    marketplace: str
    mandate_signed_on: dt.date
    vat_on_debits: bool
    nature: Nature
    buyer: Buyer


def category(rate_bp: int, seller_vat_number: str, buyer: Buyer, country_code: str) -> VatCategory:
    """Return why a rate is what it is.

    Args:
        rate_bp: The rate, in basis points.
        seller_vat_number: Empty for who charges no VAT at all, wherever it sells.
        buyer: The customer; between companies of two countries of the Union the buyer owes the VAT.
        country_code: Where the goods go.
    """
    if rate_bp:
        return VatCategory.STANDARD
    country = country_code.upper()
    if not seller_vat_number or country in HOME_COUNTRIES:
        return VatCategory.EXEMPT
    if country not in EU_COUNTRIES:
        return VatCategory.EXPORT
    is_abroad = bool(buyer.vat_number) and not buyer.vat_number.upper().startswith("FR")
    return VatCategory.INTRA_COMMUNITY if is_abroad else VatCategory.EXEMPT


def exemption(category: VatCategory, texts: MentionTexts, seller_text: str) -> str:
    """Return the sentence that says why there is no VAT, or nothing where there is."""
    return {
        VatCategory.STANDARD: "",
        VatCategory.EXEMPT: seller_text or texts.exempt,
        VatCategory.EXPORT: texts.export,
        VatCategory.INTRA_COMMUNITY: texts.intra_community,
    }[category]


def mentions(texts: MentionTexts, stated: Stated, exemptions: Collection[str]) -> list[Mention]:
    """Return the sentences of a document, in the order they are printed, each once.

    The codes are those of UNTDID 4451: PMD late payment, PMT recovery costs, AAB early payment, REG regulation, TXD
    tax, AAI general.
    """
    words = {"vendeur": stated.seller, "marketplace": stated.marketplace, "date": date(stated.mandate_signed_on)}
    found = [Mention("REG", _filled(texts.mandate, words)), Mention("AAI", f"{stated.nature.label}.")]
    found += [Mention("TXD", each) for each in dict.fromkeys(exemptions) if each]
    if stated.vat_on_debits:
        found.append(Mention("TXD", texts.debits))
    if stated.buyer.is_company:
        between_companies = (("PMD", texts.late_penalty), ("PMT", texts.recovery_fee), ("AAB", texts.early_payment))
        found += [Mention(code, text) for code, text in between_companies]
    return [*found, Mention("AAI", texts.footer)] if texts.footer else found


def _filled(text: str, words: dict[str, str]) -> str:
    # Not str.format: what people type may hold other braces.
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text
