"""Who buys: new customers, those who come back, and those without an account."""

from collections.abc import Sequence

import plotly.graph_objects as plotly
import streamlit as st

from dashboard.charts.axes import count_axis, draw, narrow_month_axis
from dashboard.charts.bars import Bar, hover_lines, lying_bars
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.palette import palette
from dashboard.charts.table import Column, Kind, Table
from dashboard.sales.cached import cached_figures
from dashboard.sales.over_time import part_name
from dashboard.sales.state import SalesState
from db.domain import formats
from db.domain.figures import CustomerShare, Facet, Figure
from db.domain.money import divide_half_up, ratio_bp
from db.domain.order_filter import OrderFilter
from db.domain.sales_periods import Days, Step
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries import sales_sections
from db.queries.sales_sections import CustomerPart

_HEIGHT = 300


@cached_figures
def customer_parts(viewer: Viewer, wanted: OrderFilter, step: Step) -> list[CustomerPart]:
    """Return who bought, part by part of a period."""
    with reading() as session:
        return sales_sections.customer_parts(session, viewer, wanted, step)


def show_customers(viewer: Viewer, state: SalesState) -> None:
    """Draw who buys, in all and over time."""
    parts = customer_parts(viewer, state.wanted, state.step)
    left, right = st.columns([2, 3])
    with left:
        show_chart(shares_chart(parts, state))
    with right:
        show_chart(parts_chart(parts, state))


def shares_chart(parts: Sequence[CustomerPart], state: SalesState) -> Chart:
    """Return how many orders of the period are whose, and what they are worth."""
    totals = {share: _total(share, parts) for share in CustomerShare}
    orders = sum(figure.orders for figure in totals.values())

    def part_of_all(share: CustomerShare) -> int:
        return ratio_bp(totals[share].orders, orders) or 0

    def average(share: CustomerShare) -> int | None:
        figure = totals[share]
        return divide_half_up(figure.cents, figure.orders) if figure.orders else None

    def bar(share: CustomerShare) -> Bar:
        figure, basket = totals[share], average(share)
        said = [formats.plural(figure.orders, "commande"), formats.money(figure.cents, state.currency)]
        if basket is not None:
            said.append(f"Panier moyen\u00a0: {formats.money(basket, state.currency)}")
        words = f"{formats.integer(figure.orders)} · {formats.short_rate(part_of_all(share))}"
        return Bar(share.label, figure.orders, words, hover_lines(share.label, *said), share)

    return Chart(
        key="clients",
        title="Commandes par type de client",
        figure=lambda: lying_bars([bar(share) for share in CustomerShare], palette().kinds[: len(CustomerShare)]),
        table=Table(
            (
                Column("Clients"),
                Column("Commandes", Kind.COUNT),
                Column("Part des commandes", Kind.RATE),
                Column("Chiffre d’affaires", Kind.MONEY),
                Column("Panier moyen", Kind.MONEY),
            ),
            tuple(
                (share.label, totals[share].orders, part_of_all(share), totals[share].cents, average(share))
                for share in CustomerShare
            )
            if orders
            else (),
            state.currency,
        ),
        alt="Commandes par type de client\u00a0: "
        + ", ".join(f"{share.label.lower()} {formats.integer(totals[share].orders)}" for share in CustomerShare)
        + ".",
        links={share: _opening(state, share, state.days) for share in CustomerShare if totals[share].orders},
        row_links=list(CustomerShare),
        note="Nouveau client\u00a0: sa première commande. Sans compte, personne ne sait s’il revient.",
    )


def parts_chart(parts: Sequence[CustomerPart], state: SalesState) -> Chart:
    """Return whose the orders are over time."""
    has_sales = any(figure.orders for part in parts for figure in part.shares.values())
    return Chart(
        key="clients-temps",
        title=f"Nouveaux et fidèles par {state.step.label.lower()}",
        figure=lambda: _parts_figure(parts, state),
        table=Table(
            (
                Column("Période"),
                Column("Du", Kind.DAY),
                Column("Au", Kind.DAY),
                *(Column(share.label, Kind.COUNT) for share in CustomerShare),
            ),
            tuple(
                (
                    part_name(part.days, state.step),
                    part.days.first,
                    part.days.last,
                    *(part.shares[share].orders for share in CustomerShare),
                )
                for part in parts
            )
            if has_sales
            else (),
        ),
        alt=f"Commandes de nouveaux clients, de clients fidèles et sans compte, par {state.step.label.lower()}.",
        links={
            _link(part, share): _opening(state, share, part.days)
            for part in parts
            for share in CustomerShare
            if part.shares[share].orders
        },
    )


def _parts_figure(parts: Sequence[CustomerPart], state: SalesState) -> plotly.Figure:
    colours = palette().kinds
    most = max(sum(figure.orders for figure in part.shares.values()) for part in parts)

    def hover(part: CustomerPart, share: CustomerShare) -> str:
        figure = part.shares[share]
        name = f"{part_name(part.days, state.step)}, {share.label.lower()}"
        money = formats.money(figure.cents, state.currency)
        return hover_lines(name, formats.plural(figure.orders, "commande"), money)

    traces = [
        plotly.Bar(
            x=[part.days.first for part in parts],
            y=[part.shares[share].orders for part in parts],
            name=share.label,
            customdata=[_link(part, share) for part in parts],
            marker={"color": colours[index], "line": {"width": 0}},
            hovertext=[hover(part, share) for part in parts],
            hoverinfo="text",
        )
        for index, share in enumerate(CustomerShare)
        if any(part.shares[share].orders for part in parts)
    ]
    axis = narrow_month_axis(parts[0].days.first, parts[-1].days.first)
    return draw(traces, _HEIGHT, barmode="stack", showlegend=True, xaxis=axis, yaxis=count_axis(most))


def _total(share: CustomerShare, parts: Sequence[CustomerPart]) -> Figure:
    found = [part.shares[share] for part in parts]
    return Figure(share, sum(figure.orders for figure in found), sum(figure.cents for figure in found), 0)


def _link(part: CustomerPart, share: CustomerShare) -> str:
    return f"{part.days.first.isoformat()}:{share}"


def _opening(state: SalesState, share: CustomerShare, days: Days) -> OrderFilter:
    return state.orders(
        first_day=days.first, last_day=days.last, facet=Facet.CUSTOMER, facet_values=frozenset({share.value})
    )
