"""A back office with the whole way of a return: asked for with an explanation, listed, received, settled, refunded."""

import pytest
import sqlalchemy as sa

from db.domain.moves import CancelReason
from db.domain.orders import OrderStatus, PaymentKind, PaymentRecordState, PaymentState, ReturnStatus
from db.domain.permissions import Role
from db.domain.returns import Condition, Inspection, Received, ReturnMove
from db.domain.settlement import LineBack, SettlementRequest
from db.domain.time import local_day
from db.engine import reading, transaction
from db.models import (
    BalanceFinding,
    Customer,
    Document,
    LedgerEntry,
    Payment,
    PointsMovement,
    Product,
    Return,
    Shipment,
    Voucher,
)
from db.services.refunds import mark_done
from db.services.returns.inspection import inspect_return
from db.services.returns.moves import move_return
from db.services.settlement_rows import SettledOrder
from db.services.settlements import plan_settlement, settle_order
from db.services.voucher_uses import use_voucher
from tests.acceptance.house import House
from tests.factories import ISSUER_IDENTITY, create_customer

ZOE = "zoe@example.org"


@pytest.fixture(autouse=True)
def own_storage(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", tmp_path_factory.mktemp("files").as_uri())


def the_return(house: House) -> Return:
    with reading(house.engine) as session:
        return session.scalars(sa.select(Return)).one()


def total(house: House, column: sa.ColumnElement[int]) -> int:
    with reading(house.engine) as session:
        return session.scalar(sa.select(sa.func.coalesce(sa.func.sum(column), 0))) or 0


def sold_and_received(house: House) -> None:
    """68,90 € by card, received."""
    house.opens("Le Marché breton", points_per_euro=2)
    house.welcomes_seller("Maison du thé", {"THEIERE": 30_00, "TASSE": 8_50}, **ISSUER_IDENTITY, code="THE")
    with transaction(house.engine) as session:
        zoe = create_customer(session, "Zoé Le Goff", ZOE).id
    # 30,00 + 4 × 8,50 + 4,90 = 68,90.
    house.shop_sells("R-1", {"THEIERE": 1, "TASSE": 4}, card=True, shipping_cents=4_90, customer_id=zoe)
    house.a_minute_later()
    house.staff_moves("R-1", OrderStatus.SHIPPED)
    house.on(24, 11)
    house.staff_moves("R-1", OrderStatus.DELIVERED)
    house.a_minute_later()
    page = house.customer_opens(house.mails_to(ZOE)[-1])
    with reading(house.engine) as session:
        parcel = session.scalars(sa.select(Shipment.id)).one()
    page.confirms(parcel)
    house.work()
    # 68 whole euros, two points each.
    assert total(house, Customer.loyalty_points) == 136
    # 2,9 % of 68,90 = 1,998 → 2,00.
    assert total(house, LedgerEntry.amount_cents) == 66_90


def asked_for(house: House) -> None:
    """Zoé asks to send the teapot and two cups back, and is answered."""
    house.on(25, 11)
    lines = house.line_ids("R-1")
    page = house.customer_opens(house.mails_to(ZOE)[-1])
    answer = page.asks_to_return({lines["THEIERE"]: 1, lines["TASSE"]: 2}, "damaged", "La théière est fêlée.")
    assert "La théière est fêlée." in answer
    house.work()
    assert "retour" in house.subjects_to(ZOE)[-1]
    support = house.people[Role.SUPPORT]
    with transaction(house.engine) as session:
        row = session.scalars(sa.select(Return)).one()
        move_return(session, support, row.id, row.version, ReturnMove(ReturnStatus.AWAITING_PARCEL), house.now)
    house.a_minute_later()
    assert "bon de retour" in house.mails_to(ZOE)[-1].text


def arrived(house: House) -> None:
    """The parcel comes: the teapot is broken, one cup is missing."""
    support, lines = house.people[Role.SUPPORT], house.line_ids("R-1")
    house.on(26, 11)
    with transaction(house.engine) as session:
        row = session.scalars(sa.select(Return)).one()
        move_return(session, support, row.id, row.version, ReturnMove(ReturnStatus.PARCEL_RECEIVED), house.now)
        row = session.scalars(sa.select(Return)).one()
        counted = {
            lines["THEIERE"]: Received(1, Condition.DAMAGED, "anse cassée"),
            lines["TASSE"]: Received(1, Condition.AS_NEW),
        }
        inspect_return(session, support, row.id, row.version, Inspection(counted, "Une tasse manque"), house.now)
    house.a_minute_later()


def settled(house: House) -> SettledOrder:
    """Finance gives back teapot, one cup and shipping, 10,00 of it as a voucher; the cup goes back on the shelf."""
    finance, lines = house.people[Role.FINANCE], house.line_ids("R-1")
    request = SettlementRequest(
        lines={lines["THEIERE"]: LineBack(1), lines["TASSE"]: LineBack(1, restocks=True)},
        shipping_cents=4_90,
        voucher_cents=10_00,
        reason="Retour\u00a0: théière fêlée",
        return_id=the_return(house).id,
    )
    order = house.order("R-1")
    with reading(house.engine) as session:
        planned = plan_settlement(session, finance, order.id, request, house.now)
    with transaction(house.engine) as session:
        done = settle_order(session, finance, order.id, order.version, request, "dialogue", house.now)
    # 30,00 + 8,50 + 4,90 = 43,40: 33,40 by card, 10,00 as a voucher; 25,50 are still asked for.
    assert (done.total_cents, done.refund_cents, done.voucher_cents) == (43_40, 33_40, 10_00)
    assert planned.settled.claim_cents == 25_50
    # 2,9 % of 25,50 = 0,7395 → 0,74: 2,00 − 0,74 = 1,26 comes back to the seller.
    assert (planned.seller_cents, planned.fee_back_cents) == (-43_40, 1_26)
    # 25 whole euros: 50 points stay of 136.
    assert planned.points == -86
    house.a_minute_later()
    assert the_return(house).status is ReturnStatus.COMPLETED
    assert total(house, Document.gross_cents) == 25_50
    assert total(house, LedgerEntry.amount_cents) == 25_50 - 74
    assert total(house, Customer.loyalty_points) == total(house, PointsMovement.points) == 50
    with reading(house.engine) as session:
        stock = {row.sku: row.stock for row in session.execute(sa.select(Product.sku, Product.stock))}
    # Ten of each; one teapot and four cups sold, one cup back.
    assert stock == {"THEIERE": 9, "TASSE": 7}
    told = house.mails_to(ZOE)[-1].text
    assert "33,40" in told
    assert done.voucher_code in told
    return done


def test_a_return_from_the_request_to_the_refund(house: House) -> None:
    sold_and_received(house)
    asked_for(house)
    arrived(house)
    done = settled(house)

    # Finance pays back, the customer is told; the voucher is spent in part, once.
    house.on(27, 11)
    finance = house.people[Role.FINANCE]
    with transaction(house.engine) as session:
        refund = session.scalars(sa.select(Payment).where(Payment.state == PaymentRecordState.PENDING)).one()
        mark_done(session, finance, [refund.id], "psp-77", local_day(house.now), house.now)
        mark_done(session, finance, [refund.id], "psp-77", local_day(house.now), house.now)
    for _ in range(2):
        with transaction(house.engine) as session:
            use_voucher(session, done.voucher_code, 4_00, "panier-9", "R-2", house.now)
    house.a_minute_later()
    assert "33,40" in house.mails_to(ZOE)[-1].text
    with reading(house.engine) as session:
        assert session.scalars(sa.select(Voucher.used_cents)).one() == 4_00
    order = house.order("R-1")
    assert (order.payment_state, order.refunded_cents) == (PaymentState.PARTLY_REFUNDED, 43_40)
    assert total(house, BalanceFinding.id) == 0


def test_a_cancellation_is_refunded_like_everything_else(house: House) -> None:
    house.opens("Le Marché breton")
    house.welcomes_seller("Maison du thé", {"THEIERE": 30_00}, **ISSUER_IDENTITY, code="THE")
    house.shop_sells("R-3", {"THEIERE": 1}, card=True)
    house.a_minute_later()
    house.staff_moves("R-3", OrderStatus.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK)
    house.a_minute_later()
    assert total(house, Document.gross_cents) == 0
    assert total(house, LedgerEntry.amount_cents) == 0

    with transaction(house.engine) as session:
        refunds = session.scalars(sa.select(Payment.id).where(Payment.kind == PaymentKind.REFUND)).all()
        mark_done(session, house.people[Role.FINANCE], refunds, "psp-3", local_day(house.now), house.now)
    house.work()

    assert house.order("R-3").payment_state is PaymentState.REFUNDED
    with reading(house.engine) as session:
        assert session.scalars(sa.select(Product.stock)).one() == 10
    assert total(house, BalanceFinding.id) == 0
