"""The 14 days to change one's mind."""

import datetime as dt

import pytest

from db.domain.withdrawal import last_day_to_withdraw


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
