"""The address of a customer's page, for whoever links there."""

from urllib.parse import urlencode

from dashboard.navigation import CUSTOMER

#: The account's number.
CUSTOMER_PARAMETER = "n"


def customer_params(customer_id: int) -> dict[str, str]:
    """Return the URL parameters of a customer's page."""
    return {CUSTOMER_PARAMETER: str(customer_id)}


def customer_url(customer_id: int) -> str:
    """Return the address of a customer's page."""
    return f"/{CUSTOMER.url_path}?{urlencode(customer_params(customer_id))}"
