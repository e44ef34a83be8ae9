"""What goes wrong: late parcels, what is sent back and why, what is still to be paid."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as plotly
import streamlit as st

from dashboard.charts.axes import draw, narrow_month_axis, share_axis
from dashboard.charts.bars import Bar, hover_lines, lying_bars
from dashboard.charts.chart import Chart, show_chart
from dashboard.charts.palette import palette
from dashboard.charts.table import Column, Kind, Table
from dashboard.links import orders_url
from dashboard.markdown import escape_markdown
from dashboard.sales.cached import cached_figures
from dashboard.sales.over_time import part_name
from dashboard.sales.state import SalesState
from dashboard.url_values import member
from db.domain import formats
from db.domain.figures import Facet, Figure, Punctuality
from db.domain.money import ratio_bp
from db.domain.order_filter import OrderFilter
from db.domain.orders import PaymentState
from db.domain.returns import ReturnReason
from db.domain.sales_indicators import Indicators
from db.domain.sales_periods import Days, Step
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries import sales_sections
from db.queries.sales_sections import Trouble, TroublePart

_HEIGHT = 260
_CARD_WIDTH = 215
#: The axis of a rate that is 0 throughout.
_TENTH = 1_000


@dataclass(frozen=True, slots=True)
class TroubleCard:
    """A figure at the top, of what it is told, and the orders that it opens."""

    label: str
    value: str
    of: str
    help: str
    opens: OrderFilter | None


@cached_figures
def trouble(viewer: Viewer, wanted: OrderFilter, today: dt.date) -> Trouble:
    """Return what went wrong with the orders of a period, and what is late now."""
    with reading() as session:
        return sales_sections.trouble(session, viewer, wanted, today)


@cached_figures
def trouble_parts(viewer: Viewer, wanted: OrderFilter, step: Step) -> list[TroublePart]:
    """Return how much was late and sent back, part by part."""
    with reading() as session:
        return sales_sections.trouble_parts(session, viewer, wanted, step)


def show_trouble(viewer: Viewer, state: SalesState) -> None:
    """Draw what is late, sent back, given back and still to be paid."""
    found = trouble(viewer, state.wanted, state.today)
    parts = trouble_parts(viewer, state.wanted, state.step)
    with st.grid(min_column_width=_CARD_WIDTH, gap="small", key="trouble_cards"):
        for card in trouble_cards(found, state):
            _show_card(card)
    left, right = st.columns(2)
    with left:
        show_chart(late_chart(parts, state))
        show_chart(reasons_chart(found, state))
    with right:
        show_chart(returns_chart(parts, state))
        show_chart(unpaid_chart(found, state))


def trouble_cards(found: Trouble, state: SalesState) -> list[TroubleCard]:
    """Return the figures at the top."""
    of, unpaid = found.indicators, sum(figure.orders for figure in found.unpaid.values())
    return [
        TroubleCard(
            "En retard en ce moment",
            formats.integer(found.late_now.orders) + ("+" if found.late_now.is_capped else ""),
            "Toutes dates de commande",
            "Payées, pas encore parties, date limite d’expédition passée.",
            sales_sections.late_now(state.wanted) if found.late_now.orders else None,
        ),
        TroubleCard(
            "Expédiées en retard",
            _rate(of.late_bp),
            f"{formats.integer(of.late)} sur {formats.integer(of.timed)} à date limite",
            "Commandes parties après leur date limite d’expédition ÷ commandes parties qui en avaient une.",
            _opening(state, Facet.SHIPPING, Punctuality.LATE) if of.late else None,
        ),
        TroubleCard(
            "Taux de retour",
            _rate(of.returned_bp),
            f"{formats.integer(of.returned)} sur {formats.plural(of.shipped, 'expédiée')}",
            "Commandes dont un retour n’a pas été refusé ÷ commandes expédiées.",
            _opening(state, Facet.RETURNED, *ReturnReason) if of.returned else None,
        ),
        TroubleCard(
            "Remboursé",
            formats.money(found.refunded.cents, state.currency),
            f"Pour {formats.plural(found.refunded.orders, 'commande')}",
            "Argent rendu sur les commandes de la période, à cet instant.",
            _opening(state, Facet.REFUNDED, "") if found.refunded.orders else None,
        ),
        TroubleCard(
            "Reste à encaisser",
            formats.money(of.due_cents, state.currency),
            f"Pour {formats.plural(unpaid, 'commande')}",
            "Ce qui reste à payer des commandes de la période, à cet instant.",
            state.orders(payment_states=frozenset(found.unpaid)) if unpaid else None,
        ),
    ]


def _show_card(card: TroubleCard) -> None:
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.metric(card.label, card.value, help=card.help or None)
        link = f" · [Voir]({orders_url(card.opens)})" if card.opens else ""
        st.caption(f"{escape_markdown(card.of)}{link}")


def late_chart(parts: Sequence[TroublePart], state: SalesState) -> Chart:
    """Return which share of what left was late, over time."""
    rate = _Rate(
        "retards",
        "Expédiées en retard",
        ("Parties en retard", "Parties, avec une date limite"),
        lambda of: (of.late, of.timed),
        lambda days: _opening(state, Facet.SHIPPING, Punctuality.LATE, days=days),
        "Par date de commande. En retard\u00a0: le premier colis est parti après la date limite d’expédition.",
    )
    return _rate_chart(rate, parts, state)


def returns_chart(parts: Sequence[TroublePart], state: SalesState) -> Chart:
    """Return which share of what left is sent back, over time."""
    rate = _Rate(
        "retours",
        "Taux de retour",
        ("Avec un retour", "Expédiées"),
        lambda of: (of.returned, of.shipped),
        lambda days: _opening(state, Facet.RETURNED, *ReturnReason, days=days),
        "Par date de commande\u00a0; les retours refusés ne comptent pas. "
        "Les commandes récentes peuvent encore être renvoyées.",
    )
    return _rate_chart(rate, parts, state)


def reasons_chart(found: Trouble, state: SalesState) -> Chart:
    """Return why things are sent back."""
    returned = sorted(found.returned, key=lambda figure: (-figure.orders, figure.value))
    total = sum(figure.orders for figure in returned)

    def name(figure: Figure) -> str:
        reason = member(ReturnReason, figure.value)
        return reason.label if reason else figure.value

    def bar(figure: Figure) -> Bar:
        share, orders = _rate(ratio_bp(figure.orders, total)), formats.plural(figure.orders, "commande")
        hover = hover_lines(name(figure), orders, f"{share} des retours")
        return Bar(name(figure), figure.orders, f"{formats.integer(figure.orders)} · {share}", hover, figure.value)

    return Chart(
        key="motifs-retour",
        title="Motifs de retour",
        figure=lambda: lying_bars([bar(figure) for figure in returned]),
        table=Table(
            (
                Column("Motif"),
                Column("Commandes", Kind.COUNT),
                Column("Part des retours", Kind.RATE),
                Column("Montant des commandes", Kind.MONEY),
            ),
            tuple((name(figure), figure.orders, ratio_bp(figure.orders, total), figure.cents) for figure in returned),
            state.currency,
        ),
        alt="Motifs de retour\u00a0: "
        + ", ".join(f"{name(figure)} {formats.integer(figure.orders)}" for figure in returned)
        + ".",
        links={figure.value: _opening(state, Facet.RETURNED, figure.value) for figure in returned},
        row_links=[figure.value for figure in returned],
        note="Chaque commande compte une fois, par le motif de sa première demande non refusée.",
        empty="Aucun retour sur cette période avec ces filtres.",
    )


def unpaid_chart(found: Trouble, state: SalesState) -> Chart:
    """Return what is still to be paid."""
    due = {payment: figure for payment, figure in found.unpaid.items() if figure.orders}

    def bar(payment: PaymentState, figure: Figure) -> Bar:
        amount, orders = formats.money(figure.units, state.currency), formats.plural(figure.orders, "commande")
        whole = f"Total de ces commandes\u00a0: {formats.money(figure.cents, state.currency)}"
        hover = hover_lines(payment.label, f"Reste à payer\u00a0: {amount}", orders, whole)
        return Bar(payment.label, figure.units, f"{amount} · {orders}", hover, payment)

    return Chart(
        key="a-encaisser",
        title="Reste à encaisser",
        figure=lambda: lying_bars([bar(*each) for each in due.items()]),
        table=Table(
            (
                Column("Paiement"),
                Column("Commandes", Kind.COUNT),
                Column("Total des commandes", Kind.MONEY),
                Column("Reste à payer", Kind.MONEY),
            ),
            tuple((payment.label, figure.orders, figure.cents, figure.units) for payment, figure in due.items()),
            state.currency,
        ),
        alt="Reste à encaisser\u00a0: "
        + ", ".join(
            f"{payment.label.lower()} {formats.money(figure.units, state.currency)}" for payment, figure in due.items()
        )
        + ".",
        links={payment: state.orders(payment_states=frozenset({payment})) for payment in due},
        row_links=list(due),
        empty="Tout est payé sur cette période avec ces filtres.",
    )


@dataclass(frozen=True, slots=True)
class _Rate:
    """A share that is followed over time."""

    key: str
    title: str
    #: What its two numbers count.
    counted: tuple[str, str]
    #: The part and the whole.
    read: Callable[[Indicators], tuple[int, int]]
    opens: Callable[[Days], OrderFilter]
    note: str


def _rate_chart(rate: _Rate, parts: Sequence[TroublePart], state: SalesState) -> Chart:
    told = [(each.days, *rate.read(each.indicators)) for each in parts]
    some, all_of = sum(part for _, part, _ in told), sum(whole for *_, whole in told)
    return Chart(
        key=rate.key,
        title=f"{rate.title} par {state.step.label.lower()}",
        figure=lambda: _rate_figure(told, state.step),
        table=Table(
            (
                Column("Période"),
                Column("Du", Kind.DAY),
                Column("Au", Kind.DAY),
                *(Column(name, Kind.COUNT) for name in rate.counted),
                Column(rate.title, Kind.RATE),
            ),
            tuple(
                (part_name(days, state.step), days.first, days.last, part, whole, ratio_bp(part, whole))
                for days, part, whole in told
            )
            if all_of
            else (),
        ),
        alt=f"{rate.title} par {state.step.label.lower()}\u00a0: {_rate(ratio_bp(some, all_of))} sur la période, "
        f"{formats.integer(some)} commandes sur {formats.integer(all_of)}.",
        links={days.first.isoformat(): rate.opens(days) for days, part, _ in told if part},
        row_links=[days.first.isoformat() for days, *_ in told],
        note=rate.note,
        empty="Aucune commande expédiée sur cette période avec ces filtres.",
    )


def _rate_figure(told: Sequence[tuple[Days, int, int]], step: Step) -> plotly.Figure:
    shares = [ratio_bp(part, whole) for _, part, whole in told]
    trace = plotly.Scatter(
        x=[days.first for days, *_ in told],
        y=[None if share is None else share / 100 for share in shares],
        mode="lines+markers",
        line={"color": palette().accent, "width": 2},
        marker={"size": 8},
        customdata=[days.first.isoformat() for days, *_ in told],
        hovertext=[
            hover_lines(part_name(days, step), _rate(share), f"{formats.integer(part)} sur {formats.integer(whole)}")
            for (days, part, whole), share in zip(told, shares, strict=True)
        ],
        hoverinfo="text",
    )
    most = max([share or 0 for share in shares])
    axis = narrow_month_axis(told[0][0].first, told[-1][0].first)
    return draw([trace], _HEIGHT, hovermode="x", showlegend=False, xaxis=axis, yaxis=share_axis(most or _TENTH))


def _opening(state: SalesState, facet: Facet, *values: str, days: Days | None = None) -> OrderFilter:
    days = days or state.days
    return state.orders(first_day=days.first, last_day=days.last, facet=facet, facet_values=frozenset(map(str, values)))


def _rate(basis_points: int | None) -> str:
    return formats.DASH if basis_points is None else formats.short_rate(basis_points)
