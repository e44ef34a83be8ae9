"""Above the list of documents: its tabs and its filters, filled from the URL; each writes the URL when changed."""

import datetime as dt
from dataclasses import replace

import streamlit as st

from dashboard.documents.navigation import go, present_state, widget_key
from dashboard.documents.state import DocumentPeriod, DocumentsState, Tab
from dashboard.flash import telling_refusals
from dashboard.inputs import parse_amount
from dashboard.list_filters import choice_field, clear_button, filter_row, labels, list_tabs, search_field, seller_field
from dashboard.order_list.choices import choices_for
from dashboard.order_list.state import amount_text
from db.domain import formats
from db.domain.document_filter import FILE_STATUSES, DocumentStatus
from db.domain.errors import InvalidInputError
from db.domain.viewer import Viewer
from db.queries.document_gaps import MISSING_COUNTED

_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 12, 31)


def show_tabs(state: DocumentsState, blocked: int, missing: int) -> None:
    """Draw the lists; the one of what is not issued says how much is held up, and how many sales have no invoice."""
    list_tabs(
        Tab,
        state.tab,
        widget_key("tab", state),
        lambda tab: go(_of_tab(present_state(), tab)),
        lambda tab: tab_words(tab, blocked, missing),
    )


def tab_words(tab: Tab, blocked: int, missing: int) -> str:
    """Return « À établir 3 · 12 sans facture », as Markdown."""
    if tab is not Tab.TO_ISSUE:
        return tab.label
    said = f":red[:material/warning:] {tab.label}  **{formats.integer(blocked)}**" if blocked else tab.label
    if not missing:
        return said
    capped = missing > MISSING_COUNTED
    count = f"plus de {formats.integer(MISSING_COUNTED)}" if capped else formats.integer(missing)
    return f"{said} · {count} sans facture"


def _of_tab(state: DocumentsState, tab: Tab) -> DocumentsState:
    """Return another list under the same filters, but for a status that its documents cannot have."""
    has_status = tab is not Tab.CREDIT_NOTES or state.status in FILE_STATUSES
    return replace(state.from_the_top(), tab=tab, status=state.status if has_status else None)


def show_period(state: DocumentsState, today: dt.date) -> None:
    """Draw the period: the usual ones, and « Du / Au » for any other."""
    key = widget_key("period", state)
    with filter_row("documents_period"):
        st.segmented_control(
            "Période",
            list(DocumentPeriod),
            default=state.period,
            key=key,
            format_func=lambda period: period.label,
            label_visibility="collapsed",
            on_change=lambda: _choose_period(st.session_state[key] or state.period),
        )
        first, last = state.days(today)
        for label, name, day in (("Du", "du", first), ("Au", "au", last)):
            st.markdown(label, width="content")
            st.date_input(
                label,
                day,
                key=widget_key(name, state),
                format="DD/MM/YYYY",
                min_value=_FIRST_DAY,
                max_value=_LAST_DAY,
                label_visibility="collapsed",
                width=140,
                on_change=_choose_days,
                args=(widget_key("du", state), widget_key("au", state)),
            )


def _choose_period(period: DocumentPeriod | None) -> None:
    if period:
        _change(period=period, first_day=None, last_day=None)


@telling_refusals()
def _choose_days(first_key: str, last_key: str) -> None:
    first, last = st.session_state[first_key], st.session_state[last_key]
    if first and last and first > last:
        raise InvalidInputError("La date « Du » vient après la date « Au ». Corrigez l’une des deux.")
    go(present_state().between(first, last))


def show_filters(viewer: Viewer, state: DocumentsState) -> None:
    """Draw what is looked for: a number, a customer, a seller, a status, an amount."""
    statuses = [each for each in DocumentStatus if state.tab is not Tab.CREDIT_NOTES or each in FILE_STATUSES]
    with filter_row("documents"):
        _show_search("N° de facture, d’avoir ou de commande", state, "number", ":material/tag:", 290)
        _show_search("Client, e-mail ou société", state, "customer", ":material/person_search:", 230)
        seller_field(
            choices_for(viewer).sellers,
            state.seller_id,
            widget_key("seller", state),
            lambda seller_id: _change(seller_id=seller_id),
        )
        choice_field(
            "Statut",
            labels(statuses),
            state.status,
            widget_key("status", state),
            lambda status: _change(status=status),
            anything="Tous les statuts",
            width=200,
        )
        _show_amounts(state)
        if state.is_filtered:
            clear_button(lambda: go(DocumentsState(state.tab)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))


def _show_search(label: str, state: DocumentsState, field: str, icon: str, width: int) -> None:
    search_field(
        label,
        getattr(state, field),
        widget_key(field, state),
        lambda text: go(present_state().searching(**{field: text})),
        label=label,
        icon=icon,
        width=width,
    )


def _show_amounts(state: DocumentsState) -> None:
    keys = widget_key("min", state), widget_key("max", state)
    with st.popover(amounts_title(state), key="p_documents_amounts"):
        st.caption("TTC, sans tenir compte du signe\u00a0: une facture et son avoir se trouvent par le même montant.")
        for column, label, example, key, cents in zip(
            st.columns(2), ("De", "À"), ("0,00", "250,00"), keys, (state.min_cents, state.max_cents), strict=True
        ):
            column.text_input(
                label, amount_text(cents), key=key, placeholder=example, on_change=_choose_amounts, args=keys
            )


def amounts_title(state: DocumentsState) -> str:
    """Return the filter's button: its name, or the amounts chosen."""
    least, most = state.min_cents, state.max_cents
    if least is None and most is None:
        return "Montant"
    if least == most:
        return f"**{amount_text(least)}**"
    if most is None:
        return f"**à partir de {amount_text(least)}**"
    return f"**jusqu’à {amount_text(most)}**" if least is None else f"**{amount_text(least)} – {amount_text(most)}**"


@telling_refusals()
def _choose_amounts(min_key: str, max_key: str) -> None:
    least, most = (
        parse_amount(text) if (text := st.session_state[key].strip()) else None for key in (min_key, max_key)
    )
    if least is not None and most is not None and least > most:
        raise InvalidInputError("Le montant « De » dépasse le montant « À ». Corrigez l’un des deux.")
    _change(min_cents=least, max_cents=most)
