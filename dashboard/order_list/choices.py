"""The filters' choices, asked for once a minute: sellers and currencies hardly change."""

import datetime as dt

import streamlit as st

from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.order_choices import OrderChoices, order_choices


def forget_choices() -> None:
    """Have the next run ask again: somebody has just made a tag."""
    choices_for.clear()


@st.cache_data(ttl=dt.timedelta(minutes=1), max_entries=100, show_spinner=False)
def choices_for(viewer: Viewer) -> OrderChoices:
    """Return what the viewer can filter by."""
    with reading() as session:
        return order_choices(session, viewer)
