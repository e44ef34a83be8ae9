"""What the marketplace invoices to its sellers for its service: the fee that it withheld from their payouts.

The fee is VAT-inclusive (DOMAIN.md, « Payouts »). One that is given back lessens the next invoice; where more is given
back than falls due, it is a credit note, which names the invoices that it corrects (CGI, art. 289 I-5).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from db.domain.documents import DocumentKind, NotIssuedError
from db.domain.formats import enumeration, plural, rate
from db.domain.mentions import EU_COUNTRIES, HOME_COUNTRIES, MentionTexts
from db.domain.money import BASIS_POINTS, divide_half_up
from db.domain.payouts import reference_of
from db.domain.snapshot import Buyer, DocumentLine, Mention, Nature, Party, VatCategory, VatLine
from db.domain.vat import VatTotal, totals_per_rate

_PREFIXES = {DocumentKind.INVOICE: "FC", DocumentKind.CREDIT_NOTE: "AC"}
REASON = "Commissions rendues sur des ventes remboursées ou annulées"
_REVERSE_CHARGE = "Autoliquidation de la TVA par le preneur (CGI, art. 259-1° et 283-2)."
_SMALL_BUSINESS = "TVA non applicable, art. 293 B du CGI."


def fee_series_code(kind: DocumentKind, year: int) -> str:
    """Return the series of a year's fee invoices, « FC2026 », or of the credit notes on them, « AC2026 »."""
    return f"{_PREFIXES[kind]}{year}"


def kind_of_fee_series(code: str) -> DocumentKind:
    """Return what the documents of a series are: the reverse of ``fee_series_code``."""
    is_credit = code.startswith(_PREFIXES[DocumentKind.CREDIT_NOTE])
    return DocumentKind.CREDIT_NOTE if is_credit else DocumentKind.INVOICE


def payout_cause(payout_id: int) -> str:
    """Return what causes the invoice of one payout's fees, once."""
    return f"payout:{payout_id}"


def month_cause(month: dt.date, seller_id: int, currency: str, payout_id: int) -> str:
    """Return what causes the invoice of a seller's fees of a month, once.

    Args:
        month: The month.
        seller_id: Whose fees.
        currency: Of the fees.
        payout_id: The first of its payouts; one that is settled late gets a further invoice of that month.
    """
    return f"month:{month:%Y-%m}:{seller_id}:{currency}:{payout_id}"


@dataclass(frozen=True, slots=True)
class FeeSum:
    """Fees of one payout that are alike, in cents as the invoice asks for them: those given back are below zero."""

    payout_id: int
    cents: int
    #: Sales that a fee was withheld of, or refunds that it was given back on.
    count: int
    #: Of the sales; None where several apply, and of what is given back.
    rate_bp: int | None = None

    @property
    def words(self) -> str:
        """Return what they are, on one line of the document: « Commission 2,9 %, 12 ventes »."""
        if self.cents < 0:
            return f"Commission rendue, {plural(self.count, 'vente')}"
        at = f" {rate(self.rate_bp)}" if self.rate_bp is not None else ""
        return f"Commission{at}, {plural(self.count, 'vente')}"


@dataclass(frozen=True, slots=True)
class Priced:
    """The lines of a fee invoice and their VAT."""

    lines: tuple[DocumentLine, ...]
    vat: VatLine


class FeesWaitError(NotIssuedError):
    """Fees that cannot be invoiced yet; the sentence says what is missing, and where it is completed."""


def check_house(house: Party, vat_rate_bp: int) -> None:
    """Refuse a marketplace that cannot issue an invoice: the law wants to know who it is.

    Raises:
        FeesWaitError: Something is missing (CGI, ann. II, art. 242 nonies A).
    """
    wanted = {
        "la raison sociale": house.legal_name,
        "le SIREN": house.siren,
        "l’adresse": house.street and house.city,
        "le numéro de TVA": house.vat_number or not vat_rate_bp,
    }
    if missing := [name for name, value in wanted.items() if not value]:
        raise FeesWaitError(
            f"L’identité de la marketplace est incomplète\u00a0: il manque {enumeration(missing)}. Complétez-la dans "
            "Réglages › Marketplace, les commissions seront ensuite facturées d’elles-mêmes."
        )


def check_seller(seller: Party) -> None:
    """Refuse a seller to whom no invoice can be made out.

    Raises:
        FeesWaitError: Its name, its address, or the VAT number that its country asks for is missing.
    """
    country = seller.country_code.upper()
    if country not in EU_COUNTRIES:
        raise FeesWaitError(
            f"{seller.name} n’est pas établi dans l’Union européenne ({country})\u00a0: le régime de TVA de sa "
            "commission est à décider avec votre comptable, l’application ne la facture pas."
        )
    wanted = {
        "la raison sociale": seller.legal_name,
        "l’adresse": seller.street and seller.city,
        "le numéro de TVA": seller.vat_number or country in HOME_COUNTRIES,
    }
    if missing := [name for name, value in wanted.items() if not value]:
        raise FeesWaitError(
            f"La fiche de {seller.name} est incomplète\u00a0: il manque {enumeration(missing)}. Complétez-la dans "
            "Réglages › Vendeurs, ses commissions seront ensuite facturées d’elles-mêmes."
        )


def price(sums: Sequence[FeeSum], vat_rate_bp: int, seller_country: str) -> Priced:
    """Return the lines of some fees and the VAT in them: taken out of their sum, so that gross never drifts by a cent.

    Args:
        sums: The fees, payout by payout.
        vat_rate_bp: The rate in France; 0 for a marketplace that charges no VAT at all.
        seller_country: A company of another country of the Union owes the VAT itself (CGI, art. 283-2).
    """
    is_home = seller_country.upper() in HOME_COUNTRIES
    rate_bp = vat_rate_bp if is_home else 0
    (total,) = totals_per_rate((rate_bp, each.cents) for each in sums)
    category, exemption = VatCategory.STANDARD, ""
    if not vat_rate_bp:
        category, exemption = VatCategory.EXEMPT, _SMALL_BUSINESS
    elif not is_home:
        category, exemption = VatCategory.REVERSE_CHARGE, _REVERSE_CHARGE
    vat = VatLine(rate_bp, category, exemption, total.net_cents, total.vat_cents, total.gross_cents)
    nets = _nets(total, sums)
    lines = (
        _line(place, each, net, rate_bp) for place, (each, net) in enumerate(zip(sums, nets, strict=True), start=1)
    )
    return Priced(tuple(lines), vat)


def _nets(total: VatTotal, sums: Sequence[FeeSum]) -> list[int]:
    """Return the net of each line; the largest takes the cents by which their roundings miss the total."""
    nets = [divide_half_up(each.cents * BASIS_POINTS, BASIS_POINTS + total.rate_bp) for each in sums]
    largest = max(range(len(sums)), key=lambda place: abs(sums[place].cents))
    nets[largest] += total.net_cents - sum(nets)
    return nets


def _line(position: int, fees: FeeSum, net_cents: int, rate_bp: int) -> DocumentLine:
    return DocumentLine(
        position=position,
        order_line_id=None,
        reference=reference_of(fees.payout_id),
        name=fees.words,
        attributes={},
        quantity=-1 if fees.cents < 0 else 1,
        unit_price_cents=abs(fees.cents),
        discount_cents=0,
        vat_rate_bp=rate_bp,
        net_cents=net_cents,
        gross_cents=fees.cents,
    )


def fee_mentions(texts: MentionTexts, kind: DocumentKind, exemption: str) -> tuple[Mention, ...]:
    """Return the sentences of a fee invoice, in the order they are printed; the codes are those of UNTDID 4451.

    A seller is a company: those about late payment are due (C. com., art. L441-9), but on no credit note.
    """
    found = [Mention("AAI", f"{Nature.SERVICES.label}.")]
    if exemption:
        found.append(Mention("TXD", exemption))
    if kind is DocumentKind.INVOICE:
        about_paying = (("PMD", texts.late_penalty), ("PMT", texts.recovery_fee), ("AAB", texts.early_payment))
        found += [Mention(code, text) for code, text in about_paying]
    if texts.footer:
        found.append(Mention("AAI", texts.footer))
    return tuple(found)


def as_buyer(seller: Party) -> Buyer:
    """Return a seller as the one to whom an invoice is made out."""
    return Buyer("", seller.legal_name or seller.name, seller.siren, seller.vat_number, seller.email)
