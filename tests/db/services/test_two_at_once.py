"""Two connections act on one order at the same moment, on both databases: exactly one wins."""

import datetime as dt
from collections.abc import Callable
from threading import Barrier, Thread
from time import sleep

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.moves import CancelReason, Move
from db.domain.orders import OrderStatus, PaymentMethod, PaymentState
from db.domain.payments import Receipt
from db.domain.permissions import Role
from db.engine import transaction
from db.models import DueDocument, Order, OrderHistory, OutboxMessage, Payment, Product
from db.services.documents.missing import owe_missing_invoices
from db.services.messages import AlreadyWaitingError, RemindedLatelyError, remind, write_to_customer
from db.services.moves import move_order, move_orders
from db.services.order_facts import ChangedMeanwhileError, load_facts
from db.services.payments import book_captured_payments, record_payment
from db.services.undo import undo
from tests.conftest import NOW
from tests.factories import create_line, create_order, create_person, create_product, create_seller, viewer_for

S = OrderStatus
Act = Callable[[Session], object]


def at_once(engine: sa.Engine, *acts: Act) -> list[MarketplaceError | None]:
    """Run each act in its own transaction and thread, all released together; return how each was refused."""
    barrier, refusals = Barrier(len(acts)), [None] * len(acts)
    broken: list[BaseException] = []

    def run(index: int, act: Act) -> None:
        barrier.wait()
        try:
            with transaction(engine) as session:
                act(session)
        except MarketplaceError as refusal:
            refusals[index] = refusal
        except BaseException as error:  # noqa: BLE001  a thread that dies is no refusal: the test fails with it
            broken.append(error)

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return refusals


def two_people(engine: sa.Engine, **columns: object) -> tuple[int, Actor, Actor]:
    with transaction(engine) as session:
        product = create_product(session, seller := create_seller(session), stock=0)
        lines = [create_line(quantity=2, product_id=product.id)]
        order = create_order(session, seller, lines=lines, **columns)
        first, second = (Actor.person(viewer_for(create_person(session, Role.ADMIN))) for _ in range(2))
        return order.id, first, second


@pytest.mark.parametrize("attempt", range(5))
def test_one_of_two_moves_wins_and_the_other_is_told(engine: sa.Engine, attempt: int) -> None:
    order_id, first, second = two_people(engine)
    prepare, cancel = Move(S.PREPARING), Move(S.CANCELLED, cancel_reason=CancelReason.OUT_OF_STOCK)
    refusals = at_once(
        engine,
        lambda session: move_order(session, first, order_id, prepare, NOW, version=1),
        lambda session: move_order(session, second, order_id, cancel, NOW, version=1),
    )
    (refused,) = [refusal for refusal in refusals if refusal is not None]
    assert isinstance(refused, ChangedMeanwhileError)
    with Session(engine) as session:
        order = session.get_one(Order, order_id)
        assert order.version == 2
        assert session.scalar(sa.select(sa.func.count()).select_from(OrderHistory)) == 1
        stock = session.scalars(sa.select(Product.stock)).one()
        assert stock == (2 if order.status is S.CANCELLED else 0)


def test_a_cheque_clicked_twice_at_once_counts_once(engine: sa.Engine) -> None:
    order_id, first, second = two_people(engine, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    receipt = Receipt(dt.date(2026, 11, 21), 31_90, PaymentMethod.CHEQUE)
    refusals = at_once(
        engine,
        lambda session: record_payment(session, first, order_id, 1, receipt, NOW),
        lambda session: record_payment(session, second, order_id, 1, receipt, NOW),
    )
    assert [type(refusal) for refusal in refusals if refusal] == [ChangedMeanwhileError]
    with Session(engine) as session:
        assert session.get_one(Order, order_id).paid_cents == 31_90
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 1


def test_two_workers_book_a_card_payment_once(engine: sa.Engine) -> None:
    order_id, *_ = two_people(engine, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    with transaction(engine) as session:
        session.add(Payment(order_id=order_id, method=PaymentMethod.CARD, state="captured", amount_cents=31_90))
    assert at_once(engine, *[lambda session: book_captured_payments(session, NOW)] * 3) == [None] * 3
    with Session(engine) as session:
        assert session.get_one(Order, order_id).paid_cents == 31_90
        events = session.scalars(sa.select(OrderHistory.event).order_by(OrderHistory.id)).all()
        assert events == ["payment_recorded", "status_changed"]


def test_the_same_bulk_run_twice_at_once_moves_nothing_twice(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller = create_seller(session)
        ids = [create_order(session, seller).id for _ in range(20)]
        actor = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    both: list[int] = []

    def bulk(session: Session) -> None:
        both.append(len(move_orders(session, actor, ids, Move(S.PREPARING), NOW).history_ids))

    # One of them takes the list in the other direction: locks taken in another order would wait in a circle.
    def backwards(session: Session) -> None:
        both.append(len(move_orders(session, actor, ids[::-1], Move(S.PREPARING), NOW).history_ids))

    assert at_once(engine, bulk, backwards) == [None, None]
    assert sorted(both) == [0, 20]
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 20


def test_an_action_is_taken_back_once(engine: sa.Engine) -> None:
    order_id, first, _ = two_people(engine)
    with transaction(engine) as session:
        history_id = move_order(session, first, order_id, Move(S.CANCELLED, cancel_reason=CancelReason.DUPLICATE), NOW)
    refusals = at_once(engine, *[lambda session: undo(session, first, history_id, NOW)] * 2)
    assert len([refusal for refusal in refusals if refusal]) == 1
    with Session(engine) as session:
        assert session.scalars(sa.select(Product.stock)).one() == 0


def test_the_same_message_or_reminder_sent_twice_at_once_leaves_once(engine: sa.Engine) -> None:
    order_id, first, second = two_people(engine, status=S.AWAITING_PAYMENT, payment_state=PaymentState.UNPAID)
    refusals = at_once(
        engine,
        *(lambda session, who=who: write_to_customer(session, who, order_id, "Objet", "Texte", NOW)
          for who in (first, second)),
        *(lambda session, who=who: remind_one(session, who, order_id) for who in (first, second)),
    )  # fmt: skip
    assert {type(refusal) for refusal in refusals if refusal} == {AlreadyWaitingError, RemindedLatelyError}
    with Session(engine) as session:
        assert sorted(session.scalars(sa.select(OutboxMessage.template))) == ["message", "payment_reminder"]
        assert session.scalar(sa.select(sa.func.count()).select_from(OrderHistory)) == 2


def remind_one(session: Session, who: Actor, order_id: int) -> None:
    for refused in remind(session, who, [order_id], NOW).refused:
        raise refused.error


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one write at a time.
def test_missing_invoices_wait_for_who_works_on_the_orders_and_never_in_a_circle(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller = create_seller(session)
        # The later an order was placed, the lower its id: those of the past were imported after.
        ids = [create_order(session, seller, placed_at=NOW - dt.timedelta(days=each)).id for each in range(3)]
        actor = Actor.person(viewer_for(create_person(session, Role.ADMIN)))
    refusals: list[object] = []
    asks = Thread(
        target=lambda: refusals.extend(
            at_once(engine, lambda session: owe_missing_invoices(session, actor, None, None, NOW))
        )
    )

    with transaction(engine) as session:
        load_facts(session, actor, ids[:1], locked=True)
        asks.start()
        _wait_until_somebody_waits_for_a_lock(engine)
        load_facts(session, actor, ids[1:], locked=True)
        # Invoiced meanwhile: it is not owed a second one.
        session.execute(sa.update(Order).where(Order.id == ids[0]).values(invoice_number="F2026-THE-000001"))
    asks.join()

    assert refusals == [None]
    with Session(engine) as session:
        owed = session.scalars(sa.select(DueDocument.order_id).order_by(DueDocument.id)).all()
    assert owed == [ids[2], ids[1]]


def _wait_until_somebody_waits_for_a_lock(engine: sa.Engine) -> None:
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(600):
        with engine.connect() as connection:
            if connection.scalar(waiting):
                return
        sleep(0.05)
    raise AssertionError("nobody waits")
