"""What was given back in the last weeks: done by the services themselves, so that everything follows as it does.

The newest returns wait; of the others, most are settled, a few with a voucher, and finance has made most refunds.
"""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.demo.documents import SINCE
from db.domain.actor import SYSTEM
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState, ReturnStatus
from db.domain.returns import Condition, ReturnReason
from db.domain.settlement import LineBack, SettlementRequest
from db.domain.time import local_day
from db.domain.vouchers import NewVoucher
from db.models import Order, Payment, Return, ReturnLine, ReturnMessage, ReturnSettings
from db.services.order_facts import load_facts
from db.services.refunds import mark_done, mark_refused, mark_sent
from db.services.settlements import settle_order
from db.services.vouchers import give_voucher

_WAITING = 3
_SETTLED_AFTER = dt.timedelta(hours=5)
_VOUCHER_EVERY = 4
_GIFTS = 5
_GIFT_CENTS = (10_00, 5_00, 15_00, 8_00, 20_00)
_INSTRUCTIONS = (
    "Glissez le bon de retour dans le colis et gardez la preuve de dépôt. Les articles doivent être complets, "
    "dans leur emballage d’origine si possible."
)
_GOODS_BACK = "Retour d’articles"


def add_settlements(session: Session, now: dt.datetime) -> None:
    """Settle the returns of the last weeks, give some vouchers, and make most of the refunds."""
    session.add(ReturnSettings(id=1, instructions=_INSTRUCTIONS))
    session.flush()
    _settle_returns(session, now)
    _give_gifts(session, now)
    _make_refunds(session, now)
    _talk(session, now)
    session.flush()


def _settle_returns(session: Session, now: dt.datetime) -> None:
    received = session.execute(
        sa.select(Return.id, Return.order_id, Return.received_at, Return.reason)
        .where(Return.status == ReturnStatus.PARCEL_RECEIVED, Return.received_at.is_not(None))
        .order_by(Return.received_at.desc(), Return.id)
    ).all()
    for place, row in enumerate(reversed(received[_WAITING:])):
        at = min(row.received_at + _SETTLED_AFTER, now)
        order = load_facts(session, SYSTEM, [row.order_id])[row.order_id]
        back = session.execute(
            sa.select(ReturnLine.order_line_id, ReturnLine.quantity, ReturnLine.condition).where(
                ReturnLine.return_id == row.id
            )
        ).all()
        worth = {line.id: line for line in order.lines}
        cents = sum(worth[line.order_line_id].worth_of(line.quantity) for line in back)
        request = SettlementRequest(
            lines={
                line.order_line_id: LineBack(line.quantity, restocks=line.condition is Condition.AS_NEW)
                for line in back
            },
            shipping_cents=order.shipping_claim_cents if row.reason is ReturnReason.DAMAGED else 0,
            voucher_cents=cents // 2 if place % _VOUCHER_EVERY == 0 else 0,
            reason=_GOODS_BACK,
            return_id=row.id,
        )
        settle_order(session, SYSTEM, row.order_id, order.version, request, f"demo:{row.id}", at, notifies=False)


def _give_gifts(session: Session, now: dt.datetime) -> None:
    """Give vouchers for what went wrong: to customers of the last completed orders."""
    late = sa.select(Order.id, Order.received_at).where(
        Order.status == OrderStatus.COMPLETED, Order.received_at.is_not(None), Order.placed_at >= now - SINCE
    )
    for place, row in enumerate(session.execute(late.order_by(Order.id.desc()).limit(_GIFTS))):
        gift = NewVoucher(
            _GIFT_CENTS[place], key=f"demo:{row.id}", order_id=row.id, note="Geste pour le retard", notifies=False
        )
        give_voucher(session, SYSTEM, gift, now - dt.timedelta(days=place))


def _make_refunds(session: Session, now: dt.datetime) -> None:
    """Leave the newest refunds to do, hand one over, have one refused, and make the others."""
    is_to_do = (Payment.kind == PaymentKind.REFUND, Payment.state == PaymentRecordState.PENDING)
    found = sa.select(Payment.id).where(*is_to_do, Payment.settlement_id.is_not(None))
    refunds: Sequence[int] = session.scalars(found.order_by(Payment.created_at.desc(), Payment.id)).all()
    _to_do, to_send, to_refuse, made = refunds[:2], refunds[2:3], refunds[3:4], refunds[4:]
    yesterday = now - dt.timedelta(days=1)
    mark_sent(session, SYSTEM, to_send, yesterday)
    mark_refused(session, SYSTEM, to_refuse, "Compte du client clôturé", yesterday)
    mark_done(session, SYSTEM, made, "", local_day(yesterday), yesterday, notifies=False)


def _talk(session: Session, now: dt.datetime) -> None:
    """Let a customer ask about a return that waits."""
    waiting = sa.select(Return.id, Return.requested_at, Order.customer_name).join(Order, Order.id == Return.order_id)
    row = session.execute(
        waiting.where(Return.status == ReturnStatus.AWAITING_PARCEL).order_by(Return.requested_at.desc()).limit(1)
    ).one_or_none()
    if row is not None:
        asked_at = min(row.requested_at + dt.timedelta(days=1, hours=3), now)
        session.add(
            ReturnMessage(
                return_id=row.id,
                author_kind="customer",
                author_name=row.customer_name,
                body="Bonjour, dois-je renvoyer aussi les échantillons\u00a0? Merci.",
                at=asked_at,
            )
        )
