"""Orders as the shop writes them, in plain SQL, and what intake makes of them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import Actor
from db.domain.mail import EmailTemplate, OutboxState, RecipientKind
from db.domain.orders import ActorKind, HistoryEvent, OrderStatus, PaymentMethod, PaymentRecordState
from db.engine import transaction
from db.models import Customer, Marketplace, Order, OrderHistory, OrderLine, OrderSearch, OutboxMessage, Payment, Seller
from db.services import intake
from db.services.error_state import NotMendedError, repair
from db.services.intake import has_new_orders, take_in, take_in_new_orders
from db.services.payments import book_captured_payments, has_captured_payments
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import ADMIN, create_person, create_product, create_seller, viewer_for

T = EmailTemplate


@pytest.fixture
def market(session: Session) -> Marketplace:
    row = Marketplace(id=1, name="Marché d’ici", copy_email="copie@example.org")
    session.add(row)
    session.flush()
    return row


def shop(session: Session, number: str, **columns: Any) -> int:
    """Write an order of two teas at 12,50 € and 4,90 € of postage, as the shop does."""
    seller = columns.pop("seller", None) or create_seller(session, email="vendeur@example.org")
    line = columns.pop("line", {})
    values = {
        "number": number,
        "seller_id": seller.id,
        "customer_name": "Zoé Le Goff",
        "customer_email": "zoe@example.org",
        "items_cents": 25_00,
        "shipping_cents": 4_90,
        "total_cents": 29_90,
        "placed_at": NOW,
    }
    order_id = session.scalar(sa.insert(Order).values(values | columns).returning(Order.id))
    assert order_id is not None
    written = {"order_id": order_id, "position": 1, "name": "Thé vert", "quantity": 2, "unit_price_cents": 12_50}
    session.execute(sa.insert(OrderLine).values(written | {"total_cents": 25_00} | line))
    return order_id


def pay(session: Session, order_id: int, cents: int = 29_90, **columns: Any) -> None:
    values = {"method": PaymentMethod.CARD, "state": PaymentRecordState.CAPTURED, "amount_cents": cents}
    session.execute(sa.insert(Payment).values(values | {"order_id": order_id} | columns))


def letters(session: Session, order_id: int) -> list[tuple[EmailTemplate, RecipientKind, str]]:
    rows = session.scalars(
        sa.select(OutboxMessage).where(OutboxMessage.order_id == order_id).order_by(OutboxMessage.id)
    )
    return [(row.template, row.recipient_kind, row.recipient) for row in rows]


def history(session: Session, order_id: int) -> list[OrderHistory]:
    found = sa.select(OrderHistory).where(OrderHistory.order_id == order_id)
    return list(session.scalars(found.order_by(OrderHistory.at, OrderHistory.id)))


def status_of(session: Session, order_id: int) -> OrderStatus:
    session.expire_all()
    return session.get_one(Order, order_id).status


def test_the_seller_and_the_customer_are_told_at_once_with_a_copy_to_us(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1")
    assert take_in_new_orders(session, NOW, limit=10) == 1
    assert letters(session, order_id) == [
        (T.SELLER_NEW_ORDER, RecipientKind.SELLER, "vendeur@example.org"),
        (T.ORDER_CONFIRMATION, RecipientKind.CUSTOMER, "zoe@example.org"),
        (T.ORDER_CONFIRMATION, RecipientKind.MARKETPLACE, "copie@example.org"),
    ]
    states = session.scalars(sa.select(OutboxMessage.state).where(OutboxMessage.order_id == order_id)).all()
    assert set(states) == {OutboxState.QUEUED}  # Nobody clicked: nothing is held.


def test_the_history_begins_when_the_order_was_placed_by_the_shop(session: Session) -> None:
    placed = NOW - dt.timedelta(minutes=3)
    order_id = shop(session, "S-1", placed_at=placed)
    take_in_new_orders(session, NOW, limit=10)
    (first,) = history(session, order_id)
    assert (first.event, first.actor_kind, first.at) == (HistoryEvent.CREATED, ActorKind.SHOP, placed)


def test_taking_in_twice_tells_nobody_twice(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1")
    take_in_new_orders(session, NOW, limit=10)
    assert not has_new_orders(session)
    take_in(session, [order_id], NOW)
    assert len(letters(session, order_id)) == 3
    assert len(history(session, order_id)) == 1


def test_a_captured_payment_makes_the_order_paid_after_it_was_placed(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1")
    pay(session, order_id)
    assert not has_captured_payments(session)  # Not before intake.
    take_in_new_orders(session, NOW, limit=10)
    assert book_captured_payments(session, NOW) == 1
    assert status_of(session, order_id) is OrderStatus.PAID
    assert session.get_one(Order, order_id).paid_at == NOW
    assert [row.event for row in history(session, order_id)] == [
        HistoryEvent.CREATED,
        HistoryEvent.PAYMENT_RECORDED,
        HistoryEvent.STATUS_CHANGED,
    ]
    told = [template for template, kind, _ in letters(session, order_id) if kind is RecipientKind.CUSTOMER]
    assert told == [T.ORDER_CONFIRMATION, T.PAYMENT_RECEIVED]


def test_an_order_written_as_paid_tells_both_and_no_payment_twice(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1", status=OrderStatus.PAID, paid_cents=29_90)
    pay(session, order_id)
    take_in_new_orders(session, NOW, limit=10)
    book_captured_payments(session, NOW)
    told = [template for template, kind, _ in letters(session, order_id) if kind is RecipientKind.CUSTOMER]
    assert told == [T.ORDER_CONFIRMATION, T.PAYMENT_RECEIVED]
    assert session.get_one(Order, order_id).paid_at == NOW


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"total_cents": 31_90}, "Le total est 31,90\u00a0€, les articles et la livraison font 29,90\u00a0€."),
        ({"items_cents": 24_00}, "Le montant des articles est 24,00\u00a0€, leur somme 25,00\u00a0€."),
        ({"discount_cents": 1_00}, "La remise est 1,00\u00a0€, celles des articles font 0,00\u00a0€."),
        (
            {"line": {"total_cents": 24_00}, "items_cents": 24_00, "total_cents": 28_90},
            "2 × 12,50\u00a0€, remise de 0,00\u00a0€, font 25,00\u00a0€ et non 24,00\u00a0€.",
        ),
        ({"line": {"sku": "NUL-1"}}, "la référence NUL-1 n’est pas au catalogue de Maison du thé."),
        ({"status": OrderStatus.PAID}, "ses paiements font 0,00\u00a0€ sur 29,90\u00a0€."),
    ],
)
def test_an_inconsistent_order_goes_to_error_with_what_to_fix_and_nobody_is_told(
    session: Session, market: Marketplace, columns: dict[str, Any], sentence: str
) -> None:
    order_id = shop(session, "S-1", **columns)
    take_in_new_orders(session, NOW, limit=10)
    assert status_of(session, order_id) is OrderStatus.ERROR
    note = history(session, order_id)[-1].note
    assert sentence in note
    assert note.endswith("Corrigez la commande dans la boutique, puis réparez-la ici.")
    assert letters(session, order_id) == []
    assert not has_new_orders(session)


def test_a_product_of_another_seller_is_unknown(session: Session) -> None:
    other = create_product(session, create_seller(session, "Autre"), sku="THE-1")
    order_id = shop(session, "S-1", line={"product_id": other.id, "sku": "THE-1"})
    take_in_new_orders(session, NOW, limit=10)
    assert status_of(session, order_id) is OrderStatus.ERROR


def test_a_reference_names_the_sellers_own_product(session: Session) -> None:
    seller = create_seller(session)
    product = create_product(session, seller, sku="THE-1")
    order_id = shop(session, "S-1", seller=seller, line={"sku": "THE-1"})
    take_in_new_orders(session, NOW, limit=10)
    assert session.scalar(sa.select(OrderLine.product_id).where(OrderLine.order_id == order_id)) == product.id
    assert status_of(session, order_id) is OrderStatus.AWAITING_PAYMENT


def test_an_order_without_articles_goes_to_error(session: Session) -> None:
    order_id = shop(session, "S-1")
    session.execute(sa.delete(OrderLine).where(OrderLine.order_id == order_id))
    take_in_new_orders(session, NOW, limit=10)
    assert "aucun article" in history(session, order_id)[-1].note


def test_a_mended_order_that_is_repaired_goes_its_way(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1", total_cents=31_90)
    take_in_new_orders(session, NOW, limit=10)
    session.execute(sa.update(Order).where(Order.id == order_id).values(total_cents=29_90))
    admin = Actor.person(viewer_for(create_person(session, ADMIN.role)))
    session.expire_all()
    repair(session, admin, order_id, session.get_one(Order, order_id).version, "Total corrigé", NOW)
    assert take_in_new_orders(session, NOW, limit=10) == 1
    assert len(letters(session, order_id)) == 3


def test_an_order_that_is_not_mended_stays_in_error_unless_taken_as_it_is(session: Session) -> None:
    order_id = shop(session, "S-1", total_cents=31_90)
    take_in_new_orders(session, NOW, limit=10)
    admin = Actor.person(viewer_for(create_person(session, ADMIN.role)))
    session.expire_all()
    version = session.get_one(Order, order_id).version
    with pytest.raises(NotMendedError, match="Le total est 31,90"):
        repair(session, admin, order_id, version, "Rien fait", NOW)
    repair(session, admin, order_id, version, "En double, à annuler", NOW, as_it_is=True)
    assert not has_new_orders(session)
    assert status_of(session, order_id) is OrderStatus.AWAITING_PAYMENT
    assert letters(session, order_id) == []


def test_one_bad_order_keeps_none_of_the_others_back(session: Session, market: Marketplace) -> None:
    bad, good = shop(session, "S-1", total_cents=1), shop(session, "S-2")
    take_in_new_orders(session, NOW, limit=10)
    assert (letters(session, bad), len(letters(session, good))) == ([], 3)


@pytest.mark.parametrize("attributes", [["a"], "abc", 7])
def test_what_cannot_even_be_read_keeps_none_of_the_others_back(
    session: Session, market: Marketplace, attributes: Any
) -> None:
    odd, good = shop(session, "S-1", line={"attributes": attributes}), shop(session, "S-2")
    assert take_in_new_orders(session, NOW, limit=10) == 2
    assert status_of(session, good) is OrderStatus.AWAITING_PAYMENT
    assert len(letters(session, good)) == 3
    assert status_of(session, odd) is not None
    assert not has_new_orders(session)


def test_an_order_at_which_intake_stumbles_goes_to_error_alone(
    session: Session, market: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = shop(session, "S-1"), shop(session, "S-2")
    whole = intake.complete_orders

    def stumble(session: Session, order_ids: Sequence[int]) -> None:
        if bad in order_ids:
            raise ValueError("a fault of ours")
        whole(session, order_ids)

    monkeypatch.setattr(intake, "complete_orders", stumble)
    assert take_in_new_orders(session, NOW, limit=10) == 2
    assert (status_of(session, bad), letters(session, bad)) == (OrderStatus.ERROR, [])
    assert "illisible" in history(session, bad)[-1].note
    assert len(letters(session, good)) == 3


def test_nobody_is_told_of_an_order_of_last_month(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1", placed_at=NOW - dt.timedelta(days=30))
    take_in_new_orders(session, NOW, limit=10)
    assert letters(session, order_id) == []
    assert session.get_one(Order, order_id).intake_at == NOW


def test_a_worker_that_slept_for_three_days_tells_all_the_same(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1", placed_at=NOW - dt.timedelta(days=3))
    take_in_new_orders(session, NOW, limit=10)
    assert len(letters(session, order_id)) == 3


def test_an_import_that_tells_nobody_is_complete_all_the_same(session: Session, market: Marketplace) -> None:
    order_id = shop(session, "S-1")
    assert take_in(session, [order_id], NOW, tells=False).taken == 1
    assert letters(session, order_id) == []
    assert session.get_one(OrderSearch, order_id).who.startswith("s-1")


def test_a_switched_off_confirmation_is_not_sent(session: Session, market: Marketplace) -> None:
    seller = create_seller(session, email="")
    order_id = shop(session, "S-1", seller=seller, customer_email="")
    take_in_new_orders(session, NOW, limit=10)
    assert [kind for _, kind, _ in letters(session, order_id)] == [RecipientKind.MARKETPLACE]


def test_intake_completes_what_the_shop_wrote_exactly_once(session: Session) -> None:
    seller = create_seller(session)
    for number in ("S-1", "S-2", "S-3"):
        shop(session, number, seller=seller)
    assert [take_in_new_orders(session, NOW, limit=2) for _ in range(3)] == [2, 1, 0]
    rows = session.execute(sa.select(Order.intake_at, Order.customer_sort).where(Order.seller_id == seller.id)).all()
    assert rows == [(NOW, "zoe le goff")] * 3


def test_intake_makes_the_customers_of_new_orders_findable(session: Session) -> None:
    customer = session.scalar(
        sa.insert(Customer).values(name="Zoé Le Goff", email="zoe@example.org").returning(Customer.id)
    )
    shop(session, "S-1", customer_id=customer)
    take_in_new_orders(session, NOW, limit=10)
    found = session.scalar(sa.select(Customer.search_text).where(Customer.id == customer))
    assert found == "zoe le goff | zoe@example.org"


def test_two_intakes_at_once_never_take_the_same_order(engine: sa.Engine) -> None:
    with transaction(engine) as session:
        seller = create_seller(session, email="vendeur@example.org")
        for number in range(60):
            shop(session, f"S-{number}", seller=session.get_one(Seller, seller.id))
    done: list[int] = []

    def take_all() -> None:
        while True:
            with transaction(engine) as session:
                taken = take_in_new_orders(session, NOW, limit=7)
            done.append(taken)
            if not taken:
                return

    together(take_all, take_all)
    with transaction(engine) as session:
        left = take_in_new_orders(session, NOW, limit=100)
        assert session.scalar(sa.select(sa.func.count()).select_from(OrderSearch)) == 60
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 120
    assert sum(done) + left == 60
