"""The 14 days to change one's mind."""

import datetime as dt

import pytest

from db.domain.withdrawal import Deadline, arrived_on, last_day_to_refund, last_day_to_withdraw


@pytest.mark.parametrize(
    ("received_on", "last_day"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 12, 4)),  # A Friday, two weeks later.
        (dt.date(2026, 11, 21), dt.date(2026, 12, 7)),  # A Saturday: until Monday.
        (dt.date(2026, 12, 11), dt.date(2026, 12, 28)),  # Christmas, then a week-end.
        (dt.date(2028, 2, 15), dt.date(2028, 2, 29)),  # The day that leap years have.
    ],
)
def test_the_last_day_is_one_on_which_people_work(received_on: dt.date, last_day: dt.date) -> None:
    assert last_day_to_withdraw(received_on) == last_day


def test_a_longer_window_ends_on_a_day_on_which_people_work_too() -> None:
    # Thirty days after Friday 20 November 2026 is Sunday 20 December.
    assert last_day_to_withdraw(dt.date(2026, 11, 20), 30) == dt.date(2026, 12, 21)


def test_the_refund_is_due_on_the_fourteenth_day_whatever_day_that_is() -> None:
    assert last_day_to_refund(dt.date(2026, 11, 21)) == dt.date(2026, 12, 5)  # A Saturday.


@pytest.mark.parametrize(
    ("today", "left", "has_passed"),
    [(dt.date(2026, 12, 2), 3, False), (dt.date(2026, 12, 5), 0, False), (dt.date(2026, 12, 7), -2, True)],
)
def test_the_last_day_itself_is_still_in_time(today: dt.date, left: int, *, has_passed: bool) -> None:
    deadline = Deadline(dt.date(2026, 12, 5), today)
    assert (deadline.days_left, deadline.has_passed) == (left, has_passed)


def test_an_order_has_arrived_when_its_last_parcel_has() -> None:
    # 23:30 on the 10th in Paris is 22:30 in UTC; half an hour later it is the 11th.
    first, last = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC), dt.datetime(2026, 11, 10, 23, 10, tzinfo=dt.UTC)
    assert arrived_on([last, first]) == dt.date(2026, 11, 11)
    assert arrived_on([first, None]) is None
    assert arrived_on([]) is None
