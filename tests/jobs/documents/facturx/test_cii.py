"""Factur-X of our documents: what it states, and that any sale keeps the rules of EN 16931."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.domain.credit import CreditRequest
from db.domain.orders import PaymentMethod
from db.domain.postal import PostalAddress
from db.domain.snapshot import Buyer, Mention, Nature, Receipt, Snapshot
from jobs.documents.facturx.cii import cii
from jobs.documents.facturx.validation import faults
from tests.jobs.documents import samples
from tests.jobs.documents.facturx.reading import lines, rates, texts, totals

TODAY = samples.ISSUED_ON


def assert_agrees(snapshot: Snapshot) -> None:
    """Check that a document's XML keeps the rules and states the document's own amounts."""
    xml = cii(snapshot)
    sign = -1 if snapshot.is_credit_note else 1
    stated = totals(xml)
    assert faults(xml) == []
    assert (stated["lines"], stated["net"], stated["vat"], stated["gross"]) == (
        sign * snapshot.net_cents,
        sign * snapshot.net_cents,
        sign * snapshot.vat_cents,
        sign * snapshot.gross_cents,
    )
    assert stated["due"] == (-snapshot.gross_cents if snapshot.is_credit_note else snapshot.due_cents)
    assert rates(xml) == [
        (each.rate_bp, each.category.value, sign * each.net_cents, sign * each.vat_cents) for each in snapshot.vat
    ]
    nets = [sign * each.net_cents for each in snapshot.lines]
    assert lines(xml) == [(net, net) for net in nets]


def test_an_invoice_states_its_lines_without_vat_and_their_discounts() -> None:
    xml = cii(samples.sample())

    # 34,90 − 3,49 = 31,41 with VAT: 26,18 without (tests/db/services/documents); 3,49 / 1,20 = 2,908 → 2,91.
    assert texts(xml, "BilledQuantity") == ["2", "1", "1"]
    assert texts(xml, "NetPriceProductTradePrice/ChargeAmount") == ["11.85", "29.09", "4.08"]
    assert texts(xml, "SpecifiedTradeAllowanceCharge/ActualAmount") == ["2.91"]
    assert texts(xml, "LineTotalAmount") == ["23.70", "26.18", "4.08", "53.96"]
    assert totals(xml) == {"lines": 53_96, "net": 53_96, "vat": 7_35, "gross": 61_31, "paid": 61_31, "due": 0}
    assert rates(xml) == [(550, "S", 23_70, 1_30), (2000, "S", 30_26, 6_05)]


def test_a_credit_note_is_positive_and_names_its_invoice() -> None:
    xml = cii(samples.credit_note(request=CreditRequest(units={2: 1}, amounts={1: 5_00})))

    # 5,00 / 1,055 = 4,739 → 4,74; 31,41 / 1,20 = 26,175 → 26,18.
    assert texts(xml, "ExchangedDocument/TypeCode") == ["381"]
    assert texts(xml, "InvoiceReferencedDocument/IssuerAssignedID") == ["F2026-THE-000001"]
    assert texts(xml, "InvoiceReferencedDocument/FormattedIssueDateTime/DateTimeString") == ["20261122"]
    assert totals(xml) == {"lines": 30_92, "net": 30_92, "vat": 5_49, "gross": 36_41, "due": 36_41}
    assert texts(xml, "LineID") == ["1", "2"]
    assert "Retour du client : théière ébréchée" in texts(xml, "IncludedNote/Content")


def test_the_seller_sells_and_the_marketplace_is_paid_for_it_under_its_mandate() -> None:
    xml = cii(samples.sample())

    assert texts(xml, "SellerTradeParty/Name") == ["Maison du thé SARL"]
    assert texts(xml, "SellerTradeParty/SpecifiedLegalOrganization/ID") == ["404833048"]
    assert texts(xml, "SellerTradeParty/SpecifiedTaxRegistration/ID") == ["FR83404833048"]
    assert texts(xml, "PayeeTradeParty/Name") == ["Place du Marché SAS"]
    (mandate, *_) = texts(xml, "IncludedNote/Content")
    assert mandate.startswith("Document établi par Place du Marché SAS au nom et pour le compte de Maison du thé SARL")


def test_a_marketplace_that_sells_by_itself_is_no_second_payee() -> None:
    assert texts(cii(samples.sample(marketplace=samples.SELLER)), "PayeeTradeParty/Name") == []


@pytest.mark.parametrize(
    ("buyer", "address", "scheme"),
    [
        (Buyer("A", "Mairie", "213 502 883", "fr 30213502883", "a@b.fr"), "213502883", "0225"),
        (Buyer("A", email="evelyne@example.fr"), "evelyne@example.fr", "EM"),
    ],
)
def test_a_buyer_is_reached_by_its_siren_or_else_by_e_mail(buyer: Buyer, address: str, scheme: str) -> None:
    xml = cii(samples.sample(buyer=buyer))

    assert texts(xml, "BuyerTradeParty/URIUniversalCommunication/URIID") == [address]
    assert f'schemeID="{scheme}">{address}<'.encode() in xml
    assert texts(xml, "BuyerTradeParty/SpecifiedTaxRegistration/ID") == (["FR30213502883"] if buyer.siren else [])


def test_who_charges_no_vat_says_why_and_gives_its_siren_in_place_of_a_vat_number() -> None:
    xml = cii(samples.small_business())

    assert rates(xml) == [(0, "E", 56_00, 0)]
    assert texts(xml, "ApplicableTradeTax/ExemptionReason") == ["TVA non applicable, art. 293 B du CGI."]
    assert b'schemeID="FC">404833048<' in xml


def test_goods_that_leave_the_union_and_those_that_stay_in_it_are_told_apart() -> None:
    german = Buyer("Hans", "Tee GmbH", vat_number="DE136695976")
    berlin = PostalAddress("Hans", "Tee GmbH", "Allee 1", "", "10115", "Berlin", "DE")
    line = samples.line("Thé", 12_50, rate_bp=0)
    sold = samples.sample((line,), buyer=german, billing=berlin)
    delivered = replace(sold, delivery=replace(sold.delivery, delivered_on=TODAY))

    assert texts(cii(samples.abroad()), "ExemptionReasonCode") == ["VATEX-EU-G"]
    assert texts(cii(sold), "ExemptionReasonCode") == ["VATEX-EU-IC"]
    assert texts(cii(sold), "BillingSpecifiedPeriod/StartDateTime/DateTimeString") == ["20261121"]
    for each in (samples.abroad(), sold, delivered, samples.credit_note(sold)):
        assert_agrees(each)


def test_the_day_of_the_delivery_is_one_that_happened() -> None:
    expected = samples.sample()
    delivered = replace(expected, delivery=replace(expected.delivery, delivered_on=dt.date(2026, 11, 22)))
    day = "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"
    assert expected.delivery.expected_on == dt.date(2026, 11, 25)
    assert texts(cii(expected), day) == []
    assert texts(cii(delivered), day) == ["20261122"]
    assert_agrees(delivered)


@pytest.mark.parametrize(
    ("methods", "code", "words"),
    [
        ([PaymentMethod.CARD], "48", "Carte bancaire"),
        ([PaymentMethod.TRANSFER, PaymentMethod.TRANSFER], "42", "Virement"),
        ([PaymentMethod.CHEQUE, PaymentMethod.CASH], "1", "Chèque, Espèces"),
    ],
)
def test_how_it_was_paid_is_said(methods: list[PaymentMethod], code: str, words: str) -> None:
    receipts = tuple(Receipt(method, TODAY - dt.timedelta(days=day), 1_00) for day, method in enumerate(methods))
    snapshot = samples.sample(receipts=receipts)
    xml = cii(snapshot)

    assert texts(xml, "SpecifiedTradeSettlementPaymentMeans/TypeCode") == [code]
    assert texts(xml, "SpecifiedTradeSettlementPaymentMeans/Information") == [words]
    assert_agrees(snapshot)


def test_money_that_went_back_paid_nothing() -> None:
    paid = Receipt(PaymentMethod.CARD, TODAY - dt.timedelta(days=2), 70_00)
    back = Receipt(PaymentMethod.TRANSFER, TODAY, -8_69)
    xml = cii(samples.sample(receipts=(paid, back)))
    assert texts(xml, "SpecifiedTradeSettlementPaymentMeans/Information") == ["Carte bancaire"]
    assert texts(xml, "DueDateDateTime/DateTimeString") == ["20261120"]


def test_what_is_sold_and_whether_it_is_paid_make_the_frame_of_the_invoice() -> None:
    unpaid = replace(samples.company(), nature=Nature.SERVICES)

    assert texts(cii(unpaid), "BusinessProcessSpecifiedDocumentContextParameter/ID") == ["S1"]
    assert texts(cii(samples.sample()), "BusinessProcessSpecifiedDocumentContextParameter/ID") == ["B2"]
    assert texts(cii(samples.credit_note()), "BusinessProcessSpecifiedDocumentContextParameter/ID") == ["B1"]
    assert texts(cii(unpaid), "DueDateDateTime/DateTimeString") == ["20261222"]


def test_goods_that_are_collected_go_to_the_place_where_they_are() -> None:
    xml = cii(samples.pickup_point())

    assert texts(xml, "ShipToTradeParty/Name") == ["Tabac de la Gare"]
    assert texts(xml, "ShipToTradeParty/PostalTradeAddress/LineOne") == ["4 place de la Gare"]


@pytest.mark.parametrize("currency", ["GBP", "CHF", "XPF", "SEK"])
def test_other_currencies_are_stated(currency: str) -> None:
    snapshot = samples.sample(currency=currency)

    assert texts(cii(snapshot), "InvoiceCurrencyCode") == [currency]
    assert_agrees(snapshot)


@pytest.mark.parametrize(
    "snapshot",
    [
        samples.sample(buyer=Buyer(""), billing=PostalAddress("")),
        samples.sample(buyer=Buyer("Zoé", "Sans TVA SARL"), billing=PostalAddress(city="Lyon", country_code="")),
        samples.sample((samples.line("Th\x00é\x0b vert\ufffe", 1_00, reference="\x07", attributes={"\x01": "a"}),)),
        samples.sample(mentions=[Mention("AAI", "Long. " * 2_000), Mention("REG", "\x02")], order_number="x" * 999),
        samples.sample((samples.line("Clou", 3, quantity=1_000_003), samples.line("Don", 5_00, discount_cents=5_00))),
        samples.sample((samples.line("Vis", 1, quantity=12_345_678), samples.line("Vis fine", 1, quantity=7))),
    ],
    ids=["nobody", "no-vat-number", "control-characters", "endless-texts", "many", "tiny"],
)
def test_whatever_is_missing_or_odd_the_xml_is_sound(snapshot: Snapshot) -> None:
    assert_agrees(snapshot)


def test_the_same_document_is_always_the_same_bytes() -> None:
    assert cii(samples.three_rates()) == cii(samples.three_rates())


_names = st.text(max_size=40)
_sold = st.builds(
    lambda name, price, quantity, share, rate: samples.line(
        name, price, quantity=quantity, rate_bp=rate, discount_cents=price * quantity * share // 100
    ),
    _names,
    st.integers(1, 300_00) | st.integers(1, 99_999_99),
    st.integers(1, 12) | st.integers(1, 20_000),
    st.sampled_from([0, 0, 5, 10, 33, 99]),
    st.sampled_from([210, 550, 1000, 2000, 2000, 850, 0]),
)
_shipping = st.integers(1, 30_00).map(lambda cents: samples.line("Frais de port", cents, is_shipping=True))


@st.composite
def invoices(draw: st.DrawFn) -> Snapshot:
    """Any sale: some articles, with shipping or not, to anybody, paid or not."""
    sold = [*draw(st.lists(_sold, min_size=1, max_size=8)), *draw(st.lists(_shipping, max_size=1))]
    buyer = draw(st.builds(Buyer, _names, _names, st.sampled_from(["", "213502883"]), st.just(""), _names))
    billing = draw(st.builds(PostalAddress, _names, _names, _names, _names, _names, _names))
    gross = sum(line.gross_cents for line in sold)
    return samples.sample(sold, buyer=buyer, billing=billing, paid_cents=draw(st.integers(0, gross)))


@settings(max_examples=25, deadline=None)
@given(invoices(), st.data())
def test_any_sale_and_any_part_of_it_given_back_keep_the_rules_to_the_cent(
    invoice: Snapshot, data: st.DataObject
) -> None:
    assert_agrees(invoice)
    units = {each.position: data.draw(st.integers(0, each.quantity)) for each in invoice.lines}
    amounts = {
        each.position: data.draw(st.integers(1, each.gross_cents))
        for each in invoice.lines
        if not units[each.position] and each.gross_cents
    }
    request = CreditRequest(units=units, amounts=amounts)
    if any(units[each.position] and each.gross_cents for each in invoice.lines) or amounts:
        assert_agrees(samples.credit_note(invoice, request))
