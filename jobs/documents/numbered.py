"""Invoices and credit notes as PDFs (docs: DOMAIN.md, « Documents »)."""

from collections.abc import Callable, Sequence
from typing import BinaryIO

from db.domain.formats import NO_BREAK_SPACE, date, shorten
from db.domain.postal import PostalAddress
from db.domain.snapshot import Delivery, Numbered, Snapshot
from jobs.documents.bands import draw_band
from jobs.documents.closing import MANDATE_CODE, draw_closing
from jobs.documents.identity import accent_of, identity_of, registrations
from jobs.documents.letterhead import (
    Fact,
    address_lines,
    draw_addressee,
    draw_facts,
    draw_name,
    draw_sender,
    draw_title,
)
from jobs.documents.lines import draw_lines
from jobs.documents.metadata import FACTURX_NAME
from jobs.documents.sheet import Running, Sheet
from jobs.documents.tables import FULL

#: The order's number is long; the last fact takes what the others leave.
_FACT_WIDTH, _ORDER_WIDTH = 28.0, 63.0
_ORDER = "Commande"
#: Where the facts begin, unless an address is longer.
AFTER_HEAD = 87.0
#: Of the seller in the head of further pages; the first one and the foot have all of it.
_LONGEST_OWNER = 70


def render(snapshot: Snapshot, out: BinaryIO, *, xml: bytes | None, logo: bytes | None) -> tuple[str, ...]:
    """Write one document as PDF/A-3B; the same contents are always the same bytes.

    Args:
        snapshot: What it states.
        out: Where to.
        xml: Its Factur-X invoice, to be embedded.
        logo: The marketplace's, as PNG or JPEG.

    Returns:
        The texts that could not be drawn as they are written.
    """
    about = f"de la commande {snapshot.order_number}"
    return write_pdf(snapshot, out, xml, about, lambda sheet: draw_document(sheet, snapshot, logo=logo))


def write_pdf(
    snapshot: Numbered, out: BinaryIO, xml: bytes | None, about: str, draw: Callable[[Sheet], None]
) -> tuple[str, ...]:
    """Write what ``draw`` draws as the file of a document; return the texts that could not be drawn as written."""
    kind = snapshot.kind.label
    author = snapshot.issuer.legal_name or snapshot.issuer.name
    sheet = Sheet(f"{kind} {snapshot.number}", snapshot.issued_at, author=author, subject=f"{kind} {about}")
    draw(sheet)
    if xml is not None:
        sheet.attach(FACTURX_NAME, xml, "Factur-X")
    sheet.write_to(out)
    return sheet.warnings


def draw_document(sheet: Sheet, snapshot: Snapshot, *, logo: bytes | None = None) -> None:
    """Draw one document on pages of its own."""
    issuer = snapshot.issuer
    begin(sheet, snapshot, [identity_of(issuer), identity_of(snapshot.marketplace)])
    draw_name(sheet, snapshot.marketplace.name or issuer.name, logo)
    draw_title(sheet, snapshot.kind.label.upper(), f"N° {snapshot.number}")
    sheet.y = max(AFTER_HEAD, _draw_issuer(sheet, snapshot) + 4, _draw_customer(sheet, snapshot) + 4)
    facts = _facts(snapshot)
    widths = [_ORDER_WIDTH if fact.caption == _ORDER else _FACT_WIDTH for fact in facts[:-1]]
    draw_facts(sheet, facts, [*widths, FULL - sum(widths)])
    _draw_original(sheet, snapshot)
    draw_lines(sheet, snapshot)
    draw_closing(sheet, snapshot)


def begin(sheet: Sheet, snapshot: Numbered, foot: Sequence[str]) -> None:
    """Start a numbered document on a page of its own."""
    issuer = snapshot.issuer
    sheet.begin(
        Running(
            head=f"{snapshot.kind.label} {snapshot.number}",
            owner=shorten(issuer.legal_name or issuer.name, _LONGEST_OWNER),
            foot=foot,
            accent=accent_of(snapshot.brand_colour),
        )
    )


def _draw_issuer(sheet: Sheet, snapshot: Snapshot) -> float:
    issuer = snapshot.issuer
    name = issuer.legal_name or issuer.name
    country = PostalAddress(country_code=issuer.country_code).country
    lines = [
        "" if name.startswith(issuer.name) else issuer.name,
        *address_lines(issuer.street, issuer.postcode, issuer.city, country),
        *registrations(issuer),
    ]
    small = [issuer.legal_notice, *(each.text for each in snapshot.mentions if each.code == MANDATE_CODE)]
    return draw_sender(sheet, "Vendeur", name, [line for line in lines if line], [line for line in small if line])


def _draw_customer(sheet: Sheet, snapshot: Snapshot) -> float:
    return draw_addressee(sheet, "Client", snapshot.billing, [" · ".join(registrations(snapshot.buyer))])


def _facts(snapshot: Snapshot) -> list[Fact]:
    delivery = snapshot.delivery
    facts = [Fact("Date d’émission", date(snapshot.issued_on))]
    if snapshot.due_on:
        facts.append(Fact("Échéance", date(snapshot.due_on)))
    facts.append(Fact(_ORDER, snapshot.order_number, [f"du {date(snapshot.placed_on)}"]))
    facts.append(Fact("Livraison", delivery.mode.label, [delivery.carrier, _delivery_day(delivery)]))
    where = _delivered_to(snapshot)
    if where:
        facts.append(Fact("Adresse de livraison", where[0], where[1:]))
    return facts


def _delivery_day(delivery: Delivery) -> str:
    """Return when it came, or when it should: the two must not be taken for each other."""
    if delivery.delivered_on:
        return f"livrée le {date(delivery.delivered_on)}"
    return f"prévue le {date(delivery.expected_on)}" if delivery.expected_on else ""


def _delivered_to(snapshot: Snapshot) -> Sequence[str]:
    """Return where the goods go, where that is not where the invoice goes."""
    if snapshot.delivery.pickup_address:
        return snapshot.delivery.pickup_address.splitlines()
    if snapshot.delivery_address.lines == snapshot.billing.lines:
        return ()
    return snapshot.delivery_address.lines


def _draw_original(sheet: Sheet, snapshot: Snapshot) -> None:
    if snapshot.original is None:
        return
    original = snapshot.original
    heading = f"Avoir sur la facture {original.number} du {date(original.issued_on)}"
    draw_band(sheet, heading, [f"Motif{NO_BREAK_SPACE}: {snapshot.reason}" if snapshot.reason else ""])
    sheet.y += 5
