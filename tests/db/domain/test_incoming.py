import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.incoming import (
    CLOCK_TOLERANCE,
    EARLIEST,
    MAX_CENTS,
    MAX_LINES,
    MAX_TEXT,
    FaultCode,
    IncomingAddress,
    IncomingLine,
    IncomingOrder,
    IncomingPayment,
    faults,
    is_a_number_of_ours,
)
from db.domain.orders import PaymentMethod
from tests.conftest import NOW

TEA = IncomingLine("Thé vert bio", 2, 12_50, discount_cents=1_00)
ORDER = IncomingOrder("THE", (TEA,), shipping_cents=4_90)


def found(order):
    return [(fault.field, fault.code) for fault in faults(order, NOW)]


def of_line(**changes):
    return found(replace(ORDER, lines=(TEA, replace(TEA, **changes))))


def test_an_order_that_is_right_has_no_fault():
    assert found(ORDER) == []
    # 2 × 12.50 − 1.00 = 24.00; with 4.90 for the post: 28.90.
    assert (ORDER.items_cents, ORDER.sum_cents) == (24_00, 28_90)
    assert found(replace(ORDER, total_cents=28_90)) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"seller_code": " "}, "seller_code", FaultCode.REQUIRED),
        ({"number": " A"}, "number", FaultCode.MALFORMED),
        ({"number": "x" * 101}, "number", FaultCode.MALFORMED),
        ({"customer_email": "évelyne@chez elle"}, "customer_email", FaultCode.MALFORMED),
        ({"currency": "eur"}, "currency", FaultCode.MALFORMED),
        ({"placed_at": NOW + CLOCK_TOLERANCE + dt.timedelta(seconds=1)}, "placed_at", FaultCode.OUT_OF_RANGE),
        ({"placed_at": EARLIEST - dt.timedelta(seconds=1)}, "placed_at", FaultCode.OUT_OF_RANGE),
        ({"shipping_cents": -1}, "shipping_cents", FaultCode.OUT_OF_RANGE),
        ({"shipping_vat_rate_bp": 10_001}, "shipping_vat_rate_bp", FaultCode.OUT_OF_RANGE),
        ({"lines": ()}, "lines", FaultCode.REQUIRED),
        ({"lines": (TEA,) * (MAX_LINES + 1)}, "lines", FaultCode.TOO_LONG),
        ({"total_cents": 28_91}, "total_cents", FaultCode.MISMATCH),
        ({"customer_name": "x" * (MAX_TEXT + 1)}, "customer_name", FaultCode.TOO_LONG),
        ({"customer_name": "\x00"}, "customer_name", FaultCode.MALFORMED),
        ({"billing": IncomingAddress(" ")}, "billing.name", FaultCode.REQUIRED),
        ({"delivery": IncomingAddress("Zoé", country_code="fr")}, "delivery.country_code", FaultCode.MALFORMED),
        (
            {"payments": (IncomingPayment(PaymentMethod.CARD, 0),)},
            "payments.0.amount_cents",
            FaultCode.OUT_OF_RANGE,
        ),
    ],
)
def test_each_fault_names_its_field_and_its_kind(changes, field, code):
    assert (field, code) in found(replace(ORDER, **changes))


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": ""}, "lines.1.name", FaultCode.REQUIRED),
        ({"quantity": 0}, "lines.1.quantity", FaultCode.OUT_OF_RANGE),
        ({"unit_price_cents": -1}, "lines.1.unit_price_cents", FaultCode.OUT_OF_RANGE),
        ({"vat_rate_bp": -1}, "lines.1.vat_rate_bp", FaultCode.OUT_OF_RANGE),
        ({"discount_cents": 25_01}, "lines.1.discount_cents", FaultCode.OUT_OF_RANGE),
        ({"weight_g": -1}, "lines.1.weight_g", FaultCode.OUT_OF_RANGE),
        ({"attributes": {"Couleur": "\ud800"}}, "lines.1.attributes.Couleur", FaultCode.MALFORMED),
    ],
)
def test_each_fault_of_an_article_names_its_place(changes, field, code):
    assert (field, code) in of_line(**changes)


def test_an_order_of_today_may_come_from_a_clock_that_is_fast():
    assert found(replace(ORDER, placed_at=NOW + CLOCK_TOLERANCE)) == []


@given(st.integers(), st.integers(), st.integers())
def test_whatever_the_figures_what_is_let_through_can_be_stored(quantity, price, discount):
    order = replace(ORDER, lines=(replace(TEA, quantity=quantity, unit_price_cents=price, discount_cents=discount),))
    if not faults(order, NOW):
        assert 0 <= order.items_cents <= order.sum_cents <= MAX_CENTS


@pytest.mark.parametrize(
    ("number", "is_ours"), [("ORD-00001", True), ("ORD-1234567", True), ("ORD-1", False), ("A-ORD-00001", False)]
)
def test_the_numbers_that_the_database_gives_are_known(number, is_ours):
    assert is_a_number_of_ours(number) is is_ours
