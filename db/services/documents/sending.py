"""Send the customer an invoice or a credit note by hand, as often as it takes; held for the undo window."""

import datetime as dt
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.access import email_address
from db.domain.actor import Actor
from db.domain.documents import DocumentKind, DocumentNotFoundError
from db.domain.enclosures import document_enclosure
from db.domain.errors import MarketplaceError
from db.domain.files import TROUBLED_STATES
from db.domain.mail import WAITING_STATES, EmailTemplate, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent
from db.domain.permissions import Permission
from db.models import Document, OutboxMessage, StoredFile
from db.queries.plans import not_indexed
from db.services.history import Entry, record
from db.services.messages import AlreadyWaitingError, NoAddressError
from db.services.order_facts import load_facts
from db.services.outbox import Letter, queue

_TEMPLATES = {
    DocumentKind.INVOICE: EmailTemplate.INVOICE,
    DocumentKind.CREDIT_NOTE: EmailTemplate.CREDIT_NOTE,
}


class NotSentError(MarketplaceError):
    """A document that is not sent to anybody as it is; the sentence says why."""

    def __init__(self, kind: DocumentKind, number: str) -> None:
        of_it = "La facture" if kind is DocumentKind.INVOICE else "L’avoir"
        mark = "e" * (kind is DocumentKind.INVOICE)
        super().__init__(
            f"{of_it} {number} doit d’abord être vérifié{mark} dans Finances › Factures\u00a0: un contrôle y a trouvé "
            f"une anomalie, {'elle' if mark else 'il'} ne peut pas être envoyé{mark}."
        )


@dataclass(frozen=True, slots=True)
class _Sendable:
    """A document, its order, and the letter it goes with."""

    document_id: int
    number: str
    order: OrderFacts
    letter: Letter


def may_send(actor: Actor) -> bool:
    """Tell whether somebody may send documents: who writes to customers, and who issues documents; never a seller."""
    allowed = actor.may(Permission.MESSAGE_CUSTOMERS) or actor.may(Permission.ISSUE_DOCUMENTS)
    return allowed and actor.may(Permission.READ_DOCUMENTS) and actor.seller_id is None


def plan_sending(session: Session, actor: Actor, document_id: int, recipient: str | None = None) -> Letter:
    """Return the letter that ``send_document`` would queue; it refuses what that refuses."""
    return _sendable(session, actor, document_id, recipient, locked=False).letter


def send_document(
    session: Session, actor: Actor, document_id: int, now: dt.datetime, recipient: str | None = None
) -> int:
    """Queue an e-mail to the customer with a document attached; return the history row.

    Args:
        session: The caller's transaction.
        actor: Who sends it.
        document_id: The invoice or credit note; one whose file is being made is waited for.
        now: The instant.
        recipient: Another address than the order's, which keeps its own.

    Raises:
        NotAllowedError: The actor may neither write to customers nor issue documents.
        DocumentNotFoundError: There is no such document for this actor.
        NotSentError: An official check found a fault in it, or its file is lost.
        NoAddressError: Nobody knows where to write.
        InvalidInputError: ``recipient`` is no e-mail address.
        AlreadyWaitingError: The same is about to leave already.
    """
    found = _sendable(session, actor, document_id, recipient, locked=True)
    _refuse_twice(session, found.order, found.letter)
    template, to = found.letter.template, found.letter.recipient
    after = {"document_id": document_id, "number": found.number, "template": template.value, "recipient": to}
    history_id = record(session, actor, Entry(found.order.id, HistoryEvent.DOCUMENT_SENT, after=after), now)
    letter = replace(found.letter, event=f"document_sent:{history_id}", history_id=history_id)
    queue(session, actor, [letter], now)
    return history_id


def _sendable(session: Session, actor: Actor, document_id: int, recipient: str | None, *, locked: bool) -> _Sendable:
    if not may_send(actor):
        actor.require(Permission.MESSAGE_CUSTOMERS)
        raise DocumentNotFoundError
    row = session.execute(
        sa.select(
            Document.order_id,
            Document.kind,
            Document.number,
            Document.gross_cents,
            StoredFile.state,
            StoredFile.is_flagged,
        )
        .join(StoredFile, StoredFile.document_id == Document.id)
        .where(Document.id == document_id)
    ).one_or_none()
    order = load_facts(session, actor, [row.order_id], locked=locked).get(row.order_id) if row else None
    if row is None or order is None:
        raise DocumentNotFoundError
    if row.is_flagged or row.state in TROUBLED_STATES:
        raise NotSentError(row.kind, row.number)
    to = email_address(recipient) if recipient and recipient.strip() else order.customer_email.strip()
    if not to:
        raise NoAddressError(order)
    letter = Letter(
        order.id,
        _TEMPLATES[row.kind],
        RecipientKind.CUSTOMER,
        to,
        order.customer_name,
        {"amount_cents": abs(row.gross_cents), "document": row.number},
        attachments=[document_enclosure(document_id)],
    )
    return _Sendable(document_id, row.number, order, letter)


def _refuse_twice(session: Session, order: OrderFacts, letter: Letter) -> None:
    same = (
        OutboxMessage.template == letter.template,
        OutboxMessage.recipient == letter.recipient,
        OutboxMessage.state.in_(sorted(WAITING_STATES)),
    )
    waiting = sa.select(OutboxMessage.variables).where(OutboxMessage.order_id == order.id, *map(not_indexed, same))
    if any(variables.get("document") == letter.variables["document"] for variables in session.scalars(waiting)):
        raise AlreadyWaitingError(order)
