"""The papers of a printing one by one, in the order of its pages: what each is called and how it is drawn."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy as sa

from db.domain.formats import DASH
from db.domain.papers import Paper
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.papers import in_parts
from db.queries.printed import PrintedOrder, printed_documents, printed_orders
from db.services.papers import Printing
from jobs.documents.logos import Logos
from jobs.documents.numbered import draw_document
from jobs.documents.papers import delivery_slip, return_slip
from jobs.documents.papers.blocks import House
from jobs.documents.papers.delivery_slip import draw_delivery_slip
from jobs.documents.papers.order_summary import NOBODY, draw_order_summary, summaries_of
from jobs.documents.papers.picking_list import PickingLists, draw_picking_list
from jobs.documents.papers.pickup_note import draw_pickup_note, has_pickup_note
from jobs.documents.papers.return_slip import draw_return_slip
from jobs.documents.sheet import Sheet
from jobs.makers import Progress

_READ_AT_ONCE = 250

Draw = Callable[[Sheet], None]


@dataclass(frozen=True, slots=True)
class Piece:
    """One paper: what its file is called, without ending, and how it is drawn."""

    name: str
    draw: Draw


@dataclass(slots=True)
class Pieces:
    """The papers of one printing."""

    engine: sa.Engine
    printing: Printing
    viewer: Viewer
    house: House
    logos: Logos
    made_at: dt.datetime
    progress: Progress
    #: What is to be told with the papers: what is not among them, and why.
    remarks: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Piece]:
        """Return the papers, read some at a time."""
        paper = self.printing.paper
        if paper.document_kind:
            return self._documents()
        return self._picking_lists() if paper is Paper.PICKING_LIST else self._slips()

    def drawn(self, papers: int) -> None:
        """Tell how far the printing is; of a picking list, reading the orders is what takes time."""
        if self.printing.paper is not Paper.PICKING_LIST:
            self.progress(papers)

    def _documents(self) -> Iterator[Piece]:
        for ids in in_parts(self.printing.ids, _READ_AT_ONCE):
            with reading(self.engine) as session:
                found = printed_documents(session, self.viewer, ids)
            for _, stated in found:
                draw = partial(draw_document, snapshot=stated, logo=self.logos.of(stated.logo_ref))
                yield Piece(stated.number, draw)

    def _slips(self) -> Iterator[Piece]:
        for order in self._orders():
            count = 0
            for piece in self._slips_of(order):
                count += 1
                yield piece
            if not count:
                what = self.printing.paper.one.lower()
                self.remarks.append(f"Commande {order.details.number}\u00a0: elle n’a plus de {what}.")

    def _slips_of(self, order: PrintedOrder) -> Iterator[Piece]:
        number, customer = order.details.number, order.details.customer_name
        match self.printing.paper:
            case Paper.DELIVERY_SLIPS:
                for slip in delivery_slip.slips_of(order):
                    parcel = f"colis {slip.place}" if slip.parcels != 1 else ""
                    yield self._piece(partial(draw_delivery_slip, slip=slip), number, parcel, customer)
            case Paper.ORDER_SUMMARIES:
                for summary in summaries_of(order):
                    draw = partial(draw_order_summary, summary=summary, shows_prices=self.printing.shows_prices)
                    yield self._piece(draw, number, summary.supplier or NOBODY)
            case Paper.RETURN_SLIPS:
                for back in return_slip.slips_of(order):
                    request = f"demande {back.request.id}" if back.request and len(order.requests) > 1 else ""
                    yield self._piece(partial(draw_return_slip, slip=back), number, request, customer)
            case Paper.PICKUP_NOTES if has_pickup_note(order):
                yield self._piece(partial(draw_pickup_note, order=order), number, customer)

    def _piece(self, draw: Callable[..., None], number: str, *more: str) -> Piece:
        said = (f"{self.printing.paper.one} {number}", *(each for each in more if each))
        return Piece(f" {DASH} ".join(said), partial(draw, house=self.house))

    def _picking_lists(self) -> Iterator[Piece]:
        lists = PickingLists()
        for done, order in enumerate(self._orders(), start=1):
            if not lists.add(order):
                self.remarks.append(f"Commande {order.details.number}\u00a0: il n’y a plus rien à préparer.")
            self.progress(done)
        for each in lists:
            draw = partial(draw_picking_list, house=self.house, picking=each, made_at=self.made_at)
            yield Piece(f"{self.printing.paper.one} {DASH} {each.seller_name}", draw)

    def _orders(self) -> Iterator[PrintedOrder]:
        for ids in in_parts(self.printing.ids, _READ_AT_ONCE):
            with reading(self.engine) as session:
                found = printed_orders(session, self.viewer, ids)
            yield from found
