"""The list of tokens: whose, for what, last used when; each can be taken back."""

import datetime as dt

import streamlit as st

from dashboard.flash import flash, telling_refusals
from dashboard.markdown import escape_markdown
from db.domain import formats
from db.domain.api import Scope, TokenState
from db.domain.time import local_day, utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.api_tokens import TokenRow
from db.services.api_tokens import revoke_api_token


def show_tokens(viewer: Viewer, tokens: list[TokenRow], now: dt.datetime) -> None:
    """Draw the tokens, or what to do without one."""
    if not tokens:
        st.info("Aucun jeton pour l’instant. Créez-en un pour que la boutique envoie ses commandes par l’API.")
        return
    in_use = [token for token in tokens if token.state is TokenState.ACTIVE]
    st.caption(formats.plural(len(in_use), "jeton actif", "jetons actifs"))
    for token in tokens:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(_described(token, now), width="stretch")
            if token.state is TokenState.ACTIVE:
                _show_revocation(viewer, token)


def _described(token: TokenRow, now: dt.datetime) -> str:
    used = formats.short_instant(token.last_used_at, now) if token.last_used_at else "jamais"
    facts = [
        escape_markdown(f"{token.hint}…"),
        f"dernière utilisation\u00a0: {used}",
        f"création\u00a0: {formats.short_instant(token.created_at, now)}"
        + (f" par {escape_markdown(token.made_by)}" if token.made_by else ""),
        f"expire le {formats.date(local_day(token.expires_at))}" if token.expires_at else "sans limite de durée",
    ]
    whose = escape_markdown(token.seller_name) if token.seller_name else "Tous les vendeurs"
    # Quiet: only what opens nothing any more says so.
    state = "" if token.state is TokenState.ACTIVE else f" · {token.state.label}"
    permits = ", ".join(scope.label.lower() for scope in Scope if scope in token.scopes)
    return f"**{escape_markdown(token.name)}**{state}  \n{whose} · {permits}  \n:gray[{' · '.join(facts)}]"


def _show_revocation(viewer: Viewer, token: TokenRow) -> None:
    with st.popover("Révoquer"):
        st.write(
            "La boutique qui l’utilise est refusée dès sa prochaine demande. Un jeton révoqué ne revient pas en "
            "service\u00a0: il faudra en créer un autre."
        )
        st.button(
            "Révoquer ce jeton",
            type="primary",
            key=f"api_token_revoke_{token.id}",
            on_click=_revoke,
            args=(viewer, token),
        )


@telling_refusals()
def _revoke(viewer: Viewer, token: TokenRow) -> None:
    with transaction() as session:
        revoke_api_token(session, viewer, token.id, utc_now())
    flash(f"Le jeton de {escape_markdown(token.name)} est révoqué.")
