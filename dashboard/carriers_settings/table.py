"""The list of carriers as they are set; a click chooses whose panel is shown, and stands in the URL."""

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.row_choice import ROW_OR_CELL, row_chosen
from db.domain.carriers import Carrier
from db.services.carriers import default_carrier

CARRIER_PARAMETER = "transporteur"
#: Stands in the URL for the carrier that is being added; a code never has a dash.
NEW = "nouveau-transporteur"
_ROW_HEIGHT = 35


def show_carriers(carriers: Sequence[Carrier], chosen: Carrier | None) -> None:
    """Draw the table: ours first, then those that were added."""
    key = _key(carriers, chosen)
    st.dataframe(
        table_data(carriers),
        key=key,
        hide_index=True,
        height=_ROW_HEIGHT * (len(carriers) + 1) + 2,
        row_height=_ROW_HEIGHT,
        selection_mode=ROW_OR_CELL,
        selection_default={"selection": {"rows": [carriers.index(chosen)] if chosen else []}},
        on_select=lambda: _choose_clicked(key, carriers, chosen),
        column_config={
            "Transporteur": st.column_config.TextColumn(width=190),
            "Délai": st.column_config.TextColumn(width=110),
            "Suivi": st.column_config.TextColumn(width=170),
            "Proposé": st.column_config.TextColumn(width=70),
            "Réglage": st.column_config.TextColumn(width=90),
        },
    )


def table_data(carriers: Sequence[Carrier]) -> pd.DataFrame:
    """Return the cells in words."""
    return pd.DataFrame(
        {
            "Transporteur": [each.name for each in carriers],
            "Délai": [days_words(each.delivery_days) for each in carriers],
            "Suivi": [_site(each) for each in carriers],
            "Proposé": ["Oui" if each.is_active else "Non" for each in carriers],
            "Réglage": [_setting(each) for each in carriers],
        }
    )


def days_words(days: int) -> str:
    """Return « 2 jours ouvrés »."""
    if not days:
        return "le jour même"
    return f"{days}\u00a0jour ouvré" if days == 1 else f"{days}\u00a0jours ouvrés"


def _site(carrier: Carrier) -> str:
    """Return the site that follows its parcels."""
    return carrier.tracking_url_pattern.removeprefix("https://").removeprefix("www.").partition("/")[0] or "Aucun"


def _setting(carrier: Carrier) -> str:
    default = default_carrier(carrier.code)
    if default is None:
        return "Ajouté"
    return "Par défaut" if carrier == default else "Modifié"


def _key(carriers: Sequence[Carrier], chosen: Carrier | None) -> str:
    """Return a key that no other content has: a tick is a position, and must never move to another carrier."""
    return f"carriers_{hashlib.sha256(str((carriers, chosen)).encode()).hexdigest()[:12]}"


def _choose_clicked(key: str, carriers: Sequence[Carrier], chosen: Carrier | None) -> None:
    row = row_chosen(st.session_state[key].selection, carriers.index(chosen) if chosen else None)
    if row is None:
        st.query_params.pop(CARRIER_PARAMETER, None)
    else:
        st.query_params[CARRIER_PARAMETER] = carriers[row].code
