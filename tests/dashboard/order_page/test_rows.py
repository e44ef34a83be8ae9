"""What the left column of an order states, as data."""

import datetime as dt
from dataclasses import replace

import pytest

from dashboard.order_page.rows import article_row, money_row, other_row, return_block, sums
from db.domain.orders import OrderStatus, PaymentKind, PaymentMethod, PaymentRecordState, ReturnStatus
from db.domain.returns import ReturnReason
from db.queries.order_rows import LineRow, OtherOrder, PaymentRow, ReturnedArticle, ReturnRow
from tests.conftest import NOW
from tests.dashboard.order_page.test_facts import HEADER

LINE = LineRow(
    id=1,
    sku="THE-1",
    name="Thé vert bio",
    attributes={"Contenance": "100 g", "Label": "AB"},
    supplier="Comptoir d'Asie",
    quantity=3,
    unit_price_cents=12_50,
    vat_rate_bp=550,
    discount_cents=0,
    total_cents=37_50,
    quantity_shipped=0,
    quantity_cancelled=0,
    quantity_returned=0,
)
PAYMENT = PaymentRow(
    kind=PaymentKind.PAYMENT,
    method=PaymentMethod.CARD,
    state=PaymentRecordState.CAPTURED,
    amount_cents=31_90,
    currency="EUR",
    reference="CB-1",
    installments=1,
    at=NOW,
)


class TestArticle:
    def test_an_article_is_said_with_reference_attributes_and_supplier(self) -> None:
        row = article_row(LINE, "EUR")
        assert row.details == "Réf. THE-1 · Contenance : 100 g · Label : AB · Comptoir d'Asie"
        assert (row.quantity, row.unit_price, row.vat_rate, row.total) == (
            "3",
            "12,50\u00a0€",
            "5,5\u00a0%",
            "37,50\u00a0€",
        )
        assert row.badges == ()
        assert row.discount == ""

    def test_a_bare_article_has_no_details_and_a_discount_is_said(self) -> None:
        bare = replace(LINE, sku="", attributes={}, supplier=" ", discount_cents=2_50)
        row = article_row(bare, "GBP")
        assert (row.details, row.discount) == ("", "remise 2,50\u00a0£")

    @pytest.mark.parametrize(("name", "initial"), [("« Été »", "É"), ("100 % lin", "1"), ("— …", ""), ("", "")])
    def test_a_letter_stands_where_the_picture_will_be(self, name: str, initial: str) -> None:
        assert article_row(replace(LINE, name=name), "EUR").initial == initial

    def test_units_shipped_cancelled_and_returned_are_counted(self) -> None:
        moved = replace(LINE, quantity_shipped=2, quantity_cancelled=1, quantity_returned=1)
        assert [badge.label for badge in article_row(moved, "EUR").badges] == [
            "2\u00a0expédiés",
            "1\u00a0annulé",
            "1\u00a0retourné",
        ]

    def test_what_the_customer_came_for_was_handed_over_not_shipped(self) -> None:
        moved = replace(LINE, quantity_shipped=3)
        assert [badge.label for badge in article_row(moved, "EUR", 2).badges] == ["1\u00a0expédié", "2\u00a0remis"]


class TestSums:
    def test_articles_and_shipping_make_the_total(self) -> None:
        assert [(part.label, part.value) for part in sums(HEADER)] == [
            ("Articles", "28,00\u00a0€"),
            ("Livraison (TVA 20\u00a0%)", "3,90\u00a0€"),
        ]

    def test_discounts_are_named_as_a_part_of_the_articles_and_free_shipping_has_no_rate(self) -> None:
        assert [(part.label, part.value) for part in sums(replace(HEADER, discount_cents=5_00, shipping_cents=0))] == [
            ("Articles", "28,00\u00a0€"),
            ("dont remises", "−5,00\u00a0€"),
            ("Livraison", "Offerte"),
        ]


class TestMoney:
    def test_a_payment_counts_once_captured(self) -> None:
        row = money_row(PAYMENT)
        assert (row.date, row.what, row.amount, row.state, row.counts) == (
            "21/11/2026 10:30",
            "Carte bancaire",
            "31,90\u00a0€",
            "",
            True,
        )

    @pytest.mark.parametrize(
        ("state", "word"),
        [
            (PaymentRecordState.PENDING, "en attente"),
            (PaymentRecordState.FAILED, "refusé"),
            (PaymentRecordState.CANCELLED, "annulé"),
        ],
    )
    def test_money_that_did_not_come_is_told_apart(self, state: PaymentRecordState, word: str) -> None:
        row = money_row(replace(PAYMENT, state=state))
        assert (row.state, row.counts) == (word, False)

    def test_a_refund_is_negative_and_instalments_are_said(self) -> None:
        refund = money_row(replace(PAYMENT, kind=PaymentKind.REFUND, currency="BRL"))
        assert (refund.what, refund.amount) == ("Remboursement · Carte bancaire", "−31,90\u00a0R$")
        assert money_row(replace(PAYMENT, installments=8)).what == "Carte bancaire en 8 fois"


def test_a_return_names_what_comes_back_and_until_when_it_is_refunded() -> None:
    lines = (ReturnedArticle(1, "Thé", 1), ReturnedArticle(2, "Bol", 2), ReturnedArticle(3, "Plat", 0))
    request = ReturnRow(7, 1, ReturnStatus.REQUESTED, ReturnReason.DEFECTIVE, " Cassé ", NOW, lines)
    block = return_block(request, dt.date(2026, 12, 2))
    assert (block.badge.label, block.requested) == ("En attente de confirmation", "21/11/2026 10:30")
    assert (block.lines, block.reason, block.explanation) == ("1 × Thé, 2 × Bol", "Article défectueux", "Cassé")
    # Asked for on 21 November: the money is to be back on 5 December.
    assert block.deadline
    assert block.deadline.label == "reste 3\u00a0j"
    assert (block.number, block.url) == ("Retour n° 7", "/retour?r=7")
    assert return_block(replace(request, status=ReturnStatus.COMPLETED), dt.date(2026, 12, 2)).deadline is None


def test_another_order_leads_to_its_page_whatever_its_number() -> None:
    row = other_row(OtherOrder("n°/1?x=2&y", NOW, OrderStatus.PAID, "Grès", 5_00, "GBP"))
    assert row.url == "/commande?n=n%C2%B0%2F1%3Fx%3D2%26y"
    assert (row.date, row.total, row.badge.label) == ("21/11/2026", "5,00\u00a0£", "Payée")
