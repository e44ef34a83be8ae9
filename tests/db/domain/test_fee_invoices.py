"""What fee invoices state: the VAT in the fee, their lines, and who waits; figures worked out by hand."""

import datetime as dt
from dataclasses import replace

import pytest

from db.domain.documents import DocumentKind
from db.domain.fee_invoices import (
    FeeSum,
    FeesWaitError,
    check_house,
    check_seller,
    fee_mentions,
    fee_series_code,
    kind_of_fee_series,
    month_cause,
    price,
)
from db.domain.mentions import MentionTexts
from db.domain.snapshot import VatCategory
from tests.jobs.documents.samples import MARKETPLACE, SELLER

INVOICE, CREDIT_NOTE = DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE


@pytest.mark.parametrize(
    ("gross", "net", "vat"),
    [
        (93, 78, 15),  # 0.93 / 1.2 = 0.775: 0.78, half up.
        (6_00, 5_00, 1_00),
        (1, 1, 0),  # 0.8333 of a cent.
        (2, 2, 0),  # 1.6667.
        (3, 3, 0),  # 2.5, half up.
        (33_63, 28_03, 5_60),  # 33.63 / 1.2 = 28.025.
        (-93, -78, -15),  # A credit note mirrors its invoice.
    ],
)
def test_the_vat_is_taken_out_of_the_fee(gross: int, net: int, vat: int) -> None:
    priced = price([FeeSum(12, gross, 1, 290)], 2000, "FR")
    assert (priced.vat.net_cents, priced.vat.vat_cents, priced.vat.gross_cents) == (net, vat, gross)
    assert [(line.net_cents, line.gross_cents) for line in priced.lines] == [(net, gross)]


def test_the_largest_line_takes_the_cent_that_roundings_leave() -> None:
    # 0.03 / 1.2 = 0.025: 0.03 each, 0.09 for three; but 0.09 / 1.2 = 0.075: 0.08. With 0.04 (0.0333: 0.03) the sum
    # of 0.13 is 0.1083: 0.11, the lines come to 0.12: the largest says 0.02.
    sums = [FeeSum(1, 3, 1), FeeSum(2, 3, 1), FeeSum(3, 3, 1), FeeSum(4, 4, 1)]
    priced = price(sums, 2000, "FR")
    assert [line.net_cents for line in priced.lines] == [3, 3, 3, 2]
    assert (priced.vat.net_cents, priced.vat.gross_cents) == (11, 13)


def test_a_fee_that_is_given_back_is_deducted_on_a_line_of_its_own() -> None:
    withheld, back = price([FeeSum(12, 35_80, 41, 290), FeeSum(12, -2_17, 3)], 2000, "FR").lines
    assert (withheld.name, withheld.quantity, withheld.unit_price_cents) == (
        "Commission 2,9\u00a0%, 41\u00a0ventes",
        1,
        3580,
    )
    assert (back.name, back.quantity, back.unit_price_cents) == ("Commission rendue, 3\u00a0ventes", -1, 2_17)
    # 35.80 / 1.2 = 29.8333; 2.17 / 1.2 = 1.8083; together 33.63 / 1.2 = 28.025: 28.03, which the largest line meets.
    assert (withheld.net_cents, back.net_cents) == (29_84, -1_81)
    assert {withheld.reference, back.reference} == {"REV-000012"}


def test_a_company_of_another_country_of_the_union_owes_the_vat_itself() -> None:
    priced = price([FeeSum(12, 93, 1, 290)], 2000, "be")
    assert (priced.vat.rate_bp, priced.vat.category) == (0, VatCategory.REVERSE_CHARGE)
    assert (priced.vat.net_cents, priced.vat.vat_cents) == (93, 0)
    assert "Autoliquidation" in priced.vat.exemption


def test_a_marketplace_without_vat_says_why() -> None:
    priced = price([FeeSum(12, 93, 1, 290)], 0, "FR")
    assert (priced.vat.category, priced.vat.vat_cents) == (VatCategory.EXEMPT, 0)
    assert "293 B" in priced.vat.exemption


def test_numbers_begin_with_the_kind_and_the_year() -> None:
    assert fee_series_code(INVOICE, 2026) == "FC2026"
    assert fee_series_code(CREDIT_NOTE, 2027) == "AC2027"
    assert [kind_of_fee_series(fee_series_code(kind, 2026)) for kind in DocumentKind] == list(DocumentKind)


def test_a_month_of_a_seller_and_currency_is_one_cause_of_its_first_payout() -> None:
    assert month_cause(dt.date(2026, 11, 1), 7, "EUR", 12) == "month:2026-11:7:EUR:12"


def test_the_sentences_about_paying_late_are_on_no_credit_note() -> None:
    texts = MentionTexts(footer="Merci.")
    codes = [each.code for each in fee_mentions(texts, INVOICE, "")]
    assert codes == ["AAI", "PMD", "PMT", "AAB", "AAI"]
    assert [each.code for each in fee_mentions(texts, CREDIT_NOTE, "Autoliquidation")] == ["AAI", "TXD", "AAI"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [("legal_name", "la raison sociale"), ("siren", "le SIREN"), ("city", "l’adresse"), ("vat_number", "de TVA")],
)
def test_a_marketplace_without_its_identity_invoices_nothing(missing: str, words: str) -> None:
    with pytest.raises(FeesWaitError, match=f"{words}.*Réglages › Marketplace"):
        check_house(replace(MARKETPLACE, **{missing: ""}), 2000)


def test_a_marketplace_that_charges_no_vat_needs_no_number() -> None:
    check_house(replace(MARKETPLACE, vat_number=""), 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"legal_name": ""}, "la raison sociale.*Réglages › Vendeurs"),
        ({"street": ""}, "l’adresse"),
        ({"country_code": "BE", "vat_number": ""}, "le numéro de TVA"),
        ({"country_code": "CH"}, r"Union européenne \(CH\)"),
    ],
)
def test_a_seller_of_whom_too_little_is_known_waits(changes: dict[str, str], words: str) -> None:
    with pytest.raises(FeesWaitError, match=words):
        check_seller(replace(SELLER, **changes))


def test_a_french_seller_without_vat_is_invoiced_all_the_same() -> None:
    check_seller(replace(SELLER, vat_number=""))
