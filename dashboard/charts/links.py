"""From a bar, a point or a cell to the orders behind it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.links import orders_params, orders_url
from dashboard.navigation import ORDERS
from db.domain.order_filter import OrderFilter

_component = st.components.v2.component(
    "chart_links",
    html="<span hidden></span>\n",
    js=(Path(__file__).parent / "links.js").read_text(encoding="utf-8"),
)


def follow_clicks(key: str, links: Mapping[str, OrderFilter]) -> None:
    """Have the chart of the same container open the grid where it is clicked."""
    if links:
        _component(key=f"links_{key}", data=link_data(links), height="content")


def link_data(links: Mapping[str, OrderFilter]) -> dict[str, Any]:
    """Return addresses as the browser puts them together: what they share is sent once, for there can be a thousand."""
    params = {name: orders_params(wanted) for name, wanted in links.items()}
    first, *others = params.values()
    common = {key: text for key, text in first.items() if all(other.get(key) == text for other in others)}
    own = {name: {key: text for key, text in each.items() if key not in common} for name, each in params.items()}
    return {
        "path": f"/{ORDERS.url_path}",
        "common": urlencode(common),
        "links": {name: urlencode(each) for name, each in own.items()},
    }


def table_urls(links: Mapping[str, OrderFilter], names: list[str]) -> list[str | None]:
    """Return the address of each row of a chart's table, None for one that leads nowhere."""
    return [orders_url(links[name]) if name in links else None for name in names]
