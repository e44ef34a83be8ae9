"""Credit notes: whatever is given back in whatever order, never too much, and exactly zero at the end."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.credit import Credited, CreditRequest, by_order_line, credit, creditable
from db.domain.documents import DocumentKind, FullyCreditedError, NothingToCreditError, TooMuchToCreditError
from db.domain.orders import DeliveryMode
from db.domain.postal import PostalAddress
from db.domain.snapshot import Buyer, Delivery, DocumentLine, Nature, Party, Snapshot, VatCategory, VatLine
from db.domain.snapshot_json import chained_hash, from_json, to_json
from db.domain.vat import net_of_lines, totals_per_rate

DAY = dt.date(2026, 11, 21)
WHOLE = CreditRequest(whole=True)
RATES = (0, 210, 550, 1000, 2000)


def invoice(*lines: tuple[int, int, int]) -> Snapshot:
    """Return an invoice of lines of (quantity, VAT-inclusive total in cents, rate); the last one is the shipping."""
    gross = [(rate, total) for _, total, rate in lines]
    totals = totals_per_rate(gross)
    nets = net_of_lines(totals, gross)
    return Snapshot(
        kind=DocumentKind.INVOICE,
        number="F2026-A-000001",
        series="F2026-A",
        sequence=1,
        issued_at=dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC),
        issued_on=DAY,
        order_number="T-1",
        placed_on=DAY,
        currency="EUR",
        issuer=Party("A"),
        marketplace=Party("M"),
        mandate_signed_on=DAY,
        buyer=Buyer("Évelyne Morin"),
        billing=PostalAddress("Évelyne Morin"),
        delivery_address=PostalAddress("Évelyne Morin"),
        delivery=Delivery(DeliveryMode.HOME),
        nature=Nature.GOODS,
        lines=tuple(
            DocumentLine(
                position=place,
                order_line_id=100 + place if place < len(lines) else None,
                reference="",
                name=f"Article {place}",
                attributes={},
                quantity=quantity,
                unit_price_cents=-(-total // quantity),
                discount_cents=quantity * -(-total // quantity) - total,
                vat_rate_bp=rate,
                net_cents=nets[place - 1],
                gross_cents=total,
            )
            for place, (quantity, total, rate) in enumerate(lines, start=1)
        ),
        vat=tuple(
            VatLine(each.rate_bp, VatCategory.STANDARD, "", each.net_cents, each.vat_cents, each.gross_cents)
            for each in totals
        ),
        mentions=(),
    )


def note_of(original: Snapshot, credited: Credited) -> Snapshot:
    return replace(original, kind=DocumentKind.CREDIT_NOTE, lines=credited.lines, vat=credited.vat)


#: Quantity, total in cents, rate.
a_line = st.tuples(st.integers(1, 12), st.integers(0, 50_000), st.sampled_from(RATES))
invoices = (
    st.lists(a_line, min_size=1, max_size=6)
    .filter(lambda lines: any(total for _, total, _ in lines))
    .map(lambda lines: invoice(*lines))
)


def any_request(draw: st.DrawFn, original: Snapshot, notes: list[Snapshot]) -> CreditRequest:
    """Draw a request within what is left: some units and some amounts of some lines."""
    units, amounts = {}, {}
    for left in creditable(original, notes):
        units[left.line.position] = draw(st.integers(0, left.units))
        amounts[left.line.position] = draw(st.one_of(st.just(0), st.integers(0, left.gross_cents)))
    return CreditRequest(units=units, amounts=amounts)


@given(data=st.data(), original=invoices)
def test_whatever_is_given_back_the_rest_is_never_below_zero_and_ends_at_exactly_zero(
    data: st.DataObject, original: Snapshot
) -> None:
    notes: list[Snapshot] = []
    for _ in range(data.draw(st.integers(0, 5))):
        request = data.draw(st.composite(lambda draw: any_request(draw, original, notes))())
        try:
            notes.append(note_of(original, credit(original, notes, request)))
        except (NothingToCreditError, FullyCreditedError, TooMuchToCreditError):
            continue  # Units and amounts together may come to more than is left of a line.
        check_what_is_left(original, notes)
    if any(left.gross_cents for left in creditable(original, notes)):
        notes.append(note_of(original, credit(original, notes, WHOLE)))
    check_what_is_left(original, notes)
    for rate in original.vat:
        given_back = [each for note in notes for each in note.vat if each.rate_bp == rate.rate_bp]
        assert sum(each.net_cents for each in given_back) == -rate.net_cents
        assert sum(each.vat_cents for each in given_back) == -rate.vat_cents
    with pytest.raises(FullyCreditedError):
        credit(original, notes, WHOLE)


def check_what_is_left(original: Snapshot, notes: list[Snapshot]) -> None:
    assert all(left.units >= 0 and left.gross_cents >= 0 for left in creditable(original, notes))
    for rate in original.vat:
        given_back = [each for note in notes for each in note.vat if each.rate_bp == rate.rate_bp]
        assert 0 <= -sum(each.net_cents for each in given_back) <= rate.net_cents
        assert 0 <= -sum(each.vat_cents for each in given_back) <= rate.vat_cents
    for note in notes:
        for each in note.vat:
            lines = [line for line in note.lines if line.vat_rate_bp == each.rate_bp]
            assert sum(line.gross_cents for line in lines) == each.gross_cents == each.net_cents + each.vat_cents
            assert sum(line.net_cents for line in lines) == each.net_cents
        for line in note.lines:
            assert line.quantity * line.unit_price_cents - line.discount_cents == line.gross_cents


@given(invoices)
def test_the_lines_of_an_invoice_add_up_to_its_rates_and_its_total(original: Snapshot) -> None:
    for each in original.vat:
        lines = [line for line in original.lines if line.vat_rate_bp == each.rate_bp]
        assert sum(line.net_cents for line in lines) == each.net_cents
        assert sum(line.gross_cents for line in lines) == each.gross_cents
        # The VAT that EN 16931 wants of the base (BR-CO-17), within its tolerance of one unit of the currency's cent.
        assert abs(each.net_cents * each.rate_bp - each.vat_cents * 10_000) <= 10_000 + each.rate_bp
    assert original.net_cents + original.vat_cents == original.gross_cents


@given(invoices)
def test_a_snapshot_comes_back_from_its_json_as_it_was(original: Snapshot) -> None:
    said = to_json(original)

    assert to_json(from_json(said)) == said
    assert chained_hash("0" * 64, to_json(from_json(said))) == chained_hash("0" * 64, said)


def test_units_are_given_back_at_what_they_cost_and_the_last_takes_the_rest() -> None:
    original = invoice((3, 10_00, 2000), (1, 4_90, 2000))  # 3,33 each, and a cent.

    notes: list[Snapshot] = []
    amounts = []
    for _ in range(3):
        credited = credit(original, notes, CreditRequest(units={1: 1}))
        amounts.append(credited.gross_cents)
        notes.append(note_of(original, credited))

    # 10,00 − 6,67 = 3,33; 6,67 − 3,34 = 3,33; the last 3,34.
    assert amounts == [-3_33, -3_33, -3_34]
    assert [left.gross_cents for left in creditable(original, notes)] == [0, 4_90]


def test_the_shipping_alone_is_given_back_whole_or_in_part() -> None:
    original = invoice((1, 20_00, 550), (1, 4_90, 2000))

    part = credit(original, [], CreditRequest(amounts={2: 2_00}))
    whole = credit(original, [], CreditRequest(amounts={2: 4_90}))

    # 2,00 / 1,20 = 1,6667 → 1,67; 4,90 / 1,20 = 4,0833 → 4,08.
    assert [(line.is_amount, line.gross_cents, line.net_cents) for line in part.lines] == [(True, -2_00, -1_67)]
    assert [(line.is_amount, line.gross_cents, line.net_cents) for line in whole.lines] == [(False, -4_90, -4_08)]


def test_articles_are_named_by_the_lines_of_their_order() -> None:
    original = invoice((2, 20_00, 550), (1, 5_00, 550), (1, 4_90, 2000))

    request = by_order_line(creditable(original, []), {101: (2, 20_00), 999: (1, 1_00)})

    assert request.units == {1: 2}
    assert credit(original, [], request).gross_cents == -20_00


def test_rounding_each_credit_note_by_itself_would_end_a_cent_beside_the_invoice() -> None:
    # Three times 0,05 at 20 %: each by itself has a base of 0,04 and 0,01 of VAT, the invoice 0,13 (0,125) and 0,02.
    original = invoice((3, 15, 2000), (1, 0, 2000))
    assert [(each.net_cents, each.vat_cents) for each in original.vat] == [(13, 2)]

    notes: list[Snapshot] = []
    stated = []
    for _ in range(3):
        credited = credit(original, notes, CreditRequest(units={1: 1}))
        stated.append([(each.net_cents, each.vat_cents) for each in credited.vat])
        notes.append(note_of(original, credited))

    assert stated == [[(-4, -1)], [(-4, -1)], [(-5, 0)]]
