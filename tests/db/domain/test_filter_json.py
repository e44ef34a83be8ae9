"""Filters keep what they ask for on their way through JSON."""

import datetime as dt
import json

import pytest

from db.domain.document_filter import DocumentFilter, DocumentStatus
from db.domain.documents import DocumentKind
from db.domain.filter_json import filter_from_json, filter_to_json
from db.domain.mail import Channel, EmailTemplate
from db.domain.mailbox import MailFilter, MailTab
from db.domain.order_filter import Attention, OrderFilter
from db.domain.orders import DeliveryMode, OrderStatus, Origin, PaymentMethod, PaymentState
from db.domain.payout_filter import PayoutFilter, PayoutTab
from db.domain.return_filter import ReturnFilter, ReturnTab
from db.domain.returns import ReturnReason

DAY, LATER = dt.date(2026, 10, 25), dt.date(2026, 12, 31)

FILTERS = [
    OrderFilter(),
    OrderFilter(
        statuses=frozenset({OrderStatus.PAID, OrderStatus.ERROR}),
        first_day=DAY,
        last_day=LATER,
        seller_id=3,
        customer_id=4,
        payment_methods=frozenset({PaymentMethod.CHEQUE}),
        payment_states=frozenset({PaymentState.UNPAID, PaymentState.PAID}),
        delivery_modes=frozenset({DeliveryMode.HOME}),
        origins=frozenset({Origin.DIRECT}),
        min_cents=0,
        max_cents=100_00,
        currency="EUR",
        attention=Attention.LATE,
        tag_id=9,
        text="Œuvre « d’été »",
        product="=thé",
    ),
    ReturnFilter(ReturnTab.LATE, 2, next(iter(ReturnReason)), DAY, LATER, "Morin"),
    DocumentFilter(DocumentKind.CREDIT_NOTE, DAY, LATER, 1, DocumentStatus.CREDITED, 1, 2, "F2026", "Morin"),
    PayoutFilter(PayoutTab.PAID, DAY, None, 7, None, 5_00, "REV-000012", 1, 2),
    MailFilter(MailTab.ALL, EmailTemplate.MESSAGE, "é", "ORD-00001", DAY, LATER, Channel.SMS),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: type(wanted).__name__)
def test_a_filter_read_back_from_json_is_the_same_filter(wanted: OrderFilter) -> None:
    said = json.loads(json.dumps(filter_to_json(wanted)))
    assert filter_from_json(type(wanted), said) == wanted


def test_a_filter_kept_before_a_field_was_added_asks_for_what_it_asked_for_then() -> None:
    said = filter_to_json(OrderFilter(text="thé")) | {"since_gone": 1}
    del said["tag_id"]
    assert filter_from_json(OrderFilter, said) == OrderFilter(text="thé")


def test_a_value_that_no_field_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no such status"):
        filter_from_json(OrderFilter, {"statuses": ["no such status"]})
