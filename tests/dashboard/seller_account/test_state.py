import pytest

from dashboard.seller_account.state import AccountState, Span, from_query, to_query


@pytest.mark.parametrize(
    "state",
    [
        AccountState(),
        AccountState(7),
        AccountState(7, "USD", Span.YEAR, before=12),
        AccountState(7, after=99),
    ],
)
def test_an_account_is_the_same_from_its_address(state: AccountState) -> None:
    assert from_query(to_query(state)) == state


def test_what_means_nothing_is_left_out() -> None:
    assert from_query({"v": "x", "devise": "€€€€", "courbe": "siècle", "avant": "-1"}) == AccountState()
