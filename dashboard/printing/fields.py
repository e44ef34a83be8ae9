"""The fields of the printing dialog: which papers, of which orders or days, in what."""

import datetime as dt
from enum import StrEnum

import streamlit as st

from dashboard.order_list.choices import choices_for
from dashboard.printing.opened import DIALOG, Opened
from dashboard.statuses import label_of
from db.domain.orders import OrderStatus
from db.domain.papers import Chosen, DayOf, Form, Matching, Paper, Period, Wanted
from db.domain.viewer import Viewer

_key = DIALOG.field_key
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)


class Among(StrEnum):
    """What is printed from, where no order was ticked."""

    LISTED = "listed"
    DAYS = "days"


_AMONG_LABELS = {Among.LISTED: "Toute la liste filtrée", Among.DAYS: "Par dates"}


def show_fields(viewer: Viewer, opened: Opened, today: dt.date) -> Wanted | None:
    """Draw the fields; return what they ask for, None while a day is missing."""
    if opened.paper is not None:
        return _with_form(opened.paper, Chosen(opened.order_ids))
    paper = st.selectbox("Documents", list(Paper), key=_key("paper"), format_func=lambda each: each.label)
    among: Matching | Period | None
    if opened.listed is not None and _asks_among() is Among.LISTED:
        among = Matching(opened.listed)
    else:
        among = _period(viewer, paper, today)
    return _with_form(paper, among) if among else None


def _asks_among() -> Among:
    st.session_state.setdefault(_key("among"), Among.LISTED)
    return Among(
        st.segmented_control(
            "De quelles commandes\u00a0?",
            list(Among),
            key=_key("among"),
            format_func=lambda among: _AMONG_LABELS[among],
            required=True,
        )
    )


def _period(viewer: Viewer, paper: Paper, today: dt.date) -> Period | None:
    since, until = st.columns(2)
    first = _day(since, "Du", "first_day", today.replace(day=1))
    last = _day(until, "Au", "last_day", today)
    day_of = _day_of() if paper.document_kind else DayOf.ORDER
    statuses = st.multiselect(
        "Statut des commandes",
        list(OrderStatus),
        key=_key("statuses"),
        format_func=label_of,
        placeholder="Tous les statuts",
    )
    seller_id = _seller(choices_for(viewer).sellers)
    if first is None or last is None:
        return None
    return Period(first, last, day_of, frozenset(statuses), seller_id)


def days_changed(wanted: Wanted) -> bool:
    """Tell whether a day was typed that is not counted yet: leaving its field is the click on « Imprimer »."""
    if not isinstance(wanted.among, Period):
        return False
    days = (wanted.among.first_day, wanted.among.last_day)
    return days != (st.session_state.get(_key("first_day")), st.session_state.get(_key("last_day")))


def _day(place: st.delta_generator.DeltaGenerator, label: str, name: str, usual: dt.date) -> dt.date | None:
    st.session_state.setdefault(_key(name), usual)
    return place.date_input(
        label, value=None, key=_key(name), format="DD/MM/YYYY", min_value=_FIRST_DAY, max_value=_LAST_DAY
    )


def _day_of() -> DayOf:
    # Whoever prints a month's invoices means the month that the books have them in.
    st.session_state.setdefault(_key("day_of"), DayOf.DOCUMENT)
    return DayOf(
        st.radio("De quoi sont ces dates\u00a0?", list(DayOf), key=_key("day_of"), format_func=lambda day: day.label)
    )


def _seller(sellers: dict[int, str]) -> int | None:
    if len(sellers) < 2:
        return None
    return st.selectbox(
        "Vendeur",
        list(sellers),
        index=None,
        key=_key("seller"),
        format_func=lambda seller_id: sellers[seller_id],
        placeholder="Tous les vendeurs",
    )


def _with_form(paper: Paper, among: Chosen | Matching | Period) -> Wanted:
    st.session_state.setdefault(_key("form"), Form.ONE_PDF)
    form = st.radio("Fichier", list(Form), key=_key("form"), format_func=lambda form: form.label)
    shows_prices = paper is Paper.ORDER_SUMMARIES and st.checkbox("Indiquer les prix de vente", key=_key("prices"))
    return Wanted(paper, among, Form(form), shows_prices)
