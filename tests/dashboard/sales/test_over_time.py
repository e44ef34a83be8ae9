import datetime as dt

from dashboard.charts.table import words
from dashboard.sales.over_time import over_time, part_name
from dashboard.sales.state import SalesState, from_query
from db.domain.sales_periods import Comparison, Days, Step, counterparts, cut
from db.queries.calendar import CalendarChoices, Sales
from db.queries.sales_overview import CurvePoint

CHOICES = CalendarChoices(sellers={}, currencies=("EUR",), first_day=None)


def state_of(**params: str) -> SalesState:
    return from_query(params, CHOICES, dt.date(2026, 11, 22))[0]


def points_of(state: SalesState, *sold: Sales) -> list[CurvePoint]:
    previous, last_year = (
        counterparts(state.days, state.step, each) for each in (Comparison.PREVIOUS, Comparison.LAST_YEAR)
    )
    return [
        CurvePoint(
            part, sales, (before, Sales(2, 80_00)) if before else None, (then, Sales(1, 50_00)) if then else None
        )
        for part, sales, before, then in zip(cut(state.days, state.step), sold, previous, last_year, strict=True)
    ]


def test_parts_are_named_as_people_name_them() -> None:
    monday = dt.date(2026, 6, 1)
    assert part_name(Days(monday, monday), Step.DAY) == "lun. 1er juin 2026"
    assert part_name(Days(monday, dt.date(2026, 6, 7)), Step.WEEK) == "sem. 23, du 1er juin au 7 juin 2026"
    assert part_name(Days(monday, dt.date(2026, 6, 30)), Step.MONTH) == "juin 2026"


def test_every_bar_opens_its_days_and_says_both_comparisons() -> None:
    state = state_of(du="2026-03-01", au="2026-03-02")
    revenue, orders = over_time(points_of(state, Sales(4, 100_00), Sales()), state)
    figure = revenue.figure()
    bars, *lines = figure.data
    assert list(bars.y) == [100.0, 0.0]
    assert "100,00\u00a0€" in bars.hovertext[0]
    assert "An dernier" in bars.hovertext[0]
    assert "Période précédente" in bars.hovertext[0]
    assert [line.name for line in lines] == ["Période précédente", "An dernier"]
    assert revenue.links["2026-03-01"].last_day == dt.date(2026, 3, 1)
    assert list(orders.figure().data[0].y) == [4, 0]


def test_a_bar_without_sales_opens_nothing() -> None:
    state = state_of(du="2026-03-01", au="2026-03-02")
    assert list(over_time(points_of(state, Sales(4, 100_00), Sales()), state)[0].links) == ["2026-03-01"]


def test_the_table_says_what_the_chart_shows() -> None:
    state = state_of(du="2026-03-01", au="2026-03-02")
    table = over_time(points_of(state, Sales(4, 100_00), Sales()), state)[0].table
    first = [words(column.kind, cell, "EUR") for column, cell in zip(table.columns, table.rows[0], strict=True)]
    assert first[:3] == ["dim. 1er mars 2026", "01/03/2026", "100,00\u00a0€"]


def test_both_comparisons_of_the_same_days_are_one_and_that_is_said() -> None:
    state = state_of(periode="annee", pas="mois")
    chart = over_time(points_of(state, *[Sales(1, 10_00)] * 11), state)[0]
    assert len(chart.figure().data) == 2
    assert "même période de l’an dernier" in chart.note


def test_a_period_without_sales_says_so_instead_of_drawing_nothing() -> None:
    state = state_of(du="2026-03-01", au="2026-03-02")
    assert over_time(points_of(state, Sales(), Sales()), state)[0].table.rows == ()


def test_what_one_must_know_of_both_comparisons_is_said_once() -> None:
    state = state_of(du="2026-11-02", au="2026-11-15", pas="semaine")
    note = over_time(points_of(state, Sales(1, 10_00), Sales(1, 10_00)), state)[0].note
    assert note.count("du lundi au dimanche") == 1
    assert "Période précédente" not in note


def test_what_one_must_know_of_one_comparison_names_it() -> None:
    # March has three days that February 2026 has not; March 2025 has them all.
    state = state_of(du="2026-03-01", au="2026-03-31", pas="jour")
    note = over_time(points_of(state, *[Sales(1, 10_00)] * 31), state)[0].note
    assert note.startswith("Période précédente\u00a0: 3\u00a0jours sans équivalent")
