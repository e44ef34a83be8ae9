"""Turning the calendar: the URL is the state, so a turn is a new URL, and Back turns it back."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.home.state import DAY, MONTH, CalendarState, from_query, to_query
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.calendar import CalendarChoices, calendar_choices


@st.cache_data(ttl=dt.timedelta(minutes=1), max_entries=100, show_spinner=False)
def choices_for(viewer: Viewer) -> CalendarChoices:
    """Return what the calendar offers to a viewer; sellers and currencies hardly change."""
    with reading() as session:
        return calendar_choices(session, viewer)


def present_state(choices: CalendarChoices, today: dt.date) -> CalendarState:
    """Return the calendar that the URL asks for, and tell what of it could not be understood."""
    state, notices = from_query(st.query_params.to_dict(), choices, today)
    if notices:
        st.toast("\n\n".join(notices), icon=":material/info:")
        go(to_query(state))
    return state


def turn_to_day(state: CalendarState, day: object) -> None:
    """Show a day as the browser names it: it goes into the URL and is read from there with care."""
    go(to_query(state) | {DAY: str(day)})


def turn_to_month(state: CalendarState, month: object) -> None:
    """Turn to a month as the browser names it, read with the same care."""
    go(to_query(replace(state, day=None)) | {MONTH: str(month)})


def go(params: dict[str, str]) -> None:
    """Make the URL say this; inside a callback the page is drawn again from it."""
    st.query_params.from_dict(params)
