"""« Vérifier maintenant »: every closed month against its chain and against the rows of today."""

import streamlit as st

from db.domain.actor import Actor
from db.domain.audit import AuditArea
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.services.audit import Act, note_act
from db.services.closing_check import verify_closings

_FOUND = "closings_faults"


def last_faults() -> dict[str, list[str]] | None:
    """Return what this session's last verification found, by month; None before the first."""
    found: dict[str, list[str]] | None = st.session_state.get(_FOUND)
    return found


def show_button(viewer: Viewer) -> None:
    """Draw the button."""
    st.button("Vérifier maintenant", icon=":material/fact_check:", on_click=_verify, args=(viewer,))


def _verify(viewer: Viewer) -> None:
    with reading(at_one_instant=True) as session:
        found = {closed.month.isoformat(): faults for closed, faults in verify_closings(session)}
    wrong = sum(bool(faults) for faults in found.values())
    act = Act(AuditArea.CLOSING, "closings_verified", after={"months": len(found), "changed": wrong})
    with transaction() as session:
        note_act(session, Actor.person(viewer), act, utc_now())
    st.session_state[_FOUND] = found
