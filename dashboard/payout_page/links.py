"""The address of a payout's page, for whoever links there."""

from urllib.parse import urlencode

from dashboard.navigation import PAYOUT

PAYOUT_PARAMETER = "r"


def payout_params(payout_id: int) -> dict[str, str]:
    """Return the URL parameters of a payout's page."""
    return {PAYOUT_PARAMETER: str(payout_id)}


def payout_url(payout_id: int) -> str:
    """Return the address of a payout's page."""
    return f"/{PAYOUT.url_path}?{urlencode(payout_params(payout_id))}"
