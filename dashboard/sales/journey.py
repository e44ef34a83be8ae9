"""What becomes of orders: how far they come, and how long each step takes."""

from collections.abc import Mapping

import plotly.graph_objects as plotly
import streamlit as st

from dashboard.charts.axes import draw
from dashboard.charts.bars import Bar, hover_lines, lying_bars
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.palette import palette
from dashboard.charts.table import Column, Kind, Table
from dashboard.sales.cached import cached_figures
from dashboard.sales.state import SalesState
from db.domain import formats
from db.domain.figures import DURATION_LABELS, DURATIONS, Facet, Figure, Stage
from db.domain.money import ratio_bp
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.percentiles import Spread
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries import sales_sections

_STEP_HEIGHT, _PADDING = 62, 48
_ROOM_FOR_WORDS = 1.25
_MEDIAN, _SLOWEST = "Une commande sur deux", "Neuf commandes sur dix"


@cached_figures
def journey(viewer: Viewer, wanted: OrderFilter) -> sales_sections.Journey:
    """Return how far the orders of a period came, and how long each step took."""
    with reading() as session:
        return sales_sections.journey(session, viewer, wanted)


def show_journey(viewer: Viewer, state: SalesState) -> None:
    """Draw the stages that orders reach and the time between them."""
    found = journey(viewer, state.wanted)
    left, right = st.columns(2)
    with left:
        show_chart(stages_chart(found.stages, state))
    with right:
        show_chart(durations_chart(found.spreads, state))


def stages_chart(stages: Mapping[Stage, Figure], state: SalesState) -> Chart:
    """Return how many of the orders placed came how far, and how many were given up."""
    placed = stages[Stage.PLACED].orders
    before = dict(zip(list(Stage)[1:], Stage, strict=False)) | {Stage.CANCELLED: Stage.PLACED}

    def share(stage: Stage, of: Stage = Stage.PLACED) -> int | None:
        return ratio_bp(stages[stage].orders, stages[of].orders)

    def bar(stage: Stage) -> Bar:
        figure, of_all, of_last = stages[stage], share(stage), share(stage, before.get(stage, Stage.PLACED))
        said = [formats.plural(figure.orders, "commande"), formats.money(figure.cents, state.currency)]
        if stage not in (Stage.PLACED, Stage.PAID, Stage.CANCELLED) and of_last is not None:
            said.append(f"{formats.short_rate(of_last)} des commandes {before[stage].label.lower()}")
        words = f"{formats.integer(figure.orders)} · {formats.short_rate(of_all or 0)}"
        return Bar(stage.label, figure.orders, words, hover_lines(stage.label, *said), stage)

    return Chart(
        key="etapes",
        title="Jusqu’où vont les commandes",
        figure=lambda: lying_bars(
            [bar(stage) for stage in Stage],
            [palette().muted if stage is Stage.CANCELLED else palette().accent for stage in Stage],
        ),
        table=Table(
            (
                Column("Étape"),
                Column("Commandes", Kind.COUNT),
                Column("Montant", Kind.MONEY),
                Column("Part des commandes passées", Kind.RATE),
                Column("Part de l’étape précédente", Kind.RATE),
            ),
            tuple(
                (stage.label, stages[stage].orders, stages[stage].cents, share(stage), share(stage, before[stage]))
                if stage in before
                else (stage.label, stages[stage].orders, stages[stage].cents, share(stage), None)
                for stage in Stage
            )
            if placed
            else (),
            state.currency,
        ),
        alt=f"Sur {formats.plural(placed, 'commande passée', 'commandes passées')}\u00a0: "
        + ", ".join(f"{formats.integer(stages[stage].orders)} {stage.label.lower()}" for stage in list(Stage)[1:])
        + ".",
        links={stage: _opening(state, Facet.STAGE, stage) for stage in Stage if stages[stage].orders},
        row_links=list(Stage),
        note="Chaque étape compte aussi les commandes qui sont allées plus loin. "
        "Les commandes annulées font partie des commandes passées.",
        empty="Aucune commande sur cette période avec ces filtres.",
    )


def durations_chart(spreads: Mapping[Facet, Spread | None], state: SalesState) -> Chart:
    """Return how long each step takes for half of the orders and for nine in ten."""
    known = {facet: each for facet in DURATIONS if (each := spreads[facet])}
    return Chart(
        key="delais",
        title="Temps entre les étapes",
        figure=lambda: _durations_figure(known),
        table=Table(
            (
                Column("Étape"),
                Column("Commandes", Kind.COUNT),
                Column(f"{_MEDIAN}, au plus", Kind.HOURS),
                Column(f"{_SLOWEST}, au plus", Kind.HOURS),
            ),
            tuple((DURATION_LABELS[facet], each.count, each.median, each.p90) for facet, each in known.items()),
        ),
        alt="Temps entre les étapes\u00a0: "
        + "\u00a0; ".join(
            f"{DURATION_LABELS[facet].lower()}, {formats.hours(each.median)} pour une commande sur deux, "
            f"{formats.hours(each.p90)} pour neuf sur dix"
            for facet, each in known.items()
        )
        + ".",
        links={
            f"{facet}:{hours}": _opening(state, facet, str(hours))
            for facet, each in known.items()
            for hours in (each.median, each.p90)
        },
        row_links=[f"{facet}:{each.p90}" for facet, each in known.items()],
        note="Une barre ouvre les commandes à qui il a fallu au moins ce temps, les plus lentes comprises. "
        "Heures entières\u00a0; les commandes qui n’ont pas fini l’étape ne comptent pas.",
        empty="Aucune étape terminée sur cette période avec ces filtres.",
    )


def _durations_figure(known: Mapping[Facet, Spread]) -> plotly.Figure:
    colours = palette()
    longest = max(each.p90 for each in known.values())
    sides = ((_MEDIAN, colours.accent, "median"), (_SLOWEST, colours.scale[4], "p90"))

    def trace(name: str, colour: str, field: str) -> plotly.Bar:
        hours = {facet: getattr(each, field) for facet, each in known.items()}
        return plotly.Bar(
            x=list(hours.values()),
            y=list(range(len(hours))),
            orientation="h",
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=[f"{facet}:{count}" for facet, count in hours.items()],
            text=[formats.hours(count) for count in hours.values()],
            textposition="outside",
            cliponaxis=False,
            hovertext=[
                hover_lines(DURATION_LABELS[facet], f"{name}\u00a0: {formats.hours(count)} au plus")
                for facet, count in hours.items()
            ],
            hoverinfo="text",
        )

    return draw(
        [trace(*side) for side in sides],
        _PADDING + _STEP_HEIGHT * len(known),
        barmode="group",
        xaxis={"visible": False, "range": [0, longest * _ROOM_FOR_WORDS or 1]},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": list(range(len(known))),
            "ticktext": [DURATION_LABELS[facet].replace(" à ", "<br>à ").replace(" au ", "<br>au ") for facet in known],
            "ticklabelstandoff": 8,
            "tickfont": {"color": colours.text},
        },
    )


def _opening(state: SalesState, facet: Facet, value: str) -> OrderFilter:
    """Return the orders behind a mark; cancelled ones are stages of the way, too."""
    statuses = ALL_STATUSES if facet is Facet.STAGE else state.wanted.statuses
    return state.orders(statuses=statuses, facet=facet, facet_values=frozenset({value}))
