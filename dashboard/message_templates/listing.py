"""The list of prepared messages; a click opens one."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.message_templates.navigation import NEW, choose
from dashboard.row_choice import ROW_OR_CELL, row_chosen
from db.domain import formats
from db.queries.message_templates import MessageTemplateRow


def show_templates(
    templates: Sequence[MessageTemplateRow], chosen: MessageTemplateRow | None, now: dt.datetime
) -> None:
    """Draw the list, or what to do without one."""
    st.button(
        "Nouveau modèle",
        key="template_new",
        icon=":material/add:",
        type="primary" if not templates else "secondary",
        on_click=choose,
        args=(NEW,),
    )
    if not templates:
        st.info(
            "Aucun modèle pour l’instant. Créez les textes que vous écrivez souvent\u00a0: retard, rupture, adresse…"
        )
        return
    ids = [template.id for template in templates]
    before = ids.index(chosen.id) if chosen else None
    shown = str((ids, chosen and chosen.id, [template.updated_at for template in templates]))
    key = f"templates_{hashlib.sha256(shown.encode()).hexdigest()[:12]}"
    st.dataframe(
        pd.DataFrame(
            {
                "Nom": [template.name for template in templates],
                "Objet": [formats.shorten(template.subject, 48) for template in templates],
                "Modifié": [formats.short_instant(template.updated_at, now) for template in templates],
            }
        ),
        key=key,
        hide_index=True,
        selection_mode=ROW_OR_CELL,
        selection_default={"selection": {"rows": [] if before is None else [before]}},
        on_select=lambda: _choose_clicked(key, ids, before),
        column_config={
            "Nom": st.column_config.TextColumn(width=180),
            "Objet": st.column_config.TextColumn(width=260),
            "Modifié": st.column_config.TextColumn(width=90),
        },
    )


def _choose_clicked(key: str, ids: list[int], before: int | None) -> None:
    row = row_chosen(st.session_state[key].selection, before)
    choose(None if row is None else ids[row])
