"""What became of an imported file: on its task's page."""

import pandas as pd
import streamlit as st

from dashboard.links import order_url
from dashboard.markdown import escape_markdown
from dashboard.order_import.export import report_csv
from dashboard.order_import.remarks import REMARK, remark_column, row_height_for
from db.domain import formats
from db.domain.bulk import Importing
from db.domain.tasks import ImportItemState
from db.engine import reading
from db.queries.imports import CORRECTED, DIFFERING, ImportCounts, ImportLine, import_counts, import_lines

_SHOWN = 50
_LISTS = {
    ImportItemState.CREATED.value: "Créées",
    CORRECTED: "Corrigées",
    ImportItemState.REFUSED.value: "Refusées",
    ImportItemState.KNOWN.value: "Déjà là",
    DIFFERING: "Déjà là, mais différentes du fichier",
    ImportItemState.WAITING.value: "Non traitées",
}


def show_import_report(task_id: int, action: Importing) -> None:
    """Draw the figures, then the orders under each heading, with what to know of each."""
    with reading() as session:
        counts = import_counts(session, task_id)
    st.markdown(f"{report_words(counts)}.")
    st.caption(escape_markdown(source_words(action)))
    of = {
        ImportItemState.CREATED.value: counts.created,
        CORRECTED: counts.corrected,
        ImportItemState.REFUSED.value: counts.refused,
        ImportItemState.KNOWN.value: counts.known - counts.differing,
        DIFFERING: counts.differing,
        ImportItemState.WAITING.value: counts.waiting,
    }
    st.download_button(
        "Télécharger le rapport (CSV)",
        data=lambda: _csv(task_id),
        file_name=f"import-{task_id}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    filled = [name for name in _LISTS if of[name]]
    if filled:
        _show_list(task_id, filled, of)


def report_words(counts: ImportCounts) -> str:
    """Return « **980 commandes créées** (12 corrigées, 1 en erreur) · 3 refusées · 8 déjà là », as Markdown."""
    created = formats.plural(counts.created, "commande créée", "commandes créées")
    parts = [f"**{created}**" if counts.created else "**Aucune commande créée**"]
    aside = [formats.plural(counts.corrected, "corrigée")] if counts.corrected else []
    if counts.faulty:
        aside.append(f"{formats.integer(counts.faulty)}{formats.NO_BREAK_SPACE}en erreur")
    if aside:
        parts[0] += f" ({', '.join(aside)})"
    if counts.refused:
        parts.append(formats.plural(counts.refused, "refusée"))
    if counts.known:
        parts.append(f"{formats.integer(counts.known)}{formats.NO_BREAK_SPACE}déjà là")
    if counts.differing:
        parts[-1] += f", dont {formats.plural(counts.differing, 'différente')} du fichier"
    if counts.waiting:
        parts.append(formats.plural(counts.waiting, "non traitée", "non traitées"))
    return " · ".join(parts)


def source_words(action: Importing) -> str:
    """Return what was imported, and how."""
    parts = [action.format.label]
    parts.append(f"vendeur {action.seller_code}" if action.seller_code else "vendeur indiqué par le fichier")
    parts.append("clients et vendeurs prévenus" if action.notifies else "personne n’a été prévenu")
    return " · ".join(parts)


def _show_list(task_id: int, filled: list[str], of: dict[str, int]) -> None:
    chosen = st.segmented_control(
        "Commandes du fichier",
        filled,
        default=ImportItemState.REFUSED.value if ImportItemState.REFUSED.value in filled else filled[0],
        key=f"import_report_{task_id}_{'_'.join(filled)}",
        format_func=lambda name: f"{_LISTS[name]} {formats.integer(of[name])}",
        label_visibility="collapsed",
        required=True,
    )
    name = chosen or filled[0]
    with reading() as session:
        lines = list(import_lines(session, task_id, first=_SHOWN, only=name))
    table = table_data(lines)
    st.dataframe(
        table,
        row_height=row_height_for(table[REMARK]),
        hide_index=True,
        key=f"import_report_table_{task_id}_{name}",
        placeholder=formats.DASH,
        column_config={
            "Commande": st.column_config.LinkColumn(display_text=r"n=([^&]+)", width="medium"),
            **remark_column(),
        },
    )
    if of[name] > _SHOWN:
        st.caption(f"Les {_SHOWN} premières sur {formats.integer(of[name])}\u00a0; toutes sont dans le rapport CSV.")


def table_data(lines: list[ImportLine]) -> pd.DataFrame:
    """Return orders of a file as the table shows them."""
    return pd.DataFrame(
        {
            "Dans le fichier": [line.place for line in lines],
            "Numéro du fichier": [line.reference for line in lines],
            "Commande": pd.Series([order_url(line.number) if line.number else None for line in lines], dtype="object"),
            REMARK: [" ".join(filter(None, (line.reason, *line.corrections.split("\n")))) for line in lines],
        }
    )


def _csv(task_id: int) -> bytes:
    with reading() as session:
        return report_csv(import_lines(session, task_id))
