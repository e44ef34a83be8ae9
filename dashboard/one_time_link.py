"""A one-time link on the screen: shown once to whoever made it, to copy and hand over."""

import streamlit as st

from dashboard.markdown import escape_markdown
from db.domain import formats
from db.services.links import NewLink
from db.settings import settings

_KEY = "_one_time_link"


def keep_link(person_name: str, link: NewLink) -> None:
    """Keep a link just made, to show until its maker has copied it."""
    st.session_state[_KEY] = (person_name, link)


def show_kept_link() -> None:
    """Show the kept link, if there is one."""
    if _KEY not in st.session_state:
        return
    person_name, link = st.session_state[_KEY]
    with st.container(border=True):
        st.markdown(
            f"**Lien d’accès pour {escape_markdown(person_name)}** · il sert une fois, jusqu’au "
            f"{formats.instant(link.expires_at)}. Copiez-le et transmettez-le\u00a0: il ne sera plus montré."
        )
        st.code(f"{settings().public_url}/lien/{link.token}", language=None, wrap_lines=True)
        st.button("J’ai copié le lien", key="link_copied", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_KEY, None)
