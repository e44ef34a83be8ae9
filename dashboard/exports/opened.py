"""The dialog « Exporter » that is open, on which list: frozen when it was opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.one_dialog import OneDialog
from db.domain.exports import ExportFormat, ExportRequest, ExportSubject
from db.domain.filter_json import Filter, filter_to_json
from db.queries.exports import LISTS, usual_columns


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog that is open: what the list is of, and what the screen asked of it."""

    #: More than one where the same filter serves several lists: orders, or what was bought in them.
    subjects: tuple[ExportSubject, ...]
    wanted: Filter
    #: Why the last attempt was refused.
    refusal: str = ""

    @property
    def draft(self) -> tuple[ExportSubject, ...]:
        """Return what a draft is kept under: whoever exports again takes the same columns."""
        return self.subjects

    @property
    def filter(self) -> Mapping[str, Any]:
        """Return the filter as requests keep it."""
        return filter_to_json(self.wanted)


DIALOG: OneDialog[Opened] = OneDialog("export")
_SUBJECT, _FORMAT = DIALOG.field_key("subject"), DIALOG.field_key("format")


def columns_key(subject: ExportSubject) -> str:
    """Return the key of the field of a list's columns."""
    return DIALOG.field_key(f"columns_{subject}")


def subject_of(opened: Opened) -> ExportSubject:
    """Return which list is chosen."""
    return ExportSubject(st.session_state.get(_SUBJECT) or opened.subjects[0])


def request_of(opened: Opened) -> ExportRequest:
    """Return what the fields ask for: columns in the order of the list, whatever order they were ticked in."""
    subject = subject_of(opened)
    ticked = st.session_state.get(columns_key(subject), usual_columns(subject))
    columns = tuple(column.key for column in LISTS[subject].columns if column.key in ticked)
    file_format = ExportFormat(st.session_state.get(_FORMAT) or ExportFormat.XLSX)
    return ExportRequest(subject, opened.filter, columns, file_format)
