"""Shopify, WooCommerce and Amazon: to the cent, statuses honestly, and no document ever raises."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.order_files import OrderFormat, ReadOrder, UnreadableOrdersError
from db.domain.orders import Origin, PaymentMethod
from db.imports.orders import amazon, shopify, woocommerce
from db.imports.orders.amounts import fitted, price_of, rate_of
from db.imports.orders.notes import Notes
from db.imports.orders.recognise import open_file, read_documents


def shopify_order(**changes: object) -> dict[str, object]:
    """Two articles at 24,00 € with 20 % inside, one of them reduced by 4,00 €, and 6,00 € of delivery."""
    return {
        "id": 450789469,
        "name": "#1001",
        "created_at": "2026-11-20T10:00:00+01:00",
        "currency": "EUR",
        "email": "bob@example.org",
        "financial_status": "paid",
        "gateway": "shopify_payments",
        "taxes_included": True,
        "total_price": "50.00",
        "total_tax": "8.33",
        "referring_site": "https://www.google.fr/search",
        "note": "Sans gluten",
        "line_items": [
            {"title": "Thé", "variant_title": "Vert", "sku": "V1", "price": "24.00", "quantity": 1, "grams": 100,
             "tax_lines": [{"price": "4.00", "rate": 0.2}]},
            {"title": "Tasse", "variant_title": "Default Title", "price": "24.00", "quantity": 1,
             "discount_allocations": [{"amount": "4.00"}], "tax_lines": [{"price": "3.33", "rate": 0.2}],
             "properties": [{"name": "Gravure", "value": "Léa"}, {"name": "_id", "value": "9"}]},
        ],
        "shipping_lines": [{"price": "6.00", "tax_lines": [{"price": "1.00"}]}],
        "shipping_address": {"name": "Bob Martin", "address1": "1 rue Haute", "zip": "75011", "city": "Paris",
                             "country": "France", "country_code": "FR", "phone": "0612345678"},
    } | changes  # fmt: skip


def one(reads: list[ReadOrder]) -> ReadOrder:
    (read,) = reads
    return read


def read_shopify(**changes: object) -> ReadOrder:
    return one(shopify.read_orders({"order": shopify_order(**changes)}, "THE"))


def test_a_shopify_order_with_taxes_included() -> None:
    read = read_shopify()
    assert read.faults == ()
    order = read.order
    assert order is not None
    assert (order.external_ref, order.number, read.note) == ("shopify:450789469", "THE-1001", "Sans gluten")
    assert (order.sum_cents, order.shipping_cents, order.shipping_vat_rate_bp) == (50_00, 6_00, 2000)
    tea, cup = order.lines
    assert (tea.unit_price_cents, tea.vat_rate_bp, tea.attributes) == (24_00, 2000, {"Variante": "Vert"})
    assert (cup.unit_price_cents, cup.discount_cents, cup.attributes) == (24_00, 4_00, {"Gravure": "Léa"})
    (payment,) = order.payments
    assert (payment.amount_cents, payment.method) == (50_00, PaymentMethod.CARD)
    assert order.origin is Origin.GOOGLE
    assert order.delivery is not None
    assert order.delivery.phone == "06 12 34 56 78"


def test_a_shopify_order_with_taxes_on_top_is_brought_to_our_prices_exactly() -> None:
    lines = [
        {"title": "Thé", "price": "3.33", "quantity": 3, "tax_lines": [{"price": "0.55"}]},
        {"title": "Tasse", "price": "10.00", "quantity": 1, "tax_lines": [{"price": "1.00"}, {"price": "1.00"}]},
    ]
    read = read_shopify(
        taxes_included=False, line_items=lines, shipping_lines=[], total_price="22.54", total_tax="2.55"
    )
    assert read.faults == ()
    assert read.order is not None
    tea, cup = read.order.lines
    # 9,99 + 0,55 = 10,54: three at 3,52 make 10,56, less 0,02.
    assert (tea.unit_price_cents, tea.discount_cents, tea.vat_rate_bp) == (3_52, 2, 550)
    assert (cup.unit_price_cents, cup.vat_rate_bp) == (12_00, 2000)
    assert "noté 3,52\u00a0€ pièce, remise 0,02\u00a0€" in read.corrections[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"test": True}, "essai"),
        ({"cancelled_at": "2026-11-21T10:00:00Z"}, "annulée"),
        ({"financial_status": "refunded"}, "remboursée"),
        ({"financial_status": "partially_refunded"}, "remboursée en partie"),
        ({"financial_status": "voided"}, "annulé"),
        ({"total_price": "51.00"}, "n’est pas la somme des articles (44,00\u00a0€) et du port (6,00\u00a0€)"),
        ({"total_price": "cinquante"}, "illisible"),
        ({"line_items": [{"title": "Thé", "price": "1", "quantity": 0}]}, "quantité"),
    ],
)  # fmt: skip
def test_a_shopify_order_that_is_over_or_does_not_add_up_is_refused(changes: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in read_shopify(**changes).faults)


@pytest.mark.parametrize(
    ("changes", "received"),
    [
        ({"financial_status": "pending"}, 0),
        ({"financial_status": "authorized"}, 0),
        ({"financial_status": "partially_paid", "total_outstanding": "20.00"}, 30_00),
        ({"financial_status": "paid"}, 50_00),
    ],
)
def test_what_shopify_has_received_is_a_payment(changes: dict[str, object], received: int) -> None:
    order = read_shopify(**changes).order
    assert order is not None
    assert sum(payment.amount_cents for payment in order.payments) == received


def test_an_order_that_has_left_already_says_so() -> None:
    read = read_shopify(fulfillment_status="fulfilled", fulfillments=[{"tracking_numbers": ["1Z2345"]}])
    assert any("Déjà expédiée chez Shopify (suivi 1Z2345)" in each for each in read.corrections)


def test_an_unknown_gateway_is_a_card_and_said_so() -> None:
    read = read_shopify(gateway="bogus")
    assert "Le moyen de paiement «\u00a0bogus\u00a0» est rangé sous Carte bancaire." in read.corrections


def woo_order(**changes: object) -> dict[str, object]:
    return {
        "id": 727,
        "number": "727",
        "order_key": "wc_order_1",
        "status": "processing",
        "currency": "EUR",
        "date_created": "2026-11-20T10:00:00",
        "date_created_gmt": "2026-11-20T09:00:00",
        "total": "26.00",
        "cart_tax": "3.00",
        "billing": {"first_name": "Léa", "last_name": "Roux", "email": "lea@example.org", "country": "FR"},
        "payment_method": "cheque",
        "line_items": [
            {"name": "Th&eacute;", "quantity": 2, "subtotal": "20.00", "subtotal_tax": "4.00", "total": "15.00",
             "total_tax": "3.00", "meta_data": [{"key": "pa_couleur", "value": "vert"}, {"key": "_x", "value": "y"}]},
        ],
        "shipping_lines": [{"total": "8.00", "total_tax": "0.00"}],
    } | changes  # fmt: skip


def read_woo(**changes: object) -> ReadOrder:
    return one(woocommerce.read_orders(woo_order(**changes), "THE"))


def test_a_woocommerce_order_keeps_its_discount_and_its_tax() -> None:
    read = read_woo()
    assert (read.faults, read.corrections) == ((), ())
    order = read.order
    assert order is not None
    (line,) = order.lines
    assert (line.name, line.unit_price_cents, line.discount_cents, line.vat_rate_bp) == ("Thé", 12_00, 6_00, 2000)
    assert (line.attributes, order.external_ref, order.number) == ({"couleur": "vert"}, "woo:wc_order_1", "THE-727")
    assert (order.payments[0].method, order.payments[0].amount_cents) == (PaymentMethod.CHEQUE, 26_00)


def test_a_fee_is_an_article_and_a_negative_one_a_discount() -> None:
    fees = [
        {"name": "Emballage", "total": "2.00", "total_tax": "0.40"},
        {"name": "Remise", "total": "-3.00", "total_tax": "-0.40"},
    ]
    read = read_woo(fee_lines=fees, total="25.00", cart_tax="3.00")
    assert read.faults == ()
    assert read.order is not None
    assert [line.name for line in read.order.lines] == ["Thé", "Emballage"]
    assert (read.order.sum_cents, sum(line.discount_cents for line in read.order.lines)) == (25_00, 6_00 + 3_40)


@pytest.mark.parametrize("status", sorted(woocommerce.REFUSED_STATUSES))
def test_a_woocommerce_order_that_is_over_is_refused(status: str) -> None:
    assert read_woo(status=status).faults


def test_a_partly_refunded_woocommerce_order_is_refused_with_the_amount() -> None:
    read = read_woo(refunds=[{"total": "-9.00"}, {"total": "-1.00"}])
    assert "remboursée en partie chez WooCommerce (10,00\u00a0€)" in read.faults[0]


@pytest.mark.parametrize(
    ("changes", "received"),
    [
        ({"status": "pending"}, 0),
        ({"status": "on-hold"}, 0),
        ({"payment_method": "cod"}, 0),
        ({"payment_method": "cod", "status": "completed"}, 26_00),
    ],
)
def test_what_woocommerce_has_received_is_a_payment(changes: dict[str, object], received: int) -> None:
    order = read_woo(**changes).order
    assert order is not None
    assert sum(payment.amount_cents for payment in order.payments) == received


def euros(amount: str) -> dict[str, str]:
    return {"CurrencyCode": "EUR", "Amount": amount}


AMAZON_ORDER = {
    "AmazonOrderId": "902-1",
    "PurchaseDate": "2026-11-20T09:00:00Z",
    "OrderStatus": "Unshipped",
    "OrderTotal": euros("30.00"),
    "LatestShipDate": "2026-11-23T22:59:59Z",
}
AMAZON_ITEM = {
    "OrderItemId": "1", "SellerSKU": "V1", "Title": "Thé", "QuantityOrdered": 2, "ItemPrice": euros("24.00"),
    "ItemTax": euros("4.00"), "ShippingPrice": euros("6.00"), "ShippingTax": euros("1.00"),
}  # fmt: skip


def read_amazon(*parts: object) -> list[ReadOrder]:
    return amazon.read_orders(list(parts), "THE")


def test_the_answers_of_amazon_about_one_order_are_put_together() -> None:
    items = {"payload": {"AmazonOrderId": "902-1", "OrderItems": [AMAZON_ITEM]}}
    address = {"payload": {"AmazonOrderId": "902-1", "ShippingAddress": {"Name": "Léa Roux", "CountryCode": "FR"}}}
    buyer = {"payload": {"AmazonOrderId": "902-1", "BuyerEmail": "x@marketplace.example.org"}}
    read = one(read_amazon(items, {"payload": {"Orders": [AMAZON_ORDER]}}, address, buyer))
    assert read.faults == ()
    order = read.order
    assert order is not None
    assert (order.number, order.external_ref, order.customer_name) == ("902-1", "amazon:902-1", "Léa Roux")
    assert (order.lines[0].unit_price_cents, order.lines[0].vat_rate_bp, order.shipping_cents) == (12_00, 2000, 6_00)
    assert str(order.ship_by) == "2026-11-23"


def test_american_prices_come_without_tax() -> None:
    order = AMAZON_ORDER | {"OrderTotal": euros("35.00"), "OrderItems": [AMAZON_ITEM]}
    read = one(read_amazon(order))
    assert read.order is not None
    assert (read.faults, read.order.lines[0].unit_price_cents, read.order.shipping_cents) == ((), 14_00, 7_00)


@pytest.mark.parametrize("status", sorted(amazon.REFUSED_STATUSES))
def test_an_amazon_order_that_is_not_to_ship_is_refused(status: str) -> None:
    assert one(read_amazon(AMAZON_ORDER | {"OrderStatus": status})).faults == (amazon.REFUSED_STATUSES[status],)


def test_an_amazon_order_without_its_articles_says_which_answer_is_missing() -> None:
    assert "orderItems" in one(read_amazon(AMAZON_ORDER)).faults[0]


@given(st.integers(1, 999), st.integers(0, 10**7), st.integers(0, 10**6))
def test_a_price_always_gives_the_total_back(quantity: int, after: int, discount: int) -> None:
    price = price_of("Thé", quantity, after + discount, after, "EUR", Notes())
    assert quantity * price.unit_price_cents - price.discount_cents == after
    assert price.discount_cents >= 0


def test_taxes_are_fitted_only_where_rounding_explains_the_difference() -> None:
    assert fitted([113, 23, 90], 225) == [112, 23, 90]
    assert fitted([113, 23, 90], 300) == [113, 23, 90]


def test_a_rate_is_the_french_one_that_fits_to_the_cent() -> None:
    assert [rate_of(1_00, 20), rate_of(9_99, 55), rate_of(6_00, 45), rate_of(5, 0)] == [2000, 550, 750, 0]


# --- Whatever the document is -----------------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    [*shopify_order(), *woo_order(), *AMAZON_ORDER, *AMAZON_ITEM, "orders", "order", "create", "OrderItems", "Orders"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["1.00", "#1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=12,
)


@given(_VALUES)
def test_no_document_ever_raises_anything_else(document: object) -> None:
    content = json.dumps(document).encode()
    for wanted in (None, OrderFormat.SHOPIFY, OrderFormat.WOOCOMMERCE, OrderFormat.AMAZON):
        with suppress(UnreadableOrdersError):
            opened = open_file(content, wanted)
            if not opened.format.is_table:
                read_documents(opened, "THE")


@given(st.sampled_from(sorted(shopify_order())), _VALUES)
def test_no_shopify_order_with_one_strange_value_ever_raises(key: str, value: object) -> None:
    with suppress(UnreadableOrdersError):
        read_documents(open_file(json.dumps(shopify_order(**{key: value})).encode()), "THE")


@given(st.sampled_from(sorted(woo_order())), _VALUES)
def test_no_woocommerce_order_with_one_strange_value_ever_raises(key: str, value: object) -> None:
    with suppress(UnreadableOrdersError):
        read_documents(open_file(json.dumps(woo_order(**{key: value})).encode()), "THE")


# --- The files of the platforms themselves ----------------------------------------------------------------------------


def sample(shared_data: Path, name: str) -> list[ReadOrder]:
    return read_documents(open_file((shared_data / "imports" / name).read_bytes()), "THE")


@pytest.mark.real_data
def test_every_sample_is_orders_or_refused_with_a_sentence(shared_data: Path) -> None:
    recognised = {}
    for path in sorted((shared_data / "imports").glob("*/*.json")):
        with suppress(UnreadableOrdersError):
            opened = open_file(path.read_bytes())
            recognised[path.name] = opened.format
            assert read_documents(opened, "THE")
    assert {name: each.value for name, each in recognised.items()} == {
        "order.json": "shopify",
        "orders.json": "shopify",
        "orders__batch_update_orders_5.json": "woocommerce",
        "orders__create_an_order_0.json": "woocommerce",
        "orders__delete_an_order_4.json": "woocommerce",
        "orders__list_all_orders_2.json": "woocommerce",
        "orders__retrieve_an_order_1.json": "woocommerce",
        "orders__update_an_order_3.json": "woocommerce",
        "spapi_-orders-v0-orders_get_responses_200.json": "amazon",
        "spapi_-orders-v0-orders-{orderId}_get_responses_200.json": "amazon",
    }


@pytest.mark.real_data
def test_shopifys_own_example_does_not_add_up_and_is_refused_with_figures(shared_data: Path) -> None:
    read = one(sample(shared_data, "shopify/order.json"))
    # Three iPods at 199,00 $ and 11,94 $ of tax are not 409,94 $.
    assert read.faults == (
        "Le total annoncé (409,94\u00a0$) n’est pas la somme des articles (608,94\u00a0$) et du port (0,00\u00a0$).",
    )


@pytest.mark.real_data
def test_woocommerces_examples_add_up_to_the_cent(shared_data: Path) -> None:
    first, second, third = sample(shared_data, "woocommerce/orders__batch_update_orders_5.json")
    assert [read.order.sum_cents if read.order else 0 for read in (first, second, third)] == [62_25, 54_40, 29_35]
    assert not [fault for read in (first, second, third) for fault in read.faults]
    paid, refunded = sample(shared_data, "woocommerce/orders__list_all_orders_2.json")
    assert paid.order is not None
    assert (paid.faults, paid.order.payments[0].amount_cents) == ((), 29_35)
    assert "(19,00\u00a0$)" in refunded.faults[0]


@pytest.mark.real_data
def test_amazons_answers_together_are_one_order_that_can_be_taken(shared_data: Path) -> None:
    names = sorted((shared_data / "imports" / "amazon").glob("*_get_responses_200.json"))
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in names]
    reads = {read.reference: read for read in amazon.read_orders(documents, "THE")}
    read = reads["902-1845936-5435065"]
    assert read.faults == ()
    assert read.order is not None
    assert (read.order.sum_cents, read.order.currency, read.order.customer_email) == (
        11_01, "USD", "fzyrv6gwkhbb15c@example.com",
    )  # fmt: skip
    assert read.corrections == ("Le client a demandé son annulation chez Amazon.",)
