"""The curve of a seller's balance: what was owed at the end of each day, and the days on which it was paid."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import plotly.graph_objects as plotly
import streamlit as st

from dashboard.seller_account.state import AccountState, Span, go
from db.domain import formats
from db.domain.months import days_between, month_of
from db.queries.seller_balance import DayBalance

_HEIGHT = 240
_ACCENT = "#0f5c4d"
_FILL = "rgba(15, 92, 77, 0.10)"


def show_curve(days: Sequence[DayBalance], currency: str, state: AccountState) -> None:
    """Draw the curve and the choice of how far back it goes."""
    with st.container(border=True, gap="xsmall", key="account_curve"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Solde en fin de journée**", width="stretch")
            _show_spans(state)
        if any(day.balance_cents or day.paid_cents for day in days):
            config = {"displayModeBar": False, "scrollZoom": False}
            st.plotly_chart(curve(days, currency), key=f"account_curve_{state.span}", config=config)
        else:
            st.caption("Aucune écriture sur cette période.")


def _show_spans(state: AccountState) -> None:
    key = f"account_span_{state.span}"
    st.segmented_control(
        "Période",
        list(Span),
        default=state.span,
        key=key,
        format_func=lambda span: span.label,
        label_visibility="collapsed",
        required=True,
        on_change=lambda: go(replace(state, span=st.session_state[key])),
    )


def curve(days: Sequence[DayBalance], currency: str) -> plotly.Figure:
    """Return the curve: a step for each day, a mark where something was paid; every figure written the French way."""
    paid = [day for day in days if day.paid_cents]
    figure = plotly.Figure(
        [
            plotly.Scatter(
                x=[day.day for day in days],
                y=[day.balance_cents / 100 for day in days],
                mode="lines",
                line={"shape": "hv", "color": _ACCENT, "width": 2},
                fill="tozeroy",
                fillcolor=_FILL,
                hovertext=[_hover(day, currency) for day in days],
                hoverinfo="text",
                name="Solde",
            ),
            plotly.Scatter(
                x=[day.day for day in paid],
                y=[day.balance_cents / 100 for day in paid],
                mode="markers",
                marker={"color": _ACCENT, "size": 8, "line": {"color": "white", "width": 1.5}},
                hoverinfo="skip",
                name="Reversement",
            ),
        ]
    )
    ticks = month_ticks(days[0].day, days[-1].day)
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        showlegend=False,
        separators=f",{formats.NARROW_SPACE}",
        hovermode="x",
        dragmode=False,
        xaxis={"tickvals": list(ticks), "ticktext": list(ticks.values()), "fixedrange": True},
        yaxis={
            "tickformat": ",.0f",
            "ticksuffix": f"{formats.NO_BREAK_SPACE}{formats.symbol(currency)}",
            "fixedrange": True,
            "rangemode": "tozero",
        },
    )
    return figure


def month_ticks(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    """Return the first days of the months between two days, each with its name: « nov. », « janv. 2027 »."""
    months = [month for month in map(month_of, days_between(first, last)) if month >= first]
    return {
        month: formats.SHORT_MONTHS[month.month - 1] + (f" {month.year}" if month.month == 1 else "")
        for month in months
    }


def _hover(day: DayBalance, currency: str) -> str:
    said = f"{formats.date(day.day)}<br>Solde\u00a0: {formats.money(day.balance_cents, currency)}"
    paid = formats.money(day.paid_cents, currency)
    return f"{said}<br>Reversé\u00a0: {paid}" if day.paid_cents else said
