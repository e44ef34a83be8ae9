"""The orders of the chosen day, under the calendar: data first (``day_view``), then a component that draws it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import streamlit as st

from dashboard.badges import STATUS_BADGES, Badge
from dashboard.home.headline import sales_text
from dashboard.links import order_url, orders_url
from dashboard.order_list.state import Column
from dashboard.order_list.table import late_mark, table_data
from db.domain import formats
from db.domain.order_filter import OrderFilter
from db.domain.orders import OrderStatus
from db.domain.time import PARIS
from db.queries.calendar import SALES_STATUSES, DayOrders

_HERE = Path(__file__).parent

#: Our name of a column → the grid's, whose words it shows.
_COLUMNS = {
    "number": Column.NUMBER,
    "customer": Column.CUSTOMER,
    "seller": Column.SELLER,
    "products": Column.PRODUCTS,
    "payment": Column.PAYMENT,
    "total": Column.TOTAL,
}
_HEADERS = {name: column.label for name, column in _COLUMNS.items()} | {
    "time": "Heure",
    "status": Column.STATUS.label,
}


@dataclass(frozen=True, slots=True)
class DayView:
    """Everything the list shows, in words."""

    title: str
    figures: str
    headers: Mapping[str, str]
    #: One per order: each column's text, its badges, the address of its page.
    rows: tuple[Mapping[str, object], ...]
    #: The ways to the orders that the list leaves out.
    links: tuple[Mapping[str, str], ...]


def day_view(day: dt.date, orders: DayOrders, currency: str, now: dt.datetime) -> DayView:
    """Return a day's orders as the list shows them."""
    return DayView(
        title=formats.long_date(day).capitalize(),
        figures=sales_text(orders.sales, currency),
        headers=_HEADERS,
        rows=tuple(_rows(orders, now)),
        links=tuple({"label": label, "url": orders_url(wanted)} for label, wanted in _left_out(orders)),
    )


def show_day(view: DayView) -> None:
    """Draw the list; an order opens with its neighbours of the day, a link opens the grid."""
    _component(key="home_day", data=asdict(view), height="content")


_component = st.components.v2.component(
    "home_day",
    html="""<section>
      <header><h3></h3><p></p></header>
      <table><thead><tr></tr></thead><tbody></tbody></table>
      <nav></nav>
    </section>""",
    css=(_HERE / "day.css").read_text(encoding="utf-8"),
    js=(_HERE / "day.js").read_text(encoding="utf-8"),
)


def _rows(orders: DayOrders, now: dt.datetime) -> Iterator[Mapping[str, object]]:
    cells = table_data(list(orders.rows), tuple(_COLUMNS.values()), now).to_dict("records")
    for row, cell in zip(orders.rows, cells, strict=True):
        late = late_mark(row, now)
        yield {
            **{name: cell[column] for name, column in _COLUMNS.items()},
            "full_number": row.number,
            "time": f"{row.placed_at.astimezone(PARIS):%H:%M}",
            "badges": [_badge(STATUS_BADGES[row.status]), *([_badge(late)] if late else [])],
            "url": order_url(row.number, found_in=orders.filter),
        }


def _badge(badge: Badge) -> dict[str, str]:
    return asdict(badge) | {"text_colour": badge.text_colour}


def _left_out(orders: DayOrders) -> Iterator[tuple[str, OrderFilter]]:
    if orders.sales.orders > len(orders.rows):
        yield f"Voir les {formats.plural(orders.sales.orders, 'commande')} de ce jour", orders.filter
    if orders.cancelled:
        words = formats.plural(orders.cancelled, "commande annulée, non comptée", "commandes annulées, non comptées")
        yield words, replace(orders.filter, statuses=frozenset(OrderStatus) - SALES_STATUSES)
