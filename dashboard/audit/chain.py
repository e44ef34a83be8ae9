"""How the chain of the log stands: sealed up to where, anchored when, what the last verification found."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.jobs import JobName
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.audit import ChainCheck, ChainState, chain_state
from db.services.work import request_job

_ASKED = "audit_asked_after"
#: How often the page looks whether a verification that was asked for has come.
_LOOKS_EVERY = 2
_FAULTS_SHOWN = 5


def show_title(viewer: Viewer) -> None:
    """Draw the page's title and, for who follows the work, the button that has the chain verified."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Journal d’audit", anchor=False, width="content")
        if viewer.may(Permission.FOLLOW_WORK):
            st.button(
                "Vérifier maintenant",
                key="audit_verify",
                icon=":material/verified_user:",
                on_click=_verify,
                args=(viewer,),
            )


def show_chain(viewer: Viewer, now: dt.datetime) -> None:
    """Draw the state of the chain; while a verification is under way, look for it again and again."""
    with reading() as session:
        state = chain_state(session, viewer)
    asked_after = st.session_state.get(_ASKED)
    is_awaited = asked_after is not None and asked_after == (state.check.id if state.check else 0)
    if not is_awaited:
        st.session_state.pop(_ASKED, None)
        _draw(state, now)
        return
    _await(viewer, now)


@st.fragment(run_every=_LOOKS_EVERY)
def _await(viewer: Viewer, now: dt.datetime) -> None:
    with reading() as session:
        state = chain_state(session, viewer)
    if st.session_state.get(_ASKED) != (state.check.id if state.check else 0):
        st.rerun()
    st.info(
        f"Vérification en cours\u00a0: {formats.plural(state.sealed, 'inscription', 'inscriptions')} à relire. "
        "Vous pouvez continuer votre travail.",
        icon=":material/hourglass_top:",
    )
    st.caption(chain_words(state, now))


@telling_refusals()
def _verify(viewer: Viewer) -> None:
    now = utc_now()
    with transaction() as session:
        request_job(session, viewer, JobName.CHECK_AUDIT, now)
        check = chain_state(session, viewer).check
    st.session_state[_ASKED] = check.id if check else 0
    flash("Vérification demandée.")


def _draw(state: ChainState, now: dt.datetime) -> None:
    check = state.check
    if check is None:
        st.info(f"Jamais vérifié\u00a0: la vérification se fait chaque nuit. {chain_words(state, now)}")
    elif check.is_sound:
        st.success(f"{verdict_words(check, now)}  \n{chain_words(state, now)}", icon=":material/verified_user:")
    else:
        st.error(f"{verdict_words(check, now)}  \n{chain_words(state, now)}", icon=":material/gpp_bad:")
        _show_faults(check)


def _show_faults(check: ChainCheck) -> None:
    told = [f"- {escape_markdown(str(fault['text']))}" for fault in check.faults]
    st.markdown("\n".join(told[:_FAULTS_SHOWN]))
    if len(told) > _FAULTS_SHOWN:
        with st.expander(formats.plural(len(told) - _FAULTS_SHOWN, "autre défaut", "autres défauts")):
            st.markdown("\n".join(told[_FAULTS_SHOWN:]))


def verdict_words(check: ChainCheck, now: dt.datetime) -> str:
    """Return « Journal intact : 1 284 inscriptions relues hier 02:35. »."""
    read = formats.plural(check.entries, "inscription relue", "inscriptions relues")
    when = formats.short_instant(check.checked_at, now)
    if check.is_sound:
        return f"**Journal intact**\u00a0: {read} ({when})."
    return f"**{formats.plural(len(check.faults), 'défaut')}** dans le journal\u00a0: {read} ({when})."


def chain_words(state: ChainState, now: dt.datetime) -> str:
    """Return up to where the chain is sealed and when it was last anchored."""
    if state.sealed_at is None:
        return "Rien n’est encore scellé."
    until = formats.short_instant(state.sealed_at, now)
    anchored = (
        f"ancré le {formats.date(state.anchored_on)} ({formats.plural(state.anchors, 'ancre')})"
        if state.anchored_on
        else "pas encore ancré"
    )
    return f"Scellé jusqu’à la place {formats.integer(state.sealed)} ({until}), {anchored}."
