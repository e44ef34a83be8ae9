"""Cohorts of sellers, by hand."""

import datetime as dt

from db.domain.cohorts import Cohort, CohortMonth, SellerMonth, cohorts, months_since

NOVEMBER, DECEMBER, JANUARY = dt.date(2025, 11, 1), dt.date(2025, 12, 1), dt.date(2026, 1, 1)


def test_sellers_are_followed_from_the_month_of_their_first_sale() -> None:
    sales = [
        SellerMonth(JANUARY, 1, 1, 5_00),
        SellerMonth(NOVEMBER, 1, 2, 20_00),
        SellerMonth(NOVEMBER, 2, 1, 7_00),
        SellerMonth(DECEMBER, 3, 4, 40_00),
    ]
    assert cohorts(sales, JANUARY) == [
        Cohort(
            NOVEMBER,
            2,
            (
                CohortMonth(NOVEMBER, (1, 2), 3, 27_00),
                CohortMonth(DECEMBER, (), 0, 0),
                CohortMonth(JANUARY, (1,), 1, 5_00),
            ),
        ),
        Cohort(DECEMBER, 1, (CohortMonth(DECEMBER, (3,), 4, 40_00), CohortMonth(JANUARY, (), 0, 0))),
    ]


def test_the_share_that_still_sells_is_of_those_who_began() -> None:
    sales = [SellerMonth(NOVEMBER, seller, 1, 1_00) for seller in (1, 2, 3)] + [SellerMonth(JANUARY, 2, 1, 1_00)]
    (cohort,) = cohorts(sales, JANUARY)
    assert [cohort.still_selling_bp(index) for index in range(3)] == [10_000, 0, 3_333]


def test_a_month_without_orders_begins_nothing_and_a_later_one_is_not_told() -> None:
    sales = [SellerMonth(NOVEMBER, 1, 0, 0), SellerMonth(JANUARY, 1, 1, 1_00)]
    assert cohorts(sales, DECEMBER) == []
    assert [cohort.month for cohort in cohorts(sales, JANUARY)] == [JANUARY]


def test_months_are_counted_over_the_turn_of_years() -> None:
    assert months_since(NOVEMBER, JANUARY) == 2
    assert months_since(dt.date(2023, 1, 1), JANUARY) == 36
