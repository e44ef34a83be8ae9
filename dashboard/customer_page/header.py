"""The top of a customer's page: the way back, the name, what they bought, whether their data was erased."""

import streamlit as st

from dashboard.customer_page.facts import subtitle
from dashboard.markdown import escape_markdown
from dashboard.navigation import CUSTOMERS
from db.domain import formats
from db.domain.privacy import KEPT_YEARS
from db.queries.customer_rows import CustomerDetail


def show_way_back() -> None:
    """Draw the way to the list."""
    with st.container(key="order_way"):
        st.page_link(CUSTOMERS.page(), label="Clients", icon=":material/arrow_back:")


def show_header(customer: CustomerDetail) -> None:
    """Draw who it is."""
    st.header(escape_markdown(customer.account.name.strip() or "Sans nom"), anchor=False)
    st.caption(escape_markdown(subtitle(customer)))
    erased_at = customer.account.erased_at
    if erased_at is not None:
        st.info(
            f"Les données de ce client ont été effacées le {formats.instant(erased_at)}. Ses ventes restent, sans son "
            f"nom\u00a0; ses factures et avoirs se conservent {KEPT_YEARS} ans, tels qu’ils ont été établis.",
            icon=":material/person_off:",
        )
