"""Above the list of returns: its tabs with their counters, and its filters, filled from the URL."""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.list_filters import (
    choice_field,
    clear_button,
    filter_row,
    labels,
    list_tabs,
    period_field,
    search_field,
    seller_field,
)
from dashboard.order_list.choices import choices_for
from dashboard.returns.state import ReturnsState, go, present_state, widget_key
from db.domain import formats
from db.domain.return_filter import ReturnTab
from db.domain.returns import ReturnReason
from db.domain.viewer import Viewer
from db.queries.returns import COUNT_CAP

#: What somebody has to see at once; coloured only where there is something.
_ALERTS = frozenset({ReturnTab.LATE, ReturnTab.TO_ANSWER})


def show_tabs(viewer: Viewer, state: ReturnsState, counts: Mapping[ReturnTab, int]) -> None:
    """Draw the lists, each that somebody works through with how many it has; sellers answer no customers."""
    tabs = [tab for tab in ReturnTab if tab is not ReturnTab.TO_ANSWER or viewer.seller_id is None]
    list_tabs(
        tabs,
        state.tab if state.tab in tabs else None,
        widget_key("tab", state),
        lambda tab: _change(tab=tab),
        lambda tab: tab_words(tab, counts.get(tab)),
    )


def tab_words(tab: ReturnTab, count: int | None) -> str:
    """Return « Colis attendus **12** », as Markdown; red where somebody should have acted already."""
    if not count:
        return tab.label
    words = f"{tab.label}  **{capped(count)}**"
    return f":red[:material/warning:] {words}" if tab in _ALERTS else words


def capped(count: int) -> str:
    """Return « 12 », or « 1 000+ » where counters stop."""
    return f"{formats.integer(COUNT_CAP)}+" if count >= COUNT_CAP else formats.integer(count)


def show_filters(viewer: Viewer, state: ReturnsState) -> None:
    """Draw what is looked for: a return, an order or a customer, a seller, a reason, a period."""
    with filter_row("returns"):
        search = "N° de retour ou de commande, client, e-mail"
        search_field(
            search, state.text, widget_key("q", state), lambda text: _change(text=text), label=search, width=330
        )
        seller_field(
            choices_for(viewer).sellers,
            state.seller_id,
            widget_key("seller_id", state),
            lambda seller_id: _change(seller_id=seller_id),
        )
        choice_field(
            "Motif",
            labels(ReturnReason),
            state.reason,
            widget_key("reason", state),
            lambda reason: _change(reason=reason),
            anything="Tous les motifs",
            width=230,
        )
        period_field(state.period, widget_key("period", state), lambda period: _change(period=period), label="Demandé")
        if state.is_filtered:
            clear_button(lambda: go(ReturnsState(state.tab)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))
