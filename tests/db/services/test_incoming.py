import dataclasses
import datetime as dt
import json
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.domain.actor import SYSTEM, Actor
from db.domain.incoming import Fault, IncomingAddress, IncomingLine, IncomingOrder, IncomingPayment
from db.domain.orders import DeliveryMode, OrderStatus, PaymentMethod, PaymentRecordState, PaymentState
from db.domain.permissions import Role
from db.models import Basket, Customer, Order, OrderAddress, OrderLine, Payment, Seller, Supplier
from db.services.incoming import IncomingOrdersRefusedError, Written, check_orders, create_orders, from_json, to_json
from tests.conftest import NOW
from tests.db.together import together
from tests.factories import create_customer, create_order, create_person, create_product, create_seller, viewer_for

TEA = IncomingLine("Thé vert bio", 2, 12_50)


def incoming(seller: Seller | str = "THE", **fields: object) -> IncomingOrder:
    code = seller if isinstance(seller, str) else seller.code
    return IncomingOrder(**{"seller_code": code, "lines": (TEA,)} | fields)


def create(session: Session, *orders: IncomingOrder) -> list[int]:
    written = create_orders(session, SYSTEM, orders, "api", NOW)
    assert all(each.is_new for each in written)
    return [each.order_id for each in written]


def faults_of(session: Session, order: IncomingOrder, **limits: object) -> list[Fault]:
    return list(check_orders(session, [order], NOW, **limits)[0].faults)


def test_a_whole_order_is_written_as_the_shop_would_write_it(session: Session) -> None:
    seller = create_seller(session, code="THE")
    supplier = Supplier(name="Jardins de Darjeeling")
    session.add(supplier)
    session.flush()
    product = create_product(
        session,
        seller,
        sku="T-100",
        supplier_id=supplier.id,
        attributes={"Contenance": "100 g"},
        weight_g=120,
        stock=40,
    )
    address = IncomingAddress("Évelyne Morin", "3 rue des Lilas", "35000", "Rennes")
    order = incoming(
        lines=(
            IncomingLine("Thé vert bio", 2, 12_50, sku="T-100", vat_rate_bp=550, discount_cents=1_00),
            IncomingLine("Emballage", 1, 3_00, supplier="Maison", attributes={"Couleur": "rouge"}, weight_g=10),
        ),
        external_ref="shop:4711",
        number="A-1",
        basket="b-1",
        customer_name="Évelyne Morin",
        customer_email="evelyne.morin@example.org",
        billing=address,
        delivery=dataclasses.replace(address, company="Mairie"),
        shipping_cents=4_90,
        total_cents=31_90,
        placed_at=NOW - dt.timedelta(hours=1),
        payments=(IncomingPayment(PaymentMethod.CARD, 31_90, reference="psp-1", external_ref="pay:1"),),
    )

    (order_id,) = create(session, order)

    stored = session.get_one(Order, order_id)
    # 2 × 12.50 − 1.00 + 3.00 = 27.00; with 4.90 for the post: 31.90.
    assert (stored.items_cents, stored.shipping_cents, stored.discount_cents, stored.total_cents) == (
        27_00,
        4_90,
        1_00,
        31_90,
    )
    assert (stored.number, stored.source, stored.external_ref) == ("A-1", "api", "shop:4711")
    assert (stored.status, stored.payment_state, stored.paid_cents) == (
        OrderStatus.AWAITING_PAYMENT,
        PaymentState.UNPAID,
        0,
    )
    assert stored.intake_at is None
    assert stored.placed_on == dt.date(2026, 11, 21)
    assert stored.weight_g == 250
    tea, wrapping = session.scalars(sa.select(OrderLine).order_by(OrderLine.position)).all()
    assert (tea.product_id, tea.supplier, tea.attributes, tea.weight_g) == (
        product.id,
        "Jardins de Darjeeling",
        {"Contenance": "100 g"},
        240,
    )
    assert (wrapping.product_id, wrapping.supplier, wrapping.attributes) == (None, "Maison", {"Couleur": "rouge"})
    assert session.scalars(sa.select(OrderAddress.company).order_by(OrderAddress.kind)).all() == ["", "Mairie"]
    payment = session.scalars(sa.select(Payment)).one()
    assert (payment.state, payment.amount_cents, payment.booked_at) == (PaymentRecordState.CAPTURED, 31_90, None)
    assert payment.received_at == NOW - dt.timedelta(hours=1)
    customer = session.get_one(Customer, stored.customer_id)
    assert (customer.name, customer.email) == ("Évelyne Morin", "evelyne.morin@example.org")
    basket = session.get_one(Basket, stored.basket_id)
    assert (basket.reference, basket.customer_id) == ("b-1", customer.id)
    session.refresh(product)
    assert product.stock == 40  # Until the order is taken in.


def test_the_smallest_order_gets_a_number_a_day_and_no_customer(session: Session) -> None:
    create_seller(session, code="THE")
    (order_id,) = create(session, incoming())
    stored = session.get_one(Order, order_id)
    assert stored.number == f"ORD-{order_id:05d}"
    assert (stored.placed_at, stored.customer_id, stored.basket_id) == (NOW, None, None)


def test_an_order_that_costs_nothing_is_paid(session: Session) -> None:
    create_seller(session, code="THE")
    gift = IncomingLine("Échantillon", 1, 0)
    (order_id,) = create(session, incoming(lines=(gift,)))
    stored = session.get_one(Order, order_id)
    assert (stored.status, stored.payment_state) == (OrderStatus.PAID, PaymentState.PAID)


def test_a_seller_is_found_by_code_in_whatever_case(session: Session) -> None:
    upper, lower = create_seller(session, code="THE"), create_seller(session, code="the")
    ids = create(session, incoming("THE"), incoming("the"), incoming(" The "))
    assert [session.get_one(Order, key).seller_id for key in ids[:2]] == [upper.id, lower.id]
    assert session.get_one(Order, ids[2]).seller_id in {upper.id, lower.id}


def test_unknown_and_inactive_sellers_and_products_of_others_are_faults(session: Session) -> None:
    create_seller(session, code="THE")
    create_seller(session, "Ancienne maison", code="OLD", is_active=False)
    create_product(session, create_seller(session, code="CAFE"), sku="C-1")
    assert faults_of(session, incoming("NONE")) == [
        Fault("seller_code", "Aucun vendeur n’a le code «\u00a0NONE\u00a0».")
    ]
    assert faults_of(session, incoming("OLD")) == [
        Fault("seller_code", "Le vendeur «\u00a0Ancienne maison\u00a0» est désactivé.")
    ]
    foreign = IncomingLine("Café", 1, 5_00, sku="C-1")
    assert faults_of(session, incoming(lines=(TEA, foreign))) == [
        Fault("lines.1.sku", "Le vendeur n’a pas de produit de référence «\u00a0C-1\u00a0».")
    ]


def test_who_brings_one_sellers_orders_learns_nothing_of_the_others(session: Session) -> None:
    ours, other = create_seller(session, code="THE"), create_seller(session, code="CAFE")
    create_order(session, other, number="X-1", external_ref="shop:1")
    assert faults_of(session, incoming("CAFE"), seller_id=ours.id) == [
        Fault("seller_code", "Aucun vendeur n’a le code «\u00a0CAFE\u00a0».")
    ]
    assert [fault.field for fault in faults_of(session, incoming(external_ref="shop:1"), seller_id=ours.id)] == [
        "external_ref"
    ]
    person = create_person(session, Role.SELLER, seller_id=ours.id)
    with pytest.raises(IncomingOrdersRefusedError, match="Aucun vendeur"):
        create_orders(session, Actor.person(viewer_for(person)), [incoming("CAFE")], "import", NOW)


def test_the_same_reference_is_the_same_order_and_says_when_its_articles_differ(session: Session) -> None:
    create_seller(session, code="THE")
    order = incoming(external_ref="shop:1")
    (order_id,) = create(session, order)
    again, changed = (
        check_orders(session, [each], NOW)[0]
        for each in (order, dataclasses.replace(order, lines=(dataclasses.replace(TEA, quantity=3),)))
    )
    assert (again.known_order_id, again.differs, again.faults) == (order_id, False, ())
    assert (changed.known_order_id, changed.differs, changed.faults) == (order_id, True, ())
    (repeated,) = create_orders(session, SYSTEM, [order], "api", NOW)
    (otherwise,) = create_orders(session, SYSTEM, [dataclasses.replace(order, shipping_cents=1)], "api", NOW)
    assert (repeated, otherwise) == (Written(order_id, is_new=False), Written(order_id, is_new=False, differs=True))
    assert session.scalar(sa.select(sa.func.count()).select_from(Order).where(Order.external_ref == "shop:1")) == 1


def test_an_order_of_a_seller_who_left_is_still_known(session: Session) -> None:
    seller = create_seller(session, code="THE")
    order = incoming(external_ref="shop:1")
    (order_id,) = create(session, order)
    seller.is_active = False
    session.flush()
    assert check_orders(session, [order], NOW)[0].known_order_id == order_id


def test_a_known_number_is_the_same_order_only_with_the_same_content(session: Session) -> None:
    create_seller(session, code="THE")
    order = incoming(number="A-1")
    (order_id,) = create(session, order)
    same, other = (
        check_orders(
            session,
            [order],
            NOW,
        )[0],
        check_orders(session, [dataclasses.replace(order, shipping_cents=1)], NOW)[0],
    )
    assert (same.known_order_id, same.faults) == (order_id, ())
    assert other.known_order_id is None
    assert [fault.field for fault in other.faults] == ["number"]


def test_a_number_that_the_database_will_give_is_refused_and_one_that_it_gave_is_known(session: Session) -> None:
    create_seller(session, code="THE")
    assert [fault.field for fault in faults_of(session, incoming(number="ORD-99999999"))] == ["number"]
    (order_id,) = create(session, incoming())
    given = session.get_one(Order, order_id).number
    assert check_orders(session, [incoming(number=given)], NOW)[0].known_order_id == order_id


def test_what_a_sequence_says_twice_is_a_fault_the_second_time(session: Session) -> None:
    create_seller(session, code="THE")
    payment = IncomingPayment(PaymentMethod.CARD, 25_00, external_ref="pay:1")
    first = incoming(external_ref="shop:1", number="A-1", payments=(payment,))
    checked = check_orders(session, [first, first], NOW)
    assert checked[0].faults == ()
    assert [fault.field for fault in checked[1].faults] == ["external_ref", "number", "payments.0.external_ref"]


def test_a_payment_of_another_order_is_a_fault(session: Session) -> None:
    create_seller(session, code="THE")
    payment = IncomingPayment(PaymentMethod.CARD, 25_00, external_ref="pay:1")
    create(session, incoming(payments=(payment,)))
    assert [fault.field for fault in faults_of(session, incoming(payments=(payment,)))] == ["payments.0.external_ref"]


def test_faults_of_the_order_itself_are_told_with_the_others_and_nothing_is_written(session: Session) -> None:
    create_seller(session, code="THE")
    wrong = incoming("NONE", total_cents=1)
    assert [fault.field for fault in faults_of(session, wrong)] == ["total_cents", "seller_code"]
    with pytest.raises(IncomingOrdersRefusedError):
        create_orders(session, SYSTEM, [incoming(external_ref="shop:fine"), wrong], "api", NOW)
    assert session.scalar(sa.select(Order.id).where(Order.external_ref == "shop:fine")) is None


def test_customers_and_baskets_are_found_again_and_never_changed(session: Session) -> None:
    create_seller(session, code="THE")
    create_seller(session, code="CAFE")
    known = create_customer(session, "Évelyne Morin", "evelyne@example.org")
    orders = [
        incoming("THE", basket="b-1", customer_name="E. M.", customer_email="Evelyne@Example.org"),
        incoming("CAFE", basket="b-1", customer_name="E. M.", customer_email="evelyne@example.org"),
        incoming("CAFE", customer_name="Zoé", customer_email="zoe@example.org"),
        incoming("CAFE", customer_name="Zoé", customer_email="ZOE@example.org"),
    ]
    stored = [session.get_one(Order, key) for key in create(session, *orders)]
    assert {each.customer_id for each in stored[:2]} == {known.id}
    assert stored[0].basket_id == stored[1].basket_id is not None
    assert stored[2].customer_id == stored[3].customer_id != known.id
    session.refresh(known)
    assert known.name == "Évelyne Morin"


def test_many_orders_cost_a_handful_of_statements(session: Session) -> None:
    seller = create_seller(session, code="THE")
    for place in range(30):
        create_product(session, seller, sku=f"T-{place}")
    orders = [
        incoming(lines=(IncomingLine("Thé", 1, 1_00, sku=f"T-{n % 30}"),), external_ref=f"shop:{n}", number=f"N-{n}")
        for n in range(200)
    ]
    statements = []

    def count(*args: object) -> None:
        statements.append(args[2])

    sa.event.listen(session.get_bind(), "before_cursor_execute", count)
    try:
        checked = check_orders(session, orders, NOW)
    finally:
        sa.event.remove(session.get_bind(), "before_cursor_execute", count)
    assert not any(each.faults for each in checked)
    assert len(statements) <= 6


def test_two_senders_of_one_reference_at_once_make_one_order(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        create_seller(session, code="THE")
    both_ready = Barrier(2, timeout=30)
    told: list[Written] = []

    def send(number: int) -> None:
        order = incoming(external_ref="shop:1", basket="b-1", customer_name="Zoé", customer_email="zoe@example.org")
        both_ready.wait()
        for _ in range(2):
            with Session(engine) as session, session.begin():
                orders = [order, incoming(external_ref=f"own:{number}")]
                told.append(create_orders(session, SYSTEM, orders, "api", NOW)[0])

    together(lambda: send(1), lambda: send(2))
    assert len({each.order_id for each in told}) == 1
    assert sorted(each.is_new for each in told) == [False, False, False, True]
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 3
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Basket)) == 1


def test_two_orders_of_one_new_customer_at_once_make_one_customer(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        create_seller(session, code="THE")
    both_ready = Barrier(2, timeout=30)

    def send() -> None:
        both_ready.wait()
        with Session(engine) as session, session.begin():
            create_orders(
                session, SYSTEM, [incoming(customer_name="Zoé", customer_email="zoe@example.org")], "api", NOW
            )

    together(send, send)
    with Session(engine) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Customer)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Order)) == 2


def test_an_order_goes_through_json_and_comes_back_the_same() -> None:
    order = incoming(
        lines=(dataclasses.replace(TEA, attributes={"Contenance": "100 g"}),),
        billing=IncomingAddress("Zoé"),
        delivery_mode=DeliveryMode.IN_STORE,
        placed_at=NOW,
        ship_by=dt.date(2026, 11, 24),
        payments=(IncomingPayment(PaymentMethod.CHEQUE, 1, PaymentRecordState.PENDING, received_at=NOW),),
    )
    assert from_json(json.loads(json.dumps(to_json(order)))) == order
