import datetime as dt

from dashboard.seller_account.chart import curve, month_ticks
from db.queries.seller_balance import DayBalance

FIRST = dt.date(2026, 12, 30)


def test_the_curve_writes_its_figures_the_french_way_and_marks_what_was_paid() -> None:
    days = [DayBalance(FIRST, 1_234_56, 0), DayBalance(FIRST + dt.timedelta(days=1), 0, 1_234_56)]
    figure = curve(days, "EUR")
    line, marks = figure.data
    assert list(line.y) == [1234.56, 0]
    assert line.hovertext[0] == "30/12/2026<br>Solde\u00a0: 1\u202f234,56\u00a0€"
    assert line.hovertext[1].endswith("Reversé\u00a0: 1\u202f234,56\u00a0€")
    assert list(marks.x) == [dt.date(2026, 12, 31)]
    assert figure.layout.separators == ",\u202f"


def test_months_are_named_and_january_says_its_year() -> None:
    assert month_ticks(FIRST, dt.date(2027, 2, 3)) == {
        dt.date(2027, 1, 1): "janv. 2027",
        dt.date(2027, 2, 1): "févr.",
    }
