"""Above the list of products: its tabs and its filters, filled from the URL; each writes the URL when changed."""

from dataclasses import replace

from dashboard.list_filters import clear_button, filter_row, list_tabs, search_field, seller_field
from dashboard.order_list.choices import choices_for
from dashboard.stock.state import StockState, go, present_state, widget_key
from db.domain import formats
from db.domain.stock import StockList
from db.domain.viewer import Viewer


def show_tabs(state: StockState, low: int) -> None:
    """Draw the lists; the one of what runs out says how many."""
    list_tabs(
        StockList, state.list, widget_key("tab", state), lambda tab: _change(list=tab), lambda tab: tab_words(tab, low)
    )


def tab_words(tab: StockList, low: int) -> str:
    """Return a tab's label, as Markdown."""
    if tab is not StockList.LOW or not low:
        return tab.label
    return f"{tab.label}  **{formats.integer(low)}**"


def show_filters(viewer: Viewer, state: StockState) -> None:
    """Draw what is looked for: words of a product, a seller."""
    with filter_row("stock"):
        search_field(
            "Produit, référence, catégorie ou attribut",
            state.text,
            widget_key("q", state),
            lambda text: _change(text=text),
            label="Rechercher un produit",
            width=330,
        )
        seller_field(
            choices_for(viewer).sellers,
            state.seller_id,
            widget_key("seller", state),
            lambda seller_id: _change(seller_id=seller_id),
        )
        if state.is_filtered:
            clear_button(lambda: go(StockState(state.list)))


def _change(**changed: object) -> None:
    go(replace(present_state().from_the_top(), **changed))
