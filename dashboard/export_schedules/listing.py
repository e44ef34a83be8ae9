"""The scheduled exports: what each is, when it is next made, what became of the last one, and what to do with it."""

import streamlit as st

from dashboard.badges import FILE_BADGES
from dashboard.export_schedules.dialog import open_change, open_forgetting
from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from dashboard.navigation import FILES, ORDERS
from db.domain import formats
from db.domain.export_schedules import SchedulePeriod
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.export_schedules import ScheduleRow
from db.services.export_schedules import pause_schedule, resume_schedule


def show_schedules(viewer: Viewer, rows: list[ScheduleRow]) -> None:
    """Draw the list, or how to begin one."""
    if not rows:
        st.info(
            "Aucun export programmé. Ouvrez une liste (commandes, clients, factures…), filtrez-la, puis "
            "« Exporter la liste »\u00a0: « Programmer cet export » s’y trouve."
        )
        st.page_link(ORDERS.page(), label="Ouvrir les commandes")
    for row in rows:
        _show_schedule(viewer, row)


def _show_schedule(viewer: Viewer, row: ScheduleRow) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"schedule_{row.id}"):
        with st.container(gap=None):
            state = "" if row.is_active else " :gray-badge[En pause]"
            st.markdown(f"**{escape_markdown(row.name)}**{state}")
            st.caption(escape_markdown(what_words(row, viewer)))
            st.markdown(when_words(row))
            if row.error:
                st.markdown(f":red[:material/error: {escape_markdown(row.error)}]")
            if row.file_id is not None and row.file_state is not None:
                label = f"Dernier fichier\u00a0: {FILE_BADGES[row.file_state].label.lower()}"
                st.page_link(FILES.page(), label=label, query_params={"n": str(row.file_id)}, icon=FILES.icon)
        _show_buttons(viewer, row)


def what_words(row: ScheduleRow, viewer: Viewer) -> str:
    """Return « Commandes · 12 colonnes · Excel · Le mois dernier · e-mail et stockage »."""
    ways = [way for way, is_wanted in (("e-mail", row.emails), ("stockage", row.is_stored)) if is_wanted]
    words = [
        row.subject.label,
        formats.plural(row.columns, "colonne"),
        row.format.label,
        *([row.period.label] if row.period is not SchedulePeriod.AS_FILTERED else []),
        formats.enumeration(ways),
    ]
    return " · ".join([*words, *([f"de {row.owner_name}"] if row.owner_id != viewer.person_id else [])])


def when_words(row: ScheduleRow) -> str:
    """Return when it is made next, and for which day it was made last."""
    words = [f"{row.cadence.label}, prochain le **{formats.date(row.next_on)}**"] if row.is_active else []
    if row.last_on is not None:
        nothing = "" if row.file_id is not None or row.error else ", sans aucune ligne"
        words.append(f"dernier le {formats.date(row.last_on)}{nothing}")
    return " · ".join(words) or "Jamais préparé"


def _show_buttons(viewer: Viewer, row: ScheduleRow) -> None:
    with st.container(horizontal=True, width="content", gap="small"):
        st.button("Modifier", key=f"schedule_change_{row.id}", on_click=open_change, args=(row,))
        if row.is_active:
            label, icon, act = "Mettre en pause", ":material/pause:", _pause
        else:
            label, icon, act = "Reprendre", ":material/play_arrow:", _resume
        st.button(label, key=f"schedule_switch_{row.id}", icon=icon, on_click=act, args=(viewer, row))
        st.button("Supprimer", key=f"schedule_forget_{row.id}", type="tertiary", on_click=open_forgetting, args=(row,))


@telling_refusals()
def _pause(viewer: Viewer, row: ScheduleRow) -> None:
    with transaction() as session:
        pause_schedule(session, viewer, row.id, utc_now())
    flash(f"« {escape_markdown(row.name)} » est en pause.")


@telling_refusals()
def _resume(viewer: Viewer, row: ScheduleRow) -> None:
    with transaction() as session:
        resume_schedule(session, viewer, row.id, utc_now())
    flash(f"« {escape_markdown(row.name)} » reprend à sa prochaine date.")
