"""« Remboursement de produits »: decide once what is given back, and have everything follow from it in one transaction.

``plan_settlement`` computes what would happen and writes nothing; ``settle_order`` locks the order, computes the very
same and writes it: the sale, the credit note, refund and voucher, stock, the return, the seller's account, points.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.credit import Credited
from db.domain.errors import InvalidInputError, OrderNotFoundError
from db.domain.ledger import Happening, LedgerKind, to_book
from db.domain.means import means_of_refund
from db.domain.moves import Move
from db.domain.order_facts import OrderFacts
from db.domain.orders import OPEN_RETURN_STATUSES, OrderStatus, PaymentMethod
from db.domain.permissions import Permission
from db.domain.returns import ReturnNotFoundError
from db.domain.settlement import Settled, SettlementRefusedError, SettlementRequest, after_settling, settle
from db.domain.text import is_storable
from db.models import OrderLine, Product, Return
from db.services.accounts import booked_of, points_changes, reconcile
from db.services.documents.due import tell_of_credit_note
from db.services.moves import move_order
from db.services.order_facts import changed_meanwhile, load_facts
from db.services.payments import recount_payments
from db.services.refund_rows import held_by_means
from db.services.settlement_documents import basis_of, credited_by, issue_for, why_none
from db.services.settlement_rows import (
    Decision,
    SettledOrder,
    close_return,
    give,
    known_settlement,
    record_settlement,
    restock,
    take_off_the_sale,
    write_settlement,
)
from db.services.terms import order_terms


@dataclass(frozen=True, slots=True)
class PlannedSettlement:
    """All that a settlement would do. Amounts are cents."""

    order: OrderFacts
    settled: Settled
    #: By which means money goes back.
    refunds: tuple[tuple[PaymentMethod, int], ...]
    #: What the credit note would state; None where none is issued, and ``no_credit_note`` says why.
    credited: Credited | None
    invoice_number: str
    no_credit_note: str
    #: Order line → units that go back on the shelf, of products whose stock is counted.
    restocked: Mapping[int, int]
    #: What the seller's account loses of the sale, and gets back of the fee.
    seller_cents: int
    fee_back_cents: int
    #: Loyalty points that come or, below zero, go.
    points: int


class ReturnOverError(SettlementRefusedError):
    """The return was settled or denied in the meantime."""

    def __init__(self) -> None:
        super().__init__("Ce retour est déjà terminé ou refusé\u00a0: il n’y a plus rien à rembourser pour lui.")


def plan_settlement(
    session: Session, actor: Actor, order_id: int, request: SettlementRequest, now: dt.datetime
) -> PlannedSettlement:
    """Return what a settlement would do; nothing is written.

    Raises:
        NotAllowedError: The actor may not give money back.
        OrderNotFoundError: There is no such order for this actor.
        SettlementRefusedError: It cannot be given back; the sentence says what can.
    """
    actor.require(Permission.REFUND)
    order = load_facts(session, actor, [order_id]).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    decision = _decide(session, order, request)
    settled = decision.settled
    after = after_settling(order, settled)
    basis = basis_of(session, actor, order, now) if request.has_credit_note else None
    credited = credited_by(basis, order, settled) if basis else None
    held = booked_of(session, [order_id])[order_id]
    rate = order_terms(session, [order.id])[order.id].fee_rate_bp
    booked = to_book(after, held, rate, Happening(claim_before=order.claim_cents))
    points = points_changes(session, {order_id: after}).get(order_id)
    return PlannedSettlement(
        order=order,
        settled=settled,
        refunds=decision.refunds,
        credited=credited,
        invoice_number=basis.invoice.number if basis else "",
        no_credit_note="" if credited else why_none(session, order, request, settled),
        restocked=_counted(session, settled),
        seller_cents=booked.get(LedgerKind.REFUND, 0),
        fee_back_cents=booked.get(LedgerKind.FEE_BACK, 0),
        points=points.points + points.forgiven if points else 0,
    )


def settle_order(
    session: Session,
    actor: Actor,
    order_id: int,
    version: int,
    request: SettlementRequest,
    key: str,
    now: dt.datetime,
    *,
    notifies: bool = True,
) -> SettledOrder:
    """Give back what is asked for, once for each ``key``; return what was done, now or the first time.

    Args:
        session: The caller's transaction.
        actor: Who decides it.
        order_id: The order.
        version: The version they saw.
        request: What is given back.
        key: Drawn when the dialog opened: a second click finds what the first one did.
        now: The instant.
        notifies: Whether the customer is written to.

    Raises:
        NotAllowedError: The actor may not give money back.
        OrderNotFoundError: There is no such order for this actor.
        ChangedMeanwhileError: The order is not at ``version`` any more; nothing was done.
        SettlementRefusedError: It cannot be given back; the sentence says what can.
        InvalidInputError: The words cannot be used.
    """
    actor.require(Permission.REFUND)
    order = load_facts(session, actor, [order_id], locked=True).get(order_id)
    if order is None:
        raise OrderNotFoundError(str(order_id))
    known = known_settlement(session, key)
    if known is not None:
        return known
    if order.version != version:
        raise changed_meanwhile(session, [order])[order_id]
    _check_words(request)
    _check_return(session, order, request)
    decision = _decide(session, order, request)
    settled = decision.settled
    settlement_id = write_settlement(session, actor, decision, key, now)
    take_off_the_sale(session, decision, now)
    restocked = restock(session, actor, settlement_id, decision, now)
    issued = issue_for(session, actor, order, settlement_id, settled, request, now)
    given = give(session, actor, settlement_id, decision, now, notifies=notifies)
    history_id = record_settlement(session, actor, settlement_id, decision, given, issued, restocked, now)
    if request.return_id is not None:
        close_return(session, actor, request.return_id, given, issued, now, notifies=notifies)
    elif issued and notifies:
        tell_of_credit_note(session, actor, order, issued, now, refund_cents=given.refund_cents)
    recount_payments(session, [order_id], now)
    reconcile(session, actor, {order_id: history_id}, now, claims_before={order_id: order.claim_cents})
    _move_if_paid(session, order_id, now)
    return SettledOrder(
        settlement_id=settlement_id,
        history_id=history_id,
        total_cents=settled.total_cents,
        refund_cents=given.refund_cents,
        voucher_cents=given.voucher_cents,
        voucher_code=given.voucher.code if given.voucher else "",
        document_id=issued.document_id if issued else None,
        document_number=issued.number if issued else "",
    )


def _decide(session: Session, order: OrderFacts, request: SettlementRequest) -> Decision:
    """Return what is given back, and by which means; what was paid by voucher comes back as one."""
    named = sa.select(OrderLine.id, OrderLine.name).where(OrderLine.order_id == order.id)
    settled = settle(order, {row.id: row.name for row in session.execute(named)}, request)
    held = held_by_means(session, [order.id])[order.id]
    shares = means_of_refund(settled.refund_cents, held, order.payment_method)
    as_voucher = sum(cents for method, cents in shares if method is PaymentMethod.VOUCHER)
    settled = replace(
        settled,
        refund_cents=settled.refund_cents - as_voucher,
        voucher_cents=settled.voucher_cents + as_voucher,
    )
    refunds = tuple(share for share in shares if share[0] is not PaymentMethod.VOUCHER)
    return Decision(order, request, settled, refunds)


def _counted(session: Session, settled: Settled) -> dict[int, int]:
    back = {each.line.id: each for each in settled.lines if each.units_restocked and each.line.product_id}
    products: Sequence[int | None] = [each.line.product_id for each in back.values()]
    counted = set(session.scalars(sa.select(Product.id).where(Product.id.in_(products), Product.stock.is_not(None))))
    return {line_id: each.units_restocked for line_id, each in back.items() if each.line.product_id in counted}


def _check_words(request: SettlementRequest) -> None:
    if not all(is_storable(words) for words in (request.reason, request.deduction_reason, request.iban)):
        raise InvalidInputError("Le motif contient un caractère illisible. Saisissez-le à nouveau.")


def _check_return(session: Session, order: OrderFacts, request: SettlementRequest) -> None:
    if request.return_id is None:
        return
    found = sa.select(Return.order_id, Return.status).where(Return.id == request.return_id).with_for_update()
    row = session.execute(found).one_or_none()
    if row is None or row.order_id != order.id:
        raise ReturnNotFoundError
    if row.status not in OPEN_RETURN_STATUSES:
        raise ReturnOverError


def _move_if_paid(session: Session, order_id: int, now: dt.datetime) -> None:
    """Have an order that waited for the rest of its payment go on, where the rest is not asked for any more."""
    order = load_facts(session, SYSTEM, [order_id])[order_id]
    if order.status is OrderStatus.AWAITING_PAYMENT and 0 < order.claim_cents <= order.paid_cents:
        move_order(session, SYSTEM, order_id, Move(OrderStatus.PAID), now)
