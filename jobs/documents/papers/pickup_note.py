"""The pick-up note: who comes for what, to be signed. The customer says their code; it is printed nowhere."""

from db.domain.formats import DASH, integer, money, plural
from db.domain.slips import kept, pickup_notes
from db.queries.printed import PrintedOrder
from jobs.documents.letterhead import Fact, draw_facts
from jobs.documents.papers.blocks import BOX, Head, House, article, draw_head, draw_note, draw_signatures, draw_tick
from jobs.documents.sheet import LEFT, STRONG, Align, Sheet
from jobs.documents.tables import Cell, Column, Table

_FACT_WIDTHS = (76.0, 50.0, 50.0)
_TICK, _FOOT = 12.0, 58.0


def has_pickup_note(order: PrintedOrder) -> bool:
    """Tell whether an order has such a note."""
    details = order.details
    return bool(pickup_notes(details.status, details.delivery_mode, details.lines))


def draw_pickup_note(sheet: Sheet, house: House, order: PrintedOrder) -> None:
    """Draw the note of an order on pages of its own."""
    details = order.details
    contact = [each for each in (details.customer_phone, details.customer_email) if each]
    draw_head(sheet, house, Head("BON DE RETRAIT", order, "Vendeur", order.seller, "Client", order.billing, contact))
    draw_facts(sheet, _facts(order), _FACT_WIDTHS)
    columns = (
        Column("", _TICK),
        Column("Référence", 34),
        Column("Désignation", 110),
        Column("Quantité", 20, Align.RIGHT),
    )
    table = Table(sheet, columns)
    lines = [line for line in details.lines if kept(line)]
    for line in lines:
        cells: list[Cell | str] = ["", line.sku, article(line), integer(kept(line))]
        top = table.row(cells, keep=_FOOT if line is lines[-1] else 0)
        draw_tick(sheet, LEFT + 3, top + 1.6)
    sheet.make_room(BOX + 6)
    total = plural(sum(map(kept, lines)), "article")
    sheet.y = sheet.write(LEFT, sheet.y + 3, sheet.text(f"{total} à remettre", STRONG, 100))
    said = (
        "Demandez au client son code de retrait\u00a0: il l’a reçu par e-mail avec «\u00a0Commande prête\u00a0», il ne "
        "figure pas sur ce bon. Sans code, vérifiez une pièce d’identité et notez-le."
    )
    draw_note(sheet, "Remise", said)
    draw_signatures(sheet, ("Remis le, par", "Reçu par, nom et signature du client"))


def _facts(order: PrintedOrder) -> list[Fact]:
    details = order.details
    place = details.pickup_address.splitlines() or [order.seller_name, *details.seller_address]
    due = f"À régler\u00a0: {money(details.due_cents, details.currency)}" if details.due_cents else "Réglée"
    return [
        Fact("Lieu de retrait", place[0] if place else DASH, [*place[1:], details.seller_opening_hours]),
        Fact("Mode", details.delivery_mode.label, [details.status.label]),
        Fact("Paiement", due, [details.payment_method.label]),
    ]
