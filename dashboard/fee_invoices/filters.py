"""Above the list of fee invoices: its tabs, its filters, and what the list comes to; each filter writes the URL."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard.fee_invoices.state import FeesState, go, present_state, widget_key
from dashboard.list_filters import clear_button, filter_row, list_tabs, period_field, search_field, seller_field
from dashboard.order_list.choices import choices_for
from db.domain import formats
from db.domain.fee_filter import FeeTab
from db.domain.viewer import Viewer
from db.queries.fee_invoices import FeeTotals
from db.services.fee_invoices.waiting import WaitingFees


def show_tabs(viewer: Viewer, state: FeesState, waiting: Sequence[WaitingFees]) -> None:
    """Draw the lists; the house's own of what is not invoiced says how many sellers wait, and marks what is held up."""
    tabs = [tab for tab in FeeTab if tab is not FeeTab.TO_ISSUE or viewer.seller_id is None]
    list_tabs(
        tabs, state.tab, widget_key("tab", state), lambda tab: _change(tab=tab), lambda tab: tab_words(tab, waiting)
    )


def tab_words(tab: FeeTab, waiting: Sequence[WaitingFees]) -> str:
    """Return « À facturer 3 », as Markdown."""
    if tab is not FeeTab.TO_ISSUE or not waiting:
        return tab.label
    mark = ":red[:material/warning:] " if any(each.is_blocked for each in waiting) else ""
    return f"{mark}{tab.label}  **{formats.integer(len(waiting))}**"


def show_filters(viewer: Viewer, state: FeesState) -> None:
    """Draw what is looked for: a number, a period, a seller."""
    with filter_row("fees"):
        search_field(
            "N° de facture ou de reversement",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text),
            width=290,
        )
        period_field(state.period, widget_key("periode", state), lambda period: _change(period=period))
        seller_field(
            choices_for(viewer).sellers,
            state.seller_id,
            widget_key("vendeur", state),
            lambda seller_id: _change(seller_id=seller_id),
        )
        if state.is_filtered:
            clear_button(lambda: go(FeesState(state.tab)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))


def show_totals(totals: Sequence[FeeTotals]) -> None:
    """Say what the whole list comes to, whatever page of it is shown."""
    for each in totals:
        st.markdown(totals_words(each))


def totals_words(totals: FeeTotals) -> str:
    """Return « 12 documents · HT 123,00 € · TVA 24,60 € · TTC 147,60 € », as Markdown."""
    amounts = {"HT": totals.net_cents, "TVA": totals.vat_cents, "TTC": totals.gross_cents}
    said = (f"{name} **{formats.money(cents, totals.currency)}**" for name, cents in amounts.items())
    return " · ".join([f"**{formats.plural(totals.count, 'document')}**", *said])
