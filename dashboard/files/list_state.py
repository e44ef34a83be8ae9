"""« Fichiers » as it stands in the URL, and back. What cannot be understood is left out; nothing breaks the page."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from dashboard.files.state import go_to
from dashboard.order_list.state import Period, clean_text
from dashboard.url_values import identifier, member
from db.domain.file_list import FileFilter, FileTab
from db.domain.files import FileKind, FileState


@dataclass(frozen=True, slots=True)
class FilesState:
    """Everything the URL of the page says."""

    tab: FileTab = FileTab.ASKED_FOR
    kind: FileKind | None = None
    state: FileState | None = None
    person_id: int | None = None
    text: str = ""
    period: Period | None = None
    #: The page: what is older than one file, or the page just above it.
    before: int | None = None
    after: int | None = None
    #: The file that is looked at beside the list.
    chosen: int | None = None

    def wanted(self, today: dt.date) -> FileFilter:
        """Return the filter for the query."""
        first, last = self.period.days(today) if self.period else (None, None)
        return FileFilter(self.tab, self.kind, self.state, self.person_id, self.text, first, last)

    def from_the_top(self) -> "FilesState":
        """Return the same list from its newest file, with none chosen."""
        return replace(self, before=None, after=None, chosen=None)

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list shows less than its tab has."""
        return self.from_the_top() != FilesState(self.tab)


def from_query(params: Mapping[str, str]) -> FilesState:
    """Read the state from URL parameters."""
    return FilesState(
        tab=member(FileTab, params.get("liste", "")) or FileTab.ASKED_FOR,
        kind=member(FileKind, params.get("type", "")),
        state=member(FileState, params.get("etat", "")),
        person_id=identifier(params.get("par", "")),
        text=clean_text(params.get("q", "")),
        period=member(Period, params.get("periode", "")),
        before=identifier(params.get("avant", "")),
        after=identifier(params.get("apres", "")),
        chosen=identifier(params.get("n", "")),
    )


def to_query(state: FilesState) -> dict[str, str]:
    """Return the URL parameters: only what differs from the page as it opens, in a stable order."""
    params = {
        "liste": "" if state.tab is FileTab.ASKED_FOR else state.tab.value,
        "type": state.kind.value if state.kind else "",
        "etat": state.state.value if state.state else "",
        "par": str(state.person_id or ""),
        "q": state.text,
        "periode": state.period.value if state.period else "",
        "avant": str(state.before or ""),
        "apres": str(state.after or ""),
        "n": str(state.chosen or ""),
    }
    return {name: value for name, value in params.items() if value}


def present_state() -> FilesState:
    """Return what the URL asks for."""
    return from_query(st.query_params.to_dict())


def go(state: FilesState) -> None:
    """Show another list or another file."""
    go_to(to_query(state))


def widget_key(name: str, state: FilesState) -> str:
    """Return the key of a widget: it follows the URL, however that was reached."""
    return f"files_{name}_{urlencode(to_query(state))}"
