"""The top of the page: how many sellers are declared and until when, which are listed, the year, and the file."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.dac7.state import Dac7State, Listed, go
from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from db.domain import formats
from db.domain.actor import Actor
from db.domain.dac7 import declared_by
from db.domain.document_filter import ListFormat
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.dac7 import Declaration
from db.services.dac7 import ask_for_dac7


def show_choices(viewer: Viewer, state: Dac7State, years: list[int], found: Declaration) -> None:
    """Draw the choice of the list and of the year, and the ways to take the figures out."""
    list_side, year_side = st.columns([3, 1], vertical_alignment="center")
    with list_side:
        _show_tabs(state, found)
    with year_side, st.container(horizontal=True, horizontal_alignment="right"):
        _show_years(state, years)
        with st.popover("Exporter", icon=":material/download:", disabled=not found.sellers):
            for form in ListFormat:
                st.button(
                    form.label,
                    key=f"dac7_export_{form}",
                    on_click=_export,
                    args=(viewer, found, form),
                    width="stretch",
                )


def show_summary(found: Declaration, today: dt.date) -> None:
    """Say how many sellers are declared and until when, and what is counted."""
    declared = {each.seller_id for each in found.declared}
    incomplete = {each.seller_id for each in found.declared if each.missing}
    words = [
        f"**{formats.plural(len(declared), 'vendeur')} à déclarer** avant le {formats.date(declared_by(found.year))}"
    ]
    if incomplete:
        words.append(
            f":orange[:material/warning:] {formats.plural(len(incomplete), 'fiche incomplète', 'fiches incomplètes')}"
        )
    if today.year <= found.year:
        words.append(f":gray[:material/schedule: {found.year} n’est pas finie, ces chiffres vont encore changer]")
    limit = found.thresholds
    least, most = formats.plural(limit.min_sales, "vente"), formats.money(limit.max_cents)
    with st.container(gap="xxsmall"):
        st.markdown(" · ".join(words))
        st.caption(
            "Contrepartie nette\u00a0: ventes créditées dans le trimestre, moins remboursements et commissions. Un "
            f"vendeur de biens avec moins de {least} et au plus {most} dans l’année n’est pas déclaré (directive (UE) "
            "2021/514\u00a0; CGI, art. 1649 ter A et suivants)."
        )


def _show_tabs(state: Dac7State, found: Declaration) -> None:
    """Draw which sellers are listed, with how many each list has."""
    counts = {listed: len({each.seller_id for each in found.sellers if listed.holds(each)}) for listed in Listed}
    st.segmented_control(
        "Liste",
        list(Listed),
        default=state.listed,
        key=f"dac7_list_{state.year}_{state.listed}",
        required=True,
        label_visibility="collapsed",
        format_func=lambda each: f"{each.label} {formats.integer(counts[each])}",
        on_change=_change_list,
        args=(state,),
    )


def _show_years(state: Dac7State, years: list[int]) -> None:
    # What the URL names stays chosen, even where nothing was sold in it.
    listed = sorted({*years, state.year}, reverse=True)
    st.selectbox(
        "Année",
        listed,
        listed.index(state.year),
        key=f"dac7_year_{state.year}",
        label_visibility="collapsed",
        width=110,
        on_change=_change_year,
        args=(state,),
    )


def _change_year(state: Dac7State) -> None:
    go(replace(state, year=st.session_state[f"dac7_year_{state.year}"], chosen=None))


def _change_list(state: Dac7State) -> None:
    go(replace(state, listed=st.session_state[f"dac7_list_{state.year}_{state.listed}"], chosen=None))


@telling_refusals()
def _export(viewer: Viewer, found: Declaration, form: ListFormat) -> None:
    sellers = len({each.seller_id for each in found.sellers})
    with transaction() as session:
        file_id = ask_for_dac7(session, Actor.person(viewer), found.year, form, sellers, utc_now())
    await_file(file_id)
