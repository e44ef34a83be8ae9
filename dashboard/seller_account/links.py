"""The address of a seller's account, for whoever links there."""

from urllib.parse import urlencode

from dashboard.navigation import SELLER_ACCOUNT

SELLER_PARAMETER = "v"


def seller_account_params(seller_id: int) -> dict[str, str]:
    """Return the URL parameters of a seller's account."""
    return {SELLER_PARAMETER: str(seller_id)}


def seller_account_url(seller_id: int) -> str:
    """Return the address of a seller's account."""
    return f"/{SELLER_ACCOUNT.url_path}?{urlencode(seller_account_params(seller_id))}"
