"""What a document would state, for a person to read before it is issued; nothing is written, no number is taken."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.credit import Credited, CreditRequest, credit
from db.domain.documents import DocumentKind, DocumentNotFoundError, series_code
from db.domain.errors import OrderNotFoundError
from db.domain.permissions import Permission
from db.domain.snapshot import Snapshot
from db.domain.snapshot_json import from_json
from db.domain.time import local_day
from db.models import Document
from db.services.documents.drafts import Place, draft_invoice, signed_mandate
from db.services.documents.issue import check_invoiceable, credit_notes_of
from db.services.documents.sources import house, issuer, sales
from db.services.order_facts import load_facts


@dataclass(frozen=True, slots=True)
class CreditBasis:
    """An invoice and its credit notes: all that decides what can still be given back."""

    invoice_id: int
    invoice: Snapshot
    credit_notes: tuple[Snapshot, ...]
    #: What the next credit note's number begins with.
    series: str

    @property
    def left_cents(self) -> int:
        """Return what the invoice still claims."""
        return self.invoice.gross_cents + sum(note.gross_cents for note in self.credit_notes)

    def credited(self, request: CreditRequest) -> Credited:
        """Return what a credit note would state.

        Raises:
            NotIssuedError: Nothing is left to give back, nothing was chosen, or too much was.
        """
        return credit(self.invoice, self.credit_notes, request)


def plan_invoice(session: Session, actor: Actor, order_id: int, now: dt.datetime) -> Snapshot:
    """Return what the order's invoice would state, its number aside; it refuses what ``issue_invoice`` refuses."""
    actor.require(Permission.ISSUE_DOCUMENTS)
    order = load_facts(session, actor, [order_id]).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    check_invoiceable(session, order)
    seller = issuer(session, order.seller_id)
    signed_mandate(seller)
    series = series_code(DocumentKind.INVOICE, seller.code, local_day(now).year)
    sold = sales(session, [order_id])[order_id]
    return draft_invoice(house(session), seller, sold, "", Place(series, 0, "", now))


def credit_basis(session: Session, actor: Actor, invoice_id: int, now: dt.datetime) -> CreditBasis:
    """Return what a credit note on an invoice starts from.

    Raises:
        NotAllowedError: The actor may not issue documents.
        DocumentNotFoundError: There is no such invoice for this actor.
    """
    actor.require(Permission.ISSUE_DOCUMENTS)
    own = [] if actor.seller_id is None else [Document.seller_id == actor.seller_id]
    wanted = (Document.id == invoice_id, Document.kind == DocumentKind.INVOICE, *own)
    row = session.execute(sa.select(Document.snapshot, Document.seller_id).where(*wanted)).one_or_none()
    if row is None:
        raise DocumentNotFoundError
    series = series_code(DocumentKind.CREDIT_NOTE, issuer(session, row.seller_id).code, local_day(now).year)
    return CreditBasis(invoice_id, from_json(row.snapshot), tuple(credit_notes_of(session, invoice_id)), series)
