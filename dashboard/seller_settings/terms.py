"""A seller's terms: what the house takes and when it pays the rest, from which day on, and what they were before."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.inputs import parse_rate
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.actor import Actor
from db.domain.business_days import HolidayZone
from db.domain.errors import InvalidInputError
from db.domain.permissions import Permission
from db.domain.seller_terms import MAX_AHEAD, MAX_DELAY_DAYS, Terms, sample_of
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import reading, transaction
from db.queries.seller_terms import TermsOfSeller, TermsRow, seller_terms
from db.services.seller_terms import MAX_NOTE, change_holiday_zone, change_terms, withdraw_terms

#: The sale on which terms are shown.
SAMPLE_CENTS = 31_90


def show_terms(viewer: Viewer, seller_id: int) -> None:
    """Draw the terms of a seller; who may change them gets the form."""
    today = local_day(utc_now())
    with reading() as session:
        found = seller_terms(session, viewer, seller_id, today)
    if found is None:
        return
    st.markdown(f"Aujourd’hui\u00a0: **{found.today.words}** après la commande.")
    st.caption(sample_words(found.today, today, found.zone))
    if viewer.may(Permission.MANAGE_SETTINGS):
        _show_zone(viewer, found)
        with st.container(border=True):
            _show_form(viewer, found, today)
    _show_history(viewer, found, today)


def sample_words(terms: Terms, placed_on: dt.date, zone: HolidayZone) -> str:
    """Return what terms make of one order, as « 31,90 € → commission 0,93 €, reversé 30,97 € le 04/12/2026 »."""
    sample = sample_of(terms, SAMPLE_CENTS, placed_on, zone)
    total, fee, net = (formats.money(cents) for cents in (sample.total_cents, sample.fee_cents, sample.net_cents))
    return (
        f"Une commande du {formats.date(placed_on)}\u00a0: {total} → commission {fee}, reversé {net} le "
        f"{formats.date(sample.due_on)}."
    )


def _show_zone(viewer: Viewer, found: TermsOfSeller) -> None:
    key = f"terms_zone_{found.seller_id}_{found.zone}"
    st.toggle(
        "Jours fériés d’Alsace-Moselle",
        found.zone is HolidayZone.ALSACE_MOSELLE,
        key=key,
        on_change=_change_zone,
        args=(viewer, found),
        help="Le Vendredi saint et le 26 décembre n’y sont pas ouvrés. Vaut dès maintenant pour les ventes à "
        "venir\u00a0; celles qui sont déjà portées au compte gardent leur date.",
    )


def _show_form(viewer: Viewer, found: TermsOfSeller, today: dt.date) -> None:
    """Draw the form with what it would do; what somebody else decides meanwhile is a new text to start from."""
    key = f"terms_{found.seller_id}_{hash(found.history)}"
    with st.container(horizontal=True):
        rate = st.text_input(
            "Commission, en %", _rate_text(found.today), key=f"{key}_rate", autocomplete="off", width=130
        )
        delay = st.number_input(
            "Délai, en jours ouvrés",
            0,
            MAX_DELAY_DAYS,
            found.today.payout_delay_days,
            key=f"{key}_delay",
            width=170,
        )
        from_on = st.date_input(
            "À partir des commandes du",
            today + dt.timedelta(days=1),
            key=f"{key}_from",
            format="DD/MM/YYYY",
            min_value=today,
            max_value=today + MAX_AHEAD,
            width=190,
        )
    note = st.text_input(
        "Pourquoi",
        key=f"{key}_note",
        max_chars=MAX_NOTE,
        autocomplete="off",
        placeholder="Nouveau contrat, signé le 12/11",
        help="Gardé dans l’historique des conditions.",
    )
    typed = _typed(rate, delay)
    if isinstance(typed, InvalidInputError):
        st.caption(f":red[:material/error:] {escape_markdown(str(typed))}")
    else:
        st.caption(sample_words(typed, from_on, found.zone))
    st.button(
        f"Changer à partir du {formats.date(from_on)}",
        type="primary",
        key="terms_save",
        disabled=isinstance(typed, InvalidInputError) or typed == found.on(from_on),
        on_click=_change,
        args=(viewer, found.seller_id, typed, from_on, note or ""),
    )
    st.caption("Les commandes d’avant ce jour gardent leur commission et leur date, même payées ou remboursées après.")


def _typed(rate: str, delay: int) -> Terms | InvalidInputError:
    try:
        return Terms(parse_rate(rate), delay)
    except InvalidInputError as refusal:
        return refusal


def _rate_text(terms: Terms) -> str:
    return formats.rate(terms.fee_rate_bp).removesuffix(f"{formats.NO_BREAK_SPACE}%")


def _show_history(viewer: Viewer, found: TermsOfSeller, today: dt.date) -> None:
    st.markdown("**Historique**")
    for row in found.history:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_row_words(row, today))
            if row.from_on is not None and row.from_on >= today and viewer.may(Permission.MANAGE_SETTINGS):
                st.button(
                    "Retirer",
                    key=f"terms_withdraw_{row.id}",
                    icon=":material/undo:",
                    on_click=_withdraw,
                    args=(viewer, found.seller_id, row),
                )


def _row_words(row: TermsRow, today: dt.date) -> str:
    if row.from_on is None:
        return f"À l’origine\u00a0: {row.terms.words}"
    since = "À partir" if row.from_on > today else "Depuis les commandes"
    who = f"{row.person_name}, le {formats.instant(row.created_at)}" if row.created_at else row.person_name
    why = f" – {row.note}" if row.note else ""
    return (
        f"{since} du {formats.date(row.from_on)}\u00a0: {row.terms.words}{escape_markdown(why)}  \n"
        f":gray[{escape_markdown(who)}]"
    )


@telling_refusals()
def _change(viewer: Viewer, seller_id: int, terms: Terms, from_on: dt.date, note: str) -> None:
    with transaction() as session:
        change_terms(session, Actor.person(viewer), seller_id, terms, from_on, note, utc_now())
    flash(f"À partir du {formats.date(from_on)}\u00a0: {terms.words}.")


@telling_refusals()
def _withdraw(viewer: Viewer, seller_id: int, row: TermsRow) -> None:
    with transaction() as session:
        withdraw_terms(session, Actor.person(viewer), seller_id, row.id or 0, utc_now())
    flash("Le changement est retiré\u00a0: les conditions d’avant continuent.")


@telling_refusals()
def _change_zone(viewer: Viewer, found: TermsOfSeller) -> None:
    alsatian = found.zone is HolidayZone.METROPOLE
    zone = HolidayZone.ALSACE_MOSELLE if alsatian else HolidayZone.METROPOLE
    with transaction() as session:
        change_holiday_zone(session, Actor.person(viewer), found.seller_id, found.zone, zone, utc_now())
    flash(f"Jours fériés\u00a0: {zone.label}.")
