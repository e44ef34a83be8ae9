"""Which year's and which seller's series are shown: both stand in the URL."""

from dataclasses import dataclass

import streamlit as st

from dashboard.url_values import identifier
from db.domain.continuity import HOUSE_ID, Check

YEAR_PARAMETER, SELLER_PARAMETER = "annee", "vendeur"
_YEAR, _SELLER = "continuity_year", "continuity_seller"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is shown; None for all."""

    year: int | None
    seller_id: int | None


def wanted() -> Wanted:
    """Return what the URL asks for."""
    return Wanted(_number(YEAR_PARAMETER), _number(SELLER_PARAMETER))


def show_filters(shown: Wanted, check: Check) -> None:
    """Draw the two choices, of what the last check read."""
    years = sorted({report.year for report in check.reports}, reverse=True)
    sellers = {report.seller_id: report.seller for report in check.reports if report.seller_id != HOUSE_ID}
    # What the URL names stays chosen, even where nothing is left of it.
    years += [shown.year] if shown.year and shown.year not in years else []
    sellers |= {shown.seller_id: "Vendeur sans document"} if shown.seller_id and shown.seller_id not in sellers else {}
    st.session_state.update({_YEAR: shown.year, _SELLER: shown.seller_id})
    st.selectbox(
        "Année",
        years,
        key=_YEAR,
        index=None,
        format_func=str,
        placeholder="Toutes les années",
        label_visibility="collapsed",
        width=170,
        on_change=lambda: _turn(YEAR_PARAMETER, st.session_state[_YEAR]),
    )
    st.selectbox(
        "Vendeur",
        list(sellers),
        key=_SELLER,
        index=None,
        format_func=lambda seller_id: sellers[seller_id],
        placeholder="Tous les vendeurs",
        label_visibility="collapsed",
        width=230,
        on_change=lambda: _turn(SELLER_PARAMETER, st.session_state[_SELLER]),
    )


def _turn(name: str, value: int | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(value)


def _number(name: str) -> int | None:
    return identifier(st.query_params.get(name, ""))
