"""The delivery slip: what is in a parcel, what came before, what is still to come. It shows no price."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.domain.formats import DASH, date, integer, plural
from db.domain.orders import DeliveryMode
from db.domain.slips import delivery_slips, is_to_prepare, kept, left_to_send
from db.domain.time import local_day
from db.emails.links import follow_up_url
from db.queries.order_details import LineDetails, ShipmentDetails
from db.queries.printed import PrintedOrder
from jobs.documents.letterhead import Fact, draw_facts
from jobs.documents.papers.blocks import Head, House, article, draw_head, draw_signatures
from jobs.documents.qr import draw_qr
from jobs.documents.sheet import BODY, BOTTOM, LEFT, RIGHT, SMALL, Align, Sheet
from jobs.documents.tables import Cell, Column, Table

_FACT_WIDTHS = (34.0, 46.0, 50.0, 46.0)
_FOOT = 62.0


@dataclass(frozen=True, slots=True)
class SlipLine:
    """An article: how many units of it were bought, came before, are in this parcel and are still to come."""

    line: LineDetails
    before: int
    here: int

    @property
    def bought(self) -> int:
        """Return what was bought and not cancelled."""
        return kept(self.line)

    @property
    def to_come(self) -> int:
        """Return what comes in later parcels."""
        return max(0, self.bought - self.before - self.here)


@dataclass(frozen=True, slots=True)
class DeliverySlip:
    """One parcel of an order, or what is about to leave."""

    order: PrintedOrder
    lines: tuple[SlipLine, ...]
    #: « 1 » of « colis 1/2 »; how many there will be is not known while more is to be sent.
    place: int
    parcels: int | None
    shipment: ShipmentDetails | None = None
    is_to_send: bool = False

    @property
    def units(self) -> int:
        """Return how many units the parcel holds."""
        return sum(line.here for line in self.lines)


def slips_of(order: PrintedOrder) -> Iterator[DeliverySlip]:
    """Return the slips of an order, as many as ``delivery_slips`` counts: of its parcels, then of what is to leave."""
    details = order.details
    if not delivery_slips(details.status, details.delivery_mode, details.lines, len(details.shipments)):
        return
    parcels: list[tuple[ShipmentDetails | None, Mapping[int, int]]] = [(each, each.units) for each in details.shipments]
    shipped = {line.id: line.quantity_shipped for line in details.lines if line.quantity_shipped}
    if shipped and not parcels:  # It left before anybody noted parcels.
        parcels.append((None, shipped))
    is_more_to_send = is_to_prepare(details.status, details.lines)
    if is_more_to_send:
        parcels.append((None, {line.id: left_to_send(line) for line in details.lines}))
    is_complete = sum(sum(units.values()) for _, units in parcels) >= sum(map(kept, details.lines))
    before: Counter[int] = Counter()
    for place, (shipment, units) in enumerate(parcels, start=1):
        lines = [SlipLine(line, before[line.id], units.get(line.id, 0)) for line in details.lines if kept(line)]
        count = len(parcels) if is_complete else None
        is_to_send = is_more_to_send and place == len(parcels)
        yield DeliverySlip(order, tuple(lines), place, count, shipment, is_to_send)
        before.update(units)


def draw_delivery_slip(sheet: Sheet, house: House, slip: DeliverySlip) -> None:
    """Draw one slip on pages of its own."""
    order, details = slip.order, slip.order.details
    is_point = details.delivery_mode is DeliveryMode.PICKUP_POINT
    to = "Point de retrait" if is_point else "Adresse de livraison"
    phone = f"Tél. {order.delivery.phone}" if order.delivery.phone else ""
    head = Head("BON DE LIVRAISON", order, "Expéditeur", order.seller, to, order.delivery, [phone])
    draw_head(sheet, house, head)
    draw_facts(sheet, _facts(slip), _FACT_WIDTHS)
    _draw_lines(sheet, slip)
    _draw_foot(sheet, slip)


def _facts(slip: DeliverySlip) -> list[Fact]:
    details, shipment = slip.order.details, slip.shipment
    carrier = (shipment.carrier if shipment else "") or details.carrier
    tracking = f"N° {shipment.tracking_number}" if shipment and shipment.tracking_number else ""
    sent = f"parti le {date(local_day(shipment.shipped_at))}" if shipment else "à expédier" if slip.is_to_send else ""
    place = f"{slip.place}/{slip.parcels}" if slip.parcels else str(slip.place)
    billing = slip.order.billing.lines
    return [
        Fact("Colis", place, [plural(slip.units, "article"), sent]),
        Fact("Mode de livraison", details.delivery_mode.label, [carrier, tracking]),
        Fact("Client", details.customer_name, [details.customer_phone]),
        Fact("Adresse de facturation", billing[0] if billing else DASH, billing[1:]),
    ]


def _draw_lines(sheet: Sheet, slip: DeliverySlip) -> None:
    has_before = any(line.before for line in slip.lines)
    columns = [
        Column("Référence", 30),
        Column("Désignation", 74 if has_before else 92),
        Column("Commandé", 18, Align.RIGHT),
        *([Column("Déjà envoyé", 18, Align.RIGHT)] if has_before else []),
        Column("Dans ce colis", 18, Align.RIGHT),
        Column("À venir", 18, Align.RIGHT),
    ]
    table = Table(sheet, columns)
    for each in slip.lines:
        counts = (each.bought, *([each.before] if has_before else []), each.here, each.to_come)
        cells: list[Cell | str] = [
            each.line.sku,
            article(each.line),
            *(integer(count) if count else DASH for count in counts),
        ]
        table.row(cells, keep=_FOOT if each is slip.lines[-1] else 0)


def _draw_foot(sheet: Sheet, slip: DeliverySlip) -> None:
    sheet.make_room(_FOOT)
    y = BOTTOM - _FOOT + 4
    url = follow_up_url(slip.order.details.id, slip.order.details.link_generation, on_paper=True)
    draw_qr(sheet, RIGHT - 25, y, url, "Suivre la commande")
    to_come = sum(line.to_come for line in slip.lines)
    words = [f"{plural(slip.units, 'article')} dans ce colis."]
    if to_come:
        words.append(f"{plural(to_come, 'article')} à venir dans un autre colis.")
    y = sheet.write(LEFT, y, sheet.text(words, BODY, 130))
    said = (
        "Vérifiez le contenu du colis à la réception. S’il manque un article ou s’il est abîmé, dites-le au livreur, "
        "puis écrivez-nous depuis la page de suivi de votre commande."
    )
    sheet.write(LEFT, y + 1.5, sheet.text(said, SMALL, 130))
    draw_signatures(sheet, ("Préparé par", "Reçu le, nom et signature"))
