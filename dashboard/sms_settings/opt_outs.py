"""The numbers that want no SMS: listed, added, taken off the list again."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.sms import shown_number
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.sms import OptOutRow
from db.services.sms_settings import add_opt_out, remove_opt_out

_TYPED = "sms_opt_out"
_SHOWN = 50


def show_opt_outs(viewer: Viewer, rows: list[OptOutRow], now: dt.datetime) -> None:
    """Draw the list with the ways to change it."""
    st.subheader("Numéros qui ne veulent plus de SMS", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Numéro de mobile", key=_TYPED, placeholder="06 12 34 56 78", autocomplete="off", width=220)
        st.button("Ajouter", key="sms_opt_out_add", icon=":material/block:", on_click=_add, args=(viewer,))
    if not rows:
        st.caption("Personne n’a demandé à ne plus en recevoir.")
    for row in rows[:_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            by = f" · {row.said_by}" if row.said_by else ""
            words = f"{shown_number(row.phone)} · {formats.short_instant(row.created_at, now)}{by}"
            st.markdown(escape_markdown(words), width="stretch")
            st.button(
                "Autoriser de nouveau", key=f"sms_allow_{row.phone}", type="tertiary", on_click=_remove,
                args=(viewer, row.phone),
            )  # fmt: skip
    if len(rows) > _SHOWN:
        st.caption(f"et {formats.plural(len(rows) - _SHOWN, 'autre numéro', 'autres numéros')}.")


@telling_refusals()
def _add(viewer: Viewer) -> None:
    typed = str(st.session_state.get(_TYPED) or "")
    with transaction() as session:
        dropped = add_opt_out(session, viewer, typed, utc_now())
    st.session_state[_TYPED] = ""
    waiting = f" {formats.plural(dropped, 'SMS qui attendait est abandonné', 'SMS qui attendaient sont abandonnés')}."
    flash(f"Ce numéro ne recevra plus de SMS.{waiting if dropped else ''}")


@telling_refusals()
def _remove(viewer: Viewer, phone: str) -> None:
    with transaction() as session:
        remove_opt_out(session, viewer, phone)
    flash(f"Le {escape_markdown(shown_number(phone))} peut de nouveau recevoir des SMS.")
