"""The button « Exporter la liste » beside a list's title."""

import streamlit as st

from dashboard.exports.opened import DIALOG, Opened
from db.domain.exports import ExportSubject
from db.domain.files import FileKind
from db.domain.filter_json import Filter
from db.domain.viewer import Viewer


def show_export_button(viewer: Viewer, wanted: Filter, *subjects: ExportSubject) -> None:
    """Draw the way to a file of what a list shows, for those who may take it out of the house.

    Args:
        viewer: Who looks.
        wanted: What the list is filtered by.
        subjects: What the file can be of, the list itself first.
    """
    if not viewer.may(FileKind.EXPORT.permission) or not viewer.may(subjects[0].permission):
        return
    st.button(
        "Exporter la liste",
        key="export_list",
        icon=":material/download:",
        type="tertiary",
        on_click=DIALOG.open,
        args=(Opened(subjects, wanted),),
    )
