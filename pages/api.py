"""API: the tokens of the shops that send orders. Query → show → create, revoke."""

import streamlit as st

from dashboard.api_settings.creation import show_create_button, show_creation
from dashboard.api_settings.example import show_example
from dashboard.api_settings.new_token import show_kept_token
from dashboard.api_settings.tokens import show_tokens
from dashboard.viewer import current_viewer
from db.domain.time import utc_now
from db.engine import reading
from db.queries.access import seller_choices
from db.queries.api_tokens import api_tokens

viewer, now = current_viewer(), utc_now()
with reading() as session:
    tokens = api_tokens(session, viewer, now)
    sellers = seller_choices(session, viewer)

st.header("API", anchor=False)
st.caption("Une boutique envoie ses commandes, suit leur état et annonce ses paiements par HTTP, avec un jeton à elle.")
show_creation(viewer, sellers)
show_kept_token()

list_side, example_side = st.columns([3, 2], gap="medium")
with list_side:
    show_create_button()
    show_tokens(viewer, tokens, now)
with example_side:
    show_example()
