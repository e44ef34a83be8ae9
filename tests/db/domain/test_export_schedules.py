"""Of which days a scheduled export is, and what cannot be scheduled."""

import datetime as dt

import pytest

from db.domain.errors import InvalidInputError
from db.domain.export_schedules import SchedulePeriod, ScheduleTerms, request_on
from db.domain.exports import Cadence, ExportFormat, ExportRequest, ExportSubject

FIRST = dt.date(2026, 12, 1)
ORDERS = ExportRequest(
    ExportSubject.ORDERS, {"first_day": None, "last_day": None, "seller_id": 3}, ("number",), ExportFormat.CSV
)
CUSTOMERS = ExportRequest(ExportSubject.CUSTOMERS, {"text": ""}, ("name",), ExportFormat.CSV)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        # 1 December 2026 is a Tuesday.
        (SchedulePeriod.YESTERDAY, "2026-11-30", "2026-11-30"),
        (SchedulePeriod.LAST_WEEK, "2026-11-23", "2026-11-29"),
        (SchedulePeriod.LAST_30_DAYS, "2026-11-01", "2026-11-30"),
        (SchedulePeriod.LAST_MONTH, "2026-11-01", "2026-11-30"),
    ],
)
def test_the_days_are_those_the_period_means_on_the_day_it_is_made(
    period: SchedulePeriod, first: str, last: str
) -> None:
    made = request_on(ORDERS, period, FIRST)
    assert made.filter == {"first_day": first, "last_day": last, "seller_id": 3}
    assert made.columns == ORDERS.columns


def test_a_list_without_a_relative_period_stays_as_it_was_filtered() -> None:
    assert request_on(ORDERS, SchedulePeriod.AS_FILTERED, FIRST) is ORDERS
    assert SchedulePeriod.AS_FILTERED.words(FIRST) == ""
    assert SchedulePeriod.LAST_MONTH.words(FIRST) == "du 01/11/2026 au 30/11/2026"


@pytest.mark.parametrize(
    ("name", "period", "emails", "request_", "word"),
    [
        ("  ", SchedulePeriod.LAST_MONTH, True, ORDERS, "nom"),
        ("n" * 81, SchedulePeriod.LAST_MONTH, True, ORDERS, "80"),
        ("Mois", SchedulePeriod.LAST_MONTH, False, ORDERS, "au moins un envoi"),
        ("Mois", SchedulePeriod.LAST_MONTH, True, CUSTOMERS, "dates"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(
    name: str, period: SchedulePeriod, emails: object, request_: ExportRequest, word: str
) -> None:
    with pytest.raises(InvalidInputError, match=word):
        ScheduleTerms(name, Cadence.MONTHLY, period, emails=bool(emails), is_stored=False).checked(request_)


def test_a_name_is_kept_on_one_line() -> None:
    terms = ScheduleTerms(
        " Commandes \n du mois ", Cadence.MONTHLY, SchedulePeriod.LAST_MONTH, emails=True, is_stored=False
    )
    assert terms.checked(ORDERS).name == "Commandes du mois"
