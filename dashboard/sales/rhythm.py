"""When people buy: the hours of the week."""

from collections.abc import Mapping

import plotly.graph_objects as plotly

from dashboard.charts.bars import hover_lines
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.heat import Cell, heat_map
from dashboard.charts.table import Column, Kind, Table
from dashboard.sales.cached import cached_figures
from dashboard.sales.state import SalesState
from db.domain import formats
from db.domain.figures import Facet, Figure
from db.domain.order_filter import OrderFilter
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries import sales_sections

_HOURS = range(24)
#: Every third hour is named, so that the names keep apart on a phone.
_NAMED_HOURS = 3

Hours = Mapping[tuple[int, int], Figure]


@cached_figures
def hour_figures(viewer: Viewer, wanted: OrderFilter) -> Hours:
    """Return what was sold by weekday and hour."""
    with reading() as session:
        return sales_sections.hour_figures(session, viewer, wanted)


def show_rhythm(viewer: Viewer, state: SalesState) -> None:
    """Draw the weekdays and hours at which orders are placed."""
    show_chart(rhythm_chart(hour_figures(viewer, state.wanted), state))


def rhythm_chart(hours: Hours, state: SalesState) -> Chart:
    """Return the table of colours of the orders by weekday and hour."""
    in_order = sorted(hours)
    return Chart(
        key="heures",
        title="Commandes par jour et heure",
        figure=lambda: _figure(hours, state),
        table=Table(
            (
                Column("Jour"),
                Column("Heure"),
                Column("Commandes", Kind.COUNT),
                Column("Chiffre d’affaires", Kind.MONEY),
            ),
            tuple(
                (formats.WEEKDAYS[day], _hour(hour), hours[day, hour].orders, hours[day, hour].cents)
                for day, hour in in_order
            ),
            state.currency,
        ),
        alt=_alt(hours),
        links={
            figure.value: state.orders(facet=Facet.HOUR, facet_values=frozenset({figure.value}))
            for figure in hours.values()
        },
        row_links=[hours[place].value for place in in_order],
        note="Heures de Paris. Plus la case tranche sur le fond, plus il y a de commandes.",
    )


def _figure(hours: Hours, state: SalesState) -> plotly.Figure:
    most = max(figure.orders for figure in hours.values())
    cells = {place: _cell(place, figure, state) for place, figure in hours.items()}
    names = [f"{hour}\u00a0h" if hour % _NAMED_HOURS == 0 else "" for hour in _HOURS]
    return heat_map(names, formats.WEEKDAYS, cells, most)


def _cell(place: tuple[int, int], figure: Figure, state: SalesState) -> Cell:
    day, hour = place
    hover = hover_lines(
        f"{formats.WEEKDAYS[day]}, {_hour(hour)}",
        formats.plural(figure.orders, "commande"),
        formats.money(figure.cents, state.currency),
    )
    return Cell(figure.orders, "", hover, figure.value)


def _hour(hour: int) -> str:
    return f"de {hour}\u00a0h à {hour + 1}\u00a0h"


def _alt(hours: Hours) -> str:
    if not hours:
        return "Commandes par jour et heure."
    (day, hour), figure = max(hours.items(), key=lambda item: item[1].orders)
    return (
        f"Commandes par jour de la semaine et heure\u00a0: le plus souvent le {formats.WEEKDAYS[day]} {_hour(hour)}, "
        f"{formats.plural(figure.orders, 'commande')}."
    )
