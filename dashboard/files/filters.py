"""Above the list of files: its tabs and its filters, filled from the URL; each writes the URL when changed."""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.files.list_state import FilesState, go, present_state, widget_key
from dashboard.list_filters import choice_field, clear_button, filter_row, labels, list_tabs, period_field, search_field
from db.domain import formats
from db.domain.file_list import FileTab
from db.domain.files import NUMBERED_KINDS, FileState
from db.domain.viewer import Viewer
from db.queries.file_list import COUNT_CAP
from db.queries.files import kinds_for


def show_tabs(state: FilesState, troubled: int) -> None:
    """Draw the lists; the one of what somebody has to look at says how many."""
    list_tabs(
        FileTab,
        state.tab,
        widget_key("tab", state),
        # What is filtered means something else in another list.
        lambda tab: go(FilesState(tab)),
        lambda tab: tab_words(tab, troubled),
    )


def tab_words(tab: FileTab, troubled: int) -> str:
    """Return a tab's label, as Markdown."""
    if tab is not FileTab.TROUBLED or not troubled:
        return tab.label
    count = f"{formats.integer(COUNT_CAP)}+" if troubled > COUNT_CAP else formats.integer(troubled)
    return f":red[:material/warning:] {tab.label}  **{count}**"


def show_filters(viewer: Viewer, state: FilesState, people: Mapping[int, str]) -> None:
    """Draw the filters that the list has."""
    with filter_row("files"):
        search_field(
            "Dans l’intitulé" if state.tab is FileTab.ASKED_FOR else "N° de facture ou d’avoir, en entier",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text),
            width=290,
        )
        if state.tab is FileTab.ASKED_FOR:
            _show_kinds(viewer, state)
        if state.tab is not FileTab.TROUBLED:
            _show_states(state)
        if people:
            _show_people(viewer, state, people)
        period_field(state.period, widget_key("period", state), lambda period: _change(period=period))
        if state.is_filtered:
            clear_button(lambda: go(FilesState(state.tab)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))


def _show_kinds(viewer: Viewer, state: FilesState) -> None:
    choice_field(
        "Type",
        labels(kind for kind in kinds_for(viewer) if kind not in NUMBERED_KINDS),
        state.kind,
        widget_key("kind", state),
        lambda kind: _change(kind=kind),
        anything="Tous les types",
        width=230,
    )


def _show_states(state: FilesState) -> None:
    choice_field(
        "État",
        labels(_states(state.tab)),
        state.state,
        widget_key("state", state),
        lambda chosen: _change(state=chosen),
        anything="Tous les états",
        width=160,
    )


def _states(tab: FileTab) -> list[FileState]:
    """Return the states that files of a list can have."""
    never = FileState.DAMAGED if tab is FileTab.ASKED_FOR else FileState.CANCELLED
    return [state for state in FileState if state is not never]


def _show_people(viewer: Viewer, state: FilesState, people: Mapping[int, str]) -> None:
    """Draw whose files; oneself first, whose name one would look for most."""
    ids = sorted(people, key=lambda person_id: person_id != viewer.person_id)
    choice_field(
        "Demandé par",
        {person_id: "Moi" if person_id == viewer.person_id else people[person_id] for person_id in ids},
        state.person_id,
        widget_key("par", state),
        lambda person_id: _change(person_id=person_id),
        anything="Toute l’équipe",
        width=180,
    )
