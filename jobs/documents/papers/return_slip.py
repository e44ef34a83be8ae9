"""The return slip, to be put into the parcel that comes back: what is in it, why, and until when it may come."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.domain.formats import date, integer, long_date
from db.domain.slips import return_slips, with_customer
from db.domain.withdrawal import WITHDRAWAL_DAYS, last_day_to_withdraw
from db.queries.order_details import LineDetails
from db.queries.printed import PrintedOrder, ReturnRequest
from jobs.documents.letterhead import Fact, draw_facts
from jobs.documents.papers.blocks import (
    BOX,
    Head,
    House,
    article,
    draw_frame,
    draw_head,
    draw_note,
    draw_signatures,
    draw_tick,
)
from jobs.documents.sheet import CAPTION, LEFT, RIGHT, Align, Sheet
from jobs.documents.tables import Cell, Column, Table

_FACT_WIDTHS = (52.0, 62.0, 62.0)
_TICK, _COUNT, _REASON_WIDTH, _FOOT = 12.0, 26.0, 45.0, 70.0
_REASONS = ("Ne convient pas", "Défectueux ou abîmé", "Pas l’article commandé", "Autre\u00a0:")


@dataclass(frozen=True, slots=True)
class ReturnSlip:
    """What a customer has said they send back, or a slip for them to fill in."""

    order: PrintedOrder
    #: What could come back of each article, and how many units were said to; None for a box to fill in.
    lines: tuple[tuple[LineDetails, int | None], ...]
    request: ReturnRequest | None = None


def slips_of(order: PrintedOrder) -> Iterator[ReturnSlip]:
    """Return the slips of an order, as many as ``return_slips`` counts."""
    lines = order.details.lines
    for request in order.requests:
        said = tuple((line, request.units[line.id]) for line in lines if line.id in request.units)
        yield ReturnSlip(order, said or _blank(order), request)
    if not order.requests and return_slips(lines, 0):
        yield ReturnSlip(order, _blank(order))


def draw_return_slip(sheet: Sheet, house: House, slip: ReturnSlip) -> None:
    """Draw one slip on pages of its own."""
    order = slip.order
    draw_head(sheet, house, Head("BON DE RETOUR", order, "Client", order.billing, "À renvoyer à", order.seller))
    draw_facts(sheet, _facts(slip), _FACT_WIDTHS)
    _draw_lines(sheet, slip)
    _draw_reasons(sheet)
    if slip.request:
        draw_note(sheet, "Explication du client", slip.request.explanation)
    said = (
        "Cochez ce que vous renvoyez, glissez ce bon dans le colis et gardez la preuve de dépôt de votre envoi. Le "
        "remboursement suit la réception des articles."
    )
    draw_note(sheet, "Comment faire", said)
    draw_signatures(sheet, ("Date et signature du client", "Réservé au vendeur\u00a0: reçu le, état"))


def _blank(order: PrintedOrder) -> tuple[tuple[LineDetails, int | None], ...]:
    return tuple((line, None) for line in order.details.lines if with_customer(line))


def _facts(slip: ReturnSlip) -> list[Fact]:
    received_on = slip.order.received_on
    if received_on:
        until = long_date(last_day_to_withdraw(received_on))
        why = f"reçue le {date(received_on)}, {WITHDRAWAL_DAYS} jours pour changer d’avis"
    else:
        until, why = f"{WITHDRAWAL_DAYS} jours après la réception", "du dernier article de la commande"
    asked = f"Demande n° {slip.request.id}" if slip.request else "Sans demande enregistrée"
    asked_on = f"du {date(slip.request.requested_on)}" if slip.request else "à remplir par le client"
    return [
        Fact("Retour", asked, [asked_on]),
        Fact("Rétractation possible jusqu’au" if received_on else "Rétractation possible", until, [why]),
        Fact("Commande", slip.order.details.number, [f"du {date(slip.order.placed_on)}"]),
    ]


def _draw_lines(sheet: Sheet, slip: ReturnSlip) -> None:
    columns = (
        Column("", _TICK),
        Column("Référence", 34),
        Column("Désignation", 82),
        Column("Reçu", 22, Align.RIGHT),
        Column("Renvoyé", _COUNT, Align.RIGHT),
    )
    table = Table(sheet, columns)
    for line, units in slip.lines:
        said = integer(units) if units is not None else ""
        cells: list[Cell | str] = ["", line.sku, article(line), integer(with_customer(line)), said]
        top = table.row(cells, keep=_FOOT if line is slip.lines[-1][0] else 0)
        draw_tick(sheet, LEFT + 3, top + 1.6)
        if units is None:
            draw_frame(sheet, RIGHT - 13, top + 1.2, 12, 5)


def _draw_reasons(sheet: Sheet) -> None:
    sheet.make_room(16)
    y = sheet.write(LEFT, sheet.y + 4, sheet.text("Motif", CAPTION, 60)) + 1
    x = LEFT
    for reason in _REASONS:
        draw_tick(sheet, x, y, reason)
        x += _REASON_WIDTH
    sheet.rule(y + BOX, x - _REASON_WIDTH + 19, RIGHT)
    sheet.y = y + 6
