import datetime as dt

import pytest

from db.domain.business_days import HolidayZone
from db.domain.seller_terms import Sample, Terms, sample_of, terms_on

USUAL = Terms(290, 10)


def test_a_sale_of_31_90_pays_30_97_on_the_tenth_business_day() -> None:
    # 31.90 × 2.9 % = 0.9251 → 0.93; 31.90 − 0.93 = 30.97. Saturday 21 November 2026: 23-27 are five business days,
    # 30 November to 4 December the next five.
    sample = sample_of(USUAL, 31_90, dt.date(2026, 11, 21), HolidayZone.METROPOLE)
    assert sample == Sample(31_90, 93, dt.date(2026, 12, 4))
    assert sample.net_cents == 30_97


@pytest.mark.parametrize(
    ("zone", "due_on"),
    [
        # 24, 28, 29, 30, 31 December, 4, 5, 6, 7, 8 January: Christmas and New Year are no business days.
        (HolidayZone.METROPOLE, dt.date(2027, 1, 8)),
        # 26 December 2026 is a Saturday: it takes no business day away this year.
        (HolidayZone.ALSACE_MOSELLE, dt.date(2027, 1, 8)),
    ],
)
def test_an_order_of_23_december_2026_waits_for_the_holidays(zone: HolidayZone, due_on: dt.date) -> None:
    assert sample_of(USUAL, 31_90, dt.date(2026, 12, 23), zone).due_on == due_on


def test_good_friday_is_worked_in_paris_and_not_in_strasbourg() -> None:
    # Easter 2027 is on 28 March: Good Friday is the 26th, Easter Monday (free everywhere) the 29th.
    thursday = dt.date(2027, 3, 25)
    assert sample_of(Terms(290, 1), 10_00, thursday, HolidayZone.METROPOLE).due_on == dt.date(2027, 3, 26)
    assert sample_of(Terms(290, 1), 10_00, thursday, HolidayZone.ALSACE_MOSELLE).due_on == dt.date(2027, 3, 30)


def test_each_day_has_the_last_terms_that_began_before_it() -> None:
    dearer, cheaper = Terms(500, 10), Terms(150, 5)
    known = [(dt.date.min, USUAL), (dt.date(2026, 12, 1), dearer), (dt.date(2027, 1, 1), cheaper)]
    assert terms_on(known, dt.date(2026, 11, 30)) == USUAL
    assert terms_on(known, dt.date(2026, 12, 1)) == dearer
    assert terms_on(known, dt.date(2026, 12, 31)) == dearer
    assert terms_on(known, dt.date(2030, 1, 1)) == cheaper


def test_terms_are_told_in_words() -> None:
    assert USUAL.words == "2,9\u00a0%, 10\u00a0jours ouvrés"
    assert Terms(0, 1).words == "0\u00a0%, 1\u00a0jour ouvré"
