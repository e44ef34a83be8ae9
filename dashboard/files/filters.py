"""Above the list of files: its tabs and its filters, filled from the URL; each writes the URL when changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from dashboard.files.list_state import FilesState, go, widget_key
from dashboard.order_list.state import Period, clean_text
from db.domain import formats
from db.domain.file_list import FileTab
from db.domain.files import FileKind, FileState
from db.domain.viewer import Viewer
from db.queries.file_list import COUNT_CAP
from db.queries.files import kinds_for


def show_tabs(state: FilesState, troubled: int) -> None:
    """Draw the lists; the one of what somebody has to look at says how many."""
    key = widget_key("tab", state)
    st.segmented_control(
        "Listes",
        list(FileTab),
        key=key,
        default=state.tab,
        label_visibility="collapsed",
        format_func=lambda tab: tab_words(tab, troubled),
        # A click on the marked tab unmarks it: the list stays what it is. What is filtered means something else there.
        on_change=lambda: go(FilesState(st.session_state[key] or state.tab)),
    )


def tab_words(tab: FileTab, troubled: int) -> str:
    """Return a tab's label, as Markdown."""
    if tab is not FileTab.TROUBLED or not troubled:
        return tab.label
    count = f"{formats.integer(COUNT_CAP)}+" if troubled > COUNT_CAP else formats.integer(troubled)
    return f":red[:material/warning:] {tab.label}  **{count}**"


def show_filters(viewer: Viewer, state: FilesState, people: Mapping[int, str]) -> None:
    """Draw the filters that the list has."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="files_filters"):
        _show_search(state)
        if state.tab is FileTab.ASKED_FOR:
            kinds = [kind for kind in kinds_for(viewer) if kind is not FileKind.DOCUMENT]
            _show_choice("Type", kinds, state, "kind", anything="Tous les types", width=230)
        if state.tab is not FileTab.TROUBLED:
            _show_choice("État", _states(state.tab), state, "state", anything="Tous les états", width=160)
        if people:
            _show_people(viewer, state, people)
        _show_choice("Période", list(Period), state, "period", anything="Toute période", width=170)
        if state.is_filtered:
            st.button(
                "Effacer", icon=":material/backspace:", type="tertiary", on_click=lambda: go(FilesState(state.tab))
            )


def _states(tab: FileTab) -> list[FileState]:
    """Return the states that files of a list can have."""
    never = FileState.DAMAGED if tab is FileTab.ASKED_FOR else FileState.CANCELLED
    return [state for state in FileState if state is not never]


def _show_search(state: FilesState) -> None:
    key = widget_key("q", state)
    st.text_input(
        "Rechercher",
        state.text,
        key=key,
        type="search",
        icon=":material/search:",
        label_visibility="collapsed",
        placeholder="Dans l’intitulé" if state.tab is FileTab.ASKED_FOR else "N° de facture ou d’avoir, en entier",
        width=290,
        on_change=lambda: go(replace(state.from_the_top(), text=clean_text(st.session_state[key]))),
    )


def _show_choice(
    label: str,
    choices: Sequence[FileKind | FileState | Period],
    state: FilesState,
    field: str,
    *,
    anything: str,
    width: int,
) -> None:
    """Draw the filter of one field of the URL; nothing chosen is anything."""
    key, chosen = widget_key(field, state), getattr(state, field)
    st.selectbox(
        label,
        choices,
        index=choices.index(chosen) if chosen in choices else None,
        key=key,
        format_func=lambda choice: choice.label,
        placeholder=anything,
        label_visibility="collapsed",
        width=width,
        on_change=lambda: go(replace(state.from_the_top(), **{field: st.session_state[key]})),
    )


def _show_people(viewer: Viewer, state: FilesState, people: Mapping[int, str]) -> None:
    """Draw whose files; oneself first, whose name one would look for most."""
    key = widget_key("par", state)
    ids = sorted(people, key=lambda person_id: person_id != viewer.person_id)
    st.selectbox(
        "Demandé par",
        ids,
        index=ids.index(state.person_id) if state.person_id in people else None,
        key=key,
        format_func=lambda person_id: "Moi" if person_id == viewer.person_id else people[person_id],
        placeholder="Toute l’équipe",
        label_visibility="collapsed",
        width=180,
        on_change=lambda: go(replace(state.from_the_top(), person_id=st.session_state[key])),
    )
