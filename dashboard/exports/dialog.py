"""The dialog « Exporter la liste »: which list, which columns, which form; it says how many rows before it is made."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.export_schedules.scheduling import show_scheduling
from dashboard.exports.opened import DIALOG, Opened, columns_key, request_of, subject_of
from dashboard.files.state import await_file
from dashboard.flash import has_flashes
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.errors import MarketplaceError
from db.domain.exports import ExportFormat, ExportRequest, ExportSubject
from db.domain.files import FileKind
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.exports import columns_of, count_rows, usual_columns
from db.services.exports import ask_for_export
from db.services.files import KEPT_FOR

_SUBJECT, _FORMAT = DIALOG.field_key("subject"), DIALOG.field_key("format")
#: A workbook of more rows takes minutes.
_LARGE_WORKBOOK = 200_000
_ZEROS = (
    "Excel retire les zéros au début des codes postaux, EAN et téléphones quand il ouvre un CSV\u00a0; le format Excel "
    "les garde."
)
_HINTS = {
    ExportFormat.XLSX: "Dates, montants et quantités typés, titres figés, filtre, et les sommes en bas, par devise.",
    ExportFormat.CSV: f"UTF-8, point-virgule, virgule décimale\u00a0: Excel l’ouvre tel quel. {_ZEROS}",
    ExportFormat.CSV_COMMA: "UTF-8, virgule, point décimal, dates ISO 8601 en UTC\u00a0: pour un autre logiciel.",
    ExportFormat.PARQUET: "Colonnes typées, montants décimaux, instants en UTC\u00a0: pour un outil d’analyse.",
}
#: What a list says otherwise than the screen.
_NOTES = {
    ExportSubject.DOCUMENTS: (
        "Une ligne par document et par taux de TVA\u00a0: la somme des lignes est le total. Les avoirs sont négatifs."
    ),
}


def show_export_dialog(viewer: Viewer, note: Callable[[], None] | None = None) -> None:
    """Draw the dialog where it is open.

    Args:
        viewer: Who exports.
        note: What the page has to say of the list before it leaves the house.
    """
    if DIALOG.opened() is not None:
        st.dialog("Exporter cette liste", width="medium", on_dismiss=DIALOG.put_away)(_body)(viewer, note)


def _body(viewer: Viewer, note: Callable[[], None] | None) -> None:
    opened = DIALOG.opened()
    if opened is None or has_flashes():
        st.rerun()  # It is done: the page is drawn anew, without the dialog.
    if note:
        note()
    subject = _show_subject(opened)
    _show_columns(subject)
    _show_format()
    request = request_of(opened)
    rows = _counted(viewer, request)
    st.markdown(_what(rows))
    if subject in _NOTES:
        st.caption(_NOTES[subject])
    if request.format is ExportFormat.XLSX and rows > _LARGE_WORKBOOK:
        st.caption("Un classeur de cette taille demande plusieurs minutes\u00a0; un CSV est prêt en quelques secondes.")
    if opened.refusal:
        st.error(escape_markdown(opened.refusal), icon=":material/error:")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Préparer le fichier",
            key="export_confirm",
            type="primary",
            disabled=not rows or not request.columns,
            on_click=_ask,
            args=(viewer, opened, rows),
        )
        st.button("Ne rien faire", key="export_leave", on_click=DIALOG.put_away)
    show_scheduling(
        viewer,
        request,
        DIALOG.field_key,
        on_done=DIALOG.close,
        on_refused=partial(DIALOG.refuse, opened),
    )


def _show_subject(opened: Opened) -> ExportSubject:
    if len(opened.subjects) > 1:
        st.session_state.setdefault(_SUBJECT, opened.subjects[0])
        st.segmented_control(
            "Contenu", opened.subjects, key=_SUBJECT, format_func=lambda each: each.label, required=True
        )
    return subject_of(opened)


def _show_columns(subject: ExportSubject) -> None:
    titles = {column.key: column.title for column in columns_of(subject)}
    key = columns_key(subject)
    st.session_state.setdefault(key, list(usual_columns(subject)))
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown(f"**Colonnes** · {len(st.session_state[key])} sur {len(titles)}", width="content")
        with st.container(horizontal=True, width="content"):
            for label, keys in _shortcuts(subject):
                st.button(label, key=f"export_{label}", type="tertiary", on_click=_choose, args=(key, keys))
    st.pills(
        "Colonnes",
        list(titles),
        selection_mode="multi",
        key=key,
        format_func=lambda each: escape_markdown(titles[each]),
        label_visibility="collapsed",
    )


def _shortcuts(subject: ExportSubject) -> list[tuple[str, list[str]]]:
    """Return what is chosen by one click; where all columns are usual, the two are one."""
    every, usual = [column.key for column in columns_of(subject)], list(usual_columns(subject))
    return [("Toutes", every), *([("Les plus utiles", usual)] if usual != every else [])]


def _choose(key: str, columns: list[str]) -> None:
    st.session_state[key] = columns


def _show_format() -> None:
    st.session_state.setdefault(_FORMAT, ExportFormat.XLSX)
    shown = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.CSV_COMMA, ExportFormat.PARQUET)
    chosen = st.segmented_control("Format", shown, key=_FORMAT, format_func=lambda each: each.label, required=True)
    st.caption(_HINTS[chosen])


def _counted(viewer: Viewer, request: ExportRequest) -> int:
    with reading() as session:
        return count_rows(session, viewer, request, local_day(utc_now()))


def _what(rows: int) -> str:
    if not rows:
        return "Aucune ligne ne correspond à ces filtres\u00a0: il n’y a rien à exporter."
    kept = KEPT_FOR[FileKind.EXPORT].days
    return (
        f"**{formats.plural(rows, 'ligne')}**, toutes celles que les filtres de la page retiennent. Le fichier est "
        f"gardé {kept} jours dans «\u00a0Fichiers\u00a0» et chaque téléchargement est noté au journal."
    )


def _ask(viewer: Viewer, opened: Opened, rows: int) -> None:
    try:
        with transaction() as session:
            file_id = ask_for_export(session, Actor.person(viewer), request_of(opened), rows, utc_now())
    except MarketplaceError as refusal:
        DIALOG.refuse(opened, str(refusal))
        return
    DIALOG.put_away()  # The next one opens with the same columns and the same form.
    await_file(file_id)
