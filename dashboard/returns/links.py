"""The addresses of the list of returns and of a return, for whoever links there."""

from urllib.parse import urlencode

from dashboard.navigation import RETURN
from dashboard.returns.state import ReturnsState, to_query
from db.domain.return_filter import ReturnTab

#: Of a return's page.
RETURN_PARAMETER = "r"


def return_params(return_id: int) -> dict[str, str]:
    """Return the URL parameters of a return's page."""
    return {RETURN_PARAMETER: str(return_id)}


def return_url(return_id: int) -> str:
    """Return the address of a return's page."""
    return f"/{RETURN.url_path}?{urlencode(return_params(return_id))}"


def returns_params(tab: ReturnTab) -> dict[str, str]:
    """Return the URL parameters of one list of returns."""
    return to_query(ReturnsState(tab))
