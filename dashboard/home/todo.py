"""« À traiter »: counters that link to the orders they count."""

from collections.abc import Mapping

import streamlit as st

from dashboard import formats
from dashboard.links import orders_params
from dashboard.navigation import ORDERS
from db.queries.todo import TODO_FILTERS, Todo

_ICONS = {
    Todo.ERROR: ":material/error:",
    Todo.LATE: ":material/schedule:",
    Todo.TO_PREPARE: ":material/inventory_2:",
    Todo.TO_SHIP: ":material/local_shipping:",
    Todo.OPEN_RETURN: ":material/assignment_return:",
    Todo.AWAITING_PAYMENT: ":material/hourglass_empty:",
}
_WORDS = {
    Todo.ERROR: ("en erreur", "en erreur"),
    Todo.LATE: ("en retard", "en retard"),
    Todo.TO_PREPARE: ("à préparer", "à préparer"),
    Todo.TO_SHIP: ("à expédier", "à expédier"),
    Todo.OPEN_RETURN: ("retour en attente", "retours en attente"),
    Todo.AWAITING_PAYMENT: ("en attente de paiement", "en attente de paiement"),
}
#: What is wrong, not just next.
_ALERTS = frozenset({Todo.ERROR, Todo.LATE})


def todo_label(todo: Todo, count: int) -> str:
    """Return a counter as Markdown: « **3** en attente de paiement », grey at zero, red where something is wrong."""
    words = _WORDS[todo][0 if count < 2 else 1]
    if not count:
        return f":gray[0 {words}]"
    figure = f"**{formats.integer(count)}**"
    return f":red[{figure} {words}]" if todo in _ALERTS else f"{figure} {words}"


def show_todo(counts: Mapping[Todo, int]) -> None:
    """Draw the counters; those at zero stay quiet but in their place, so that nothing jumps."""
    with st.container(border=True, gap="xxsmall", key="home_todo"):
        st.markdown("**À traiter**")
        for todo, count in counts.items():
            st.page_link(
                ORDERS.page(),
                label=todo_label(todo, count),
                icon=_ICONS[todo],
                query_params=orders_params(TODO_FILTERS[todo]),
                width="stretch",
            )
