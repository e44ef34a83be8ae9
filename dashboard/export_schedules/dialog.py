"""Changing a scheduled export, and deleting one."""

import streamlit as st

from dashboard.export_schedules.fields import fill_terms, show_terms, typed_terms
from dashboard.export_schedules.opened import DIALOG, Opened, ScheduleAct
from dashboard.flash import flash, has_flashes
from dashboard.markdown import escape_markdown
from db.domain.errors import MarketplaceError
from db.domain.exports import ExportFormat
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.export_schedules import ScheduleRow
from db.services.export_schedules import change_schedule, forget_schedule

_FORMAT = DIALOG.field_key("format")
_TITLES = {
    ScheduleAct.CHANGE: "Modifier cet export programmé\u00a0?",
    ScheduleAct.FORGET: "Supprimer cet export programmé\u00a0?",
}


def open_change(schedule: ScheduleRow) -> None:
    """Open the dialog that changes a schedule, filled with what it is; for a button's callback."""
    fill_terms(DIALOG.field_key, schedule.terms)
    st.session_state[_FORMAT] = schedule.format
    DIALOG.open(Opened(ScheduleAct.CHANGE, schedule))


def open_forgetting(schedule: ScheduleRow) -> None:
    """Open the dialog that deletes a schedule; for a button's callback."""
    DIALOG.open(Opened(ScheduleAct.FORGET, schedule))


def show_schedule_dialog(viewer: Viewer) -> None:
    """Draw the dialog where one is open."""
    opened = DIALOG.opened()
    if opened is not None:
        st.dialog(_TITLES[opened.act], on_dismiss=DIALOG.put_away)(_body)(viewer)


def _body(viewer: Viewer) -> None:
    opened = DIALOG.opened()
    if opened is None or has_flashes():
        st.rerun()
    if opened.act is ScheduleAct.CHANGE:
        _show_change(viewer, opened)
    else:
        name = escape_markdown(opened.schedule.name)
        st.markdown(f"**{name}** ne sera plus préparé. Les fichiers déjà produits restent dans « Fichiers ».")
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    is_change = opened.act is ScheduleAct.CHANGE
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Enregistrer" if is_change else "Supprimer l’export programmé",
            key="schedule_confirm",
            type="primary",
            on_click=_change if is_change else _forget,
            args=(viewer, opened),
        )
        st.button("Ne rien faire", key="schedule_leave", on_click=DIALOG.put_away)


def _show_change(viewer: Viewer, opened: Opened) -> None:
    schedule = opened.schedule
    is_own = schedule.owner_id == viewer.person_id
    whom = viewer.email if is_own else schedule.owner_name
    show_terms(DIALOG.field_key, escape_markdown(whom), has_period=schedule.has_period)
    st.selectbox("Format", list(ExportFormat), key=_FORMAT, format_func=lambda each: each.label)
    st.caption("La liste, ses filtres et ses colonnes restent ceux du jour où vous l’avez programmée.")


def _change(viewer: Viewer, opened: Opened) -> None:
    terms, wanted = typed_terms(DIALOG.field_key), ExportFormat(st.session_state[_FORMAT])
    try:
        with transaction() as session:
            change_schedule(session, viewer, opened.schedule.id, terms, wanted, utc_now())
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.close()
    flash(f"« {escape_markdown(terms.name)} » est enregistré.")


def _forget(viewer: Viewer, opened: Opened) -> None:
    try:
        with transaction() as session:
            forget_schedule(session, viewer, opened.schedule.id, utc_now())
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.close()
    flash(f"« {escape_markdown(opened.schedule.name)} » ne sera plus préparé.")
