"""Revenue and orders over time, beside the period before and the same period a year ago."""

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as plotly

from dashboard.charts.axes import count_axis, day_ticks, draw, money_axis, month_name, month_tick
from dashboard.charts.chart import Chart
from dashboard.charts.palette import palette
from dashboard.charts.table import Column, Kind, Table, Value
from dashboard.sales.filters import range_text
from dashboard.sales.state import SalesState
from db.domain import formats
from db.domain.sales_periods import Comparison, Days, Step, caveats, compared_with
from db.queries.calendar import Sales
from db.queries.sales_overview import CurvePoint

_HEIGHT = 300
_MOST_MONTHS = 14
_NAMES = {Comparison.PREVIOUS: "Période précédente", Comparison.LAST_YEAR: "An dernier"}
_DASHES = {Comparison.PREVIOUS: "dot", Comparison.LAST_YEAR: "solid"}
_Read = Callable[[Sales], int]


def over_time(points: Sequence[CurvePoint], state: SalesState) -> list[Chart]:
    """Return the charts of the revenue and of the orders."""

    def money(cents: int) -> str:
        return formats.money(cents, state.currency)

    def orders(count: int) -> str:
        return formats.plural(count, "commande")

    revenue, count = (lambda sales: sales.total_cents), (lambda sales: sales.orders)
    return [
        _chart("chiffre-affaires", "Chiffre d’affaires", Kind.MONEY, revenue, money, points, state),
        _chart("commandes", "Commandes", Kind.COUNT, count, orders, points, state),
    ]


def part_name(days: Days, step: Step) -> str:
    """Return what a part of a period is called: « lun. 2 nov. 2026 », « sem. 45, du 2 nov. au 8 nov. 2026 »."""
    match step:
        case Step.DAY:
            return f"{formats.WEEKDAYS[days.first.weekday()][:3]}. {_day_name(days.first)} {days.first.year}"
        case Step.WEEK:
            week = days.first.isocalendar().week
            return f"sem. {week}, du {_day_name(days.first)} au {_day_name(days.last)} {days.last.year}"
        case Step.MONTH:
            return month_name(days.first)


def _day_name(day: dt.date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {formats.SHORT_MONTHS[day.month - 1]}"


def _compared(points: Sequence[CurvePoint], state: SalesState) -> dict[Comparison, list[tuple[Days, Sales] | None]]:
    """Return what each point is held against; once where both comparisons are of the same days."""
    last_year = [point.last_year for point in points]
    previous = [point.previous for point in points]
    sides = {Comparison.PREVIOUS: previous, Comparison.LAST_YEAR: last_year}
    if len({compared_with(state.days, each) for each in Comparison}) == 1:
        del sides[Comparison.PREVIOUS]
    return sides


def _chart(
    key: str,
    title: str,
    kind: Kind,
    read: _Read,
    words: Callable[[int], str],
    points: Sequence[CurvePoint],
    state: SalesState,
) -> Chart:
    sides = _compared(points, state)
    names = [point.days.first.isoformat() for point in points]
    has_sales = any(point.sales.orders for point in points)
    links = {name: state.within(point.days) for name, point in zip(names, points, strict=True) if point.sales.orders}
    return Chart(
        key=key,
        title=f"{title} par {state.step.label.lower()}",
        figure=lambda: _figure(points, sides, read, words, kind, state),
        table=_table(title, points, sides, read, kind, state) if has_sales else Table((), ()),
        alt=_alt(title, points, read, words, state),
        links=links,
        row_links=names,
        note=_note(sides, state),
    )


def _figure(
    points: Sequence[CurvePoint],
    sides: dict[Comparison, list[tuple[Days, Sales] | None]],
    read: _Read,
    words: Callable[[int], str],
    kind: Kind,
    state: SalesState,
) -> plotly.Figure:
    colours = palette()
    unit = 100 if kind is Kind.MONEY else 1
    starts = [point.days.first.isoformat() for point in points]
    hovers = [_hover(point, sides, index, words, read, state.step) for index, point in enumerate(points)]
    bars = plotly.Bar(
        x=starts,
        y=[read(point.sales) / unit for point in points],
        customdata=starts,
        marker={"color": colours.accent, "line": {"width": 0}},
        hovertext=hovers,
        hoverinfo="text",
        name="Période choisie",
    )
    lines = [
        plotly.Scatter(
            x=starts,
            y=[read(other[1]) / unit if other else None for other in others],
            mode="lines" if len(points) > 1 else "markers",
            line={"color": colours.muted if side is Comparison.PREVIOUS else colours.kinds[1], "dash": _DASHES[side],
                  "width": 1.5},
            hoverinfo="skip",
            name=_NAMES[side],
        )
        for side, others in sides.items()
    ]  # fmt: skip
    most = max([read(point.sales) for point in points] + [read(o[1]) for others in sides.values() for o in others if o])
    y_axis = money_axis(most, state.currency) if kind is Kind.MONEY else count_axis(most)
    return draw([bars, *lines], _HEIGHT, hovermode="x", xaxis=_x_axis(points, state.step), yaxis=y_axis)


def _x_axis(points: Sequence[CurvePoint], step: Step) -> dict[str, Any]:
    """Return an axis with one place for each part, however short it was cut; days are named where they are few."""
    days = {point.days.first: point.days for point in points}
    named = day_ticks(points[0].days.first, points[-1].days.last)
    if step is Step.DAY:
        ticks = {day: name for day, name in named.items() if day in days}
    else:
        ticks = _first_of_months(list(days))
    return {"type": "category", "tickvals": [day.isoformat() for day in ticks], "ticktext": list(ticks.values())}


def _first_of_months(starts: Sequence[dt.date]) -> dict[dt.date, str]:
    """Return the first part of each month, or of fewer where they are many, with the month's name."""
    firsts = [start for before, start in pairwise([None, *starts]) if before is None or before.month != start.month]
    named = firsts[:: -(-len(firsts) // _MOST_MONTHS)]
    years = [None, *(day.year for day in named)]
    return {day: month_tick(day, with_year=day.year != before) for before, day in zip(years, named, strict=False)}


def _hover(
    point: CurvePoint,
    sides: dict[Comparison, list[tuple[Days, Sales] | None]],
    index: int,
    words: Callable[[int], str],
    read: _Read,
    step: Step,
) -> str:
    now = read(point.sales)
    lines = [f"<b>{part_name(point.days, step)}</b>", f"<b>{words(now)}</b>"]
    for side, others in sides.items():
        if other := others[index]:
            days, sales = other
            before = read(sales)
            change = f" ({formats.evolution(before, now)})" if before > 0 else ""
            lines.append(f"{_NAMES[side]}, {part_name(days, step)}\u00a0: {words(before)}{change}")
    return "<br>".join(lines)


def _table(
    title: str,
    points: Sequence[CurvePoint],
    sides: dict[Comparison, list[tuple[Days, Sales] | None]],
    read: _Read,
    kind: Kind,
    state: SalesState,
) -> Table:
    has_ends = state.step is not Step.DAY

    def dates(title: str) -> list[Column]:
        ends = (f"{title}du", f"{title}au") if has_ends else (f"{title}jour",)
        return [Column(end[:1].upper() + end[1:], Kind.DAY) for end in ends]

    def days_of(days: Days) -> list[Value]:
        return [days.first, days.last] if has_ends else [days.first]

    columns = [Column("Période"), *dates(""), Column(title, kind)]
    for side in sides:
        columns += [*dates(f"{_NAMES[side]}, "), Column(_NAMES[side], kind)]

    def row(index: int, point: CurvePoint) -> tuple[Value, ...]:
        cells: list[Value] = [part_name(point.days, state.step), *days_of(point.days), read(point.sales)]
        for others in sides.values():
            other = others[index]
            cells += [*days_of(other[0]), read(other[1])] if other else [None] * (len(dates("")) + 1)
        return tuple(cells)

    return Table(tuple(columns), tuple(row(index, point) for index, point in enumerate(points)), state.currency)


def _alt(title: str, points: Sequence[CurvePoint], read: _Read, words: Callable[[int], str], state: SalesState) -> str:
    total = sum(read(point.sales) for point in points)
    best = max(points, key=lambda point: read(point.sales))
    return (
        f"{title} par {state.step.label.lower()}, {range_text(state.days)}\u00a0: {words(total)} en tout\u00a0; "
        f"le plus haut, {part_name(best.days, state.step)}, {words(read(best.sales))}."
    )


def _note(sides: dict[Comparison, list[tuple[Days, Sales] | None]], state: SalesState) -> str:
    """Say what one must know to compare the curves."""
    texts = {side: caveats(state.days, state.step, side) for side in sides}
    if len(set(texts.values())) == 1:  # What is the same for both is said once.
        said = [text for text in [*texts.values()][:1] if text]
    else:
        said = [f"{_NAMES[side]}\u00a0: {text[0].lower()}{text[1:]}" for side, text in texts.items() if text]
    if len(sides) == 1:
        said.insert(0, "La période précédente est la même période de l’an dernier.")
    return " ".join(said)
