"""« Vérifier maintenant » and « Imprimer le rapport »: both are files that the worker makes, with a bar of progress."""

import streamlit as st

from dashboard.continuity.state import Wanted
from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from db.domain.actor import Actor
from db.domain.continuity import Check
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.services.documents.continuity import ask_for_check, ask_for_report


def show_actions(viewer: Viewer, check: Check | None, shown: Wanted) -> None:
    """Draw the buttons; there is nothing to print before the first check."""
    if check is not None:
        st.button(
            "Imprimer le rapport",
            key="continuity_print",
            icon=":material/print:",
            on_click=_print,
            args=(viewer, check.id, shown),
        )
    st.button(
        f"Vérifier {shown.year} maintenant" if shown.year else "Vérifier maintenant",
        key="continuity_check",
        icon=":material/fact_check:",
        type="primary",
        on_click=_check,
        args=(viewer, shown.year),
    )


@telling_refusals()
def _check(viewer: Viewer, year: int | None) -> None:
    with transaction() as session:
        file_id = ask_for_check(session, Actor.person(viewer), utc_now(), year=year)
    await_file(file_id)


@telling_refusals()
def _print(viewer: Viewer, check_id: int, shown: Wanted) -> None:
    with transaction() as session:
        file_id = ask_for_report(
            session, Actor.person(viewer), check_id, utc_now(), year=shown.year, seller_id=shown.seller_id
        )
    await_file(file_id)
