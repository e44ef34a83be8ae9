"""Documents that follow from what happens to an order: owed in its transaction, issued once it cannot be undone.

An invoice cannot be taken back, so what a person did waits for the undo window, like its e-mails; an undo takes what
is owed away. What cannot be issued yet keeps its reason, for finance to see, and is tried again.
"""

import datetime as dt
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.audit import AuditArea
from db.domain.credit import CreditRequest, by_order_line, creditable
from db.domain.documents import DocumentKind, NothingToCreditError
from db.domain.enclosures import document_enclosure, enclosures
from db.domain.errors import MarketplaceError
from db.domain.jobs import JobName
from db.domain.mail import EmailTemplate, RecipientKind
from db.domain.order_facts import OrderFacts
from db.domain.orders import ActorKind, OrderStatus
from db.domain.permissions import Permission
from db.domain.snapshot_json import from_json
from db.models import Document, DueDocument, Order, OutboxMessage
from db.services.audit import Act, note_act
from db.services.documents.issue import Issued, credit_notes_of, current_invoice, issue_credit_note, issue_invoice_of
from db.services.lost import DATABASE_LOST
from db.services.order_facts import load_facts
from db.services.outbox import MAIL_WAITS_FOR_ITS_TASK, address_book, letters_for, queue, undo_window
from db.services.upsert import insert_for
from db.services.wake import wake

#: How long what could not be issued is left alone; finance may ask for it sooner.
TRY_AGAIN_AFTER = dt.timedelta(hours=1)
#: Nobody takes a cancellation back later than that; a bulk action's window begins when the last order is done.
UNDONE_WITHIN = dt.timedelta(hours=12)
UNEXPECTED = (
    "Ce document n’a pas pu être établi. Réessayez\u00a0; si cela échoue encore, signalez-le à un administrateur."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owed:
    """A document that is to be issued for an order."""

    order_id: int
    kind: DocumentKind
    history_id: int | None = None
    #: Of a credit note: order line → units; None for the whole invoice.
    units: Mapping[int, int] | None = None
    #: What those units are given back for, in cents.
    cents: Mapping[int, int] | None = None
    reason: str = ""
    notifies: bool = True


def owe(
    session: Session, actor: Actor, documents: Sequence[Owed], now: dt.datetime, *, task_id: int | None = None
) -> None:
    """Write down documents to be issued: when the undo window of a person's act is over, else at once.

    An order is owed one invoice, however often it is asked for. Those of a bulk action wait until ``release`` says when
    it is over.
    """
    if not documents:
        return
    due_at = now + undo_window(session) if actor.kind is ActorKind.PERSON else now
    if task_id is not None:
        due_at = MAIL_WAITS_FOR_ITS_TASK
    rows = [
        {
            "order_id": each.order_id,
            "kind": each.kind,
            "units": _as_json(each.units),
            "amounts": _as_json(each.cents),
            "notifies": each.notifies,
            "reason": each.reason,
            "history_id": each.history_id,
            "task_id": task_id,
            "due_at": due_at,
            "created_at": now,
        }
        for each in documents
    ]
    session.connection().execute(insert_for(session, DueDocument).on_conflict_do_nothing(), rows)
    if task_id is None:
        wake(session, JobName.ISSUE_DOCUMENTS, at=due_at if due_at > now else None)


def _as_json(by_line: Mapping[int, int] | None) -> dict[str, int] | None:
    return None if by_line is None else {str(line): number for line, number in by_line.items()}


def release(session: Session, task_id: int, due_at: dt.datetime) -> None:
    """Have what a bulk action owes be issued at another time: once it is over, or never while it is undone."""
    changed = sa.update(DueDocument).where(DueDocument.task_id == task_id).values(due_at=due_at)
    if session.connection().execute(changed).rowcount and due_at != MAIL_WAITS_FOR_ITS_TASK:
        wake(session, JobName.ISSUE_DOCUMENTS, at=due_at)


def forget(session: Session, history_ids: Collection[int]) -> None:
    """Forget what some acts owed: they are taken back."""
    gone = sa.delete(DueDocument).where(DueDocument.history_id.in_(history_ids))
    session.execute(gone.execution_options(synchronize_session=False))


def is_any_due(session: Session, now: dt.datetime) -> bool:
    """Tell whether ``issue_next`` would find something; a look that takes no lock."""
    return session.scalar(sa.select(DueDocument.id).where(DueDocument.due_at <= now).limit(1)) is not None


def bring_forward(session: Session, actor: Actor, order_ids: Collection[int], now: dt.datetime) -> None:
    """Have the invoices that waited for cancelled orders be issued: the cancellations are taken back."""
    waiting = (DueDocument.order_id.in_(order_ids), DueDocument.kind == DocumentKind.INVOICE, DueDocument.error == "")
    due_at = now + undo_window(session) if actor.kind is ActorKind.PERSON else now
    sooner = sa.update(DueDocument).where(*waiting, DueDocument.due_at > due_at, DueDocument.task_id.is_(None))
    if session.connection().execute(sooner.values(due_at=due_at)).rowcount:
        wake(session, JobName.ISSUE_DOCUMENTS, at=due_at)


def try_again(session: Session, actor: Actor, now: dt.datetime, *, seller_id: int | None = None) -> int:
    """Have what could not be issued be tried at once, of one seller where it is given; return how many there are.

    Raises:
        NotAllowedError: The actor may neither issue documents nor complete sellers.
    """
    if not actor.may(Permission.MANAGE_SETTINGS):
        actor.require(Permission.ISSUE_DOCUMENTS)
    blocked = sa.update(DueDocument).where(DueDocument.error != "").values(due_at=now)
    if seller_id is not None:
        theirs = sa.select(Order.id).where(Order.id == DueDocument.order_id, Order.seller_id == seller_id)
        blocked = blocked.where(theirs.exists())
    count = session.connection().execute(blocked).rowcount
    if count:
        note_act(session, actor, Act(AuditArea.DOCUMENTS, "tried_again", after={"documents": count}), now)
        wake(session, JobName.ISSUE_DOCUMENTS)
    return count


def issue_next(session: Session, now: dt.datetime) -> bool:
    """Issue the document that has been due for longest, in the caller's transaction; return whether there was one.

    The order is locked, not the row of what it is owed: all who change that have locked the order before.
    """
    row = session.execute(
        sa.select(DueDocument.id, DueDocument.order_id)
        .join(Order, Order.id == DueDocument.order_id)
        .where(DueDocument.due_at <= now)
        .order_by(DueDocument.due_at, DueDocument.id)
        .limit(1)
        .with_for_update(of=Order, skip_locked=True)
    ).one_or_none()
    if row is None:
        return False
    due = session.get(DueDocument, row.id, populate_existing=True)
    if due is None or due.due_at > now:  # Issued or taken back while we waited for the order.
        return True
    try:
        with session.begin_nested():
            _issue(session, due, now)
            session.delete(due)
    except DATABASE_LOST:
        raise
    except _CancelledLatelyError:
        _leave_for_later(session, row.id, "", now)
    except MarketplaceError as refusal:
        _leave_for_later(session, row.id, str(refusal), now)
    except Exception:  # noqa: BLE001  whatever one document raises, the others are issued
        _log.exception("order %d: its document cannot be issued", row.order_id)
        _leave_for_later(session, row.id, UNEXPECTED, now)
    return True


def _leave_for_later(session: Session, due_id: int, error: str, now: dt.datetime) -> None:
    values: dict[str, Any] = {"error": error, "due_at": now + TRY_AGAIN_AFTER}
    later = sa.update(DueDocument).where(DueDocument.id == due_id).values(values)
    session.execute(later.execution_options(synchronize_session=False))


class _CancelledLatelyError(Exception):
    """The order is cancelled, which may still be taken back: its invoice is then owed after all."""


def _issue(session: Session, due: DueDocument, now: dt.datetime) -> None:
    """Issue what is still owed: not the invoice of an order that was cancelled or invoiced in the meantime."""
    order = load_facts(session, SYSTEM, [due.order_id], locked=True)[due.order_id]
    invoice_id = current_invoice(session, order)
    if due.kind is DocumentKind.CREDIT_NOTE:
        if invoice_id is not None:
            _credit(session, order, invoice_id, due, now)
    elif order.is_cancelled:
        if now < due.created_at + UNDONE_WITHIN:
            raise _CancelledLatelyError
    elif invoice_id is None and order.claim_cents and order.status is not OrderStatus.AWAITING_PAYMENT:
        _tell_of_late_invoice(session, order, issue_invoice_of(session, SYSTEM, order, now), now)


def _credit(session: Session, order: OrderFacts, invoice_id: int, due: DueDocument, now: dt.datetime) -> None:
    request = CreditRequest(whole=True)
    if due.units is not None:
        request = _still_creditable(session, order, invoice_id, due)
    try:
        issued = issue_credit_note(session, SYSTEM, invoice_id, request, due.reason, now)
    except NothingToCreditError:  # Articles that cost nothing, or that this invoice does not know.
        return
    if due.notifies:
        refund_cents = min(abs(issued.gross_cents), order.owed_back_cents)
        tell_of_credit_note(session, SYSTEM, order, issued, now, refund_cents=refund_cents)


def _still_creditable(session: Session, order: OrderFacts, invoice_id: int, due: DueDocument) -> CreditRequest:
    """Return what of some cancelled articles is not credited yet: never less is left than the sale still asks for.

    Finance may have credited some of them by hand: a credit note too small is followed by another one, one too large
    stays.
    """
    left = creditable(from_json(session.get_one(Document, invoice_id).snapshot), credit_notes_of(session, invoice_id))
    lines = {line.id: line for line in order.lines if str(line.id) in (due.units or {})}
    given = {}
    for each in left:
        line = lines.get(each.line.order_line_id or 0)
        if line is not None:
            too_much = max(0, each.gross_cents - line.claim_cents)
            cents = too_much if due.amounts is None else min(too_much, due.amounts[str(line.id)])
            given[line.id] = (max(0, each.units - line.quantity_kept), cents)
    return by_order_line(left, given)


def _tell_of_late_invoice(session: Session, order: OrderFacts, issued: Issued, now: dt.datetime) -> None:
    """Send the invoice by itself where « paiement reçu » has left without it: the seller was incomplete until now."""
    paid = sa.select(OutboxMessage.attachments).where(
        OutboxMessage.order_id == order.id,
        OutboxMessage.template == EmailTemplate.PAYMENT_RECEIVED,
        OutboxMessage.recipient_kind == RecipientKind.CUSTOMER,
    )
    if any(each.missing for kept in session.scalars(paid) for each in enclosures(kept)):
        _tell(session, SYSTEM, order, EmailTemplate.INVOICE, issued, now)


def tell_of_credit_note(
    session: Session, actor: Actor, order: OrderFacts, issued: Issued, now: dt.datetime, *, refund_cents: int = 0
) -> int:
    """Write to the customer about a credit note, which goes with the e-mail; return how many e-mails that is.

    ``refund_cents`` is the money that follows, by the means the customer paid with.
    """
    return _tell(session, actor, order, EmailTemplate.CREDIT_NOTE, issued, now, refund_cents)


def _tell(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    template: EmailTemplate,
    issued: Issued,
    now: dt.datetime,
    refund_cents: int = 0,
) -> int:
    book = address_book(session, [order.seller_id])
    variables = {"amount_cents": abs(issued.gross_cents), "document": issued.number, "refund_cents": refund_cents}
    letters = [
        replace(
            letter,
            event=f"document:{issued.document_id}",
            history_id=issued.history_id,
            attachments=[document_enclosure(issued.document_id)],
        )
        for letter in letters_for(order, template, book, variables)
    ]
    return queue(session, actor, letters, now)
