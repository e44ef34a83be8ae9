import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.domain.orders import OrderStatus, PaymentMethod, PaymentRecordState, PaymentState
from db.imports.olist import import_olist
from db.imports.olist.catalogue import NEVER_SOLD, NO_CATEGORY, SOLD_BY_SEVERAL
from db.imports.olist.files import ORDER_UNKNOWN, READ_BEFORE
from db.imports.olist.payments import share_payments
from db.imports.olist.remarks import (
    CANCELLED_AFTER_SHIPPING,
    CANCELLED_BUT_PAID,
    DELIVERED_LATE,
    METHOD_UNKNOWN,
    MINUTE_PRECISE,
    NO_INSTALLMENTS,
    NO_ITEMS,
    NOT_APPROVED,
    PAID_LESS,
    PAID_MORE,
    UNITS_MERGED,
    UNKNOWN_CUSTOMER,
    UNKNOWN_PRODUCT,
    UNKNOWN_SELLER,
)
from db.imports.report import Kind, Outcome
from db.imports.writing import NUMBER_TAKEN
from db.models import (
    Address,
    Basket,
    Customer,
    DailySales,
    Order,
    OrderAddress,
    OrderHistory,
    OrderLine,
    OrderSearch,
    Payment,
    Product,
    Seller,
)
from tests.db.imports.helpers import (
    a_customer,
    a_payment,
    a_product,
    a_seller,
    an_item,
    an_order,
    everything_in,
    gzipped,
    is_empty,
    lines_about,
    olist_folder,
    order_numbered,
)

UTC = dt.UTC


def test_a_delivered_order_is_stored_with_all_that_the_files_say(engine: sa.Engine, tmp_path: Path) -> None:
    report = import_olist(engine, olist_folder(tmp_path))
    with Session(engine) as session:
        order = order_numbered(session, "o1-001")
        assert order.status is OrderStatus.COMPLETED
        assert order.payment_state is PaymentState.PAID
        assert (order.items_cents, order.shipping_cents, order.total_cents, order.paid_cents) == (2000, 550, 2550, 2550)
        assert order.currency == "BRL"
        assert order.source == "olist"
        # São Paulo is three hours behind UTC in July, five behind Paris.
        assert order.placed_at == dt.datetime(2017, 7, 3, 13, 0, tzinfo=UTC)
        assert order.placed_on == dt.date(2017, 7, 3)
        assert order.ship_by == dt.date(2017, 7, 6)
        assert order.expected_delivery_on == dt.date(2017, 7, 20)
        assert order.delivered_at == dt.datetime(2017, 7, 10, 15, 0, tzinfo=UTC)
        assert order.weight_g == 225
        assert order.customer_name == "Client alice"

        line = session.scalars(sa.select(OrderLine)).one()
        assert (line.name, line.sku, line.quantity, line.quantity_shipped) == ("Perfumery p1", "p1", 1, 1)
        assert line.attributes == {
            "Dimensions": "16 × 10 × 14 cm",
            "Catégorie d'origine": "perfumaria",
            "Photos": "2",
        }
        assert line.vat_rate_bp == order.shipping_vat_rate_bp == 0

        product = session.get_one(Product, line.product_id)
        assert (product.unit_price_cents, product.category, product.currency) == (2000, "Perfumery", "BRL")
        seller = session.get_one(Seller, order.seller_id)
        assert (seller.code, seller.name, seller.city) == ("OLIST-S1", "Vendeur s1 (Campinas)", "Campinas - SP")
        addresses = session.scalars(sa.select(OrderAddress)).all()
        assert {(a.kind.value, a.postcode, a.city, a.country_code) for a in addresses} == {
            ("billing", "01310", "Sao Paulo - SP", "BR"),
            ("delivery", "01310", "Sao Paulo - SP", "BR"),
        }
    assert report.imported[Kind.ORDERS].count == 1
    assert report.remarks == []


def test_an_imported_order_needs_nothing_more(engine: sa.Engine, tmp_path: Path) -> None:
    import_olist(engine, olist_folder(tmp_path))
    with Session(engine) as session:
        order = order_numbered(session, "o1-001")
        assert order.intake_at is not None
        assert (order.summary, order.item_count, order.customer_sort) == ("Perfumery p1", 1, "client alice")
        assert "o1-001" in session.get_one(OrderSearch, order.id).who
        assert session.scalars(sa.select(Customer.search_text)).all() == ["client alice"]
        assert "campinas" in session.get_one(Seller, order.seller_id).search_text
        history = session.scalars(sa.select(OrderHistory)).one()
        assert (history.event.value, history.actor_name) == ("imported", "Import Olist")
        assert history.note == "olist_orders_dataset.csv, ligne 2"
        assert history.after is not None
        assert history.after["olist_status"] == "delivered"
        sales = session.scalars(sa.select(DailySales)).one()
        assert (sales.placed_on, sales.currency, sales.total_cents) == (order.placed_on, "BRL", 2550)


def test_an_order_of_two_sellers_becomes_one_basket_and_an_order_each(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(
        tmp_path,
        items=[
            an_item(number=1, price="10.00", freight_value="1.00"),
            an_item(number=2, seller_id="s2", price="20.00", freight_value="2.00"),
        ],
        # 33.00 in three payments: 10.01 and 0.02 do not divide by three.
        payments=[a_payment(number=1, value="10.01"), a_payment(number=2, value="0.02"),
                  a_payment(number=3, value="22.97")],
        sellers=[a_seller("s1"), a_seller("s2")],
    )  # fmt: skip
    import_olist(engine, folder)
    with Session(engine) as session:
        basket = session.scalars(sa.select(Basket)).one()
        assert basket.reference == "o1"
        first, second = order_numbered(session, "o1-001"), order_numbered(session, "o1-002")
        assert first.basket_id == second.basket_id == basket.id
        assert (first.total_cents, second.total_cents) == (1100, 2200)
        assert (first.paid_cents, second.paid_cents) == (1100, 2200)
        assert (first.payment_state, second.payment_state) == (PaymentState.PAID, PaymentState.PAID)
        per_payment: dict[str, int] = {}
        for payment in session.scalars(sa.select(Payment)):
            number = str(payment.external_ref).split(":")[-1]
            per_payment[number] = per_payment.get(number, 0) + payment.amount_cents
        assert per_payment == {"1": 1001, "2": 2, "3": 2297}


amounts = st.integers(min_value=0, max_value=10**7)


@given(payments=st.lists(amounts, max_size=6), totals=st.lists(amounts, min_size=1, max_size=5))
def test_the_shares_of_a_payment_make_the_payment(payments: list[int], totals: list[int]) -> None:
    assert [sum(shares) for shares in share_payments(payments, totals)] == payments


@given(totals=st.lists(amounts, min_size=1, max_size=5), data=st.data())
def test_where_the_basket_is_paid_exactly_so_is_every_order(totals: list[int], data: st.DataObject) -> None:
    payments, left = [], sum(totals)
    while left:
        payments.append(data.draw(st.integers(min_value=(left + 4) // 5, max_value=left)))
        left -= payments[-1]
    shares = share_payments(payments, totals)
    assert [sum(row[i] for row in shares) for i in range(len(totals))] == totals


def test_units_of_one_product_become_one_article_with_their_quantity(engine: sa.Engine, tmp_path: Path) -> None:
    items = [an_item(number=1), an_item(number=2), an_item(number=3, price="18.00")]
    report = import_olist(engine, olist_folder(tmp_path, items=items, payments=[a_payment(value="74.50")]))
    with Session(engine) as session:
        lines = session.scalars(sa.select(OrderLine).order_by(OrderLine.position)).all()
        assert [(line.quantity, line.unit_price_cents, line.total_cents, line.weight_g) for line in lines] == [
            (2, 2000, 4000, 450),
            (1, 1800, 1800, 225),
        ]
        order = order_numbered(session, "o1-001")
        assert (order.shipping_cents, order.item_count, order.weight_g) == (1650, 3, 675)
    assert lines_about(report, Outcome.CORRECTED, UNITS_MERGED) == [3]


def test_every_status_of_olist_has_one_of_ours(engine: sa.Engine, tmp_path: Path) -> None:
    not_yet = {"order_delivered_carrier_date": "", "order_delivered_customer_date": ""}
    words = ["created", "approved", "processing", "invoiced", "shipped", "delivered", "canceled", "unavailable"]
    orders = [an_order(word, order_status=word, **not_yet) for word in words]
    import_olist(engine, olist_folder(tmp_path, orders=orders))
    with Session(engine) as session:
        rows = session.execute(
            sa.select(Order.number, Order.status, OrderLine.quantity_shipped, OrderLine.quantity_cancelled).join(
                OrderLine, OrderLine.order_id == Order.id
            )
        )
        assert {number.removesuffix("-001"): tuple(rest) for number, *rest in rows} == {
            "created": (OrderStatus.AWAITING_PAYMENT, 0, 0),
            "approved": (OrderStatus.PAID, 0, 0),
            "processing": (OrderStatus.PREPARING, 0, 0),
            "invoiced": (OrderStatus.READY, 0, 0),
            "shipped": (OrderStatus.SHIPPED, 1, 0),
            "delivered": (OrderStatus.COMPLETED, 1, 0),
            "canceled": (OrderStatus.CANCELLED, 0, 1),
            "unavailable": (OrderStatus.CANCELLED, 0, 1),
        }


def test_an_order_without_items_is_kept_in_error_with_its_payment(engine: sa.Engine, tmp_path: Path) -> None:
    orders = [an_order(order_status="unavailable", order_delivered_carrier_date="", order_delivered_customer_date="")]
    report = import_olist(engine, olist_folder(tmp_path, orders=orders, items=[]))
    with Session(engine) as session:
        order = order_numbered(session, "o1-001")
        assert (order.status, order.status_before_error) == (OrderStatus.ERROR, OrderStatus.CANCELLED)
        assert (order.total_cents, order.paid_cents, order.payment_state) == (0, 2550, PaymentState.OVERPAID)
        seller = session.get_one(Seller, order.seller_id)
        assert (seller.name, seller.is_active) == ("Vendeur inconnu (Olist)", False)
    assert lines_about(report, Outcome.FLAGGED, NO_ITEMS) == [2]
    assert report.amount_of(Outcome.FLAGGED, NO_ITEMS) == 2550


def test_only_an_approved_payment_is_money_of_a_cancelled_order(engine: sa.Engine, tmp_path: Path) -> None:
    gone = {"order_status": "canceled", "order_delivered_customer_date": ""}
    orders = [
        an_order("never", order_approved_at="", order_delivered_carrier_date="", **gone),
        an_order("taken", order_delivered_carrier_date="", **gone),
        an_order("left", **gone),
        an_order("waiting", order_approved_at="", **gone | {"order_status": "created"}),
    ]
    report = import_olist(engine, olist_folder(tmp_path, orders=orders))
    with Session(engine) as session:
        rows = session.execute(
            sa.select(Order.number, Payment.state, Payment.received_at, Order.paid_cents, Order.payment_state).join(
                Order, Order.id == Payment.order_id
            )
        )
        approved_at = dt.datetime(2017, 7, 3, 13, 5, tzinfo=UTC)
        assert {number.removesuffix("-001"): tuple(rest) for number, *rest in rows} == {
            "never": (PaymentRecordState.CANCELLED, None, 0, PaymentState.UNPAID),
            "taken": (PaymentRecordState.CAPTURED, approved_at, 2550, PaymentState.PAID),
            "left": (PaymentRecordState.CAPTURED, approved_at, 2550, PaymentState.PAID),
            "waiting": (PaymentRecordState.PENDING, None, 0, PaymentState.UNPAID),
        }
        left = session.scalars(sa.select(OrderLine).join(Order).where(Order.number == "left-001")).one()
        assert (left.quantity_shipped, left.quantity_cancelled) == (1, 0)
    assert lines_about(report, Outcome.FLAGGED, CANCELLED_BUT_PAID) == [3, 4]
    assert lines_about(report, Outcome.FLAGGED, CANCELLED_AFTER_SHIPPING) == [4]


def test_every_means_of_payment_keeps_its_own_wording(engine: sa.Engine, tmp_path: Path) -> None:
    words = ["credit_card", "debit_card", "boleto", "voucher", "not_defined"]
    payments = [
        a_payment(number=n, value="5.10", payment_type=word, payment_installments=str(n - 1))
        for n, word in enumerate(words, start=1)
    ]
    report = import_olist(engine, olist_folder(tmp_path, payments=payments))
    with Session(engine) as session:
        rows = session.scalars(sa.select(Payment).order_by(Payment.external_ref)).all()
        assert [(p.reference, p.method, p.installments) for p in rows] == [
            ("credit_card", PaymentMethod.CARD, 1),
            ("debit_card", PaymentMethod.CARD, 1),
            ("boleto", PaymentMethod.TRANSFER, 2),
            ("voucher", PaymentMethod.CHEQUE, 3),
            ("not_defined", PaymentMethod.CARD, 4),
        ]
    assert lines_about(report, Outcome.CORRECTED, NO_INSTALLMENTS) == [2]
    assert lines_about(report, Outcome.FLAGGED, METHOD_UNKNOWN) == [6]


def test_a_payment_of_nothing_is_kept_once(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(
        tmp_path,
        items=[an_item(number=1), an_item(number=2, seller_id="s2")],
        payments=[a_payment(number=1, value="51.00"), a_payment(number=2, value="0.00", payment_type="voucher")],
        sellers=[a_seller("s1"), a_seller("s2")],
    )
    import_olist(engine, folder)
    with Session(engine) as session:
        amounts = session.execute(sa.select(Payment.external_ref, Payment.amount_cents)).all()
        assert sorted(map(tuple, amounts)) == [
            ("olist:o1:001:1", 2550),
            ("olist:o1:001:2", 0),
            ("olist:o1:002:1", 2550),
        ]


def test_an_order_that_left_without_approval_is_dated_by_its_purchase(engine: sa.Engine, tmp_path: Path) -> None:
    report = import_olist(engine, olist_folder(tmp_path, orders=[an_order(order_approved_at="")]))
    with Session(engine) as session:
        payment = session.scalars(sa.select(Payment)).one()
        assert payment.state is PaymentRecordState.CAPTURED
        assert payment.received_at == dt.datetime(2017, 7, 3, 13, 0, tzinfo=UTC)
    assert lines_about(report, Outcome.CORRECTED, NOT_APPROVED) == [2]


def test_paying_too_much_or_too_little_is_flagged_and_shown(engine: sa.Engine, tmp_path: Path) -> None:
    orders = [an_order("more"), an_order("less")]
    payments = [a_payment("more", value="25.52"), a_payment("less", value="20.00")]
    report = import_olist(engine, olist_folder(tmp_path, orders=orders, payments=payments))
    with Session(engine) as session:
        assert order_numbered(session, "more-001").payment_state is PaymentState.OVERPAID
        assert order_numbered(session, "less-001").payment_state is PaymentState.PARTLY_PAID
    assert report.amount_of(Outcome.FLAGGED, PAID_MORE) == 2
    assert report.amount_of(Outcome.FLAGGED, PAID_LESS) == -550


def test_an_evening_in_sao_paulo_is_the_next_day_in_paris(engine: sa.Engine, tmp_path: Path) -> None:
    # In January Brazil has summer time: two hours behind UTC.
    orders = [an_order(order_purchase_timestamp="2018-01-10 21:30:00", ts_precision="minute")]
    report = import_olist(engine, olist_folder(tmp_path, orders=orders))
    with Session(engine) as session:
        order = order_numbered(session, "o1-001")
        assert order.placed_at == dt.datetime(2018, 1, 10, 23, 30, tzinfo=UTC)
        assert order.placed_on == dt.date(2018, 1, 11)
    assert lines_about(report, Outcome.FLAGGED, MINUTE_PRECISE) == [2]


def test_a_delivery_after_the_day_announced_is_flagged(engine: sa.Engine, tmp_path: Path) -> None:
    expected = "2017-07-20 00:00:00"
    days = {"on-time": "2017-07-20 12:00:00", "late": "2017-07-21 00:10:00"}
    orders = [
        an_order(order_id, order_delivered_customer_date=day, order_estimated_delivery_date=expected)
        for order_id, day in days.items()
    ]
    report = import_olist(engine, olist_folder(tmp_path, orders=orders))
    assert lines_about(report, Outcome.FLAGGED, DELIVERED_LATE) == [3]


def test_products_are_one_per_seller_at_their_last_price(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(
        tmp_path,
        orders=[an_order("o1"), an_order("o2")],
        items=[
            an_item("o2", price="22.00", shipping_limit_date="2017-08-01 00:00:00"),
            an_item("o1", price="20.00", number=1),
            an_item("o1", price="19.00", number=2, seller_id="s2"),
            an_item("o1", price="1.00", number=3, product_id="bare"),
        ],
        sellers=[a_seller("s1"), a_seller("s2")],
        products=[
            a_product("p1"),
            a_product("bare", product_category_name="", product_weight_g="", product_photos_qty="",
                      product_length_cm=""),
            a_product("never"),
        ],
    )  # fmt: skip
    report = import_olist(engine, folder)
    with Session(engine) as session:
        rows = session.execute(
            sa.select(Product.sku, Product.name, Seller.code, Product.unit_price_cents).join(Seller)
        ).all()
        assert sorted(map(tuple, rows)) == [
            ("bare", "Produit bare", "OLIST-S1", 100),
            ("p1", "Perfumery p1", "OLIST-S1", 2200),
            ("p1", "Perfumery p1", "OLIST-S2", 1900),
        ]
        assert session.scalars(sa.select(Product.attributes).where(Product.sku == "bare")).one() == {}
    assert lines_about(report, Outcome.FLAGGED, SOLD_BY_SEVERAL) == [2]
    assert lines_about(report, Outcome.CORRECTED, NO_CATEGORY) == [3]
    assert lines_about(report, Outcome.REFUSED, NEVER_SOLD) == [4]


def test_a_person_is_one_customer_with_each_address_they_had(engine: sa.Engine, tmp_path: Path) -> None:
    orders = [an_order("o1"), an_order("o2", order_purchase_timestamp="2017-01-01 10:00:00"), an_order("o3")]
    customers = [
        a_customer("o1", person="alice"),
        a_customer("o2", person="alice", customer_city="santos"),
        a_customer("o3", person="alice"),
    ]
    import_olist(engine, olist_folder(tmp_path, orders=orders, customers=customers))
    with Session(engine) as session:
        alice = session.scalars(sa.select(Customer)).one()
        assert alice.created_at == dt.datetime(2017, 1, 1, 12, 0, tzinfo=UTC)
        cities = session.scalars(sa.select(Address.city).where(Address.customer_id == alice.id)).all()
        assert sorted(cities) == ["Santos - SP", "Sao Paulo - SP"]
        assert set(session.scalars(sa.select(Order.customer_id))) == {alice.id}


def test_what_other_files_lack_is_kept_as_unknown_and_flagged(engine: sa.Engine, tmp_path: Path) -> None:
    report = import_olist(engine, olist_folder(tmp_path, customers=[], sellers=[], products=[]))
    with Session(engine) as session:
        order = order_numbered(session, "o1-001")
        assert (order.customer_id, order.customer_name) == (None, "Client inconnu")
        assert session.get_one(Seller, order.seller_id).code == "OLIST-INCONNU"
        assert order.total_cents == order.paid_cents == 2550
        assert session.scalars(sa.select(OrderLine.product_id)).one() is None
    assert [r.reason for r in report.remarks] == [UNKNOWN_CUSTOMER, UNKNOWN_SELLER, UNKNOWN_PRODUCT]


def test_rows_of_unknown_orders_and_repeated_keys_are_refused_with_their_amounts(
    engine: sa.Engine, tmp_path: Path
) -> None:
    folder = olist_folder(
        tmp_path,
        items=[an_item(), an_item(price="99.00"), an_item("nowhere")],
        payments=[a_payment(), a_payment(value="7.00"), a_payment("nowhere", value="3.00")],
    )
    report = import_olist(engine, folder)
    assert [(r.reason, r.place.line, r.amount_cents) for r in report.remarks] == [
        (READ_BEFORE, 3, 10450),
        (ORDER_UNKNOWN, 4, 2550),
        (READ_BEFORE, 3, 700),
        (ORDER_UNKNOWN, 4, 300),
    ]
    assert report.imported[Kind.ORDERS].cents == 2550


def test_importing_twice_changes_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path, orders=[an_order("o1"), an_order("o2", ts_precision="minute")])
    import_olist(engine, folder)
    before = everything_in(engine)
    again = import_olist(engine, folder)
    assert everything_in(engine) == before
    assert again.imported == {}
    assert again.present[Kind.ORDERS].count == 2
    assert again.remarks == []


def test_a_later_file_adds_only_what_is_new_and_leaves_our_own_work_alone(engine: sa.Engine, tmp_path: Path) -> None:
    import_olist(engine, olist_folder(tmp_path, orders=[an_order("o1", order_status="shipped")]))
    with Session(engine) as session, session.begin():
        order_numbered(session, "o1-001").status = OrderStatus.DELIVERED
    report = import_olist(engine, olist_folder(tmp_path, orders=[an_order("o1"), an_order("o2")]))
    with Session(engine) as session:
        assert order_numbered(session, "o1-001").status is OrderStatus.DELIVERED
        assert order_numbered(session, "o2-001").status is OrderStatus.COMPLETED
    assert (report.imported[Kind.ORDERS].count, report.present[Kind.ORDERS].count) == (1, 1)


def test_an_import_cut_short_leaves_nothing_and_can_be_run_again(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = olist_folder(tmp_path, orders=[an_order("o1"), an_order("o2")])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("db.imports.writing.complete_orders", killed)
        with pytest.raises(KeyboardInterrupt):
            import_olist(engine, folder)
    assert is_empty(engine)
    assert import_olist(engine, folder).imported[Kind.ORDERS].count == 2


def test_a_number_that_another_order_has_is_refused(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    with Session(engine) as session, session.begin():
        seller = Seller(code="X", name="X")
        session.add(seller)
        session.flush()
        session.add(Order(number="o1-001", seller_id=seller.id))
    report = import_olist(engine, folder)
    assert lines_about(report, Outcome.REFUSED, NUMBER_TAKEN) == [2]
    assert report.amount_of(Outcome.REFUSED, NUMBER_TAKEN) == 2550


def test_gzipped_files_are_read_as_they_are(engine: sa.Engine, tmp_path: Path) -> None:
    folder = olist_folder(tmp_path)
    for path in list(folder.glob("*.csv")):
        gzipped(path)
    report = import_olist(engine, folder)
    assert report.imported[Kind.ORDERS].count == 1
