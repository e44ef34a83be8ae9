"""« Programmer cet export », within the dialog that exports a list: the same list and columns, again and again."""

from collections.abc import Callable

import streamlit as st

from dashboard.export_schedules.fields import FieldKey, show_terms, typed_terms
from dashboard.flash import flash
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.exports import ExportRequest
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.export_schedules import schedule_export


def show_scheduling(
    viewer: Viewer,
    request: ExportRequest,
    field: FieldKey,
    *,
    on_done: Callable[[], None],
    on_refused: Callable[[str], None],
) -> None:
    """Draw the fields and the button that schedule a list.

    Args:
        viewer: Who schedules it.
        request: The list as it is chosen now.
        field: Where what is typed is kept.
        on_done: Closes the dialog.
        on_refused: Keeps the dialog open and tells why nothing was done.
    """
    with st.expander("Programmer cet export", icon=":material/schedule:"):
        show_terms(field, escape_markdown(viewer.email), has_period=request.has_period)
        st.button(
            "Programmer",
            key=field("schedule"),
            icon=":material/schedule:",
            on_click=_schedule,
            args=(viewer, request, field, on_done, on_refused),
        )


def _schedule(
    viewer: Viewer,
    request: ExportRequest,
    field: FieldKey,
    on_done: Callable[[], None],
    on_refused: Callable[[str], None],
) -> None:
    try:
        with transaction() as session:
            schedule = schedule_export(session, viewer, request, typed_terms(field), utc_now())
            name, next_on = schedule.name, schedule.next_on
    except MarketplaceError as refusal:
        on_refused(str(refusal))
        return
    on_done()
    flash(
        f"« {escape_markdown(name)} » est programmé\u00a0: premier export le {formats.date(next_on)}. "
        "Retrouvez-le dans « Exports programmés »."
    )
