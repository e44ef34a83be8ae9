"""One product beside the list: what is on hand, how fast it sells, its rules, and every movement."""

from dataclasses import replace

import streamlit as st

from dashboard.badges import STOCK_BADGES
from dashboard.links import orders_params
from dashboard.markdown import escape_markdown
from dashboard.navigation import ORDERS
from dashboard.stock.correction import open_correction
from dashboard.stock.movements import show_movements
from dashboard.stock.rules import show_rules
from dashboard.stock.state import StockState, go
from db.domain import formats
from db.domain.errors import MarketplaceError
from db.domain.order_filter import ALL_STATUSES, OrderFilter
from db.domain.permissions import Permission
from db.domain.time import utc_now
from db.domain.viewer import Viewer
from db.engine import reading
from db.queries.stock import SOLD_WITHIN, StockRow, movements_of, product_stock

_A_YEAR = 365


def show_product(viewer: Viewer, state: StockState, product_id: int) -> None:
    """Draw a product, or why there is none to draw."""
    alone = replace(state, chosen=None, before=None)
    st.button("Fermer", key="stock_close", icon=":material/close:", type="tertiary", on_click=lambda: go(alone))
    now = utc_now()
    try:
        with reading() as session:
            product = product_stock(session, viewer, product_id, now)
            movements = movements_of(session, viewer, product_id, before=state.before)
    except MarketplaceError as refusal:
        st.info(escape_markdown(str(refusal)))
        return
    st.subheader(escape_markdown(product.title), anchor=False)
    st.caption(escape_markdown(f"Référence {product.sku} · {product.seller_name}"))
    st.markdown(f"{STOCK_BADGES[product.level].markdown} {stock_words(product)}")
    _show_actions(viewer, product)
    show_rules(viewer, product)
    show_movements(movements, state, now)


def stock_words(product: StockRow) -> str:
    """Return what is there and how long it lasts, as Markdown."""
    if product.stock is None:
        return "Personne ne compte ce produit\u00a0: il se vend sans limite."
    said = [f"**{formats.integer(product.stock)}** en stock"]
    days = SOLD_WITHIN.days
    if product.sold > 0:
        said.append(f"{formats.plural(product.sold, 'vendu')} en {days} jours")
        if product.stock > 0:
            left = product.stock * days // product.sold
            lasts = "plus d’un an" if left > _A_YEAR else formats.plural(left, "jour")
            said.append(f"à ce rythme, encore {lasts}")
    else:
        said.append(f"aucune vente en {days} jours")
    return " · ".join(said)


def _show_actions(viewer: Viewer, product: StockRow) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if viewer.may(Permission.CORRECT_STOCK):
            st.button(
                "Commencer à compter" if product.stock is None else "Corriger le stock",
                key=f"stock_correct_{product.id}",
                icon=":material/edit:",
                type="primary",
                on_click=open_correction,
                args=(product,),
            )
        st.page_link(
            ORDERS.page(),
            label="Voir ses commandes",
            icon=ORDERS.icon,
            query_params=orders_params(OrderFilter(ALL_STATUSES, seller_id=product.seller_id, product=product.sku)),
        )
