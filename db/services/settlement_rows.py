"""Write what a settlement decided: its own rows, the sale, stock, refund and voucher, the return, the history."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.enclosures import document_enclosure
from db.domain.iban import iban_number
from db.domain.order_facts import OrderFacts
from db.domain.orders import HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState
from db.domain.settlement import Settled, SettlementRequest
from db.domain.stock import StockKind
from db.domain.vouchers import NewVoucher
from db.models import (
    Document,
    Order,
    OrderHistory,
    OrderLine,
    Payment,
    Settlement,
    SettlementLine,
    StockMovement,
    Voucher,
)
from db.services.documents.issue import Issued
from db.services.history import Entry, record
from db.services.refund_rows import NewRefund, payer_iban, promise_refunds
from db.services.returns.letters import Extra
from db.services.returns.moves import close_settled
from db.services.stock import NewMovement, move_stock
from db.services.versions import raise_versions
from db.services.voucher_mail import GivenVoucher
from db.services.vouchers import give_voucher

#: Refunds that may be made to an account.
_BY_ACCOUNT = frozenset({PaymentMethod.TRANSFER, PaymentMethod.CHEQUE})


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: the order as it was, what was asked, what it does, and by which means money goes back."""

    order: OrderFacts
    request: SettlementRequest
    settled: Settled
    refunds: tuple[tuple[PaymentMethod, int], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What the customer was given: money that is to come, a voucher."""

    refund_ids: tuple[int, ...]
    refund_cents: int
    voucher: GivenVoucher | None

    @property
    def voucher_cents(self) -> int:
        """Return what the voucher is worth."""
        return self.voucher.amount_cents if self.voucher else 0


@dataclass(frozen=True, slots=True)
class SettledOrder:
    """What a settlement did."""

    settlement_id: int
    history_id: int
    total_cents: int
    refund_cents: int
    voucher_cents: int
    voucher_code: str = ""
    document_id: int | None = None
    document_number: str = ""
    #: False where the same had been done before: nothing happened now.
    is_new: bool = True


def known_settlement(session: Session, key: str) -> SettledOrder | None:
    """Return what was done under a key, if anything was."""
    row = session.scalars(sa.select(Settlement).where(Settlement.key == key)).one_or_none()
    if row is None:
        return None
    history_ids = sa.select(OrderHistory.id, OrderHistory.after).where(
        OrderHistory.order_id == row.order_id, OrderHistory.event == HistoryEvent.SETTLED
    )
    told = [each.id for each in session.execute(history_ids) if (each.after or {}).get("settlement_id") == row.id]
    return SettledOrder(
        settlement_id=row.id,
        history_id=told[0],
        total_cents=row.total_cents,
        refund_cents=row.refund_cents,
        voucher_cents=row.voucher_cents,
        voucher_code=session.scalar(sa.select(Voucher.code).where(Voucher.settlement_id == row.id)) or "",
        document_id=row.document_id,
        document_number=session.scalar(sa.select(Document.number).where(Document.id == row.document_id)) or "",
        is_new=False,
    )


def write_settlement(session: Session, actor: Actor, decision: Decision, key: str, now: dt.datetime) -> int:
    """Write the settlement and its lines; return its id."""
    settled, request = decision.settled, decision.request
    row = Settlement(
        order_id=decision.order.id,
        return_id=request.return_id,
        key=key,
        total_cents=settled.total_cents,
        shipping_cents=settled.shipping_cents,
        refund_cents=settled.refund_cents,
        voucher_cents=settled.voucher_cents,
        has_credit_note=request.has_credit_note,
        reason=request.reason.strip(),
        deduction_reason=request.deduction_reason.strip(),
        person_id=actor.person_id,
        person_name=actor.name,
        settled_at=now,
    )
    session.add(row)
    session.flush()
    lines = [
        {
            "settlement_id": row.id,
            "order_line_id": each.line.id,
            "units_cancelled": each.units_cancelled,
            "units_returned": each.units_returned,
            "units_restocked": each.units_restocked,
            "amount_cents": each.amount_cents,
        }
        for each in settled.lines
    ]
    if lines:
        session.execute(sa.insert(SettlementLine), lines)
    return row.id


def take_off_the_sale(session: Session, decision: Decision, now: dt.datetime) -> None:
    """Lower what the sale asks for, and raise the order's version."""
    order, settled = decision.order, decision.settled
    changed = (
        sa.update(OrderLine)
        .where(OrderLine.id == sa.bindparam("line_id"))
        .values(
            quantity_cancelled=OrderLine.quantity_cancelled + sa.bindparam("cancelled"),
            quantity_returned=OrderLine.quantity_returned + sa.bindparam("returned"),
            settled_cents=OrderLine.settled_cents + sa.bindparam("settled"),
            withheld_cents=OrderLine.withheld_cents + sa.bindparam("withheld"),
        )
    )
    rows = [
        {
            "line_id": each.line.id,
            "cancelled": each.units_cancelled,
            "returned": each.units_returned,
            "settled": each.settled_cents,
            "withheld": each.withheld_cents,
        }
        for each in settled.lines
    ]
    if rows:
        session.connection().execute(changed, rows)
    shipping = Order.shipping_settled_cents + settled.shipping_cents
    of_order = sa.update(Order).where(Order.id == order.id).values(shipping_settled_cents=shipping)
    session.execute(of_order.execution_options(synchronize_session=False))
    raise_versions(session, [order.id], now)


def restock(session: Session, actor: Actor, settlement_id: int, decision: Decision, now: dt.datetime) -> int:
    """Put back on the shelf what is to be sold again; return how many units of counted products that is."""
    movements = []
    for each in decision.settled.lines:
        if each.line.product_id is None:
            continue
        returned = each.units_restocked - each.units_cancelled
        for kind, units in ((StockKind.CANCELLATION, each.units_cancelled), (StockKind.RETURN, returned)):
            cause = f"{kind}:settlement:{settlement_id}:{each.line.id}"
            movements.append(NewMovement(each.line.product_id, kind, cause, units, each.line.id))
    move_stock(session, actor, movements, now)
    done = sa.select(sa.cast(sa.func.coalesce(sa.func.sum(StockMovement.units), 0), sa.BigInteger))
    return session.scalar(done.where(StockMovement.cause.in_([each.cause for each in movements]))) or 0


def give(
    session: Session, actor: Actor, settlement_id: int, decision: Decision, now: dt.datetime, *, notifies: bool
) -> Given:
    """Promise the money, and give the voucher at once."""
    order, request = decision.order, decision.request
    iban = iban_number(request.iban) or payer_iban(session, order.id)
    wanted = [
        NewRefund(order.id, method, cents, order.currency, settlement_id, iban if method in _BY_ACCOUNT else "")
        for method, cents in decision.refunds
    ]
    refund_ids = promise_refunds(session, wanted, now)
    voucher = None
    if decision.settled.voucher_cents:
        asked = NewVoucher(
            decision.settled.voucher_cents,
            order_id=order.id,
            settlement_id=settlement_id,
            note=request.reason.strip(),
            notifies=notifies and request.return_id is None,  # A return's own e-mail tells of it.
        )
        voucher = give_voucher(session, actor, asked, now)
        _note_voucher_as_refund(session, order, settlement_id, voucher, now)
    return Given(tuple(refund_ids), decision.settled.refund_cents, voucher)


def _note_voucher_as_refund(
    session: Session, order: OrderFacts, settlement_id: int, voucher: GivenVoucher, now: dt.datetime
) -> None:
    """Note that a voucher gave back what was paid: payments less refunds are what the sale still asks for."""
    session.add(
        Payment(
            order_id=order.id,
            kind=PaymentKind.REFUND,
            method=PaymentMethod.VOUCHER,
            state=PaymentRecordState.CAPTURED,
            amount_cents=voucher.amount_cents,
            currency=order.currency,
            reference=voucher.code[-4:],
            settlement_id=settlement_id,
            voucher_id=voucher.id,
            received_at=now,
            created_at=now,
            booked_at=now,
            ended_at=now,
        )
    )
    session.flush()


def record_settlement(
    session: Session,
    actor: Actor,
    settlement_id: int,
    decision: Decision,
    given: Given,
    issued: Issued | None,
    restocked: int,
    now: dt.datetime,
) -> int:
    """Write what was given back into the order's history; return the row."""
    order, settled, request = decision.order, decision.settled, decision.request
    after = {
        "settlement_id": settlement_id,
        "amount_cents": settled.total_cents,
        "refund_cents": given.refund_cents,
        "voucher_cents": given.voucher_cents,
        "shipping_cents": settled.shipping_cents,
        "units": {str(each.line.id): each.units for each in settled.lines if each.units},
        "restocked": restocked,
        "refund_ids": list(given.refund_ids),
    }
    if issued:
        after["document"] = issued.number
    if request.return_id is not None:
        after["return_id"] = request.return_id
    words = [request.reason.strip(), request.deduction_reason.strip()]
    entry = Entry(
        order.id,
        HistoryEvent.SETTLED,
        before={"claim_cents": order.claim_cents},
        after=after | {"claim_cents": settled.claim_cents},
        note=" – ".join(word for word in words if word),
    )
    return record(session, actor, entry, now)


def close_return(
    session: Session,
    actor: Actor,
    return_id: int,
    given: Given,
    issued: Issued | None,
    now: dt.datetime,
    *,
    notifies: bool,
) -> None:
    """Complete the return: its e-mail tells of the money and the voucher, and brings the credit note."""
    words = {
        "amount_cents": given.refund_cents + given.voucher_cents,
        "refund_cents": given.refund_cents,
        "voucher_cents": given.voucher_cents,
        "document": issued.number if issued else "",
    }
    if given.voucher:
        words |= {"code": given.voucher.code, "expires_on": given.voucher.expires_on.isoformat()}
    enclosed = [document_enclosure(issued.document_id)] if issued else None
    close_settled(session, actor, return_id, now, notifies=notifies, extra=Extra(words, enclosed))
