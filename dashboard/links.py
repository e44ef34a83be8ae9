"""The addresses of the order grid and of an order, for whoever links there."""

from urllib.parse import urlencode

from dashboard.navigation import ORDER, ORDERS
from dashboard.order_list.navigation import LIST_PARAMETER
from dashboard.order_list.state import GridState, query_string, to_query
from db.domain.order_filter import OrderFilter


def orders_params(wanted: OrderFilter) -> dict[str, str]:
    """Return the URL parameters of the grid that shows these orders."""
    return to_query(GridState(filter=wanted))


def orders_url(wanted: OrderFilter) -> str:
    """Return the address of the grid that shows these orders."""
    return _url(ORDERS.url_path, orders_params(wanted))


def order_url(number: str, found_in: OrderFilter | None = None) -> str:
    """Return the address of an order's page; « ◀ 3/14 ▶ » there walks the list the order was found in."""
    params = {"n": number}
    if found_in is not None:
        params[LIST_PARAMETER] = query_string(GridState(filter=found_in))
    return _url(ORDER.url_path, params)


def _url(path: str, params: dict[str, str]) -> str:
    return f"/{path}?{urlencode(params)}" if params else f"/{path}"
