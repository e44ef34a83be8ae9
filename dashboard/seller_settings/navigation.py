"""Which seller is chosen and which are listed: all of it stands in the URL."""

from enum import StrEnum

import streamlit as st

from dashboard.url_values import identifier

SELLER_PARAMETER = "vendeur"
SEARCH_PARAMETER = "q"
LISTED_PARAMETER = "etat"
PART_PARAMETER = "volet"


class Listed(StrEnum):
    """Which sellers are listed; the value is what the URL says."""

    ACTIVE = "Actifs"
    INACTIVE = "Inactifs"
    ALL = "Tous"

    @property
    def is_active(self) -> bool | None:
        """Return what the query asks for."""
        return {Listed.ACTIVE: True, Listed.INACTIVE: False, Listed.ALL: None}[self]


class Part(StrEnum):
    """Which part of a seller's panel is open; the value is what the URL says."""

    CONTACT = "Coordonnées"
    IDENTITY = "Identité légale"
    BANK = "Banque"
    TERMS = "Conditions"


def chosen_seller() -> int | None:
    """Return the seller that the URL names."""
    return identifier(st.query_params.get(SELLER_PARAMETER, ""))


def choose(seller_id: int | None) -> None:
    """Make the URL name this seller, or none; inside a callback the page is drawn again from it."""
    if seller_id is None:
        st.query_params.pop(SELLER_PARAMETER, None)
    else:
        st.query_params[SELLER_PARAMETER] = str(seller_id)
