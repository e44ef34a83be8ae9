"""The preparation of payouts: « Préparer maintenant », how far the one under way is, and what the latest came to."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.payouts.state import PayoutsState, go
from db.domain import formats
from db.domain.actor import Actor
from db.domain.payout_filter import PayoutTab
from db.domain.payouts import PayoutState
from db.domain.permissions import Permission
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.payout_runs import RunRow, latest_runs, sellers_left
from db.services.payouts.runs import begin_run

#: The ones that are listed; older payouts are found in the list.
RUNS_SHOWN = 10
_EVERY_SECONDS = 2
#: « À approuver », « transmis à la banque »: the same of one and of several.
_INVARIABLE = frozenset({PayoutState.PREPARED, PayoutState.EXPORTED})


def show_prepare(viewer: Viewer, runs: tuple[RunRow, ...]) -> None:
    """Draw « Préparer maintenant » and the latest preparations, for the house."""
    if viewer.seller_id is not None:
        return
    if viewer.may(Permission.PREPARE_PAYOUTS):
        st.button(
            "Préparer maintenant",
            key="payouts_prepare",
            icon=":material/playlist_add_check:",
            disabled=is_under_way(runs),
            help="Réunit tout ce qui est dû à ce jour, comme chaque nuit. Recommencer ne compte rien deux fois.",
            on_click=_prepare,
            args=(viewer,),
        )
    if runs:
        with st.popover("Préparations", icon=":material/history:", type="tertiary", key="p_payouts_runs"):
            for run in runs:
                st.button(
                    run_words(run),
                    key=f"payouts_run_{run.id}",
                    type="tertiary",
                    disabled=not run.payout_count,
                    on_click=go,
                    args=(PayoutsState(PayoutTab.ALL, run_id=run.id),),
                )


def show_progress(viewer: Viewer, runs: tuple[RunRow, ...]) -> None:
    """Draw how far the preparation under way is, again and again; the whole page once it is over."""
    if is_under_way(runs):
        st.fragment(_draw_progress, run_every=_EVERY_SECONDS)(viewer)


def is_under_way(runs: tuple[RunRow, ...]) -> bool:
    """Tell whether a preparation was begun and not gone through to the end."""
    return any(run.finished_at is None for run in runs)


def run_words(run: RunRow) -> str:
    """Return « 21/11/2026 03:00 · la nuit · 14 reversements · 3 400,00 € · 12 à approuver, 2 retenus »."""
    said = [formats.instant(run.started_at), run.person_name or "la nuit"]
    if run.finished_at is None:
        said.append("en cours")
    if not run.payout_count:
        return " · ".join([*said, "aucun reversement"])
    states = [_counted(state, count) for state, count in run.states.items()]
    worth = [formats.money(cents, currency) for currency, cents in run.cents.items()]
    return " · ".join([*said, formats.plural(run.payout_count, "reversement"), *worth, ", ".join(states)])


def _counted(state: PayoutState, count: int) -> str:
    """Return « 12 à approuver », « 2 retenus »."""
    word = state.label.lower()
    return formats.plural(count, word, word if state in _INVARIABLE else f"{word}s")


def progress_words(run: RunRow, left: int, now: dt.datetime) -> str:
    """Return « Préparation en cours depuis 12 s : 37 reversements, encore 12 vendeurs »."""
    since = formats.short_duration(now - run.started_at)
    done = formats.plural(run.payout_count, "reversement")
    return f"Préparation en cours depuis {since}\u00a0: {done}, encore {formats.plural(left, 'vendeur')}"


def _draw_progress(viewer: Viewer) -> None:
    now = utc_now()
    with reading() as session:
        runs = latest_runs(session, viewer, RUNS_SHOWN)
        run = next((each for each in runs if each.finished_at is None), None)
        left = sellers_left(session, viewer, run.run_on) if run else 0
    if run is None:
        st.rerun()
    st.progress(run.payout_count / max(run.payout_count + left, 1), text=progress_words(run, left, now))


@telling_refusals()
def _prepare(viewer: Viewer) -> None:
    now = utc_now()
    with transaction() as session:
        begin_run(session, Actor.person(viewer), now)
    flash(f"La préparation de ce qui est dû au {formats.date(local_day(now))} commence.")
