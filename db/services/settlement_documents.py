"""The credit note of what was given back, as far as an invoice of ours holds it; one for each settlement."""

import datetime as dt
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.credit import CreditableLine, Credited, CreditRequest, by_order_line, creditable
from db.domain.errors import MarketplaceError, NotFoundError
from db.domain.order_facts import OrderFacts
from db.domain.permissions import Permission
from db.domain.settlement import Settled, SettlementRequest, after_settling
from db.domain.snapshot_json import from_json
from db.models import Document, Settlement, SettlementLine
from db.services.documents.due import tell_of_credit_note
from db.services.documents.issue import Issued, credit_notes_of, current_invoice, issue_credit_note
from db.services.documents.planning import CreditBasis, credit_basis
from db.services.order_facts import load_facts
from db.services.versions import raise_versions

_NOTHING_TO_CREDIT = "Aucune facture d’ici ne porte ce qui a été remboursé\u00a0: il n’y a pas d’avoir à établir."


class NoCreditNoteError(MarketplaceError):
    """A settlement that has its credit note, or that no invoice of ours holds."""


def plan_crediting(
    session: Session, actor: Actor, settlement_id: int, now: dt.datetime
) -> tuple[CreditBasis, Credited]:
    """Return the invoice and what the credit note of a settlement that was made without one would state.

    Raises:
        NotAllowedError: The actor may not issue documents.
        NotFoundError: There is no such settlement for this actor.
        NoCreditNoteError: It has its credit note, or no invoice holds what was given back.
    """
    actor.require(Permission.ISSUE_DOCUMENTS)
    row, order = _uncredited(session, actor, settlement_id)
    basis = basis_of(session, actor, order, now)
    if basis is not None:
        left = creditable(basis.invoice, basis.credit_notes)
        request = _request(left, order, _kept(session, settlement_id), row.shipping_cents)
        if _states_something(request):
            return basis, basis.credited(request)
    raise NoCreditNoteError(_NOTHING_TO_CREDIT)


def credit_settlement(
    session: Session, actor: Actor, settlement_id: int, now: dt.datetime, *, notifies: bool = False
) -> Issued:
    """Issue the credit note of a settlement that was made without one; it refuses what ``plan_crediting`` refuses."""
    actor.require(Permission.ISSUE_DOCUMENTS)
    row, order = _uncredited(session, actor, settlement_id, locked=True)
    given = _kept(session, settlement_id)
    issued = _credit(session, actor, order, given, row.shipping_cents, row.reason, now)
    if issued is None:
        raise NoCreditNoteError(_NOTHING_TO_CREDIT)
    _note_document(session, settlement_id, issued)
    raise_versions(session, [order.id], now)
    if notifies:
        tell_of_credit_note(session, actor, order, issued, now)
    return issued


def _uncredited(
    session: Session, actor: Actor, settlement_id: int, *, locked: bool = False
) -> tuple[Settlement, OrderFacts]:
    """Return a settlement without credit note, read once its order is locked where it is about to get one."""
    order_id = session.scalar(sa.select(Settlement.order_id).where(Settlement.id == settlement_id))
    order = load_facts(session, actor, [order_id], locked=locked).get(order_id) if order_id else None
    if order is None:
        raise NotFoundError("Ce remboursement n’existe pas ou ne vous est pas accessible.")
    row = session.get_one(Settlement, settlement_id, populate_existing=True)
    if row.document_id is not None:
        raise NoCreditNoteError("Ce remboursement a déjà son avoir.")
    return row, order


def _kept(session: Session, settlement_id: int) -> dict[int, tuple[int, int]]:
    lines = sa.select(SettlementLine).where(SettlementLine.settlement_id == settlement_id)
    return {
        line.order_line_id: (line.units_cancelled + line.units_returned, line.amount_cents)
        for line in session.scalars(lines)
    }


def basis_of(session: Session, actor: Actor, order: OrderFacts, now: dt.datetime) -> CreditBasis | None:
    """Return the invoice that would be credited, and its credit notes."""
    invoice_id = current_invoice(session, order)
    return None if invoice_id is None else credit_basis(session, actor, invoice_id, now)


def _given(settled: Settled) -> dict[int, tuple[int, int]]:
    return {each.line.id: (each.units, each.amount_cents) for each in settled.lines}


def credited_by(basis: CreditBasis, order: OrderFacts, settled: Settled) -> Credited | None:
    """Return what the credit note of a settlement would state; None where the invoice holds nothing of it."""
    left = creditable(basis.invoice, basis.credit_notes)
    request = _request(left, after_settling(order, settled), _given(settled), settled.shipping_cents)
    return basis.credited(request) if _states_something(request) else None


def _request(
    left: Sequence[CreditableLine], after: OrderFacts, given: Mapping[int, tuple[int, int]], shipping_cents: int
) -> CreditRequest:
    """Return what the invoice is credited: what was given back, and never less is left than the sale still asks for.

    What finance credited by hand before is not credited twice.
    """
    claims = {line.id: 0 if after.is_cancelled else line.claim_cents for line in after.lines}
    within = {}
    for each in left:
        if each.line.is_shipping:
            shipping_cents = min(shipping_cents, max(0, each.gross_cents - after.shipping_claim_cents))
        elif (line_id := each.line.order_line_id or 0) in given:
            units, cents = given[line_id]
            within[line_id] = (units, min(cents, max(0, each.gross_cents - claims.get(line_id, 0))))
    return by_order_line(left, within, shipping_cents)


def _states_something(request: CreditRequest) -> bool:
    return any(request.prices.values()) or any(request.amounts.values())


def issue_for(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    settlement_id: int,
    settled: Settled,
    request: SettlementRequest,
    now: dt.datetime,
) -> Issued | None:
    """Issue the credit note of a settlement that is being made, where one is wanted and an invoice is there."""
    if not request.has_credit_note:
        return None
    after = after_settling(order, settled)
    issued = _credit(session, actor, after, _given(settled), settled.shipping_cents, request.reason, now)
    if issued:
        _note_document(session, settlement_id, issued)
    return issued


def _credit(
    session: Session,
    actor: Actor,
    order: OrderFacts,
    given: Mapping[int, tuple[int, int]],
    shipping_cents: int,
    reason: str,
    now: dt.datetime,
) -> Issued | None:
    """Issue the credit note of what was given back; ``order`` is as it is by that."""
    invoice_id = current_invoice(session, order)
    if invoice_id is None:
        return None
    invoice = from_json(session.get_one(Document, invoice_id).snapshot)
    left = creditable(invoice, credit_notes_of(session, invoice_id))
    request = _request(left, order, given, shipping_cents)
    if not _states_something(request):
        return None
    return issue_credit_note(session, actor, invoice_id, request, reason, now)


def _note_document(session: Session, settlement_id: int, issued: Issued) -> None:
    noted = sa.update(Settlement).where(Settlement.id == settlement_id).values(document_id=issued.document_id)
    session.execute(noted.execution_options(synchronize_session=False))


def why_none(session: Session, order: OrderFacts, request: SettlementRequest, settled: Settled) -> str:
    """Return why a settlement has no credit note, in words."""
    if not request.has_credit_note:
        return "Sans avoir, à votre demande."
    if order.foreign_invoice:
        return f"Pas d’avoir ici\u00a0: la facture {order.foreign_invoice} vient d’un autre logiciel."
    if not settled.total_cents:
        return "Pas d’avoir\u00a0: un trop-perçu n’est pas sur la facture."
    if session.scalar(sa.select(Document.id).where(Document.order_id == order.id).limit(1)) is not None:
        return "Pas d’avoir\u00a0: les factures de cette commande sont déjà entièrement portées en avoir."
    return "Pas d’avoir\u00a0: la commande n’a pas encore de facture, la sienne en tiendra compte."
