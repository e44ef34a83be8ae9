"""One chart on the screen: its title, the chart or its table, the file of what it shows, the way to its orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import plotly.graph_objects as plotly
import streamlit as st

from dashboard.charts.links import follow_clicks, table_urls
from dashboard.charts.table import Table, column_config, csv_file, data_frame
from dashboard.markdown import escape_markdown
from db.domain.order_filter import OrderFilter

#: In the URL: the charts that are shown as tables.
TABLES_PARAMETER = "tableaux"
_CONFIG = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showAxisDragHandles": False,
    # Before it draws any map Plotly asks its makers for that of the world: ours is empty, for maps bring their shapes.
    "topojsonURL": "/app/static/maps/",
}
_ROWS_SHOWN, _ROW_HEIGHT, _HEADER_HEIGHT = 12, 34, 36


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything about a chart."""

    #: Names it in the URL and on the page: letters and dashes.
    key: str
    title: str
    figure: Callable[[], plotly.Figure]
    table: Table
    #: What it shows, in a sentence, for who does not see it; the figures are in the table.
    alt: str
    #: A mark's ``customdata`` → the orders that it opens.
    links: Mapping[str, OrderFilter] = field(default_factory=dict)
    #: The names of the table's rows in ``links``; none where its rows open nothing.
    row_links: Sequence[str] = ()
    #: Beneath it: what one must know to read it.
    note: str = ""
    #: What is said where there is nothing to show.
    empty: str = "Aucune vente sur cette période avec ces filtres."


def show_chart(chart: Chart) -> None:
    """Draw a chart, or the table of what it shows where the URL says so."""
    with st.container(border=True, gap="xsmall", key=f"chart_{chart.key}"):
        _show_head(chart)
        if not chart.table.rows:
            st.caption(chart.empty)
        elif is_table(chart.key):
            _show_table(chart)
        else:
            st.plotly_chart(chart.figure(), theme=None, key=f"plot_{chart.key}", config=_CONFIG, alt=chart.alt)
            follow_clicks(chart.key, chart.links)
        if chart.note and chart.table.rows:
            st.caption(escape_markdown(chart.note))


def is_table(key: str) -> bool:
    """Tell whether the URL asks for a chart's table."""
    return key in _tables()


def _tables() -> list[str]:
    return [name for name in st.query_params.get(TABLES_PARAMETER, "").split(",") if name]


def _show_head(chart: Chart) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{escape_markdown(chart.title)}**", width="stretch")
        if not chart.table.rows:
            return
        shows_table = is_table(chart.key)
        st.button(
            "Graphique" if shows_table else "Tableau",
            icon=":material/bar_chart:" if shows_table else ":material/table:",
            type="tertiary",
            key=f"view_{chart.key}",
            help=f"Voir « {chart.title} » en {'graphique' if shows_table else 'tableau'}",
            on_click=_turn,
            args=(chart.key,),
        )
        st.download_button(
            "CSV",
            data=lambda: csv_file(chart.table),
            file_name=f"{chart.key}.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            key=f"csv_{chart.key}",
            help=f"Télécharger les chiffres de « {chart.title} »",
            on_click="ignore",
        )


def _turn(key: str) -> None:
    tables = _tables()
    turned = [name for name in tables if name != key] if key in tables else [*tables, key]
    if turned:
        st.query_params[TABLES_PARAMETER] = ",".join(turned)
    else:
        st.query_params.pop(TABLES_PARAMETER, None)


def _show_table(chart: Chart) -> None:
    shown, config = data_frame(chart.table), column_config(chart.table)
    if chart.row_links:
        shown["Commandes liées"] = table_urls(chart.links, list(chart.row_links))
        config["Commandes liées"] = st.column_config.LinkColumn("", display_text="Voir", width=64)
    st.dataframe(
        shown,
        key=f"table_{chart.key}",
        hide_index=True,
        column_config=config,
        height=_HEADER_HEIGHT + _ROW_HEIGHT * min(len(shown), _ROWS_SHOWN),
        row_height=_ROW_HEIGHT,
        alt=chart.alt,
    )
