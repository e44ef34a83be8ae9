"""The return slip, to be put into the parcel that comes back: what is in it, why, and until when it may come."""

from collections.abc import Iterator
from dataclasses import dataclass

from db.domain.formats import date, integer, long_date
from db.domain.return_slips import USUAL_INSTRUCTIONS
from db.domain.slips import return_slips, with_customer
from db.domain.withdrawal import WITHDRAWAL_DAYS, last_day_to_send_back, last_day_to_withdraw
from db.emails.links import staff_return_url
from db.queries.order_details import LineDetails
from db.queries.printed import PrintedOrder, PrintedReturn
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
from jobs.documents.qr import draw_qr
from jobs.documents.sheet import BODY, BOTTOM, CAPTION, LEFT, RIGHT, Align, Sheet
from jobs.documents.tables import Cell, Column, Table

_FACT_WIDTHS = (52.0, 62.0, 62.0)
_TICK, _COUNT, _REASON_WIDTH, _FOOT = 12.0, 26.0, 45.0, 70.0
_ARRIVAL, _SIGN = 29.0, 30.0
_REASONS = ("Ne convient pas", "Défectueux ou abîmé", "Pas l’article commandé", "Autre\u00a0:")
_ON_ARRIVAL = "Comptez les articles, notez leur état, puis ouvrez ce retour avec le code ci-contre."
_TO_TICK = "Cochez ce que vous renvoyez et indiquez les quantités."


@dataclass(frozen=True, slots=True)
class ReturnSlip:
    """What a customer has said they send back, or a slip for them to fill in."""

    order: PrintedOrder
    #: What could come back of each article, and how many units were said to; None for a box to fill in.
    lines: tuple[tuple[LineDetails, int | None], ...]
    request: PrintedReturn | None = None

    @property
    def is_filled_in(self) -> bool:
        """Tell whether it says which units come back."""
        return all(units is not None for _, units in self.lines)


def slips_of(order: PrintedOrder) -> Iterator[ReturnSlip]:
    """Return the slips of an order, as many as ``return_slips`` counts."""
    lines = order.details.lines
    for request in order.requests:
        yield slip_of(order, request)
    if not order.requests and return_slips(lines, 0):
        yield ReturnSlip(order, _blank(order))


def slip_of(order: PrintedOrder, request: PrintedReturn) -> ReturnSlip:
    """Return the slip of one return; of one that names no article, one to fill in."""
    said = tuple((line, request.units[line.id]) for line in order.details.lines if request.units.get(line.id))
    return ReturnSlip(order, said or _blank(order), request)


def draw_return_slip(sheet: Sheet, house: House, slip: ReturnSlip) -> None:
    """Draw one slip on pages of its own."""
    order = slip.order
    draw_head(sheet, house, Head("BON DE RETOUR", order, "Client", order.billing, "À renvoyer à", order.seller))
    draw_facts(sheet, _facts(slip), _FACT_WIDTHS)
    _draw_lines(sheet, slip)
    if slip.request:
        draw_note(sheet, "Motif", [slip.request.reason.label, slip.request.explanation])
    else:
        _draw_reasons(sheet)
    instructions = house.return_instructions or USUAL_INSTRUCTIONS
    draw_note(sheet, "Comment faire", instructions if slip.is_filled_in else [_TO_TICK, instructions])
    if slip.request:
        _draw_arrival(sheet, slip.request)
    draw_signatures(sheet, ("Date et signature du client", "Réservé au vendeur\u00a0: reçu le, état"))


def _facts(slip: ReturnSlip) -> list[Fact]:
    request, number = slip.request, slip.order.details.number
    return [
        Fact("Retour", f"Demande n° {request.id}", [f"du {date(request.requested_on)}"])
        if request
        else Fact("Retour", "Sans demande enregistrée", ["à remplir par le client"]),
        _until(slip.order, request),
        Fact("Commande", number, [f"du {date(slip.order.placed_on)}"]),
    ]


def _until(order: PrintedOrder, request: PrintedReturn | None) -> Fact:
    """Return until when the parcel is to leave; before anybody said yes, until when minds may change."""
    if request and request.accepted_on:
        until = long_date(last_day_to_send_back(request.accepted_on))
        return Fact("À renvoyer au plus tard le", until, [f"retour accepté le {date(request.accepted_on)}"])
    if order.received_on:
        until = long_date(last_day_to_withdraw(order.received_on))
        why = f"reçue le {date(order.received_on)}, {WITHDRAWAL_DAYS} jours pour changer d’avis"
        return Fact("Rétractation possible jusqu’au", until, [why])
    until = f"{WITHDRAWAL_DAYS} jours après la réception"
    return Fact("Rétractation possible", until, ["du dernier article de la commande"])


def _blank(order: PrintedOrder) -> tuple[tuple[LineDetails, int | None], ...]:
    return tuple((line, None) for line in order.details.lines if with_customer(line))


def _draw_lines(sheet: Sheet, slip: ReturnSlip) -> None:
    if slip.is_filled_in:
        _draw_announced(sheet, slip)
    else:
        _draw_to_fill_in(sheet, slip)


def _draw_announced(sheet: Sheet, slip: ReturnSlip) -> None:
    """Draw what comes back, with a place to count it when the parcel is opened."""
    columns = (
        Column("Référence", 34),
        Column("Désignation", 94),
        Column("Renvoyé", 22, Align.RIGHT),
        Column("Compté à l’arrivée", _COUNT, Align.RIGHT),
    )
    table = Table(sheet, columns)
    for line, units in slip.lines:
        cells: list[Cell | str] = [line.sku, article(line), integer(units or 0), ""]
        top = table.row(cells, keep=_FOOT if line is slip.lines[-1][0] else 0)
        _draw_count(sheet, top)


def _draw_to_fill_in(sheet: Sheet, slip: ReturnSlip) -> None:
    columns = (
        Column("", _TICK),
        Column("Référence", 34),
        Column("Désignation", 82),
        Column("Reçu", 22, Align.RIGHT),
        Column("Renvoyé", _COUNT, Align.RIGHT),
    )
    table = Table(sheet, columns)
    for line, _ in slip.lines:
        cells: list[Cell | str] = ["", line.sku, article(line), integer(with_customer(line)), ""]
        top = table.row(cells, keep=_FOOT if line is slip.lines[-1][0] else 0)
        draw_tick(sheet, LEFT + 3, top + 1.6)
        _draw_count(sheet, top)


def _draw_count(sheet: Sheet, top: float) -> None:
    draw_frame(sheet, RIGHT - 13, top + 1.2, 12, 5)


def _draw_arrival(sheet: Sheet, request: PrintedReturn) -> None:
    """Draw what leads whoever opens the parcel to the return, just above where they sign."""
    sheet.make_room(_ARRIVAL + _SIGN)
    y = BOTTOM - _SIGN - _ARRIVAL
    draw_qr(sheet, RIGHT - 25, y, staff_return_url(request.id), "Ouvrir le retour")
    y = sheet.write(LEFT, y, sheet.text("À l’arrivée du colis", CAPTION, 60))
    sheet.write(LEFT, y, sheet.text(_ON_ARRIVAL, BODY, 130))


def _draw_reasons(sheet: Sheet) -> None:
    sheet.make_room(16)
    y = sheet.write(LEFT, sheet.y + 4, sheet.text("Motif", CAPTION, 60)) + 1
    x = LEFT
    for reason in _REASONS:
        draw_tick(sheet, x, y, reason)
        x += _REASON_WIDTH
    sheet.rule(y + BOX, x - _REASON_WIDTH + 19, RIGHT)
    sheet.y = y + 6
