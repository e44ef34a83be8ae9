"""The addresses that e-mails to sellers and staff lead to are those of pages that there are."""

from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.navigation import ORDER, PAYOUT, RETURN, SELLER_ACCOUNT, Screen
from dashboard.payout_page.links import payout_params
from db.emails.links import payout_url, seller_account_url, seller_url, staff_return_url


@pytest.mark.parametrize(
    ("address", "screen"),
    [
        (seller_url("A-1"), ORDER),
        (staff_return_url(12), RETURN),
        (payout_url(12), PAYOUT),
        (seller_account_url(), SELLER_ACCOUNT),
    ],
)
def test_each_address_is_a_page_s(address: str, screen: Screen) -> None:
    assert urlsplit(address).path == f"/{screen.url_path}"


def test_the_address_of_a_payout_says_which() -> None:
    said = parse_qs(urlsplit(payout_url(12)).query)
    assert {name: [value] for name, value in payout_params(12).items()} == said
