from collections import defaultdict
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from db.domain.vat import VatTotal, totals_per_rate

RATES = st.sampled_from([0, 210, 550, 1_000, 2_000])
LINES = st.lists(st.tuples(RATES, st.integers(-(10**9), 10**9)), max_size=40)


def test_vat_is_taken_out_of_the_sum_of_each_rate() -> None:
    # 5.5 %: 10.55 + 21.10 = 31.65 gross → 30.00 net. 20 %: 12.00 gross → 10.00 net.
    assert totals_per_rate([(2_000, 12_00), (550, 10_55), (550, 21_10)]) == [
        VatTotal(550, net_cents=30_00, vat_cents=1_65, gross_cents=31_65),
        VatTotal(2_000, net_cents=10_00, vat_cents=2_00, gross_cents=12_00),
    ]


def test_vat_is_computed_once_on_the_sum_and_never_per_line() -> None:
    # Three times 1 cent: each line alone has a net of 1 and no VAT; together 3 cents have a net of 2.5 → 3.
    # Ten times: 10 cents have a net of 8.33 → 8, which ten lines of 1 would never give.
    assert totals_per_rate([(2_000, 1)] * 10) == [VatTotal(2_000, net_cents=8, vat_cents=2, gross_cents=10)]


def test_a_zero_rate_has_no_vat_and_no_line_no_total() -> None:
    assert totals_per_rate([(0, 99)]) == [VatTotal(0, net_cents=99, vat_cents=0, gross_cents=99)]
    assert totals_per_rate([]) == []


@given(LINES)
def test_net_and_vat_always_make_gross_and_gross_never_drifts(lines: list[tuple[int, int]]) -> None:
    sums: dict[int, int] = defaultdict(int)
    for rate, gross in lines:
        sums[rate] += gross
    totals = totals_per_rate(lines)
    assert [(total.rate_bp, total.gross_cents) for total in totals] == sorted(sums.items())
    for total in totals:
        assert total.net_cents + total.vat_cents == total.gross_cents
        exact = Fraction(total.gross_cents * 10_000, 10_000 + total.rate_bp)
        assert abs(total.net_cents - exact) <= Fraction(1, 2)


@given(LINES)
def test_a_credit_of_everything_leaves_exactly_nothing(lines: list[tuple[int, int]]) -> None:
    credit = totals_per_rate([(rate, -gross) for rate, gross in lines])
    for invoiced, credited in zip(totals_per_rate(lines), credit, strict=True):
        assert invoiced.net_cents + credited.net_cents == 0
        assert invoiced.vat_cents + credited.vat_cents == 0
