"""The list of statuses as they are set; a click chooses whose panel is shown, and stands in the URL."""

import hashlib
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.badges import styled_status
from dashboard.row_choice import ROW_OR_CELL, row_chosen
from db.domain.orders import OrderStatus
from db.queries.statuses import StatusLook, default_look

STATUS_PARAMETER = "statut"
_ROW_HEIGHT = 35


def chosen_status() -> OrderStatus | None:
    """Return the status the URL names."""
    wanted = st.query_params.get(STATUS_PARAMETER, "")
    return OrderStatus(wanted) if wanted in tuple(OrderStatus) else None


def show_statuses(looks: Mapping[OrderStatus, StatusLook], chosen: OrderStatus | None) -> None:
    """Draw the table, in the order of an order's life."""
    statuses = list(looks)
    key = _key(looks, chosen)
    badges = [styled_status(status, look) for status, look in looks.items()]
    st.dataframe(
        table_data(looks),
        key=key,
        hide_index=True,
        height=_ROW_HEIGHT * (len(statuses) + 1) + 2,
        row_height=_ROW_HEIGHT,
        selection_mode=ROW_OR_CELL,
        selection_default={"selection": {"rows": [statuses.index(chosen)] if chosen else []}},
        on_select=lambda: _choose_clicked(key, statuses, chosen),
        column_config={
            "Statut": st.column_config.MultiselectColumn(
                options=[badge.label for badge in badges], color=[badge.colour for badge in badges], width=230
            ),
            "E-mail": st.column_config.TextColumn(width=250),
            "Réglage": st.column_config.TextColumn(width=100),
        },
    )


def table_data(looks: Mapping[OrderStatus, StatusLook]) -> pd.DataFrame:
    """Return the cells: the status as a badge, the e-mail it sends, and whether somebody changed it."""
    return pd.DataFrame(
        {
            "Statut": [[look.label] for look in looks.values()],
            "E-mail": [
                look.template.label if look.sends_email and look.template else "Aucun" for look in looks.values()
            ],
            "Réglage": ["Par défaut" if look == default_look(status) else "Modifié" for status, look in looks.items()],
        }
    )


def _key(looks: Mapping[OrderStatus, StatusLook], chosen: OrderStatus | None) -> str:
    """Return a key that no other content has: a tick is a position, and the badges are read once per key."""
    return f"statuses_{hashlib.sha256(str((looks, chosen)).encode()).hexdigest()[:12]}"


def _choose_clicked(key: str, statuses: list[OrderStatus], chosen: OrderStatus | None) -> None:
    row = row_chosen(st.session_state[key].selection, statuses.index(chosen) if chosen else None)
    if row is None:
        st.query_params.pop(STATUS_PARAMETER, None)
    else:
        st.query_params[STATUS_PARAMETER] = statuses[row].value
