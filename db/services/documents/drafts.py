"""Put together what a document will state, before it has a number."""

import datetime as dt
from dataclasses import dataclass, replace

from db.domain.credit import Credited
from db.domain.documents import DocumentKind, IssuerIncompleteError, NothingToInvoiceError
from db.domain.formats import money
from db.domain.issuers import missing_of_issuer
from db.domain.mentions import ABOUT_PAYING, Stated, category, exemption, mentions
from db.domain.order_facts import claim_of
from db.domain.snapshot import DocumentLine, Original, Snapshot, VatLine
from db.domain.time import local_day
from db.domain.vat import net_of_lines, totals_per_rate
from db.services.documents.sources import House, Issuer, Sale, SoldLine


@dataclass(frozen=True, slots=True)
class Place:
    """A document's place in its series."""

    series: str
    sequence: int
    number: str
    issued_at: dt.datetime

    @property
    def issued_on(self) -> dt.date:
        """Return the day in the marketplace's time zone."""
        return local_day(self.issued_at)


def draft_invoice(house: House, issuer: Issuer, sale: Sale, follow_up_url: str, place: Place) -> Snapshot:
    """Return what an order's invoice states.

    Raises:
        IssuerIncompleteError: The law wants more of the seller than is known.
        NothingToInvoiceError: The order costs nothing, or its articles do not come to its total.
    """
    mandate = signed_mandate(issuer)
    _check_total(sale)
    lines, vat = _priced(house, issuer, sale)
    gross = sum(each.gross_cents for each in vat)
    if gross <= 0:
        raise NothingToInvoiceError("cette commande ne coûte rien")
    due = max(0, gross - sale.paid_cents)
    stated = Stated(issuer.party.legal_name, house.party.name, mandate, issuer.vat_on_debits, issuer.nature, sale.buyer)
    return Snapshot(
        kind=DocumentKind.INVOICE,
        number=place.number,
        series=place.series,
        sequence=place.sequence,
        issued_at=place.issued_at,
        issued_on=place.issued_on,
        order_number=sale.number,
        placed_on=sale.placed_on,
        currency=sale.currency,
        issuer=issuer.party,
        marketplace=house.party,
        mandate_signed_on=mandate,
        buyer=sale.buyer,
        billing=sale.billing,
        delivery_address=sale.delivery_address,
        delivery=sale.delivery,
        nature=issuer.nature,
        lines=lines,
        vat=vat,
        mentions=mentions(house.texts, stated, [each.exemption for each in vat]),
        paid_cents=min(gross, sale.paid_cents),
        due_cents=due,
        due_on=place.issued_on + dt.timedelta(days=house.payment_days) if due else None,
        receipts=sale.receipts,
        payment_words=house.texts.payment if due else "",
        follow_up_url=follow_up_url,
        brand_colour=house.brand_colour,
        logo_ref=house.logo_ref,
    )


def draft_credit_note(invoice: Snapshot, credited: Credited, reason: str, place: Place) -> Snapshot:
    """Return what a credit note states: the invoice's people and words, and what is given back."""
    return replace(
        invoice,
        kind=DocumentKind.CREDIT_NOTE,
        number=place.number,
        series=place.series,
        sequence=place.sequence,
        issued_at=place.issued_at,
        issued_on=place.issued_on,
        lines=credited.lines,
        vat=credited.vat,
        mentions=tuple(each for each in invoice.mentions if each.code not in ABOUT_PAYING),
        payment_words="",
        paid_cents=0,
        due_cents=0,
        due_on=None,
        receipts=(),
        original=Original(invoice.number, invoice.issued_on),
        reason=reason,
    )


def signed_mandate(issuer: Issuer) -> dt.date:
    """Return when the seller signed its mandate, once all is known that the law wants of an issuer.

    Raises:
        IssuerIncompleteError: Something is missing; the sentence says what.
    """
    missing = missing_of_issuer(issuer.party, issuer.vat_exemption, issuer.mandate_signed_on)
    if missing or issuer.mandate_signed_on is None:
        raise IssuerIncompleteError(issuer.party.name, missing)
    return issuer.mandate_signed_on


def _priced(house: House, issuer: Issuer, sale: Sale) -> tuple[tuple[DocumentLine, ...], tuple[VatLine, ...]]:
    billed = [each for each in map(_billed, sale.lines) if each.quantity]
    gross = [(line.vat_rate_bp, line.total_cents) for line in billed]
    totals = totals_per_rate(gross)
    nets = net_of_lines(totals, gross)
    lines = tuple(
        _line(position, line, net) for position, (line, net) in enumerate(zip(billed, nets, strict=True), start=1)
    )
    vat = []
    for total in totals:
        why = category(total.rate_bp, issuer.party.vat_number, sale.buyer, sale.delivery_address.country_code)
        words = exemption(why, house.texts, issuer.vat_exemption)
        vat.append(VatLine(total.rate_bp, why, words, total.net_cents, total.vat_cents, total.gross_cents))
    return lines, tuple(vat)


def _check_total(sale: Sale) -> None:
    """Refuse an order that does not hold together: an invoice of another total than the customer agreed to is wrong."""
    articles = sum(line.total_cents for line in sale.lines)
    if articles != sale.total_cents:
        told, total = (money(cents, sale.currency) for cents in (articles, sale.total_cents))
        raise NothingToInvoiceError(
            f"les articles et le port de cette commande font {told}, son total {total}. Faites-la corriger dans la "
            "boutique"
        )


def _billed(line: SoldLine) -> SoldLine:
    """Return what the sale still asks for a line (``LineFacts.claim_cents``): what was given back is not invoiced."""
    if not (line.quantity_cancelled or line.settled_cents):
        return line
    total = claim_of(line.total_cents, line.quantity, line.quantity_cancelled, line.settled_cents)
    kept = line.quantity - line.quantity_cancelled - line.quantity_returned
    units = max(kept, 1) if total else kept  # A unit that came back damaged may be given back in part only.
    return replace(line, quantity=units, total_cents=total, discount_cents=units * line.unit_price_cents - total)


def _line(position: int, line: SoldLine, net_cents: int) -> DocumentLine:
    return DocumentLine(
        position=position,
        order_line_id=line.id,
        reference=line.reference,
        name=line.name,
        attributes=line.attributes,
        quantity=line.quantity,
        unit_price_cents=line.unit_price_cents,
        discount_cents=line.discount_cents,
        vat_rate_bp=line.vat_rate_bp,
        net_cents=net_cents,
        gross_cents=line.total_cents,
    )
