"""Issue an invoice or a credit note: locked, copied, numbered, chained, recorded; its file is made by the worker."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.credit import CreditRequest, credit
from db.domain.documents import (
    AlreadyInvoicedError,
    AmountChangedError,
    DocumentKind,
    DocumentNotFoundError,
    InvoicedElsewhereError,
    NothingToInvoiceError,
    issued_words,
)
from db.domain.errors import InvalidInputError, OrderNotFoundError
from db.domain.files import FileKind
from db.domain.formats import money
from db.domain.jobs import JobName
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, OrderStatus
from db.domain.permissions import Permission
from db.domain.snapshot import Snapshot
from db.domain.snapshot_json import from_json
from db.domain.text import is_storable
from db.emails.links import follow_up_url
from db.models import Document, Order, StoredFile
from db.services.documents.drafts import draft_credit_note, draft_invoice, signed_mandate
from db.services.documents.series import Parties, insert_document, take_number
from db.services.documents.sources import house, issuer, sales
from db.services.history import Entry, record
from db.services.order_facts import load_facts
from db.services.wake import wake

MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Issued:
    """A document that was issued, and the history row that says so."""

    document_id: int
    number: str
    gross_cents: int
    history_id: int


def issue_invoice(
    session: Session, actor: Actor, order_id: int, now: dt.datetime, *, expected_cents: int | None = None
) -> Issued:
    """Issue the invoice of an order, paid or not.

    Args:
        session: The caller's transaction.
        actor: Who issues it.
        order_id: The order.
        now: The instant.
        expected_cents: The amount that was announced to the person; another one is refused.

    Raises:
        AmountChangedError: It would be another amount than was announced.
        NotAllowedError: The actor may not issue documents.
        OrderNotFoundError: There is no such order for this actor.
        NotIssuedError: It has one already, there is nothing to invoice, or the seller's identity is incomplete.
    """
    actor.require(Permission.ISSUE_DOCUMENTS)
    return issue_invoice_of(session, actor, _locked(session, actor, order_id), now, expected_cents=expected_cents)


def issue_invoice_of(
    session: Session, actor: Actor, order: OrderFacts, now: dt.datetime, *, expected_cents: int | None = None
) -> Issued:
    """Issue the invoice of an order that the caller has locked; it refuses what ``issue_invoice`` refuses."""
    check_invoiceable(session, order)
    order_id = order.id
    ours, seller, sold = house(session), issuer(session, order.seller_id), sales(session, [order_id])[order_id]
    signed_mandate(seller)  # Before a number is taken: a refusal holds nobody up.
    taken = take_number(session, DocumentKind.INVOICE, order.seller_id, seller.code, now)
    link = follow_up_url(order_id, sold.link_generation, on_paper=True)
    snapshot = draft_invoice(ours, seller, sold, link, taken.place)
    _check_announced(snapshot, expected_cents)
    parties = Parties(order_id, sold.seller_id, sold.customer_id)
    document_id = insert_document(session, taken, snapshot, parties)
    numbered = sa.update(Order).where(Order.id == order_id).values(invoice_number=snapshot.number)
    session.execute(numbered.execution_options(synchronize_session=False))
    return _issued(session, actor, parties, document_id, snapshot, now)


def check_invoiceable(session: Session, order: OrderFacts) -> None:
    """Refuse an order that cannot be invoiced as it is.

    Raises:
        NotIssuedError: It has an invoice already, or there is nothing to invoice.
    """
    if order.is_cancelled:
        raise NothingToInvoiceError("cette commande est annulée")
    if OrderStatus.ERROR is order.status:
        raise NothingToInvoiceError("cette commande est en erreur, réparez-la d’abord")
    if order.invoiced_cents:
        raise AlreadyInvoicedError(_invoice_of(session, order.id).number)
    if order.foreign_invoice:
        raise InvoicedElsewhereError(order.foreign_invoice)


def issue_credit_note(
    session: Session,
    actor: Actor,
    invoice_id: int,
    request: CreditRequest,
    reason: str,
    now: dt.datetime,
    *,
    expected_cents: int | None = None,
) -> Issued:
    """Issue a credit note on an invoice.

    Args:
        session: The caller's transaction.
        actor: Who issues it.
        invoice_id: The invoice that it corrects.
        request: What is given back.
        reason: Why, in words for the customer; printed on it.
        now: The instant.
        expected_cents: The amount that was announced to the person, positive; another one is refused.

    Raises:
        AmountChangedError: It would be another amount than was announced.
        NotAllowedError: The actor may not issue documents.
        DocumentNotFoundError: There is no such invoice for this actor.
        InvalidInputError: There is no reason, or it is too long.
        NotIssuedError: Nothing is left to give back, nothing was chosen, or too much was.
    """
    actor.require(Permission.ISSUE_DOCUMENTS)
    why = reason.strip()
    if not why or len(why) > MAX_REASON or not is_storable(why):
        raise InvalidInputError(f"Indiquez le motif de l’avoir, en {MAX_REASON} caractères au plus.")
    invoice = session.get(Document, invoice_id)
    if invoice is None or invoice.kind is not DocumentKind.INVOICE:
        raise DocumentNotFoundError
    order = _locked(session, actor, invoice.order_id)
    original = from_json(invoice.snapshot)
    credited = credit(original, credit_notes_of(session, invoice_id), request)
    code = issuer(session, order.seller_id).code
    taken = take_number(session, DocumentKind.CREDIT_NOTE, order.seller_id, code, now, not_before=original.issued_at)
    snapshot = draft_credit_note(original, credited, why, taken.place)
    _check_announced(snapshot, expected_cents)
    parties = Parties(order.id, invoice.seller_id, invoice.customer_id, original_id=invoice_id)
    document_id = insert_document(session, taken, snapshot, parties)
    return _issued(session, actor, parties, document_id, snapshot, now)


def _check_announced(snapshot: Snapshot, expected_cents: int | None) -> None:
    if expected_cents is not None and abs(snapshot.gross_cents) != expected_cents:
        raise AmountChangedError(snapshot.kind, money(abs(snapshot.gross_cents), snapshot.currency))


def credit_notes_of(session: Session, invoice_id: int) -> Sequence[Snapshot]:
    """Return the credit notes of an invoice, oldest first."""
    found = sa.select(Document.snapshot).where(Document.original_id == invoice_id).order_by(Document.id)
    return [from_json(said) for said in session.scalars(found)]


def current_invoice(session: Session, order: OrderFacts) -> int | None:
    """Return the invoice of an order that is not wholly credited, if there is one."""
    return _invoice_of(session, order.id).id if order.invoiced_cents else None


def _invoice_of(session: Session, order_id: int) -> Document:
    """Return the last invoice of an order that has one: an earlier one is wholly credited."""
    found = (
        sa.select(Document)
        .where(Document.order_id == order_id, Document.kind == DocumentKind.INVOICE)
        .order_by(Document.id.desc())
        .limit(1)
    )
    return session.scalars(found).one()


def _locked(session: Session, actor: Actor, order_id: int) -> OrderFacts:
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    return order


def _issued(
    session: Session, actor: Actor, parties: Parties, document_id: int, snapshot: Snapshot, now: dt.datetime
) -> Issued:
    """Record that a document is issued, and have the worker make its file."""
    after = {
        "document_id": document_id,
        "kind": snapshot.kind.value,
        "number": snapshot.number,
        "amount_cents": snapshot.gross_cents,
    }
    entry = Entry(parties.order_id, HistoryEvent.DOCUMENT_ISSUED, after=after, note=snapshot.reason)
    history_id = record(session, actor, entry, now)
    session.add(
        StoredFile(
            kind=FileKind.DOCUMENT,
            title=issued_words(snapshot.kind, snapshot.number, snapshot.gross_cents, snapshot.currency),
            arguments={"document_id": document_id},
            document_id=document_id,
            seller_id=parties.seller_id,
            total=1,
            person_id=actor.person_id,
            person_name=actor.name,
            asked_at=now,
        )
    )
    session.flush()
    wake(session, JobName.MAKE_DOCUMENTS)
    return Issued(document_id, snapshot.number, snapshot.gross_cents, history_id)
