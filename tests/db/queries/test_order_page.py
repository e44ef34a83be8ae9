import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.errors import OrderNotFoundError
from db.domain.orders import (
    ActorKind,
    HistoryEvent,
    OrderStatus,
    PaymentKind,
    PaymentMethod,
    PaymentRecordState,
    ReturnStatus,
)
from db.domain.permissions import Role
from db.domain.vat import VatTotal
from db.domain.viewer import Viewer
from db.models import Basket, Customer, Order, OrderAddress, OrderHistory, Payment, Return, ReturnLine, Seller
from db.models.orders import AddressKind
from db.queries.order_page import RECENT_ORDERS, order_page
from tests.conftest import NOW
from tests.factories import (
    ADMIN,
    create_basket,
    create_customer,
    create_line,
    create_order,
    create_seller,
)

MAX_STATEMENTS = 14


def seller_viewer(seller: Seller) -> Viewer:
    return Viewer(2, "Sam Vendeur", "sam@example.org", Role.SELLER, seller.id)


@contextmanager
def counted_statements(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", count)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", count)


def test_an_order_is_shown_with_everything_that_hangs_on_it(session: Session) -> None:
    seller, customer = create_seller(session, "Maison du thé"), create_customer(session, company="Mairie d'Aix")
    order = create_order(session, seller, customer, number="A-1", carrier="Colissimo", weight_g=850)
    session.add_all(
        [
            OrderAddress(order_id=order.id, kind=AddressKind.BILLING, name="Évelyne Morin", city="Aix"),
            OrderAddress(order_id=order.id, kind=AddressKind.DELIVERY, name="Paul Morin", city="Arles"),
            Payment(order_id=order.id, method=PaymentMethod.CHEQUE, amount_cents=31_90, reference="0042"),
            OrderHistory(order_id=order.id, event=HistoryEvent.CREATED, actor_kind=ActorKind.SHOP),
        ]
    )
    session.flush()

    page = order_page(session, ADMIN, "A-1")

    assert (page.header.seller_name, page.header.carrier, page.header.weight_g) == ("Maison du thé", "Colissimo", 850)
    assert [(line.name, line.sku, line.total_cents) for line in page.lines] == [("Thé vert bio", "THE-1", 31_90)]
    assert page.billing is not None
    assert page.billing.city == "Aix"
    assert page.delivery is not None
    assert page.delivery.name == "Paul Morin"
    assert [(p.reference, p.state) for p in page.payments] == [("0042", PaymentRecordState.PENDING)]
    assert page.account is not None
    assert (page.account.company, page.account.loyalty_points) == ("Mairie d'Aix", 0)
    assert [entry.event for entry in page.history] == [HistoryEvent.CREATED]
    assert page.basket_siblings == page.returns == ()


def test_the_vat_is_taken_out_per_rate_and_shipping_joins_its_own_rate(session: Session) -> None:
    create_order(
        session,
        number="A-1",
        shipping_cents=5_90,
        shipping_vat_rate_bp=2000,
        lines=[
            create_line("Thé", 10_55, vat_rate_bp=550),
            create_line("Roman", 20_00, vat_rate_bp=550),
            create_line("Bol", 12_00, vat_rate_bp=2000),
            create_line("Repas", 11_00, vat_rate_bp=1000),
        ],
    )

    assert order_page(session, ADMIN, "A-1").vat_totals == (
        VatTotal(550, net_cents=28_96, vat_cents=1_59, gross_cents=30_55),
        VatTotal(1000, net_cents=10_00, vat_cents=1_00, gross_cents=11_00),
        VatTotal(2000, net_cents=14_92, vat_cents=2_98, gross_cents=17_90),
    )


@pytest.mark.parametrize("number", ["A-2", "", "a-1", "A-1 ", "A-1\x00", "\ud800", "' OR 1=1 --", "x" * 100_000])
def test_an_unknown_number_is_not_found(session: Session, number: str) -> None:
    create_order(session, number="A-1")
    with pytest.raises(OrderNotFoundError, match="n’existe pas ou ne vous est pas accessible"):
        order_page(session, ADMIN, number)


@pytest.mark.parametrize("number", ["n°/1?x=2&y", '"l\'été"', "注文-①", "<b>1</b>", "a/../b", "%_\\", "é"])
def test_a_number_may_be_any_text(session: Session, number: str) -> None:
    create_order(session, number=number)
    assert order_page(session, ADMIN, number).header.number == number


def test_another_sellers_order_is_refused_in_the_same_words_as_an_unknown_one(session: Session) -> None:
    create_order(session, create_seller(session), number="A-1")
    viewer = seller_viewer(create_seller(session, "Un autre"))
    refusals = []
    for number in ("A-1", "A-2"):
        with pytest.raises(OrderNotFoundError) as refused:
            order_page(session, viewer, number)
        refusals.append(str(refused.value))
    assert refusals[0] == refusals[1]


def test_an_imported_order_without_customer_address_or_line_is_shown_bare(session: Session) -> None:
    order = Order(number="A-1", seller_id=create_seller(session).id)
    session.add(order)
    session.flush()

    page = order_page(session, ADMIN, "A-1")

    assert page.account is page.billing is page.delivery is None
    assert page.lines == page.vat_totals == page.payments == page.history == ()
    assert page.header.total_cents == 0


class TestCustomer:
    @pytest.fixture
    def customer(self, session: Session) -> Customer:
        return create_customer(session, loyalty_points=120)

    def test_the_customers_orders_are_counted_and_summed_by_currency_without_cancelled_ones(
        self, session: Session, customer: Customer
    ) -> None:
        create_order(session, customer=customer, number="A-1", total_cents=10_00)
        create_order(session, customer=customer, total_cents=15_00)
        create_order(session, customer=customer, total_cents=99_00, status=OrderStatus.CANCELLED)
        create_order(session, customer=customer, total_cents=7_00, currency="GBP")
        create_order(session, total_cents=500_00)

        account = order_page(session, ADMIN, "A-1").account

        assert account is not None
        assert (account.order_count, account.cancelled_count) == (4, 1)
        assert account.totals == (("EUR", 25_00), ("GBP", 7_00))

    def test_a_customer_with_cancelled_orders_only_has_no_total(self, session: Session, customer: Customer) -> None:
        create_order(session, customer=customer, number="A-1", status=OrderStatus.CANCELLED)
        account = order_page(session, ADMIN, "A-1").account
        assert account is not None
        assert (account.order_count, account.cancelled_count, account.totals) == (1, 1, ())

    def test_the_newest_other_orders_are_named(self, session: Session, customer: Customer) -> None:
        create_order(session, customer=customer, number="A-0", placed_at=NOW)
        for day in range(1, RECENT_ORDERS + 3):
            create_order(session, customer=customer, number=f"A-{day}", placed_at=NOW - dt.timedelta(days=day))

        account = order_page(session, ADMIN, "A-2").account

        assert account is not None
        assert [order.number for order in account.recent_orders] == ["A-0", "A-1", "A-3", "A-4"]

    def test_a_seller_sees_of_a_customer_only_what_was_bought_there(self, session: Session, customer: Customer) -> None:
        here, elsewhere = create_seller(session), create_seller(session)
        create_order(session, here, customer, number="A-1", total_cents=10_00)
        create_order(session, here, customer, number="A-2", total_cents=4_00)
        create_order(session, elsewhere, customer, number="B-1", total_cents=99_00)

        account = order_page(session, seller_viewer(here), "A-1").account

        assert account is not None
        assert (account.order_count, account.totals) == (2, (("EUR", 14_00),))
        assert [order.number for order in account.recent_orders] == ["A-2"]
        assert account.loyalty_points is None


class TestBasket:
    @pytest.fixture
    def basket(self, session: Session) -> Basket:
        return create_basket(session)

    def test_the_other_orders_of_the_basket_are_named_with_their_sellers(
        self, session: Session, basket: Basket
    ) -> None:
        create_order(session, number="A-1", basket_id=basket.id)
        create_order(session, create_seller(session, "Grès & Terre"), number="A-2", basket_id=basket.id)
        create_order(session, number="C-1")

        page = order_page(session, ADMIN, "A-1")

        assert page.header.basket_reference == basket.reference
        assert [(order.number, order.seller_name) for order in page.basket_siblings] == [("A-2", "Grès & Terre")]

    def test_an_order_of_the_basket_is_not_named_again_among_the_customers_other_orders(
        self, session: Session, basket: Basket
    ) -> None:
        customer = create_customer(session)
        create_order(session, customer=customer, number="A-1", basket_id=basket.id)
        create_order(session, customer=customer, number="A-2", basket_id=basket.id)
        create_order(session, customer=customer, number="A-3", basket_id=create_basket(session).id)
        create_order(session, customer=customer, number="A-4")

        account = order_page(session, ADMIN, "A-1").account

        assert account is not None
        assert account.order_count == 4
        assert [order.number for order in account.recent_orders] == ["A-4", "A-3"]

    def test_a_seller_sees_only_its_own_orders_of_the_basket(self, session: Session, basket: Basket) -> None:
        here = create_seller(session)
        create_order(session, here, number="A-1", basket_id=basket.id)
        create_order(session, number="A-2", basket_id=basket.id)
        create_order(session, here, number="A-3", basket_id=basket.id)

        siblings = order_page(session, seller_viewer(here), "A-1").basket_siblings

        assert [order.number for order in siblings] == ["A-3"]


def test_a_return_is_shown_with_its_articles_and_quantities(session: Session) -> None:
    lines = [create_line("Thé", quantity=3, quantity_shipped=3), create_line("Bol", quantity=1, quantity_shipped=1)]
    order = create_order(session, number="A-1", lines=lines)
    request = Return(order_id=order.id, status=ReturnStatus.REQUESTED, explanation="Cassé")
    session.add_all([request, Return(order_id=order.id, explanation="", requested_at=NOW - dt.timedelta(days=900))])
    session.flush()
    session.add_all(ReturnLine(return_id=request.id, order_line_id=line.id, quantity=1) for line in lines)
    session.flush()

    empty, broken = order_page(session, ADMIN, "A-1").returns

    assert empty.lines == ()
    announced = [(article.name, article.quantity, article.quantity_received) for article in broken.lines]
    assert (broken.explanation, announced) == ("Cassé", [("Thé", 1, None), ("Bol", 1, None)])


def test_the_history_starts_with_the_newest_entry(session: Session) -> None:
    order = create_order(session, number="A-1")
    for minutes, status in ((0, "paid"), (5, "preparing")):
        session.add(
            OrderHistory(
                order_id=order.id,
                at=NOW + dt.timedelta(minutes=minutes),
                event=HistoryEvent.STATUS_CHANGED,
                after={"status": status},
            )
        )
    session.flush()
    history = order_page(session, ADMIN, "A-1").history
    assert [(entry.before, entry.after) for entry in history] == [
        ({}, {"status": "preparing"}),
        ({}, {"status": "paid"}),
    ]


def test_payments_are_told_in_the_order_they_happened_by_the_day_the_money_came(session: Session) -> None:
    order = create_order(session, number="A-1")
    day = dt.timedelta(days=1)
    for name, created, received in (("second", NOW, NOW + 2 * day), ("first", NOW + day, None)):
        session.add(
            Payment(
                order_id=order.id,
                kind=PaymentKind.PAYMENT,
                method=PaymentMethod.TRANSFER,
                amount_cents=1,
                reference=name,
                created_at=created,
                received_at=received,
            )
        )
    session.flush()
    payments = order_page(session, ADMIN, "A-1").payments
    assert [(payment.reference, payment.at) for payment in payments] == [
        ("first", NOW + day),
        ("second", NOW + 2 * day),
    ]


@pytest.mark.parametrize(
    ("status", "ship_by", "days"),
    [
        (OrderStatus.PAID, NOW.date() - dt.timedelta(days=2), 2),
        (OrderStatus.PREPARING, NOW.date(), 0),
        (OrderStatus.SHIPPED, NOW.date() - dt.timedelta(days=2), 0),
        (OrderStatus.AWAITING_PAYMENT, NOW.date() - dt.timedelta(days=2), 0),
        (OrderStatus.PAID, None, 0),
    ],
)
def test_an_order_is_late_once_it_should_have_left_and_has_not(
    session: Session, status: OrderStatus, ship_by: dt.date | None, days: int
) -> None:
    create_order(session, number="A-1", status=status, ship_by=ship_by)
    assert order_page(session, ADMIN, "A-1").header.days_late(NOW.date()) == days


def test_a_large_order_takes_no_more_statements_than_a_small_one(session: Session) -> None:
    seller, customer, basket = create_seller(session), create_customer(session), create_basket(session)
    order = create_order(
        session,
        seller,
        customer,
        number="A-1",
        basket_id=basket.id,
        lines=[create_line(f"Article {i}") for i in range(40)],
    )
    for _ in range(6):
        create_order(session, seller, customer, basket_id=basket.id)
        session.add(Return(order_id=order.id))
        session.add(OrderHistory(order_id=order.id, event=HistoryEvent.NOTE_ADDED))
    session.flush()

    with counted_statements(session) as statements:
        page = order_page(session, ADMIN, "A-1")

    assert [len(page.lines), len(page.basket_siblings), len(page.returns), len(page.history)] == [40, 6, 6, 6]
    assert len(statements) <= MAX_STATEMENTS
