"""The table of series, those with an anomaly first."""

import pandas as pd
import streamlit as st

from db.domain import formats
from db.domain.continuity import Check

_ROW_HEIGHT, _HEADER_HEIGHT, _MAX_HEIGHT = 34, 36, 640


def show_series(check: Check) -> None:
    """Draw one row per series."""
    st.caption(formats.plural(len(check.reports), "série"))
    right = {"alignment": "right"}
    st.dataframe(
        table_data(check),
        hide_index=True,
        height=min(_MAX_HEIGHT, _HEADER_HEIGHT + _ROW_HEIGHT * len(check.reports) + 2),
        row_height=_ROW_HEIGHT,
        placeholder=formats.DASH,
        column_config={
            "Constat": st.column_config.TextColumn(width=165),
            "Vendeur": st.column_config.TextColumn(width=195),
            "Série": st.column_config.TextColumn(width=160),
            "Type": st.column_config.TextColumn(width=72),
            "Année": st.column_config.TextColumn(width=60),
            "Documents": st.column_config.TextColumn(width=90, **right),
            "Premier numéro": st.column_config.TextColumn(width=190),
            "Dernier numéro": st.column_config.TextColumn(width=190),
        },
    )


def table_data(check: Check) -> pd.DataFrame:
    """Return the cells in words."""
    reports = sorted(check.reports, key=lambda report: report.is_sound)  # Otherwise as they come: newest year first.
    return pd.DataFrame(
        {
            "Constat": [report.verdict if report.is_sound else f"⚠ {report.verdict}" for report in reports],
            "Vendeur": [report.seller for report in reports],
            "Série": [report.code for report in reports],
            "Type": [report.kind.label for report in reports],
            "Année": [str(report.year) for report in reports],
            "Documents": [formats.integer(report.count) for report in reports],
            "Premier numéro": [report.first_number or None for report in reports],
            "Dernier numéro": [report.last_number or None for report in reports],
        }
    )
