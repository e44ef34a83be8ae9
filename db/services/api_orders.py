"""What a shop does by HTTP: send an order, announce a payment."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.api import ApiClient, OrderConflictError, PaymentConflictError
from db.domain.formats import money
from db.domain.incoming import IncomingOrder, IncomingPayment
from db.domain.jobs import JobName
from db.domain.order_facts import OrderFacts
from db.domain.orders import ActorKind, HistoryEvent, PaymentKind, PaymentMethod, PaymentRecordState
from db.models import Order, Payment
from db.queries.api_orders import number_of
from db.services.error_state import put_in_error
from db.services.history import Entry, record
from db.services.incoming import IncomingOrdersRefusedError, Written, check_orders, create_orders
from db.services.intake import take_in
from db.services.order_facts import load_facts
from db.services.wake import wake

#: As ``orders.source`` keeps it.
SOURCE = "api"
#: A refusal of these concerns us at once; a transfer or a cheque that fails is between the customer and staff.
_REFUSED_AT_ONCE = {PaymentMethod.CARD: "carte bancaire", PaymentMethod.PAYPAL: "PayPal"}


def receive_order(session: Session, client: ApiClient, order: IncomingOrder, now: dt.datetime) -> Written:
    """Write an order that a shop sent, unless it is there already.

    Raises:
        IncomingOrdersRefusedError: It is not right.
        OrderConflictError: It is there, with other articles.
    """
    (checked,) = check_orders(session, [order], now, seller_id=client.seller_id)
    if checked.faults:
        raise IncomingOrdersRefusedError([checked])
    shop = Actor(ActorKind.SHOP, client.name)
    (written,) = create_orders(session, shop, [order], SOURCE, now)
    # Asked of what was written: somebody else may have sent the order since it was checked.
    if written.differs:
        raise OrderConflictError(number_of(session, written.order_id))
    if written.is_new:
        _begin_history(session, shop, written.order_id, now)
    return written


def _begin_history(session: Session, shop: Actor, order_id: int, now: dt.datetime) -> None:
    """Tell which shop sent the order; intake would know that it was one."""
    row = session.execute(sa.select(Order.status, Order.placed_at).where(Order.id == order_id)).one()
    after = {"status": row.status.value, "source": SOURCE}
    record(session, shop, Entry(order_id, HistoryEvent.CREATED, after=after, at=row.placed_at), now)


def note_payment(session: Session, order_id: int, notice: IncomingPayment, now: dt.datetime) -> bool:
    """Write what a shop announces of a payment; return whether it says anything new.

    A captured one is taken into the order by the job, as if the shop had written the row. A refused card or PayPal
    payment puts the order in error, as long as nothing else has paid it.

    Raises:
        PaymentConflictError: Its reference is another payment's, or says of a final one that it is otherwise.
    """
    order = load_facts(session, SYSTEM, [order_id], locked=True)[order_id]
    known = session.execute(
        sa.select(Payment.id, Payment.order_id, Payment.state, Payment.method, Payment.amount_cents).where(
            Payment.external_ref == notice.external_ref
        )
    ).one_or_none()
    if known is None:
        _insert_payment(session, order, notice, now)
    elif (known.order_id, known.method, known.amount_cents) != (order_id, notice.method, notice.amount_cents):
        raise PaymentConflictError
    elif known.state is notice.state:
        return False
    elif known.state is PaymentRecordState.CAPTURED:
        raise PaymentConflictError
    else:
        _change_payment(session, known.id, notice, now)
    if notice.state is PaymentRecordState.CAPTURED:
        wake(session, JobName.BOOK_PAYMENTS)
    elif notice.state is PaymentRecordState.FAILED and notice.method in _REFUSED_AT_ONCE:
        _put_aside(session, order, notice, now)
    return True


def _insert_payment(session: Session, order: OrderFacts, notice: IncomingPayment, now: dt.datetime) -> None:
    is_captured = notice.state is PaymentRecordState.CAPTURED
    row = Payment(
        order_id=order.id,
        method=notice.method,
        state=notice.state,
        amount_cents=notice.amount_cents,
        currency=order.currency,
        reference=notice.reference,
        received_at=notice.received_at or (now if is_captured else None),
        created_at=now,
        external_ref=notice.external_ref,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # Another order's, announced at this very moment.
        raise PaymentConflictError from None


def _change_payment(session: Session, payment_id: int, notice: IncomingPayment, now: dt.datetime) -> None:
    changes: dict[str, object] = {"state": notice.state}
    if notice.state is PaymentRecordState.CAPTURED:
        changes["received_at"] = notice.received_at or now
    if notice.reference:
        changes["reference"] = notice.reference
    session.execute(sa.update(Payment).where(Payment.id == payment_id).values(**changes))


def _put_aside(session: Session, order: OrderFacts, notice: IncomingPayment, now: dt.datetime) -> None:
    """Have an administrator look at an order whose payment was refused, unless it is over or paid otherwise."""
    if order.status.is_final or _captured_cents(session, order.id) >= order.total_cents:
        return
    if session.scalar(sa.select(Order.intake_at.is_(None)).where(Order.id == order.id)):
        take_in(session, [order.id], now)  # First what it is, then what happened to it.
    amount = money(notice.amount_cents, order.currency)
    reference = f" (référence {notice.reference})" if notice.reference else ""
    reason = (
        f"Le paiement de {amount} par {_REFUSED_AT_ONCE[notice.method]}{reference} a été refusé. "
        "Voyez avec le client comment il paiera, puis remettez la commande où elle était."
    )
    put_in_error(session, SYSTEM, order.id, reason, now)


def _captured_cents(session: Session, order_id: int) -> int:
    """Return what was received for an order, whether its totals took it in yet or not."""
    received = sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_cents), 0)).where(
        Payment.order_id == order_id,
        Payment.kind == PaymentKind.PAYMENT,
        Payment.state == PaymentRecordState.CAPTURED,
    )
    return int(session.scalar(received) or 0)
