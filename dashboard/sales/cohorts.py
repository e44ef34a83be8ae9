"""Which sellers stay: those who began in the same month, followed through the months since."""

import datetime as dt
from collections.abc import Callable, Sequence

import plotly.graph_objects as plotly

from dashboard.charts.axes import month_name
from dashboard.charts.bars import hover_lines
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.heat import Cell, heat_map
from dashboard.charts.table import Column, Kind, Table, Value
from dashboard.order_list.facets import MAX_VALUES
from dashboard.sales.cached import cached_figures
from dashboard.sales.state import SalesState
from db.domain import formats
from db.domain.cohorts import Cohort
from db.domain.figures import Facet
from db.domain.months import last_day
from db.domain.order_filter import OrderFilter
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries import sales_sections
from db.queries.calendar import SALES_STATUSES

#: The youngest cohorts are shown: three years of them fit a screen, and are what is decided on.
_MOST_COHORTS = 36
#: Of more columns than that, the words in the cells would overlap.
_MOST_WORDED = 14
_NAMED_MONTHS = 3
_NOTE = (
    "De toutes les commandes de tous les vendeurs dans cette devise\u00a0: la période et les autres filtres ne "
    "s’appliquent pas. Mois 0\u00a0: celui de la première vente."
)


@cached_figures
def seller_cohorts(viewer: Viewer, currency: str, today: dt.date) -> list[Cohort]:
    """Return the sellers by the month of their first sale."""
    with reading() as session:
        return sales_sections.seller_cohorts(session, viewer, currency, today)


def show_cohorts(viewer: Viewer, state: SalesState) -> None:
    """Draw how many sellers of each month still sell, and for how much."""
    found = seller_cohorts(viewer, state.currency, state.today)[-_MOST_COHORTS:]
    show_chart(activity_chart(found, state))
    show_chart(revenue_chart(found, state))


def activity_chart(found: Sequence[Cohort], state: SalesState) -> Chart:
    """Return which share of each cohort sold something in each month of its life."""

    def cell(cohort: Cohort, index: int) -> tuple[int, str]:
        share = cohort.still_selling_bp(index)
        return share, formats.rate(_whole_per_cent(share))

    return _chart("cohortes", "Vendeurs encore actifs", Kind.RATE, cell, found, state)


def revenue_chart(found: Sequence[Cohort], state: SalesState) -> Chart:
    """Return what each cohort sold in each month of its life."""

    def cell(cohort: Cohort, index: int) -> tuple[int, str]:
        cents = cohort.months[index].cents
        return cents, formats.short_money(cents, state.currency) if cents else ""

    return _chart("cohortes-ca", "Chiffre d’affaires par génération", Kind.MONEY, cell, found, state)


_Read = Callable[[Cohort, int], tuple[int, str]]


def _chart(key: str, title: str, kind: Kind, read: _Read, found: Sequence[Cohort], state: SalesState) -> Chart:
    ages = max((len(cohort.months) for cohort in found), default=0)

    def row(cohort: Cohort) -> tuple[Value, ...]:
        told: list[Value] = [read(cohort, index)[0] for index in range(len(cohort.months))]
        return (month_name(cohort.month), cohort.size, *told, *[None] * (ages - len(told)))

    return Chart(
        key=key,
        title=f"{title}, par mois de première vente",
        figure=lambda: _figure(read, found, ages, state),
        table=Table(
            (
                Column("Première vente"),
                Column("Vendeurs", Kind.COUNT),
                *(Column(f"Mois {age}", kind) for age in range(ages)),
            ),
            tuple(row(cohort) for cohort in found),
            state.currency,
        ),
        alt=f"{title} selon le mois de la première vente et le nombre de mois écoulés, "
        f"pour {formats.plural(len(found), 'génération')} de vendeurs.",
        links={
            _link(cohort, index): opening
            for cohort in found
            for index in range(len(cohort.months))
            if (opening := _opening(cohort, index, state.currency))
        },
        note=_NOTE,
        empty="Aucune vente dans cette devise.",
    )


def _figure(read: _Read, found: Sequence[Cohort], ages: int, state: SalesState) -> plotly.Figure:
    cells: dict[tuple[int, int], Cell] = {}
    for row, cohort in enumerate(found):
        for age, month in enumerate(cohort.months):
            amount, words = read(cohort, age)
            hover = hover_lines(
                f"Première vente en {formats.month(cohort.month.year, cohort.month.month)}, mois {age}",
                f"{formats.month(month.month.year, month.month.month).capitalize()}\u00a0: "
                f"{len(month.seller_ids)} sur {formats.plural(cohort.size, 'vendeur')}",
                f"{formats.plural(month.orders, 'commande')}, {formats.money(month.cents, state.currency)}",
            )
            cells[row, age] = Cell(amount, words if ages <= _MOST_WORDED else "", hover, _link(cohort, age))
    names = [f"{age or 'mois 0'}" if ages <= _MOST_WORDED or age % _NAMED_MONTHS == 0 else "" for age in range(ages)]
    most = max((cell.amount for cell in cells.values()), default=0)
    rows = [f"{month_name(cohort.month)} · {cohort.size}" for cohort in found]
    return heat_map(names, rows, cells, most)


def _whole_per_cent(basis_points: int) -> int:
    return round(basis_points, -2)


def _link(cohort: Cohort, age: int) -> str:
    return f"{cohort.month.isoformat()}:{age}"


def _opening(cohort: Cohort, age: int, currency: str) -> OrderFilter | None:
    """Return the orders that the cohort's sellers sold in one month; None where there are none."""
    month = cohort.months[age]
    if not month.seller_ids or len(month.seller_ids) > MAX_VALUES:
        return None
    return OrderFilter(
        SALES_STATUSES,
        first_day=month.month,
        last_day=last_day(month.month),
        currency=currency,
        facet=Facet.SELLER,
        facet_values=frozenset(map(str, month.seller_ids)),
    )
