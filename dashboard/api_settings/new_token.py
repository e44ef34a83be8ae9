"""A token just made, on the screen: shown once to whoever made it, to copy and hand over."""

import streamlit as st

from dashboard.markdown import escape_markdown

_KEY = "_new_api_token"


def keep_token(shop: str, token: str) -> None:
    """Keep a token just made, to show until its maker has copied it."""
    st.session_state[_KEY] = (shop, token)


def show_kept_token() -> None:
    """Show the kept token, if there is one; its block has a button that copies it."""
    if _KEY not in st.session_state:
        return
    shop, token = st.session_state[_KEY]
    with st.container(border=True):
        st.markdown(
            f"**Jeton de {escape_markdown(shop)}** · Copiez-le et transmettez-le par un moyen sûr\u00a0: il ne sera "
            "plus montré."
        )
        st.code(token, language=None, wrap_lines=True)
        st.button("J’ai copié le jeton", key="api_token_copied", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_KEY, None)
