import datetime as dt

from db.domain.next_payout import NextPayout, next_payout

TODAY = dt.date(2026, 11, 21)
DAY = dt.timedelta(days=1)


def test_what_is_overdue_is_paid_with_what_is_due_today() -> None:
    due = [(TODAY - 2 * DAY, 10_00), (TODAY, 5_00), (TODAY + DAY, 99_00)]
    assert next_payout(due, TODAY) == NextPayout(TODAY, 15_00)


def test_a_debt_is_taken_off_first_and_puts_off_the_day() -> None:
    # −30 today; 20 tomorrow leaves −10; 25 the day after leaves 15.
    due = [(TODAY, -30_00), (TODAY + DAY, 20_00), (TODAY + 2 * DAY, 25_00)]
    assert next_payout(due, TODAY) == NextPayout(TODAY + 2 * DAY, 15_00)


def test_where_nothing_is_left_nothing_is_announced() -> None:
    assert next_payout([], TODAY) is None
    assert next_payout([(TODAY, 10_00), (TODAY, -10_00)], TODAY) is None
