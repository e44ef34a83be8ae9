"""Above the list of refunds: its title, its tabs with what they come to, and its filters; each writes the URL."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.files.state import await_file
from dashboard.flash import telling_refusals
from dashboard.list_filters import choice_field, clear_button, filter_row, labels, list_tabs, search_field, seller_field
from dashboard.order_list.choices import choices_for
from dashboard.refunds.state import RefundsState, go, present_state, widget_key
from db.domain import formats
from db.domain.actor import Actor
from db.domain.files import FileKind
from db.domain.orders import PaymentMethod
from db.domain.refund_list import RefundFilter, RefundTab
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import transaction
from db.queries.refunds import Owed
from db.services.refund_lists import ask_for_refund_list


def show_title(viewer: Viewer, state: RefundsState, *, is_empty: bool) -> None:
    """Draw the page's title and, for finance, the way to a file of what the list shows."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Remboursements", anchor=False, width="content")
        if not is_empty and viewer.may(FileKind.REFUND_LIST.permission):
            st.button(
                "Exporter",
                key="refunds_export",
                icon=":material/download:",
                type="tertiary",
                help="Un fichier CSV de cette liste, avec les IBAN connus",
                on_click=_export,
                args=(viewer, state.wanted),
            )


@telling_refusals()
def _export(viewer: Viewer, wanted: RefundFilter) -> None:
    with transaction() as session:
        file_id = ask_for_refund_list(session, Actor.person(viewer), wanted, utc_now())
    await_file(file_id)


def show_tabs(state: RefundsState, owed: Mapping[RefundTab, Owed]) -> None:
    """Draw the lists; those that customers wait for say how many."""
    list_tabs(
        RefundTab, state.tab, widget_key("tab", state), lambda tab: _change(tab=tab), lambda tab: tab_words(tab, owed)
    )


def tab_words(tab: RefundTab, owed: Mapping[RefundTab, Owed]) -> str:
    """Return « À faire 3 », as Markdown; refused ones are marked, for they wait without anybody knowing."""
    count = owed[tab].count if tab in owed else 0
    if not count:
        return tab.label
    mark = ":red[:material/warning:] " if tab is RefundTab.REFUSED else ""
    return f"{mark}{tab.label}  **{formats.integer(count)}**"


def show_sum(state: RefundsState, owed: Mapping[RefundTab, Owed]) -> None:
    """Say what the whole list comes to; nothing where it is filtered or is not owed any more."""
    said = owed.get(state.tab)
    if said is None or not said.count or state.is_filtered:
        return
    worth = " · ".join(formats.money(cents, currency) for currency, cents in (said.cents or {}).items())
    st.markdown(f"**{formats.plural(said.count, 'remboursement')}** · {worth}", width="content")


def show_filters(viewer: Viewer, state: RefundsState) -> None:
    """Draw the search and the filters."""
    with filter_row("refunds"):
        search_field(
            "N° de commande ou client",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text),
            width=290,
        )
        choice_field(
            "Moyen",
            labels(PaymentMethod),
            state.method,
            widget_key("moyen", state),
            lambda method: _change(method=method),
            anything="Tous les moyens",
            width=190,
        )
        seller_field(
            choices_for(viewer).sellers,
            state.seller_id,
            widget_key("vendeur", state),
            lambda seller_id: _change(seller_id=seller_id),
        )
        if state.is_filtered:
            clear_button(lambda: go(RefundsState(state.tab)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))
