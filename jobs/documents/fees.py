"""The invoice of the marketplace's fee to a seller, and the credit note on it: the XML, its official check, the PDF.

The same bytes whenever it is made, because it is made of the document's snapshot and its logo.
"""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import sqlalchemy as sa

from db.domain.formats import NO_BREAK_SPACE, date, money, plural
from db.domain.postal import PostalAddress
from db.domain.snapshot import FeeSnapshot
from db.domain.snapshot_json import fees_from_json
from db.engine import reading
from db.models import FeeDocument
from jobs.documents.bands import draw_band
from jobs.documents.closing import draw_closing
from jobs.documents.identity import identity_of, registrations
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
from jobs.documents.logos import Logos
from jobs.documents.numbered import AFTER_HEAD, begin, write_pdf
from jobs.documents.original import write_original
from jobs.documents.sheet import Sheet
from jobs.documents.tables import FULL
from jobs.makers import Made, Progress

_FACT_WIDTHS = (34.0, 52.0, 46.0)


def make_fees(logos: Logos, engine: sa.Engine, arguments: Mapping[str, Any], out: BinaryIO, progress: Progress) -> Made:
    """Write the file of a fee invoice, with what the official check finds wrong in it."""
    progress(0)
    with reading(engine) as session:
        said = session.scalars(sa.select(FeeDocument.snapshot).where(FeeDocument.number == arguments["number"])).one()
    return write_original(fees_from_json(said), logos, out, render_fees)


def render_fees(snapshot: FeeSnapshot, out: BinaryIO, *, xml: bytes | None, logo: bytes | None) -> tuple[str, ...]:
    """Write one document as PDF/A-3B; the same contents are always the same bytes.

    Args:
        snapshot: What it states.
        out: Where to.
        xml: Its Factur-X invoice, to be embedded.
        logo: The marketplace's, as PNG or JPEG.

    Returns:
        The texts that could not be drawn as they are written.
    """
    return write_pdf(snapshot, out, xml, "de commission", lambda sheet: _draw(sheet, snapshot, logo))


def _draw(sheet: Sheet, snapshot: FeeSnapshot, logo: bytes | None) -> None:
    house = snapshot.issuer
    begin(sheet, snapshot, [identity_of(house)])
    draw_name(sheet, house.name, logo)
    draw_title(sheet, snapshot.kind.label.upper(), f"N° {snapshot.number}", "Commission de la marketplace")
    sheet.y = max(AFTER_HEAD, _draw_house(sheet, snapshot) + 4, _draw_seller(sheet, snapshot) + 4)
    draw_facts(sheet, _facts(snapshot), [*_FACT_WIDTHS, FULL - sum(_FACT_WIDTHS)])
    _draw_originals(sheet, snapshot)
    draw_lines(sheet, snapshot)
    draw_closing(sheet, snapshot)


def _draw_house(sheet: Sheet, snapshot: FeeSnapshot) -> float:
    house = snapshot.issuer
    country = PostalAddress(country_code=house.country_code).country
    lines = [
        *address_lines(house.street, house.postcode, house.city, country),
        *registrations(house),
    ]
    contact = " · ".join(each for each in (house.email, house.phone) if each)
    small = [each for each in (house.legal_notice, contact) if each]
    return draw_sender(sheet, "Émetteur", house.legal_name or house.name, lines, small)


def _draw_seller(sheet: Sheet, snapshot: FeeSnapshot) -> float:
    return draw_addressee(sheet, "Vendeur", snapshot.billing, [" · ".join(registrations(snapshot.buyer))])


def _facts(snapshot: FeeSnapshot) -> list[Fact]:
    period = f"{date(snapshot.first_on)} – {date(snapshot.last_on)}"
    if snapshot.first_on == snapshot.last_on:
        period = date(snapshot.first_on)
    payouts = snapshot.payouts
    which = payouts[0] if len(payouts) == 1 else plural(len(payouts), "reversement")
    beneath = [] if len(payouts) == 1 else [f"de {payouts[0]} à {payouts[-1]}"]
    return [
        Fact("Date d’émission", date(snapshot.issued_on)),
        Fact("Période des commissions", period),
        Fact("Reversement" if len(payouts) == 1 else "Reversements", which, beneath),
        Fact("Nature", snapshot.nature.label),
    ]


def _draw_originals(sheet: Sheet, snapshot: FeeSnapshot) -> None:
    if not snapshot.is_credit_note:
        return
    heading = f"Avoir de {money(-snapshot.gross_cents, snapshot.currency)} à votre crédit"
    draw_band(sheet, heading, [f"Motif{NO_BREAK_SPACE}: {snapshot.reason}", *_corrected(snapshot)])
    sheet.y += 5


def _corrected(snapshot: FeeSnapshot) -> Sequence[str]:
    """Return which invoices a credit note corrects; fees of before our books have none of ours."""
    said = [f"{each.number} du {date(each.issued_on)}" for each in snapshot.originals]
    if not said:
        return []
    which = "la facture" if len(said) == 1 else "les factures"
    return [f"Cet avoir corrige {which} {', '.join(said)}."]
