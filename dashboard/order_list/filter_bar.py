"""The filters above the grid. Each widget shows what the URL says and, when changed, writes the URL."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.flash import telling_refusals
from dashboard.inputs import parse_amount
from dashboard.list_filters import clear_button, filter_row, filter_title, search_field, seller_field
from dashboard.markdown import escape_markdown
from dashboard.order_list.facets import NO_FACET, facet_label
from dashboard.order_list.navigation import change, go, widget_key
from dashboard.order_list.state import GridState, Period, amount_text, describe_period
from dashboard.statuses import label_of
from db.domain.errors import InvalidInputError
from db.domain.figures import Facet
from db.domain.formats import plural
from db.domain.order_filter import ALL_STATUSES, BEYOND_OPEN_ORDERS, Attention, OrderFilter
from db.domain.orders import (
    OPEN_STATUSES,
    ORDER_PAYMENT_METHODS,
    DeliveryMode,
    OrderStatus,
    Origin,
    PaymentState,
)
from db.queries.order_choices import OrderChoices

_ATTENTION_LABELS = {
    Attention.LATE: "Expédition en retard",
    Attention.LATE_DELIVERY: "Livraison en retard",
    Attention.OPEN_RETURN: "Retour en attente",
}


def show_filter_bar(state: GridState, choices: OrderChoices, today: dt.date) -> None:
    """Draw the two search boxes and the filters, filled from the state."""
    with st.container(horizontal=True, gap="small", key="grid_search"):
        _search_box("Rechercher", "N° de commande, client, e-mail, téléphone", ":material/search:", state, "text")
        _search_box(
            "Recherche produit", "Produit, référence, fournisseur, attribut", ":material/inventory_2:", state, "product"
        )
    with filter_row("grid"):
        _status_filter(state)
        _period_filter(state, today)
        _payment_filter(state)
        _delivery_filter(state)
        seller_field(
            choices.sellers,
            state.filter.seller_id,
            widget_key("grid_seller"),
            lambda seller_id: _set_filter(seller_id=seller_id),
        )
        _more_filters(state, choices)
        if state.filter.facet:
            _facet(state.filter.facet, state.filter.facet_values)
        if state.filter != OrderFilter():
            clear_button(lambda: clear_filters(state))


def clear_filters(state: GridState) -> None:
    """Go back to the list as it opens; sort, columns and rows a page stay."""
    go(replace(state.first_page(), filter=OrderFilter(), period=None))


def _set_filter(**changed: object) -> None:
    """Put changed filters into the URL; a list that changes starts again at its first page."""
    change(lambda state: replace(state.first_page(), filter=replace(state.filter, **changed)))


def _facet(facet: Facet, values: frozenset[str]) -> None:
    """Say which mark of a chart these orders were opened from, and let it go."""
    facet_none, values_none = NO_FACET
    st.button(
        f"**{escape_markdown(facet_label(facet, values))}**",
        key="grid_facet",
        icon=":material/close:",
        icon_position="right",
        help="Choisi dans un graphique\u00a0: ne plus filtrer ainsi",
        on_click=lambda: _set_filter(facet=facet_none, facet_values=values_none),
    )


def _search_box(label: str, placeholder: str, icon: str, state: GridState, field: str) -> None:
    search_field(
        placeholder,
        getattr(state.filter, field),
        widget_key(f"grid_{field}"),
        lambda text: _set_filter(**{field: text}),
        label=label,
        icon=icon,
    )


def _pills(
    label: str, values: Iterable[Any], state: GridState, field: str, if_none: frozenset[Any] = frozenset()
) -> None:
    key = widget_key(f"grid_{field}")
    st.pills(
        label,
        list(values),
        selection_mode="multi",
        default=[value for value in values if value in getattr(state.filter, field)],
        key=key,
        format_func=lambda value: label_of(value) if isinstance(value, OrderStatus) else value.label,
        on_change=lambda: _set_filter(**{field: frozenset(st.session_state[key]) or if_none}),
    )


def _status_filter(state: GridState) -> None:
    statuses = state.filter.statuses
    title = {OPEN_STATUSES: "Statut · en cours", ALL_STATUSES: "Statut · tous"}.get(statuses)
    with st.popover(
        title or filter_title("Statut", (label_of(s) for s in OrderStatus if s in statuses)), key="grid_p_status"
    ):
        with st.container(horizontal=True):
            for label, chosen in (("En cours", OPEN_STATUSES), ("Tous", ALL_STATUSES)):
                st.button(label, on_click=_choose_statuses, args=(state, chosen))
        # No status at all would be an empty list: it means the list as it opens.
        _pills("Statuts", OrderStatus, state, "statuses", if_none=OPEN_STATUSES)


def _choose_statuses(state: GridState, statuses: frozenset[OrderStatus]) -> None:
    go(replace(state.first_page(), filter=replace(state.filter, statuses=statuses)))


def _period_filter(state: GridState, today: dt.date) -> None:
    described = describe_period(state)
    period_key, days_key = widget_key("grid_period"), widget_key("grid_days")
    with st.popover(f"**{described}**" if described else "Période", key="grid_p_period"):
        st.pills(
            "Période",
            list(Period),
            default=state.period,
            key=period_key,
            format_func=lambda period: period.label,
            on_change=lambda: _choose_period(st.session_state[period_key], today),
        )
        st.date_input(
            "Du … au …",
            [day for day in (state.filter.first_day, state.filter.last_day) if day],
            key=days_key,
            format="DD/MM/YYYY",
            min_value=dt.date(1900, 1, 1),
            max_value=dt.date(2200, 12, 31),
            on_change=lambda: _choose_days(st.session_state[days_key]),
        )


def _choose_period(period: Period | None, today: dt.date) -> None:
    first, last = period.days(today) if period else (None, None)
    _go_to_days(period, first, last)


def _choose_days(days: tuple[dt.date, ...]) -> None:
    if len(days) != 1:  # One day is the first of two clicks in the calendar.
        first, last = days or (None, None)
        _go_to_days(None, first, last)


def _go_to_days(period: Period | None, first: dt.date | None, last: dt.date | None) -> None:
    # Not ``change``: the two widgets of a period exclude each other, so both start anew.
    def move(state: GridState) -> GridState:
        wanted = replace(state.filter, first_day=first, last_day=last)
        return replace(state.first_page(), period=period, filter=wanted)

    change(move, keeps_widgets=False)


def _payment_filter(state: GridState) -> None:
    wanted = state.filter
    labels = [*(m.label for m in sorted(wanted.payment_methods)), *(s.label for s in sorted(wanted.payment_states))]
    with st.popover(filter_title("Paiement", labels), key="grid_p_payment"):
        _pills("Moyen de paiement", ORDER_PAYMENT_METHODS, state, "payment_methods")
        _pills("État du paiement", PaymentState, state, "payment_states")


def _delivery_filter(state: GridState) -> None:
    labels = [mode.label for mode in sorted(state.filter.delivery_modes)]
    with st.popover(filter_title("Livraison", labels), key="grid_p_delivery"):
        _pills("Mode de livraison", DeliveryMode, state, "delivery_modes")


def _more_used(wanted: OrderFilter, choices: OrderChoices) -> list[str]:
    """Return what the filters behind « + filtres » are set to, by name."""
    has_amount = wanted.min_cents is not None or wanted.max_cents is not None
    used = (
        (wanted.attention is not None, _ATTENTION_LABELS.get(wanted.attention, "")),
        (wanted.tag_id is not None, choices.tags.get(wanted.tag_id, "Mot-clé")),
        (bool(wanted.origins), "Origine"),
        (has_amount, "Montant"),
        (wanted.currency is not None, wanted.currency),
        (wanted.customer_id is not None, "Un client"),
    )
    return [name for is_used, name in used if is_used]


def _more_title(used: list[str]) -> str:
    if not used:
        return "+ filtres"
    return f"**{escape_markdown(used[0]) if len(used) == 1 else plural(len(used), 'autre filtre', 'autres filtres')}**"


def _more_filters(state: GridState, choices: OrderChoices) -> None:
    wanted, key = state.filter, widget_key("grid_attention")
    title = _more_title(_more_used(wanted, choices))
    with st.popover(title, key="grid_p_more"):
        st.pills(
            "À traiter",
            list(Attention),
            default=wanted.attention,
            key=key,
            format_func=lambda attention: _ATTENTION_LABELS[attention],
            on_change=lambda: _choose_attention(st.session_state[key]),
        )
        if choices.tags:
            _tag(state, choices)
        _pills("Origine", Origin, state, "origins")
        _amounts(state)
        if len(choices.currencies) > 1 or wanted.currency:
            _currency(state, choices)
        if wanted.customer_id is not None:
            st.button(
                "Ne plus filtrer sur ce client",
                icon=":material/person_off:",
                on_click=lambda: _set_filter(customer_id=None),
            )


def _choose_attention(attention: Attention | None) -> None:
    def move(state: GridState) -> GridState:
        hides_them = attention in BEYOND_OPEN_ORDERS and state.filter.statuses == OPEN_STATUSES
        statuses = ALL_STATUSES if hides_them else state.filter.statuses
        return replace(state.first_page(), filter=replace(state.filter, attention=attention, statuses=statuses))

    change(move, keeps_widgets=attention not in BEYOND_OPEN_ORDERS)  # The statuses' own widget follows.


def _tag(state: GridState, choices: OrderChoices) -> None:
    tags, key = list(choices.tags), widget_key("grid_tag")
    chosen = state.filter.tag_id
    st.selectbox(
        "Mot-clé",
        tags,
        index=tags.index(chosen) if chosen in choices.tags else None,
        key=key,
        format_func=lambda tag_id: choices.tags[tag_id],
        placeholder="Toutes les commandes",
        on_change=lambda: _set_filter(tag_id=st.session_state[key]),
    )


def _amounts(state: GridState) -> None:
    keys = widget_key("grid_min"), widget_key("grid_max")
    values = state.filter.min_cents, state.filter.max_cents
    for column, label, example, key, cents in zip(
        st.columns(2), ("Montant minimum", "Montant maximum"), ("0,00", "250,00"), keys, values, strict=True
    ):
        column.text_input(label, amount_text(cents), key=key, placeholder=example, on_change=_choose_amounts, args=keys)


@telling_refusals()
def _choose_amounts(min_key: str, max_key: str) -> None:
    least, most = (
        parse_amount(text) if (text := st.session_state[key].strip()) else None for key in (min_key, max_key)
    )
    if least is not None and most is not None and least > most:
        raise InvalidInputError("Le montant minimum dépasse le maximum. Corrigez l’un des deux.")
    _set_filter(min_cents=least, max_cents=most)


def _currency(state: GridState, choices: OrderChoices) -> None:
    key = widget_key("grid_currency")
    options = sorted({*choices.currencies, *filter(None, [state.filter.currency])})
    st.pills(
        "Devise",
        options,
        default=state.filter.currency,
        key=key,
        on_change=lambda: _set_filter(currency=st.session_state[key]),
    )
