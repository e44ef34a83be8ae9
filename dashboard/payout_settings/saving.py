"""The button that keeps how sellers are paid, and who changed what before."""

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.payout_settings import SETTING_LABELS, PayoutSettingsRow
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.payout_settings import SettingChange
from db.services.payout_settings import save_payout_settings

_UNSET = "rien"


def show_save(viewer: Viewer, saved: PayoutSettingsRow, typed: PayoutSettingsRow | None) -> None:
    """Draw the button that keeps what is typed; it waits while something cannot be read."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Enregistrer",
            type="primary",
            key="payout_settings_save",
            disabled=typed in {None, saved},
            on_click=_save,
            args=(viewer, saved, typed),
        )
        if typed is None:
            st.caption("Corrigez ce qui est en rouge pour enregistrer.")
        elif typed != saved:
            st.caption("Modifications non enregistrées")


def show_changes(changes: Sequence[SettingChange], now: dt.datetime) -> None:
    """Draw who changed what, the latest first."""
    st.subheader("Historique", anchor=False)
    if not changes:
        st.caption("Personne n’a encore changé ces réglages. Chaque changement est noté ici, et ne s’efface pas.")
        return
    st.caption("Chaque changement est noté, et ne s’efface pas.")
    with st.container(gap="small"):
        for change in changes:
            st.markdown(change_words(change, now))


def change_words(change: SettingChange, now: dt.datetime) -> str:
    """Return one change, as Markdown."""
    label = escape_markdown(SETTING_LABELS.get(change.setting, change.setting))
    before, after = (escape_markdown(words or _UNSET) for words in (change.before, change.after))
    who = f"{escape_markdown(change.person_name)}, {formats.short_instant(change.at, now)}"
    return f"**{label}**\u00a0: {before} → {after}  \n:small[:gray[{who}]]"


@telling_refusals()
def _save(viewer: Viewer, saved: PayoutSettingsRow, typed: PayoutSettingsRow) -> None:
    with transaction() as session:
        save_payout_settings(session, viewer, saved, typed, utc_now())
    flash("Les réglages des reversements sont enregistrés.")
