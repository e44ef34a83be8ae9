"""Invoices and credit notes as PDFs (docs: DOMAIN.md, « Documents »)."""

from collections.abc import Sequence
from typing import BinaryIO

from db.domain.colours import readable_on
from db.domain.formats import DASH, amount, date, integer, rate, symbol
from db.domain.money import BASIS_POINTS, divide_half_up
from db.domain.postal import PostalAddress
from db.domain.snapshot import DocumentLine, Party, Snapshot
from jobs.documents.closing import closing_height, draw_closing
from jobs.documents.letterhead import (
    Fact,
    address_lines,
    draw_addressee,
    draw_facts,
    draw_name,
    draw_sender,
    draw_title,
)
from jobs.documents.metadata import FACTURX_NAME
from jobs.documents.sheet import BODY, LEFT, RIGHT, STRONG, Align, Ink, Running, Sheet
from jobs.documents.tables import Cell, Column, Table

_FACT_WIDTHS = (32.0, 54.0, 36.0, 54.0)
_AFTER_HEAD = 87.0


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
    kind = snapshot.kind.label
    subject = f"{kind} de la commande {snapshot.order_number}"
    author = snapshot.issuer.legal_name or snapshot.issuer.name
    sheet = Sheet(f"{kind} {snapshot.number}", snapshot.issued_at, author=author, subject=subject)
    draw_document(sheet, snapshot, logo=logo)
    if xml is not None:
        sheet.attach(FACTURX_NAME, xml, "Factur-X", snapshot.issued_at)
    sheet.write_to(out)
    return sheet.warnings


def draw_document(sheet: Sheet, snapshot: Snapshot, *, logo: bytes | None = None) -> None:
    """Draw one document on pages of its own."""
    issuer = snapshot.issuer
    sheet.begin(
        Running(
            head=f"{snapshot.kind.label} {snapshot.number}",
            owner=issuer.legal_name or issuer.name,
            foot=[_identity(issuer), _identity(snapshot.marketplace)],
            accent=readable_on(Ink.PAPER, snapshot.brand_colour),
        )
    )
    draw_name(sheet, snapshot.marketplace.name or issuer.name, logo)
    draw_title(sheet, snapshot.kind.label.upper(), snapshot.number)
    sheet.y = max(_AFTER_HEAD, _draw_issuer(sheet, snapshot) + 4, _draw_customer(sheet, snapshot) + 4)
    draw_facts(sheet, _facts(snapshot), _FACT_WIDTHS)
    _draw_original(sheet, snapshot)
    _draw_lines(sheet, snapshot)
    draw_closing(sheet, snapshot)


def _identity(party: Party) -> str:
    """Return who a company is, in one line."""
    address = ", ".join(address_lines(party.street, party.postcode, party.city))
    facts = (
        party.legal_name or party.name,
        address,
        party.legal_notice,
        f"SIREN {_in_threes(party.siren)}" if party.siren else "",
        f"TVA {party.vat_number}" if party.vat_number else "",
    )
    return " · ".join(fact for fact in facts if fact)


def _in_threes(siren: str) -> str:
    return "\u00a0".join(siren[start : start + 3] for start in range(0, len(siren), 3))


def _draw_issuer(sheet: Sheet, snapshot: Snapshot) -> float:
    issuer = snapshot.issuer
    name = issuer.legal_name or issuer.name
    country = PostalAddress(country_code=issuer.country_code).country
    lines = [
        issuer.name if issuer.name != name else "",
        *address_lines(issuer.street, issuer.postcode, issuer.city, country),
        f"SIREN {_in_threes(issuer.siren)}" if issuer.siren else "",
        f"N° TVA {issuer.vat_number}" if issuer.vat_number else "",
    ]
    small = [issuer.legal_notice, *(each.text for each in snapshot.mentions if each.code == "REG")]
    return draw_sender(sheet, "Vendeur", name, [line for line in lines if line], [line for line in small if line])


def _draw_customer(sheet: Sheet, snapshot: Snapshot) -> float:
    buyer = snapshot.buyer
    identity = [
        f"SIREN {_in_threes(buyer.siren)}" if buyer.siren else "",
        f"N° TVA {buyer.vat_number}" if buyer.vat_number else "",
    ]
    return draw_addressee(sheet, "Client", snapshot.billing, [" · ".join(each for each in identity if each)])


def _facts(snapshot: Snapshot) -> list[Fact]:
    delivery = snapshot.delivery
    third = Fact("Échéance", date(snapshot.due_on)) if snapshot.due_on else Fact("Opération", snapshot.nature.label)
    beneath = [delivery.carrier]
    if delivery.delivered_on:
        beneath.append(f"le {date(delivery.delivered_on)}")
    return [
        Fact("Date d’émission", date(snapshot.issued_on)),
        Fact("Commande", snapshot.order_number, [f"du {date(snapshot.placed_on)}"]),
        third,
        Fact("Livraison", delivery.mode.label, [*(each for each in beneath if each), *_delivered_to(snapshot)]),
    ]


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
    width = RIGHT - LEFT - 10
    original = snapshot.original
    words = sheet.text(f"Avoir sur la facture {original.number} du {date(original.issued_on)}", STRONG, width)
    reason = sheet.text(f"Motif\u00a0: {snapshot.reason}" if snapshot.reason else "", BODY, width)
    height = words.height + reason.height + 5
    sheet.ground(LEFT, sheet.y, RIGHT - LEFT, height)
    sheet.ground(LEFT, sheet.y, 1.2, height, sheet.accent)
    sheet.stack(LEFT + 5, sheet.y + 2.5, (words, reason))
    sheet.y += height + 5


def _draw_lines(sheet: Sheet, snapshot: Snapshot) -> None:
    has_discount = any(line.discount_cents for line in snapshot.lines)
    money = symbol(snapshot.currency)
    columns = [
        Column("Référence", 24),
        Column("Désignation", 40 if has_discount else 55),
        Column("Qté", 10, Align.RIGHT),
        Column(f"PU HT ({money})", 18, Align.RIGHT),
        Column(f"PU TTC ({money})", 18, Align.RIGHT),
        Column("TVA", 13, Align.RIGHT),
        *([Column("Remise TTC", 15, Align.RIGHT)] if has_discount else []),
        Column(f"Total HT ({money})", 19, Align.RIGHT),
        Column(f"Total TTC ({money})", 19, Align.RIGHT),
    ]
    table = Table(sheet, columns)
    for place, line in enumerate(snapshot.lines, start=1):
        keep = closing_height(sheet, snapshot) + 5 if place == len(snapshot.lines) else 0
        table.row(_cells(line, has_discount=has_discount), keep=keep)


def _cells(line: DocumentLine, *, has_discount: bool) -> list[Cell | str]:
    net_price = divide_half_up(line.unit_price_cents * BASIS_POINTS, BASIS_POINTS + line.vat_rate_bp)
    attributes = [f"{name}\u00a0: {value}" for name, value in line.attributes.items()]
    discount = amount(-line.discount_cents) if line.discount_cents else DASH
    return [
        line.reference,
        Cell(line.name, attributes),
        DASH if line.is_amount else integer(line.quantity),
        DASH if line.is_amount else amount(net_price),
        DASH if line.is_amount else amount(line.unit_price_cents),
        rate(line.vat_rate_bp),
        *([discount] if has_discount else []),
        amount(line.net_cents),
        amount(line.gross_cents),
    ]
