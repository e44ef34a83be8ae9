"""Keys of widgets that follow the URL.

Widgets start from the URL and write it back. Streamlit keeps the value of a widget whose popover is closed in the
browser, deaf to what the script says: so when the URL changes behind the widgets' back (Back, a link, a tab), a new
generation of widgets replaces the old one. While a person works with a widget, it stays.
"""

import streamlit as st


def follow(page: str, query: str) -> None:
    """Renew the widgets of a page if its URL says something else than what they last wrote."""
    if st.session_state.get(_query(page)) != query:
        keep(page, query)
        st.session_state[_number(page)] = st.session_state.get(_number(page), 0) + 1


def keep(page: str, query: str) -> None:
    """Let the widgets of a page stay as they are when its URL says this."""
    st.session_state[_query(page)] = query


def key(page: str, name: str) -> str:
    """Return the key of one of a page's widgets in the present generation."""
    return f"{name}_{st.session_state.get(_number(page), 0)}"


def _query(page: str) -> str:
    return f"{page}_query"


def _number(page: str) -> str:
    return f"{page}_generation"
